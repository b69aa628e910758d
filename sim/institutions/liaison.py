"""Liaison officers: solve what keeps a freed firm from working again, key firms first (clause I.9.b).

Four kinds of problem queue by prefecture. Each working day the officers solve so many; a firm whose last problem is
solved works again the next morning instead of waiting until the problem passes by itself.
"""

import numpy as np
from numba import njit

from sim.firm.entitlements import dequeue
from sim.firm.state import DECIDED, PREFECTURES
from sim.institutions.desks import first_ready
from sim.institutions.outbreak import days_by_itself
from sim.vocabulary import Status

SUSPENDED = int(Status.SUSPENDED)


@njit(cache=True)
def solve(items, ticket_item, day, month, capacity, unused, episode, firms, terms, behaviour, counts, queues, seed):  # type: ignore[no-untyped-def]
    """A working day of the liaison officers; ``capacity``: (P,) problems that they can solve today."""
    nothing_blocked = np.zeros(len(items), np.bool_)
    for p in range(PREFECTURES):
        left = unused[p] + capacity[p]
        idle = True
        for lane in range(2):
            while True:
                k = first_ready(items, p, lane, day, nothing_blocked, queues)
                if k < 0:
                    break
                q = (items[k] * PREFECTURES + p) * 2 + lane
                record = queues.head[q]
                i = queues.firm[record]
                w = np.int64(firms.weight[i])
                ticket = items[k] - ticket_item
                if firms.status[i] != SUSPENDED or not (firms.tickets[i] >> ticket) & 1:
                    dequeue(q, firms, queues)  # it works again, has closed for good, or the problem is gone
                    continue
                if left < w:
                    idle = False
                    break
                days = day - queues.applied_on[record]
                dequeue(q, firms, queues)
                left -= w
                counts.firms[month, items[k], DECIDED] += w
                counts.days[month, items[k], DECIDED] += w * days
                firms.tickets[i] &= np.uint8(255 ^ (1 << ticket))
                c = firms.county[i]
                freed_on = queues.applied_on[record]
                restart = np.int64(day + 1)
                for other in range(4):
                    if (firms.tickets[i] >> other) & 1:
                        alone = days_by_itself(i, c, episode[c], other, firms, terms, behaviour, seed)
                        restart = max(restart, freed_on + alone)
                firms.restart_on[i] = min(restart, np.int64(firms.restart_on[i]))
        unused[p] = 0.0 if idle else left
