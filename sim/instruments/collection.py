"""Collection: public bodies and large firms pay what they owe to smaller firms, and owe less anew."""

from datetime import date

from pydantic import Field

from sim.firm.state import COLLECTION
from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, InstrumentValues, Share, Yuan
from sim.units import fen


class Values(InstrumentValues):
    """What a collection measure may say."""

    clearance_per_month: Dated[Share] | None = Field(
        None,
        description="share of undisputed arrears paid each month",
        json_schema_extra={"zh": "每月清偿的无分歧欠款比例"},
    )
    ceiling_yuan: Yuan | None = Field(
        None,
        description="only arrears to a firm below this sum; None for all",
        json_schema_extra={"zh": "只限欠单户不足此数的账款；空为全部"},
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
        ceiling=None if values.ceiling_yuan is None else fen(values.ceiling_yuan),
        cleared_by=None if values.cleared_by is None else rules.timeline.day(values.cleared_by),
    )


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches."""
    rules.enter_dated(m, on, clearance=values.clearance_per_month, new_arrears=values.new_arrears)
