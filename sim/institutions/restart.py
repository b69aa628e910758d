"""What keeps freed firms from working, and who helps: liaison officers, service counters, supervisors (I.9.b, III.2).

Four kinds of problem queue by prefecture: those of listed key firms before the officers, others before the counters.
Who is asked needs time for a problem, and the problem what ends it: persons who can be placed, a bridging loan, a
delivery slot, a pass. Supervisors take what has waited beyond the deadline, first problems, then cases at desks whose
firms complain. A problem is also over when it has passed by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.bills import outlays
from sim.firm.entitlements import round_half_up
from sim.firm.state import (
    DECIDED,
    LANES,
    LISTED,
    NEVER,
    REFUSED,
    SUPERVISED,
    UNLISTED,
    WITHDRAWN,
    Float,
    Int,
)
from sim.institutions.banks import Bank, lends
from sim.institutions.desks import SHARED, Desk, decide, is_moot
from sim.institutions.markets import Markets
from sim.institutions.outbreak import FUNDS_TICKET, TICKET_COUNT, days_by_itself, end_lack, persons_to_find
from sim.institutions.province import Province
from sim.institutions.queues import dequeue, take_out
from sim.kernels import columns, kernel, outermost
from sim.parameters import Parameters
from sim.random_numbers import Purpose, uniform
from sim.units import MONTH_DAYS
from sim.vocabulary import TICKETS, Status
from sim.world.world import World

SUSPENDED, EXITED = int(Status.SUSPENDED), int(Status.EXITED)
LABOUR, MATERIALS, TRANSPORT = (TICKETS.index(t) for t in ("labour", "materials", "transport"))
COMPLAINT, HELP, LOAN_DEMAND = int(Purpose.COMPLAINT), int(Purpose.HELP), int(Purpose.LOAN_DEMAND)
HELP_A_DAY = 256  # draws: for each kind of problem, then for each measure
LANE_COUNT = len(LANES)
STAFF = ("supervisors", "officers", "counters")  # in the order in which they work
SUPERVISORS, OFFICERS, COUNTERS = range(len(STAFF))
NOBODY_FITS = -1


@columns
class Helpers(NamedTuple):
    """Who handles problems, and what ends them, in each prefecture."""

    sent: Float  # (STAFF, P) how many of each kind measures send, as a multiple of one staffing
    capacity: Float  # (STAFF, P) entities whose problem can be handled in a working day
    means: Float  # (TICKETS, P) persons, slots and passes that are left today; funds: unused
    blocked: NDArray[np.bool_]  # (TICKETS, P) what is short today
    passed_over: NDArray[np.bool_]  # (K,) room for the desks whose fund is empty


@outermost
def help_restart(helpers, desk, bank, episode, clock, state):  # type: ignore[no-untyped-def]
    """A working day of all who help; ``episode``: (C,) first day of each county's closure."""
    helpers.blocked[:] = False
    for p in range(helpers.capacity.shape[1]):
        for who in range(len(STAFF)):
            if helpers.sent[who, p] <= 0.0:
                continue  # where they are sent but have no time, they still strike off what is over
            left = _handle_problems(who, p, helpers.capacity[who, p], (helpers, bank, episode), clock, state)
            if who == SUPERVISORS and left > 0.0:
                _handle_complaints(p, left, helpers, desk, clock, state)


