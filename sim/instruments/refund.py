"""Refund: money that the firm paid before comes back (premiums, input VAT credits, deposits)."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from sim.firm.state import BASES, PAYMENT
from sim.institutions.rules import Rules
from sim.measure import Dated, InstrumentValues, Share


class Values(InstrumentValues):
    """What a refund may say."""

    reaches_firms: ClassVar[bool] = True
    gives: ClassVar[bool] = True
    pays_at_once: ClassVar[bool] = True

    base: Literal["unemployment_premiums_last_year", "vat_credit_stock", "vat_credit_increment", "quality_deposit"] = (
        Field(description="what is paid back", json_schema_extra={"zh": "退还的项目"})
    )
    share: Dated[Share] = Field(
        description="share of the base that is paid back", json_schema_extra={"zh": "退还的比例"}
    )
    standing_share: Share = Field(
        0.0,
        description="share that is paid with or without the measure: only what goes beyond it is moved",
        json_schema_extra={"zh": "有无本措施都会退还的比例：只计超出的部分"},
    )
    repeats: Literal["once", "monthly"] = Field(
        "once",
        description="paid once, or every month while it lasts",
        json_schema_extra={"zh": "退还一次，或在有效期内按月退还"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date."""
    rules.enter(m, kind=PAYMENT, base=BASES.index(values.base), monthly=values.repeats == "monthly")


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the share of a day into force, as far as it goes beyond what is paid anyway."""
    rules.enter(m, unit=max(values.share.on(on, 0.0) - values.standing_share, 0.0))
