"""Agency desks: one process an agency serves all its prefectures, case by case, first in first out.

Each working day a desk can handle so many entities. Of the cases that are ready (the processing time has passed) the
one filed first is taken, firms on the list of key firms before others. The decision refuses by chance, enters an
entitlement, or pays from the measure's fund; where the fund waits for money, the queue of that measure waits too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.entitlements import clear_bit, dequeue, entitle, has_bit, pay
from sim.firm.state import DECIDED, LANES, NEVER, PAYMENT, REFUSED, Float
from sim.institutions.province import Province
from sim.institutions.rules import Rules
from sim.kernels import columns, kernel, outermost
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import Status

DECISION = int(Purpose.DECISION)
EXITED = int(Status.EXITED)
LANE_COUNT = len(LANES)


@columns
class Desk(NamedTuple):
    """Those who handle the cases of some queues, in each prefecture."""

    items: NDArray[np.int16]  # of the queues
    blocked: NDArray[np.bool_]  # (items,) room to note which of them wait for money
    capacity: Float  # (P,) entities that can be handled in a working day
    unused: Float  # (P,) capacity saved up because one weighted firm is more than a day's work


@kernel
def first_ready(desk, p, lane, day, queues):  # type: ignore[no-untyped-def]
    """Position of the item whose case was filed first of those that are ready; -1 when none is."""
    best = -1
    best_day = NEVER
    for k in range(len(desk.items)):
        if desk.blocked[k]:
            continue
        record = queues.head[desk.items[k], p, lane]
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
def serve(desk, clock, state):  # type: ignore[no-untyped-def]
    """A working day of one agency."""
    firms, behaviour, terms, records, queues = state.firms, state.behaviour, state.terms, state.records, state.queues
    slots, counts, seed = records.slots, records.counts, state.seed
    day, month = clock.day, clock.month
    if not anybody_waits(desk.items, queues):
        return
    for p in range(len(desk.capacity)):
        left = desk.unused[p] + desk.capacity[p]
        desk.blocked[:] = False
        too_heavy = False  # who stands for more than is left goes on waiting, and nobody goes before
        for lane in range(LANE_COUNT):
            while not too_heavy:
                k = first_ready(desk, p, lane, day, queues)
                if k < 0:
                    break
                m = np.int64(desk.items[k])
                record = queues.head[m, p, lane]
                i = np.uint64(queues.firm[record])  # as the settlement counts firms: what both call is compiled once
                w = np.int64(firms.weight[i])
                if firms.status[i] == EXITED:
                    clear_bit(firms.waiting, i, m)
                    dequeue(m, p, lane, firms, queues)
                    continue
                if left < w:
                    too_heavy = True
                    break
                days = day - queues.applied_on[record]
                # A measure that has ended decides nothing any more.
                if (
                    not has_bit(terms.active, m)
                    or uniform(seed, DECISION, firms.key[i], terms.identity[m]) < terms.refusal[m]
                ):
                    counts.firms[month, m, REFUSED] += w
                    counts.days[month, m, REFUSED] += w * days
                elif terms.kind[m] == PAYMENT and not terms.monthly[m]:
                    paid = pay(i, m, days, month, firms, terms, behaviour, records)
                    if paid < 0 and terms.waits[m]:
                        desk.blocked[k] = True
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
                clear_bit(firms.waiting, i, m)
                dequeue(m, p, lane, firms, queues)
                left -= w
        idle = True
        for lane in range(LANE_COUNT):
            idle = idle and first_ready(desk, p, lane, day, queues) < 0
        desk.unused[p] = 0.0 if idle else left


class Desks:
    """One agency: its measures, its staff in each prefecture, its queue."""

    def __init__(self, province: Province, rules: Rules, agency: int, staffed: Float) -> None:
        """``staffed``: (P,) entities that its staff can handle in a working day."""
        self.province, self.rules, self.agency, self.staffed = province, rules, agency, staffed
        delivered = [x.delivery.way in ("application", "negotiated") for x in rules.measures]
        mine = [m for m, by_desk in enumerate(delivered) if by_desk and rules.terms.agency[m] == agency]
        self.items = np.array(mine, np.int16)
        self.moved = np.zeros_like(staffed)  # what dispatch meetings have added or taken away
        self.capacity: Float = np.zeros_like(staffed)
        self.desk = Desk(self.items, np.zeros(len(mine), np.bool_), self.capacity, np.zeros_like(staffed))
        self.count_staff()

    def count_staff(self) -> None:
        """Set the capacity anew, when rules have changed or a meeting has moved staff."""
        self.capacity[:] = (self.staffed + self.moved) * self.rules.terms.desk_capacity[self.agency]

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Weighted firms that wait at these desks, by prefecture."""
        return np.asarray(self.province.state.queues.waiting[self.items].sum(axis=(0, 2)))

    def work(self, day: int) -> None:
        """A working day."""
        serve(self.desk, self.province.clock(day), self.province.state)
