"""Service: the state's own capacity to make measures known, to handle applications and to pay."""

from typing import Annotated

from pydantic import Field

from sim.measure import Agency, Dated, Factor, Strict, Yuan

Hazard = Annotated[float, Field(ge=0, le=10, description="a month")]


class Values(Strict):
    """What a service measure may say; `awareness`, `capacity` and `processing` reach what `target` names."""

    awareness: Dated[Hazard] | None = Field(
        None, description="added to the monthly hazard with which an eligible firm learns of a measure"
    )
    target: tuple[str, ...] = Field((), description="actions or measures whose awareness is raised; empty for all")
    agencies: tuple[Agency, ...] = Field((), description="desks whose capacity changes; empty for all")
    capacity: Dated[Factor] | None = Field(None, description="factor on cases that a desk handles in a working day")
    processing: Dated[Factor] | None = Field(None, description="factor on working days before a decision")
    automatic: bool = Field(False, description="the measures in `target` are delivered without application")
    top_up_yuan: Dated[Yuan] | None = Field(None, description="money put into the measure's `fund` on each day named")
    liaison_capacity: Dated[Factor] | None = Field(None, description="factor on restart problems solved in a working day")
    dispatch_meetings: Dated[Annotated[int, Field(ge=0, le=20)]] | None = Field(
        None, description="meetings a month at which desk capacity moves to the longest backlog"
    )
    ticket_deadline_days: Dated[Annotated[int, Field(ge=1, le=365)]] | None = Field(
        None, description="days after which a problem is supervised to its end (three steps and a strike-off)"
    )


