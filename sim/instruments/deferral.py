"""Deferral: a bill may be paid later (premiums until a date, a maturing loan by some months)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.firm.state import DEFERRAL
from sim.institutions.rules import Rules
from sim.measure import Dated, InstrumentValues, Months, Share
from sim.names import Named
from sim.vocabulary import FLOWS, mask

Flow = Annotated[Literal[FLOWS], Named(("flow",))]  # type: ignore[valid-type]


class Values(InstrumentValues):
    """What a deferral may say."""

    reaches_firms: ClassVar[bool] = True

    flows: tuple[Flow, ...] = Field(
        min_length=1, description="bills that are deferred", json_schema_extra={"zh": "缓缴的账单"}
    )
    share: Dated[Share] = Field(
        description="share of the bill that is deferred", json_schema_extra={"zh": "缓缴的份额"}
    )
    until: date = Field(
        description="last bill that may be deferred", json_schema_extra={"zh": "可以缓缴的最后一期账单"}
    )
    repay_from: date = Field(
        description="first day on which deferred amounts fall due", json_schema_extra={"zh": "缓缴款开始到期之日"}
    )
    instalments: Annotated[int, Field(ge=1, le=60)] = Field(
        1,
        description="equal monthly parts from `repay_from` on",
        json_schema_extra={"zh": "自 `repay_from` 起按月等额补缴的期数"},
    )
    loan_months: Dated[Months] | None = Field(
        None,
        description="`principal`: months by which a maturing loan is moved",
        json_schema_extra={"zh": "`principal`：到期贷款顺延的月数"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date."""
    rules.enter(
        m,
        kind=DEFERRAL,
        flows=mask(FLOWS, values.flows),
        deferral_until=rules.timeline.day(values.until),
        repay_from=rules.timeline.day(values.repay_from),
        instalments=values.instalments,
    )
    rules.deferral_slot(m)


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""
    rules.enter_dated(m, on, share=values.share, loan_months=values.loan_months)
