"""Liaison officers: solve what keeps a freed firm from working again, key firms first (clause I.9.b).

Four kinds of problem queue by prefecture. Each working day the officers solve so many; a firm whose last problem is
solved works again the next morning instead of waiting until the problem passes by itself.
"""

from __future__ import annotations

import numpy as np

from sim.firm.entitlements import dequeue
from sim.firm.state import DECIDED, LANES, Float, Int
from sim.institutions.desks import Desk, first_ready
from sim.institutions.outbreak import days_by_itself
from sim.institutions.province import Province
from sim.kernels import outermost
from sim.vocabulary import TICKETS, Status

SUSPENDED = int(Status.SUSPENDED)
LANE_COUNT, TICKET_COUNT = len(LANES), len(TICKETS)


@outermost
def solve(desk, episode, clock, state):  # type: ignore[no-untyped-def]
    """A working day of the liaison officers at their ``desk``; ``episode``: (C,) first day of each county's closure."""
    firms, behaviour, terms, counts = state.firms, state.behaviour, state.terms, state.records.counts
    queues, seed, first_ticket = state.queues, state.seed, state.ticket_item
    day, month = clock.day, clock.month
    for p in range(len(desk.capacity)):
        left = desk.unused[p] + desk.capacity[p]
        idle = True
        for lane in range(LANE_COUNT):
            while idle:
                k = first_ready(desk, p, lane, day, queues)
                if k < 0:
                    break
                item = np.int64(desk.items[k])
                record = queues.head[item, p, lane]
                i = np.int64(queues.firm[record])
                w = np.int64(firms.weight[i])
                ticket = item - first_ticket
                of_present = queues.applied_on[record] == firms.freed_on[i]
                if firms.status[i] != SUSPENDED or not (firms.tickets[i] >> ticket) & 1 or not of_present:
                    # It works again, has closed for good, the problem is gone, or was one of an earlier closure.
                    dequeue(item, p, lane, firms, queues)
                    continue
                if left < w:
                    idle = False
                    break
                days = day - queues.applied_on[record]
                dequeue(item, p, lane, firms, queues)
                left -= w
                counts.firms[month, item, DECIDED] += w
                counts.days[month, item, DECIDED] += w * days
                firms.tickets[i] &= np.uint8(255 ^ (1 << ticket))
                c = np.int64(firms.county[i])
                freed_on = queues.applied_on[record]
                restart = np.int64(day + 1)
                for other in range(TICKET_COUNT):
                    if (firms.tickets[i] >> other) & 1:
                        alone = days_by_itself(i, c, episode[c], other, firms, terms, behaviour, seed)
                        restart = max(restart, freed_on + alone)
                firms.restart_on[i] = min(restart, np.int64(firms.restart_on[i]))
        desk.unused[p] = 0.0 if idle else left


class Liaison:
    """The liaison officers of the province. Without a measure that sends them nobody comes."""

    def __init__(self, province: Province, staffed: Float, episode: Int) -> None:
        """``staffed``: (P,) problems that the usual officers can solve in a day; ``episode``: (C,) kept by others."""
        self.province, self.staffed, self.episode = province, staffed, episode
        first = province.state.ticket_item
        self.items = np.arange(first, first + len(TICKETS), dtype=np.int16)
        waits_for_money = np.zeros(len(TICKETS), np.bool_)  # no problem does
        self.desk = Desk(self.items, waits_for_money, np.zeros_like(staffed), np.zeros_like(staffed))

    def work(self, day: int) -> None:
        """A working day of the officers."""
        state = self.province.state
        sent = float(state.terms.liaison_capacity[0])
        if sent <= 0 or not state.queues.waiting[self.items].any():
            return
        self.desk.capacity[:] = self.staffed * sent
        solve(self.desk, self.episode, self.province.clock(day), state)
