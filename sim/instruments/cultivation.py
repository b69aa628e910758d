"""Cultivation: chosen firms grow, new firms enter, young firms last (SRDI tiers, platforms, chains)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from sim.firm.state import CULTIVATION
from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, InstrumentValues


class Values(InstrumentValues):
    """What a cultivation measure may say."""

    quota: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = Field(
        None,
        description="firms of the province that are chosen, best prospects first; None for all that qualify",
        json_schema_extra={"zh": "全省选定的户数，前景最好的优先；空为符合条件的全部"},
    )
    demand: Dated[Factor] | None = Field(
        None, description="factor on sales of the chosen firms", json_schema_extra={"zh": "选定企业销售额的倍数"}
    )
    materials: Dated[Factor] | None = Field(
        None, description="factor on their materials cost", json_schema_extra={"zh": "选定企业原辅料成本的倍数"}
    )
    entry: Dated[Factor] | None = Field(
        None,
        description="factor on births in the eligible sectors and places",
        json_schema_extra={"zh": "符合条件的行业和地区新设户数的倍数"},
    )
    young_churn: Dated[Factor] | None = Field(
        None,
        description="factor on ordinary exits of firms under three years",
        json_schema_extra={"zh": "成立不满三年的企业正常退出的倍数"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date: with a quota firms are chosen, without one whoever qualifies has it."""
    rules.enter(m, kind=CULTIVATION, quota=values.quota)
    if values.quota is None:
        rules.enter(m, by_itself=True)


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""
    rules.enter_dated(
        m, on, demand=values.demand, materials=values.materials, young_churn=values.young_churn, entry=values.entry
    )
