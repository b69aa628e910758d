"""Dispatch meetings: capacity moves to the desk with the longest backlog (clause III.1).

At each meeting, in each prefecture, the desk whose cases would take longest to clear gets staff from the one with the
shortest backlog. How much moves at once is an assumption (``delivery.dispatch_share``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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

    def is_meeting(self, day: int) -> NDArray[np.bool_]:
        """Where a meeting is held on a day, (P,): as many a month as the rules ask for, evenly spread."""
        asked, of_month = self.rules.terms.dispatch_meetings, self.timeline.date(day).day
        held = np.zeros(len(asked), np.bool_)
        for meetings in set(asked.tolist()) - {0}:
            if of_month in {1 + round(30 * (k + 0.5) / meetings) for k in range(meetings)}:
                held |= asked == meetings
        return held

    def meet(self, day: int) -> None:
        """Move capacity where there is a meeting on the day."""
        desks, is_meeting = self.desks, self.is_meeting(day)
        if len(desks.items) < 2 or not is_meeting.any():
            return
        waiting, staffed, moved = desks.waiting, desks.staffed, desks.moved
        backlog = waiting / np.maximum(desks.desk.capacity, 1e-9)  # working days, (K, P)
        takes_part = self.rules.running[desks.items] | (waiting > 0)
        takes_part &= (desks.agency != BANKS)[:, None]
        everywhere = np.arange(backlog.shape[1])
        longest = np.where(takes_part, backlog, -np.inf).argmax(axis=0), everywhere
        shortest = np.where(takes_part, backlog, np.inf).argmin(axis=0), everywhere
        cases = np.minimum(self.share * staffed[shortest], staffed[shortest] * LEAST + moved[shortest])
        moves = is_meeting & takes_part.any(axis=0) & (backlog[longest] > backlog[shortest])
        cases = np.where(moves, cases, 0.0)
        moved[shortest] -= cases
        moved[longest] += cases
        desks.count_staff()