@kernel
def _handle_problems(who, p, left, around, clock, state):  # type: ignore[no-untyped-def]
    """Problems that one kind of staff handles in a prefecture; returns the time left, 0 when one took all or too much.

    Of a row that stands for more entities than there is time for, or means, so large a part would be helped: it is with
    that chance, so that samples are helped as much as the province.
    """
    helpers, bank, episode = around
    firms, queues, counts, first_ticket = state.firms, state.queues, state.records.counts, state.ticket_item
    while True:
        ticket, lane = _first_problem(who, p, helpers, clock.day, state)
        if ticket == NOBODY_FITS:
            return left
        item = first_ticket + ticket
        record = queues.head[item, p, lane]
        i, waited = np.int64(queues.firm[record]), clock.day - np.int64(queues.applied_on[record])
        w = np.int64(firms.weight[i])
        if _is_over(i, ticket, clock.day - waited, clock.day, episode, state):
            dequeue(item, p, lane, firms, queues)
            counts.firms[clock.month, item, WITHDRAWN] += w
            counts.days[clock.month, item, WITHDRAWN] += w * waited
            continue
        needed, of_time, of_means = float(w), min(1.0, left / w), 1.0
        if ticket == FUNDS_TICKET:
            if bank.supply[p] <= 0.0:
                helpers.blocked[ticket, p] = True
                continue
        else:
            if ticket == LABOUR:
                needed *= persons_to_find(i, state)
            of_means = min(1.0, helpers.means[ticket, p] / needed)
        if uniform(state.seed, HELP, firms.key[i], clock.day * HELP_A_DAY + ticket) >= min(of_time, of_means):
            if of_time <= of_means:  # there was too little time
                return 0.0
            helpers.blocked[ticket, p] = True
            continue
        helpers.means[ticket, p] = max(0.0, helpers.means[ticket, p] - needed)
        dequeue(item, p, lane, firms, queues)
        left = max(0.0, left - w)
        station = DECIDED
        if ticket == FUNDS_TICKET and not _bridge(i, bank, clock, state):
            station = REFUSED
        counts.firms[clock.month, item, station] += w
        counts.days[clock.month, item, station] += w * waited
        if station == DECIDED:
            if who == SUPERVISORS:
                counts.firms[clock.month, item, SUPERVISED] += w
                counts.days[clock.month, item, SUPERVISED] += w * waited
            end_lack(i, ticket, clock.day + 1, episode, state)
            firms.tickets[i] |= np.uint8(1 << (TICKET_COUNT + ticket))  # by a resource


@kernel
def _first_problem(who, p, helpers, day, state):  # type: ignore[no-untyped-def]
    """Kind and lane of the problem handed in first that a kind of staff may handle; NOBODY_FITS for none."""
    queues, first_ticket = state.queues, state.ticket_item
    first = UNLISTED if who == COUNTERS else LISTED
    last = LISTED if who == OFFICERS else UNLISTED
    best, of_lane, best_day = NOBODY_FITS, 0, NEVER
    if who == SUPERVISORS:
        best_day = min(NEVER, day - np.int64(state.terms.deadline[p]))
    for ticket in range(TICKET_COUNT):
        if helpers.blocked[ticket, p]:
            continue
        for lane in range(first, last + 1):
            record = queues.head[first_ticket + ticket, p, lane]
            if record >= 0 and queues.applied_on[record] < best_day:
                best, of_lane, best_day = ticket, lane, queues.applied_on[record]
    return best, of_lane


@kernel
def _is_over(i, ticket, handed_in, day, episode, state):  # type: ignore[no-untyped-def]
    """Whether nobody need handle a problem of firm i any more.

    The firm works, is closed again or has left, the problem is of an earlier closure, or has passed by itself.
    """
    firms = state.firms
    if firms.status[i] != SUSPENDED or not (firms.tickets[i] >> ticket) & 1 or handed_in != firms.freed_on[i]:
        return True
    return handed_in + days_by_itself(i, episode[np.int64(firms.county[i])], ticket, state) <= day


@kernel
def _bridge(i, bank, clock, state):  # type: ignore[no-untyped-def]
    """Whether the bank of firm i lends it what it lacks to restart."""
    firms, behaviour = state.firms, state.behaviour
    if uniform(state.seed, LOAN_DEMAND, firms.key[i], 0) < behaviour.never_applies:
        return False
    wanted = round_half_up(outlays(i, 1.0, firms, behaviour) * behaviour.ticket_funds_months)
    return lends(i, max(wanted - firms.cash[i], np.int64(1)), False, bank, clock, state)


@kernel
def _handle_complaints(p, left, helpers, desk, clock, state):  # type: ignore[no-untyped-def]
    """Decide cases at desks out of their turn, because their firms complain and supervisors have time left."""
    firms, queues, counts = state.firms, state.queues, state.records.counts
    helpers.passed_over[:] = False
    while True:
        k, lane, record, before = _first_complaint(p, helpers, desk, clock, state)
        if k == NOBODY_FITS:
            return
        m, i = np.int64(desk.items[k]), np.int64(queues.firm[record])
        w, waited = np.int64(firms.weight[i]), clock.day - np.int64(queues.applied_on[record])
        if uniform(state.seed, HELP, firms.key[i], clock.day * HELP_A_DAY + TICKET_COUNT + m) >= left / w:
            return
        if not decide(i, m, waited, clock, state):
            helpers.passed_over[k] = True
            continue
        take_out(record, before, m, p, lane, firms, queues)
        counts.firms[clock.month, m, SUPERVISED] += w
        counts.days[clock.month, m, SUPERVISED] += w * waited
        left = max(0.0, left - w)


