"""Who decides: a desk for each measure in each prefecture, or a handler for each case.

A desk can handle so many entities each working day. Of the cases that are ready (the processing time has passed) the
one filed first is taken, firms on the list of key firms before others. A measure without desks has handlers of its
own: landlords decide on their tenants, banks on their borrowers, each when he comes to it. The decision refuses by
chance, enters an entitlement, or pays from the measure's fund; where the fund waits for money, the case waits too.
What was filed in time is decided after the measure's end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.entitlements import (
    clear_bit,
    entitle,
    has_bit,
    pay,
)
from sim.firm.state import (
    DECIDED,
    DEFERRAL,
    LANES,
    PAYMENT,
    REFUSED,
    RELIEF,
    WITHDRAWN,
    Float,
    Int,
)
from sim.institutions.province import Province
from sim.institutions.queues import dequeue, next_due, schedule
from sim.institutions.rules import Rules
from sim.kernels import columns, kernel
from sim.parameters import Parameters
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import AGENCIES, Status

DECISION = int(Purpose.DECISION)
EXITED = int(Status.EXITED)
LANE_COUNT = len(LANES)
SHARED = 10_000  # entities for which measures and parameters state capacities


@columns
class Desk(NamedTuple):
    """The desks of measures, in each prefecture."""

    items: NDArray[np.int16]  # (K,) the measures
    capacity: Float  # (K, P) entities that can be handled in a working day
    unused: Float  # (K, P) capacity saved up because one weighted firm is more than a day's work


@kernel
def is_moot(i, m, waited, clock, state):  # type: ignore[no-untyped-def]
    """Whether the case of firm i for measure m is over without a decision.

    The firm has left, has waited for too long, or nothing is to be had any more.
    """
    firms, terms = state.firms, state.terms
    if firms.status[i] == EXITED or waited > state.behaviour.patience_days:
        return True
    kind, ended = terms.kind[m], not has_bit(terms.active[firms.prefecture[i]], m)
    if kind == DEFERRAL:
        return ended or clock.day > terms.deferral_until[m]
    return ended and ((kind == RELIEF and terms.month_slot[m] < 0) or (kind == PAYMENT and terms.monthly[m]))


@kernel
def drops_out(i, m, waited, clock, state):  # type: ignore[no-untyped-def]
    """Whether the case of firm i for measure m is moot; one that withdraws is counted."""
    if not is_moot(i, m, waited, clock, state):
        return False
    firms, counts = state.firms, state.records.counts
    if firms.status[i] != EXITED:
        w = np.int64(firms.weight[i])
        counts.firms[clock.month, m, WITHDRAWN] += w
        counts.days[clock.month, m, WITHDRAWN] += w * waited
    clear_bit(firms.waiting, i, m)
    return True


@kernel
def decide(i, m, waited, clock, state):  # type: ignore[no-untyped-def]
    """Decide on the case of firm i for measure m; False where it must wait for its fund."""
    firms, terms, records = state.firms, state.terms, state.records
    w = np.int64(firms.weight[i])
    station = DECIDED
    if terms.called_off[m] or uniform(state.seed, DECISION, firms.key[i], terms.identity[m]) < terms.refusal[m]:
        station = REFUSED
    elif terms.kind[m] == PAYMENT and not terms.monthly[m]:
        if pay(i, m, waited, clock.month, firms, terms, state.behaviour, records) < 0:
            if terms.waits[m]:
                return False
            station = REFUSED
    if station == DECIDED:
        entitle(i, m, waited, clock, firms, terms, records)
    records.counts.firms[clock.month, m, station] += w
    records.counts.days[clock.month, m, station] += w * waited
    clear_bit(firms.waiting, i, m)
    return True


@kernel
def serve(desk, next_working_day, clock, state):  # type: ignore[no-untyped-def]
    """A working day of all desks, then of the handlers whose cases are due."""
    firms, queues = state.firms, state.queues
    for k in range(len(desk.items)):
        m = np.int64(desk.items[k])
        for p in range(desk.capacity.shape[1]):
            if queues.waiting[m, p, 0] + queues.waiting[m, p, 1] > 0:
                _serve_prefecture(k, p, desk, clock, state)
            else:
                desk.unused[k, p] = 0.0
    i, m, filed_on = next_due(clock.day, firms, queues)
    while i >= 0:
        waited = clock.day - filed_on
        if not drops_out(i, m, waited, clock, state) and not decide(i, m, waited, clock, state):
            schedule(i, m, filed_on, next_working_day, firms, queues)
        i, m, filed_on = next_due(clock.day, firms, queues)


@kernel
def _serve_prefecture(k, p, desk, clock, state):  # type: ignore[no-untyped-def]
    """A working day of one desk: ready cases, first in first out, listed firms first, as far as its capacity goes."""
    firms, queues = state.firms, state.queues
    m, left = np.int64(desk.items[k]), desk.unused[k, p] + desk.capacity[k, p]
    desk.unused[k, p] = 0.0
    for lane in range(LANE_COUNT):
        while True:
            record = queues.head[m, p, lane]
            if record < 0 or queues.ready_on[record] > clock.day:
                break
            i, waited = np.int64(queues.firm[record]), clock.day - queues.applied_on[record]
            w = np.int64(firms.weight[i])
            if drops_out(i, m, waited, clock, state):
                dequeue(m, p, lane, firms, queues)
                continue
            # Who stands for more than is left, or whose fund is empty, goes on waiting, and nobody goes before.
            if left < w or not decide(i, m, waited, clock, state):
                desk.unused[k, p] = left
                return
            dequeue(m, p, lane, firms, queues)
            left -= w


class Desks:
    """The desks of all measures that have some, and the handlers of the other cases."""

    def __init__(self, province: Province, rules: Rules, parameters: Parameters, entitled: Int) -> None:
        """``entitled``: (M + 1, P, Z) weighted firms that qualify for each measure by their traits."""
        self.province, self.rules = province, rules
        with_desk = [m for m in np.flatnonzero(rules.applied_for).tolist() if not rules.terms.own_handler[m]]
        self.items = np.array(with_desk, np.int16)
        self.agency = rules.terms.agency[self.items].astype(np.int64)
        stated = [rules.measures[m].delivery.capacity for m in with_desk]
        factor = parameters.by("delivery.capacity", AGENCIES)[self.agency]
        factor[self.agency < 0] = 1.0
        self.staffed: Float = (
            (np.array(stated, np.float64) * factor)[:, None] * entitled[self.items].sum(axis=2) / SHARED
        )
        self.moved: Float = np.zeros_like(self.staffed)  # what dispatch meetings have added or taken away
        self.lent: Float = np.zeros_like(self.staffed)  # what other prefectures have lent for the month
        self.desk = Desk(self.items, np.zeros_like(self.staffed), np.zeros_like(self.staffed))
        self.count_staff()

    def count_staff(self) -> None:
        """Set the capacity anew, when rules have changed or staff have been moved or lent."""
        factor = np.where(self.agency[:, None] < 0, 1.0, self.rules.terms.desk_capacity[self.agency])
        self.desk.capacity[:] = (self.staffed + self.moved + self.lent) * factor

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Weighted firms that wait at each desk, (K, P)."""
        return np.asarray(self.province.state.queues.waiting[self.items].sum(axis=2))
