"""Control: how much of a county an outbreak closes, how freely goods move, how fast projects are approved."""

from datetime import date

from pydantic import Field

from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, InstrumentValues


class Values(InstrumentValues):
    """What a control measure may say; factors of all measures in force multiply."""

    closed_share: Dated[Factor] | None = Field(
        None,
        description="factor on the share of a listed county's firms stopped",
        json_schema_extra={"zh": "列入中高风险区的县停业企业比例的倍数"},
    )
    control_drag: Dated[Factor] | None = Field(
        None,
        description="factor on demand lost by open firms of a listed county",
        json_schema_extra={"zh": "列入中高风险区的县仍营业企业所损失需求的倍数"},
    )
    logistics_friction: Dated[Factor] | None = Field(
        None,
        description="factor on activity lost to traffic control",
        json_schema_extra={"zh": "因交通管控损失的经营活动的倍数"},
    )
    restart_delay: Dated[Factor] | None = Field(
        None,
        description="factor on the time that a restart problem takes",
        json_schema_extra={"zh": "解决复工难题所需时间的倍数"},
    )
    construction_demand: Dated[Factor] | None = Field(
        None,
        description="factor on demand of construction (I.9.f)",
        json_schema_extra={"zh": "建筑业需求的倍数（I.9.f）"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Nothing holds without a date."""


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches."""
    rules.enter_dated(
        m,
        on,
        closed_share=values.closed_share,
        control_drag=values.control_drag,
        restart_delay=values.restart_delay,
        construction_demand=values.construction_demand,
        logistics_friction=values.logistics_friction,
    )