@kernel
def _first_complaint(p, helpers, desk, clock, state):  # type: ignore[no-untyped-def]
    """Desk, lane, record and the one before it of the case filed first whose firm complains; NOBODY_FITS for none."""
    firms, queues, terms = state.firms, state.queues, state.terms
    late = clock.day - np.int64(terms.deadline[p])  # ready before this day
    best, of_lane, found, found_before, best_day = NOBODY_FITS, 0, -1, -1, NEVER
    for k in range(len(desk.items)):
        m = np.int64(desk.items[k])
        if helpers.passed_over[k]:
            continue
        for lane in range(LANE_COUNT):
            before, record = -1, queues.head[m, p, lane]
            while record >= 0 and queues.ready_on[record] < late and queues.applied_on[record] < best_day:
                i = np.int64(queues.firm[record])
                complains = uniform(state.seed, COMPLAINT, firms.key[i], terms.identity[m])
                complains = complains < state.behaviour.complaint_share
                if complains and not is_moot(i, m, clock.day - np.int64(queues.applied_on[record]), clock, state):
                    best, of_lane, found, found_before = k, lane, record, before
                    best_day = queues.applied_on[record]
                    break
                before, record = record, queues.next[record]
    return best, of_lane, found, found_before


class Surroundings(NamedTuple):
    """Whom those who help turn to."""

    desk: Desk
    bank: Bank
    episode: Int  # (C,) first day of each county's closure, as the outbreak keeps it
    markets: Markets
    world: World


class Restart:
    """Those who help firms to work again, and what ends their lacks."""

    def __init__(
        self, province: Province, parameters: Parameters, entities: Float, key_firms: Float, around: Surroundings
    ) -> None:
        """``entities``: (P,) alive at the start, ``key_firms``: (P,) of them those on the list."""
        self.province, self.around, prefectures = province, around, len(entities)
        shared = entities / SHARED
        an_officer = parameters["restart.problems_per_officer_day"] / parameters["restart.firms_per_officer"]
        self.staffed: Float = np.stack(
            [
                parameters["restart.supervised_per_day"] * shared,
                key_firms * an_officer,
                parameters["restart.counter_problems_per_day"] * shared,
            ]
        )
        self.lent: Float = np.zeros_like(self.staffed)  # what other prefectures have lent for the month
        self.placed_per_day = parameters["restart.placed_per_month"] / MONTH_DAYS
        self.slots, self.passes = (parameters[f"restart.{name}_per_day"] * shared for name in ("slots", "passes"))
        first = province.state.ticket_item
        self.items = np.arange(first, first + len(TICKETS))
        self.helpers = Helpers(
            sent=np.zeros((len(STAFF), prefectures)),
            capacity=np.zeros((len(STAFF), prefectures)),
            means=np.zeros((len(TICKETS), prefectures)),
            blocked=np.zeros((len(TICKETS), prefectures), np.bool_),
            passed_over=np.zeros(max(len(province.state.terms.kind), 1), np.bool_),
        )

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Weighted firms with a problem that each kind of staff takes, (STAFF, P)."""
        by_lane = self.province.state.queues.waiting[self.items].sum(axis=0)  # (P, lanes)
        return np.stack([by_lane.sum(axis=1), by_lane[:, LISTED], by_lane[:, UNLISTED]])

    def work(self, day: int) -> None:
        """A working day of all who help; what ends lacks is brought anew."""
        helpers, around, state = self.helpers, self.around, self.province.state
        helpers.sent[SUPERVISORS] = state.terms.supervision_capacity
        helpers.sent[OFFICERS] = state.terms.liaison_capacity
        helpers.sent[COUNTERS] = state.terms.counter_capacity
        if not helpers.sent.any():
            return
        np.multiply(self.staffed + self.lent, helpers.sent, out=helpers.capacity)
        helpers.means[LABOUR] = self.placed_per_day * (around.markets.out_of_work + around.markets.returning)
        helpers.means[MATERIALS] = self.slots * (1.0 - float(around.world.friction[day]))
        helpers.means[TRANSPORT] = self.passes
        help_restart(helpers, around.desk, around.bank, around.episode, self.province.clock(day), state)
