"""Collection: public bodies and large firms pay what they owe to smaller firms, and owe less anew."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from sim.firm.state import COLLECTION
from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, InstrumentValues, Share, Yuan
from sim.names import Named
from sim.units import fen

DEBTORS: Final = ("able", "in_difficulty")  # from 1 on, 0 is everybody: what `Terms.debtors` holds
Debtors = Annotated[Literal[DEBTORS], Named(("debtors",))]  # type: ignore[valid-type]


class Values(InstrumentValues):
    """What a collection measure may say."""

    clearance_per_month: Dated[Share] | None = Field(
        None,
        description="share of undisputed arrears paid each month",
        json_schema_extra={"zh": "每月清偿的无分歧欠款比例"},
    )
    debtors: Debtors | None = Field(
        None,
        description="whose debts: of debtors that are able to pay, or in real difficulty; None for all",
        json_schema_extra={"zh": "何种欠款单位：有偿付能力的或确有困难的；空为全部"},
    )
    ceiling_yuan: Yuan | None = Field(
        None,
        description="only debts of up to this sum; None for all",
        json_schema_extra={"zh": "只限单笔不超过此数的欠款；空为全部"},
    )
    cleared_by: date | None = Field(
        None,
        description="everything within `ceiling_yuan` is paid by this day",
        json_schema_extra={"zh": "`ceiling_yuan` 以内的欠款在此日前全部清偿"},
    )
    new_arrears: Dated[Factor] | None = Field(
        None, description="factor on bills that become overdue", json_schema_extra={"zh": "新增逾期账款的倍数"}
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date."""
    rules.enter(
        m,
        kind=COLLECTION,
        debtors=None if values.debtors is None else 1 + DEBTORS.index(values.debtors),
        ceiling=None if values.ceiling_yuan is None else fen(values.ceiling_yuan),
        cleared_by=None if values.cleared_by is None else rules.timeline.day(values.cleared_by),
    )


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches."""
    rules.enter_dated(m, on, clearance=values.clearance_per_month, new_arrears=values.new_arrears)
