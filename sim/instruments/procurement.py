"""Procurement: smaller bidders win more of what public bodies buy."""

from datetime import date

from pydantic import Field

from sim.institutions.rules import Rules
from sim.measure import Dated, InstrumentValues, Share


class Values(InstrumentValues):
    """What a procurement measure may say; the highest value of all measures in force counts."""

    price_deduction: Dated[Share] | None = Field(
        None,
        description="taken off a small or micro firm's price when bids for goods and services are compared",
        json_schema_extra={"zh": "货物和服务评审时，小微企业报价的扣除比例"},
    )
    consortium_bonus: Dated[Share] | None = Field(
        None,
        description="taken off the price of a large bidder that shares the work with a small or micro firm",
        json_schema_extra={"zh": "与小微企业联合或分包的大型投标人报价的扣除比例"},
    )
    reserved_works: Dated[Share] | None = Field(
        None,
        description="share of works value open to SMEs only",
        json_schema_extra={"zh": "工程采购中专门面向中小企业的份额"},
    )
    reserved_goods_services: Dated[Share] | None = Field(
        None, description="the same for goods and services", json_schema_extra={"zh": "货物和服务采购中的同一份额"}
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Nothing holds without a date."""


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches."""
    rules.enter_dated(
        m,
        on,
        price_deduction=values.price_deduction,
        consortium_bonus=values.consortium_bonus,
        reserved_works=values.reserved_works,
        reserved_goods_services=values.reserved_goods_services,
    )
