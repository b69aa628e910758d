"""Control: how much of a county an outbreak closes, how freely goods move, how fast projects are approved."""

from pydantic import Field

from sim.measure import Dated, Factor, Strict


class Values(Strict):
    """What a control measure may say; factors of all measures in force multiply."""

    closed_share: Dated[Factor] | None = Field(None, description="factor on the share of a listed county's firms stopped")
    control_drag: Dated[Factor] | None = Field(None, description="factor on demand lost by open firms of a listed county")
    logistics_friction: Dated[Factor] | None = Field(None, description="factor on activity lost to traffic control")
    restart_delay: Dated[Factor] | None = Field(None, description="factor on the time that a restart problem takes")
    construction_demand: Dated[Factor] | None = Field(None, description="factor on demand of construction (I.9.f)")
