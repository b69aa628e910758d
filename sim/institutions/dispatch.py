"""Dispatch meetings: capacity moves to the desk with the longest backlog (clause III.1).

At each meeting, in each prefecture, the desk whose cases would take longest to clear gets staff from the one with the
shortest backlog. How much moves at once is an assumption (``delivery.dispatch_share``).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.institutions.desks import Desks
from sim.institutions.rules import Rules
from sim.timeline import Timeline
from sim.vocabulary import AGENCIES

LEAST = 0.5  # a desk is never stripped below half of its staff
BANKS = AGENCIES.index("banks")  # theirs are not the state's to move


class Dispatch:
    """The meetings of the province."""

    def __init__(self, desks: Desks, rules: Rules, timeline: Timeline, share: float) -> None:
        """``share``: of a desk's staff that can move at once."""
        self.desks, self.rules, self.timeline, self.share = desks, rules, timeline, share

    def meets(self, day: int) -> list[bool]:
        """Where a meeting is held on a day, by prefecture: as many a month as the rules ask for, evenly spread."""
        of_month = self.timeline.date(day).day
        return [of_month in days_of_meetings(n) for n in self.rules.terms.dispatch_meetings.tolist()]

    def meet(self, day: int) -> None:
        """Move capacity where there is a meeting on the day."""
        desks, meets = self.desks, self.meets(day)
        if len(desks.items) < 2 or not any(meets):
            return
        waiting, staffed, moved = desks.waiting, desks.staffed, desks.moved
        backlog = waiting / np.maximum(desks.desk.capacity, 1e-9)  # working days, (K, P)
        takes_part = self.rules.running[desks.items] | (waiting > 0)
        takes_part &= (desks.agency != BANKS)[:, None]
        everywhere = np.arange(backlog.shape[1])
        longest = np.where(takes_part, backlog, -np.inf).argmax(axis=0), everywhere
        shortest = np.where(takes_part, backlog, np.inf).argmin(axis=0), everywhere
        cases = np.minimum(self.share * staffed[shortest], staffed[shortest] * LEAST + moved[shortest])
        moves = np.array(meets) & takes_part.any(axis=0) & (backlog[longest] > backlog[shortest])
        cases = np.where(moves, cases, 0.0)
        moved[shortest] -= cases
        moved[longest] += cases
        desks.count_staff()


@cache
def days_of_meetings(a_month: int) -> frozenset[int]:
    """The days of the month on which so many meetings are held, evenly spread."""
    return frozenset(1 + round(30 * (k + 0.5) / a_month) for k in range(a_month))
