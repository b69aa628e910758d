"""Liaison officers: solve what keeps a freed firm from working again, key firms first (clause I.9.b).

Four kinds of problem queue by prefecture. Each working day the officers solve so many; a firm whose last problem is
solved works again the next morning instead of waiting until the problem passes by itself.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from sim.firm.entitlements import dequeue
from sim.firm.state import DECIDED
from sim.institutions.desks import first_ready
from sim.institutions.outbreak import Outbreak, days_by_itself
from sim.kernels import outermost
from sim.vocabulary import TICKETS, Status

SUSPENDED = int(Status.SUSPENDED)


@outermost
def solve(  # type: ignore[no-untyped-def]
    items, blocked, ticket_item, day, month, capacity, unused, episode, firms, terms, behaviour, counts, queues, seed
):
    """A working day of the liaison officers; ``capacity``: (P,) problems that they can solve today."""
    for p in range(len(capacity)):
        left = unused[p] + capacity[p]
        idle = True
        for lane in range(2):
            while idle:
                k = first_ready(items, p, lane, day, blocked, queues)
                if k < 0:
                    break
                item = np.int64(items[k])
                record = queues.head[item, p, lane]
                i = np.int64(queues.firm[record])
                w = np.int64(firms.weight[i])
                ticket = item - ticket_item
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
                for other in range(4):
                    if (firms.tickets[i] >> other) & 1:
                        alone = days_by_itself(i, c, episode[c], other, firms, terms, behaviour, seed)
                        restart = max(restart, freed_on + alone)
                firms.restart_on[i] = min(restart, np.int64(firms.restart_on[i]))
        unused[p] = 0.0 if idle else left


class Liaison:
    """The liaison officers of the province. Without a measure that sends them nobody comes."""

    def __init__(self, outbreak: Outbreak) -> None:
        self.outbreak, self.province = outbreak, outbreak.province
        p = self.province.parameters
        a_day = p["restart.officers"] * p["restart.problems_per_officer_day"]
        self.staffed = a_day * self.province.entities / 10_000  # problems a working day, by prefecture
        first = self.province.ticket_item
        self.items = np.arange(first, first + len(TICKETS), dtype=np.int16)
        self.unused = np.zeros_like(self.staffed)
        self.blocked = np.zeros(len(TICKETS), np.bool_)  # no problem waits for money

    def work(self, day: int) -> None:
        """A working day of the officers."""
        province, rules = self.province, self.province.rules
        officers = float(rules.terms.liaison_capacity[0])
        if officers <= 0 or not province.queues.waiting[self.items].any():
            return
        since = perf_counter()
        solve(
            self.items, self.blocked, province.ticket_item, day, province.month(day), self.staffed * officers,
            self.unused,
            self.outbreak.episode, province.firms, rules.terms, province.behaviour, province.counts, province.queues,
            province.seed,
        )  # fmt: skip
        province.took("institutions", since)
