"""Agency desks: one process an agency serves all its prefectures, case by case, first in first out.

Each working day a desk can handle so many entities. Of the cases that are ready (the processing time has passed) the
one filed first is taken, firms on the list of key firms before others. The decision refuses by luck, enters an
entitlement, or pays from the measure's fund; where the fund waits for money, the queue of that measure waits too.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from sim.firm.entitlements import dequeue, entitle, is_on, pay
from sim.firm.state import DECIDED, PAYMENT, REFUSED, Float
from sim.institutions.province import Province
from sim.kernels import kernel, outermost
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import AGENCIES, Status

DECISION = int(Purpose.DECISION)
OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
NO_DAY = 32_767


@kernel
def first_ready(items, p, lane, day, blocked, queues):  # type: ignore[no-untyped-def]
    """Queue in which the case filed first is ready; -1 when none is. ``blocked``: items that wait for money."""
    best = -1
    best_day = NO_DAY
    for k in range(len(items)):
        if blocked[k]:
            continue
        record = queues.head[items[k], p, lane]
        if record >= 0 and queues.ready_on[record] <= day and queues.applied_on[record] < best_day:
            best = k
            best_day = queues.applied_on[record]
    return best


@kernel
def anybody_waits(items, queues):  # type: ignore[no-untyped-def]
    """Whether there is a case in any queue of ``items``, ready or not."""
    _, prefectures, lanes = queues.head.shape
    for k in range(len(items)):
        for p in range(prefectures):
            for lane in range(lanes):
                if queues.head[items[k], p, lane] >= 0:
                    return True
    return False


@outermost
def serve(  # type: ignore[no-untyped-def]
    items, blocked, day, month, capacity, unused, firms, slots, terms, behaviour, treasury, books, counts, queues, seed
):
    """A working day of one agency.

    ``items``: its measures; ``capacity``: (P,) entities that can be handled today; ``unused``: (P,) capacity saved
    up because one weighted firm is more than a day's work; ``blocked``: (items,) room to note whose fund is empty.
    """
    if not anybody_waits(items, queues):
        return
    for p in range(len(capacity)):
        left = unused[p] + capacity[p]
        blocked[:] = False
        too_heavy = False  # who stands for more than is left goes on waiting, and nobody goes before
        for lane in range(2):
            while not too_heavy:
                k = first_ready(items, p, lane, day, blocked, queues)
                if k < 0:
                    break
                m = np.int64(items[k])
                record = queues.head[m, p, lane]
                i = np.uint64(queues.firm[record])  # as the settlement counts firms: what both call is compiled once
                w = np.int64(firms.weight[i])
                if firms.status[i] != OPEN and firms.status[i] != SUSPENDED:
                    dequeue(m, p, lane, firms, queues)
                    continue
                if left < w:
                    too_heavy = True
                    break
                days = day - queues.applied_on[record]
                # A measure that has ended decides nothing any more.
                if (
                    not is_on(terms.active, m)
                    or uniform(seed, DECISION, firms.key[i], terms.identity[m]) < terms.refusal[m]
                ):
                    counts.firms[month, m, REFUSED] += w
                    counts.days[month, m, REFUSED] += w * days
                elif terms.kind[m] == PAYMENT and not terms.monthly[m]:
                    paid = pay(i, m, month, firms, slots, terms, behaviour, treasury, books, counts, days)
                    if paid < 0 and terms.waits[m]:
                        blocked[k] = True
                        continue
                    if paid < 0:
                        counts.firms[month, m, REFUSED] += w
                        counts.days[month, m, REFUSED] += w * days
                    else:
                        entitle(i, m, firms, slots, terms, counts)
                        counts.firms[month, m, DECIDED] += w
                        counts.days[month, m, DECIDED] += w * days
                else:
                    entitle(i, m, firms, slots, terms, counts)
                    counts.firms[month, m, DECIDED] += w
                    counts.days[month, m, DECIDED] += w * days
                dequeue(m, p, lane, firms, queues)
                left -= w
        idle = True
        for lane in range(2):
            idle = idle and first_ready(items, p, lane, day, blocked, queues) < 0
        unused[p] = 0.0 if idle else left


class Desks:
    """One agency: its measures, its staff in each prefecture, its queue."""

    def __init__(self, province: Province, agency: int) -> None:
        self.province, self.agency = province, agency
        rules = province.rules
        delivered = [x.delivery.way in ("application", "negotiated") for x in rules.measures]
        mine = [m for m, by_desk in enumerate(delivered) if by_desk and rules.terms.agency[m] == agency]
        self.items = np.array(mine, np.int16)
        per_10k = province.parameters.by("delivery.capacity", AGENCIES)[agency]
        self.staffed = per_10k * province.entities / 10_000  # entities a working day, by prefecture
        self.moved = np.zeros_like(self.staffed)  # what dispatch meetings have added or taken away
        self.capacity: Float = np.zeros_like(self.staffed)  # entities that can be handled in a working day
        self.unused = np.zeros_like(self.staffed)
        self.blocked = np.zeros(len(mine), np.bool_)
        self.count_staff()

    def count_staff(self) -> None:
        """Set the capacity anew, when rules have changed or a meeting has moved staff."""
        self.capacity[:] = (self.staffed + self.moved) * self.province.rules.terms.desk_capacity[self.agency]

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Weighted firms that wait at these desks, by prefecture."""
        return np.asarray(self.province.queues.waiting[self.items].sum(axis=(0, 2)))

    def work(self, day: int) -> None:
        """A working day."""
        province = self.province
        since = perf_counter()
        serve(
            self.items, self.blocked, day, province.month(day), self.capacity, self.unused, province.firms,
            province.slots,
            province.rules.terms, province.behaviour, province.funds.treasury, province.books, province.counts,
            province.queues, province.seed,
        )  # fmt: skip
        province.took("institutions", since)
