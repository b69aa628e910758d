"""Service: the state's own capacity to make measures known, to handle applications and to pay."""

from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.institutions.rules import FAR, Rules
from sim.measure import Agency, Dated, Factor, Strict, Yuan
from sim.units import fen
from sim.vocabulary import AGENCIES

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
    liaison_capacity: Dated[Factor] | None = Field(
        None, description="officers sent, as a multiple of `restart.officers`; several measures add up"
    )
    dispatch_meetings: Dated[Annotated[int, Field(ge=0, le=20)]] | None = Field(
        None, description="meetings a month at which desk capacity moves to the longest backlog"
    )
    ticket_deadline_days: Dated[Annotated[int, Field(ge=1, le=365)]] | None = Field(
        None, description="days after which a problem is supervised to its end (three steps and a strike-off)"
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Announce the money that goes into the measure's fund."""
    if values.top_up_yuan is not None:
        rules.top_ups += [(day, m, fen(amount)) for day, amount in values.top_up_yuan.table.items()]


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches. Money for funds is put in on its day."""
    _, prefectures, _, sizes = rules.reach(m)
    targets = [
        other
        for other, measure in enumerate(rules.measures)
        if not values.target or measure.id in values.target or measure.action in values.target
    ]

    def today(value: Dated[float] | None, otherwise: float) -> float:
        found = None if value is None else value.on(on)
        return otherwise if found is None else found

    desks = [AGENCIES.index(name) for name in values.agencies or AGENCIES]
    rules.publicity[m][np.ix_(np.array(targets, np.int64), np.flatnonzero(prefectures), np.flatnonzero(sizes))] = today(
        values.awareness, 0.0
    )
    rules.desk_capacity[m, desks] = today(values.capacity, 1.0)
    rules.desk_processing[m, desks] = today(values.processing, 1.0)
    rules.makes_automatic[m, targets] = values.automatic
    rules.liaison[m] = today(values.liaison_capacity, 0.0)
    rules.meetings[m] = 0 if values.dispatch_meetings is None else values.dispatch_meetings.on(on) or 0
    if values.ticket_deadline_days is not None:
        rules.ticket_deadline[m] = values.ticket_deadline_days.on(on) or FAR
