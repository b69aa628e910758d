"""Dispatch meetings: capacity moves to the desk with the longest backlog (clause III.1).

At each meeting, in each prefecture, the agency whose cases would take longest to clear gets staff from the one with the
shortest backlog. How much moves at once is an assumption (``delivery.dispatch_share``).
"""

from __future__ import annotations

import numpy as np

from sim.firm.effects import Terms
from sim.institutions.desks import Desks
from sim.timeline import Timeline
from sim.vocabulary import AGENCIES

LEAST = 0.5  # a desk is never stripped below half of its staff


class Dispatch:
    """The meetings of the province."""

    def __init__(self, desks: list[Desks], terms: Terms, timeline: Timeline, share: float) -> None:
        """``share``: of a desk's staff that can move at once."""
        self.terms, self.timeline, self.share = terms, timeline, share
        self.desks = [one for one in desks if AGENCIES[one.agency] != "banks"]  # banks are not the state's to move

    def is_meeting(self, day: int) -> bool:
        """Whether a meeting is held on a day: as many a month as the rules ask for, evenly spread."""
        meetings = int(self.terms.dispatch_meetings[0])
        if meetings == 0:
            return False
        of_month = self.timeline.date(day).day
        return of_month in {1 + round(30 * (k + 0.5) / meetings) for k in range(meetings)}

    def meet(self, day: int) -> None:
        """Move capacity if there is a meeting on the day."""
        if len(self.desks) < 2 or not self.is_meeting(day):
            return
        waiting = np.array([desks.waiting for desks in self.desks])
        capacity = np.array([desks.capacity for desks in self.desks])
        staffed = np.array([desks.staffed for desks in self.desks])
        moved = np.array([desks.moved for desks in self.desks])
        backlog = waiting / np.maximum(capacity, 1e-9)  # working days, by agency and prefecture
        everywhere = np.arange(backlog.shape[1])
        longest, shortest = (backlog.argmax(axis=0), everywhere), (backlog.argmin(axis=0), everywhere)
        cases = np.minimum(self.share * staffed[shortest], staffed[shortest] * LEAST + moved[shortest])
        cases = np.where(backlog[longest] > backlog[shortest], cases, 0.0)
        moved[shortest] -= cases
        moved[longest] += cases
        for desks, now in zip(self.desks, moved, strict=True):
            desks.moved[:] = now
            desks.count_staff()
