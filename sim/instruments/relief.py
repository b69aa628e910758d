"""Relief: somebody else bears a share of a bill that falls due (rent waived, interest halved, tolls free)."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.firm.state import RELIEF
from sim.institutions.rules import Rules
from sim.measure import Dated, InstrumentValues, Months, Rate, Share
from sim.names import Named
from sim.refusal import Refusal
from sim.vocabulary import FLOWS, mask

# Principal is owed, not spent: whoever pays it for the firm would have to be paid by the firm.
Flow = Annotated[Literal[tuple(flow for flow in FLOWS if flow != "principal")], Named(("flow",))]  # type: ignore[valid-type]


class Values(InstrumentValues):
    """What a relief may say."""

    reaches_firms: ClassVar[bool] = True
    gives: ClassVar[bool] = True

    flows: tuple[Flow, ...] = Field(  # type: ignore[valid-type]
        min_length=1, description="bills that somebody else bears", json_schema_extra={"zh": "由他方承担的账单"}
    )
    share: Dated[Share] = Field(
        description="share of the bill that the firm is relieved of", json_schema_extra={"zh": "减免的份额"}
    )
    months: Dated[Months] | None = Field(
        None,
        description="number of monthly bills relieved; None while it lasts",
        json_schema_extra={"zh": "减免的月数；空为有效期内每月减免"},
    )
    tops_up: str | None = Field(
        None,
        description="measure whose months are counted in `months`",
        json_schema_extra={"zh": "其月数计入 `months` 的措施"},
    )
    paid_since: date | None = Field(
        None,
        description="rent already paid for months from this day on is given back, up to `months`",
        json_schema_extra={"zh": "自此日起已缴的租金，在 `months` 以内予以退还"},
    )
    rate_cap: Rate | None = Field(
        None,
        description="interest above this rate is not subsidised",
        json_schema_extra={"zh": "超过此利率的利息不予贴息"},
    )
    coverage: Share = Field(
        1.0,
        description="part of the bills that it reaches, where firms cannot tell theirs apart",
        json_schema_extra={"zh": "企业之间无法区分时，所覆盖账单的比例"},
    )


    @model_validator(mode="after")
    def _rent_is_what_is_given_back(self) -> Self:
        if self.paid_since is not None and "rent" not in self.flows:
            raise Refusal(
                zh="paid_since 退还的是已缴的租金，flows 须包含 rent",
                en="paid_since gives back rent that was paid, so rent must be among the flows",
                at=("flows",),
            )
        return self


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date."""
    rules.enter(
        m,
        kind=RELIEF,
        flows=mask(FLOWS, values.flows),
        rate_cap=values.rate_cap,
        tops_up=None if values.tops_up is None else rules.index.get(values.tops_up),
        paid_since=None if values.paid_since is None else rules.timeline.month_of(values.paid_since),
    )
    if values.months is not None:
        rules.month_slot(m)


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""
    rules.enter(m, share=values.share.on(on, 0.0) * values.coverage)
    rules.enter_dated(m, on, months=values.months)
