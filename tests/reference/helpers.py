"""Those who help freed firms to restart: supervisors, liaison officers, counters; what ends each lack."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from sim.random_numbers import Purpose
from sim.units import MONTH_DAYS
from sim.vocabulary import TICKETS
from tests.reference.banks import Banks
from tests.reference.firm import Firm
from tests.reference.offices import LANES, Desk, decide, withdraws
from tests.reference.outbreak import Outbreak, bridging_loan, persons_to_find, sent
from tests.reference.province import LISTED, OTHERS, Case, Province


class Staff(NamedTuple):
    """A kind of staff: what sends it, and whose problems it takes."""

    capacity: str  # value of service measures
    lanes: tuple[int, ...]


SUPERVISORS = Staff("supervision_capacity", LANES)
OFFICERS = Staff("liaison_capacity", (LISTED,))
COUNTER = Staff("counter_capacity", (OTHERS,))


class Day(NamedTuple):
    """A working day of a kind of staff in a prefecture."""

    day: int
    staff: Staff
    prefecture: int
    older_than: float = -1.0  # days


class Helpers:
    """All three kinds of staff, in each prefecture."""

    def __init__(self, province: Province, outbreak: Outbreak, banks: Banks, desks: list[Desk]) -> None:
        self.province, self.outbreak, self.banks, self.desks = province, outbreak, banks, desks
        self.left: dict[tuple[str, int], float] = {}  # persons, slots and passes
        self.waits: set[tuple[str, int]] = set()  # kinds of problems whose end is short today
        self.lent: dict[tuple[Staff, int], float] = {}  # by other prefectures, for a month

    def work(self, day: int) -> None:
        """A working day."""
        for prefecture in self.province.prefectures:
            self._replenish(prefecture, day)
            self._supervise(prefecture, day)
            for staff in (OFFICERS, COUNTER):
                if sent(self.province, staff.capacity, prefecture, day) > 0.0:
                    self._handle(Day(day, staff, prefecture), self._time(staff, prefecture, day))

    def staffed(self, staff: Staff, prefecture: int) -> float:
        """Problems that the staff of a prefecture can handle in a day, if one of each is sent."""
        p, entities = self.province.calibration, self.province.entities[prefecture]
        if staff is OFFICERS:
            officers = self.province.key_firms[prefecture] / p("restart.firms_per_officer")
            return officers * p("restart.problems_per_officer_day")
        rate = p("restart.supervised_per_day" if staff is SUPERVISORS else "restart.counter_problems_per_day")
        return rate * entities / 10_000

    def _time(self, staff: Staff, prefecture: int, day: int) -> float:
        """Problems that staff can handle today."""
        a_day = self.staffed(staff, prefecture) + self.lent.get((staff, prefecture), 0.0)
        return a_day * sent(self.province, staff.capacity, prefecture, day)

    def _replenish(self, prefecture: int, day: int) -> None:
        """What ends lacks today."""
        p, market = self.province.calibration, self.province.market
        entities = self.province.entities[prefecture]
        looking = market.out_of_work[prefecture] + market.returning[prefecture]
        slots = p("restart.slots_per_day") * entities / 10_000
        anew = {
            "labour": p("restart.placed_per_month") * looking / MONTH_DAYS,
            "materials": slots * max(0.0, 1.0 - self.province.world.friction[day]),
            "transport": p("restart.passes_per_day") * entities / 10_000,
        }
        for ticket, amount in anew.items():
            self.left[ticket, prefecture] = amount
        self.waits = {place for place in self.waits if place[1] != prefecture}

    def _handle(self, today: Day, time: float) -> float:
        """Take tickets as long as there is time; returns what is left, nothing once a ticket was too heavy for it."""
        while (found := self._next(today)) is not None:
            ticket, lane = found
            queue = self.province.queues[ticket, today.prefecture, lane]
            case, firm = queue[0], queue[0].firm
            if self._is_void(ticket, case, today.day):
                queue.popleft()
                self._reach(ticket, "withdrawn", case, today.day)
                continue
            if ticket == "funds" and self.banks.supply[firm.prefecture] <= 0:
                self.waits.add((ticket, today.prefecture))
                continue
            of_time, of_means = min(1.0, time / firm.weight), self._chance_of_means(ticket, firm)
            when = today.day * 256 + TICKETS.index(ticket)
            if self.province.draws.uniform(Purpose.HELP, firm.key, when) >= min(of_time, of_means):
                if of_time <= of_means:
                    return 0.0
                self.waits.add((ticket, today.prefecture))
                continue
            queue.popleft()
            time = max(0.0, time - firm.weight)
            self._solve(ticket, case, today)
        return time

    def _next(self, today: Day) -> tuple[str, int] | None:
        """The kind of problem and the queue of the ticket that is next: handed in first, by kind, key firms first."""
        found: list[tuple[int, int, int]] = []
        for k, ticket in enumerate(TICKETS):
            if (ticket, today.prefecture) in self.waits:
                continue
            for lane in today.staff.lanes:
                queue = self.province.queues.get((ticket, today.prefecture, lane))
                if queue and today.day - queue[0].filed_on > today.older_than:
                    found.append((queue[0].filed_on, k, lane))
        if not found:
            return None
        _, k, lane = min(found)
        return TICKETS[k], lane

    def _is_void(self, ticket: str, case: Case, day: int) -> bool:
        """Whether a ticket needs nobody any more."""
        firm = case.firm
        if not firm.is_freed or case.filed_on != firm.freed_on or ticket not in firm.tickets:
            return True
        return self.outbreak.has_passed(firm, ticket, day)

    def _needs(self, ticket: str, firm: Firm) -> int:
        """Persons, slots or passes that a firm needs, weighted."""
        if ticket == "labour":
            return persons_to_find(self.province, firm) * firm.weight
        return firm.weight

    def _chance_of_means(self, ticket: str, firm: Firm) -> float:
        """The part that there is today of what ends a lack, 1 at most."""
        return 1.0 if ticket == "funds" else min(1.0, self.left[ticket, firm.prefecture] / self._needs(ticket, firm))

    def _solve(self, ticket: str, case: Case, today: Day) -> None:
        """End a lack, so that the firm works again from the next morning on if it has no other; a bank may refuse."""
        firm, day = case.firm, today.day
        if ticket == "funds":
            if not self.banks.bridge(firm, bridging_loan(self.province, firm), day):
                self._reach(ticket, "refused", case, day)
                return
        else:
            place = ticket, firm.prefecture
            self.left[place] = max(0.0, self.left[place] - self._needs(ticket, firm))
        self._reach(ticket, "decided", case, day)
        if today.staff is SUPERVISORS:
            self._reach(ticket, "supervised", case, day)
        self.outbreak.end(firm, ticket, day + 1, day)
        firm.ended.add(ticket)

    def _reach(self, ticket: str, station: str, case: Case, day: int) -> None:
        month = self.province.month_of[day]
        self.province.stations.reach(month, ticket, station, case.firm, day - case.filed_on)

    def _supervise(self, prefecture: int, day: int) -> None:
        """Supervisors take what has waited beyond the deadline: tickets, then cases whose firms complain."""
        if sent(self.province, SUPERVISORS.capacity, prefecture, day) <= 0.0:
            return
        rules = self.province.policy.in_force(day, prefecture, "service")
        deadline = min((float(rule.says("deadline_days", day, math.inf)) for rule in rules), default=math.inf)
        time = self._time(SUPERVISORS, prefecture, day)
        time = self._handle(Day(day, SUPERVISORS, prefecture, deadline), time)
        if time > 0.0:
            self._hear_complaints(prefecture, day, deadline, time)

    def _hear_complaints(self, prefecture: int, day: int, deadline: float, time: float) -> None:
        """Decide on cases out of their turn, as long as there is time."""
        places = {rule.id: place for place, rule in enumerate(self.province.policy.rules)}
        dry: set[str] = set()  # measures whose fund must wait
        for desk, lane, case in self._overdue_cases(prefecture, day, deadline):
            rule, firm = desk.rule, case.firm
            if rule.id in dry or not firm.is_alive or withdraws(self.province, rule, case, day):
                continue
            chance = self.province.draws.uniform(Purpose.COMPLAINT, firm.key, rule.identity)
            if chance >= self.province.calibration("delivery.complaint_share"):
                continue
            when = day * 256 + len(TICKETS) + places[rule.id]
            if self.province.draws.uniform(Purpose.HELP, firm.key, when) >= time / firm.weight:
                return
            if decide(self.province, rule, case, day, supervised=True):
                time = max(0.0, time - firm.weight)
                self.province.queues[rule.id, prefecture, lane].remove(case)
            else:
                dry.add(rule.id)

    def _overdue_cases(self, prefecture: int, day: int, deadline: float) -> Iterator[tuple[Desk, int, Case]]:
        """Cases at desks that have been ready beyond the deadline: filed first first, by id, by lane."""
        found = [
            (desk, lane, case)
            for desk in self.desks
            for lane in LANES
            for case in self.province.queues.get((desk.rule.id, prefecture, lane), ())
            if day - case.ready_on > deadline
        ]
        yield from sorted(found, key=lambda case: case[2].filed_on)
