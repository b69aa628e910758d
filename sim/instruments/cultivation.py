"""Cultivation: chosen firms grow, new firms enter, young firms last (SRDI tiers, platforms, chains)."""

from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.firm.state import CULTIVATION
from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, Strict


class Values(Strict):
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
    rules.terms.kind[m] = CULTIVATION
    if values.quota is None:
        rules.automatic[m] = True
    else:
        rules.quota[m] = values.quota


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""
    _, prefectures, sectors, _ = rules.reach(m)

    def today(value: Dated[float] | None) -> float:
        factor = None if value is None else value.on(on)
        return 1.0 if factor is None else factor

    rules.terms.demand[m] = today(values.demand)
    rules.terms.materials[m] = today(values.materials)
    rules.terms.young_churn[m] = today(values.young_churn)
    rules.entry[m][np.ix_(prefectures, sectors)] = today(values.entry)
