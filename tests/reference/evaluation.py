"""The month's evaluation: staff are lent to the places where most waits, money moves to where claims were not paid."""

from __future__ import annotations

from sim.vocabulary import TICKETS
from tests.reference.helpers import COUNTER, OFFICERS, SUPERVISORS, Helpers
from tests.reference.offices import Desk
from tests.reference.province import Province


class Evaluation:
    """Who lends to whom, once a month."""

    def __init__(self, province: Province, desks: list[Desk], helpers: Helpers) -> None:
        self.province, self.helpers = province, helpers
        self.desks = [desk for desk in desks if desk.rule.measure.delivery.agency != "banks"]

    def evaluate(self, day: int) -> None:
        """On the last day of a month, after the count."""
        prefectures, treasury = self.province.prefectures, self.province.treasury
        policy, share = self.province.policy, 0.0
        if any(rule.values.evaluation for p in prefectures for rule in policy.in_force(day, p, "service")):
            share = self.province.calibration("delivery.evaluation_share")
        for desk in self.desks:
            desk.lent = _lent(share, desk.staffed, [desk.waiting(p) for p in prefectures])
        for staff in (SUPERVISORS, OFFICERS, COUNTER):
            staffed = [self.helpers.staffed(staff, p) for p in prefectures]
            lent = _lent(share, staffed, [self._tickets(staff.lanes, p) for p in prefectures])
            self.helpers.lent |= {(staff, p): cases for p, cases in enumerate(lent)}
        treasury.move_to_unmet(share)
        treasury.unmet.clear()

    def _tickets(self, lanes: tuple[int, ...], prefecture: int) -> int:
        """Entities with a ticket in one of these lanes."""
        queues = [self.province.queues.get((ticket, prefecture, lane), ()) for ticket in TICKETS for lane in lanes]
        return sum(case.firm.weight for queue in queues for case in queue)


def _lent(share: float, staffed: list[float], waiting: list[int]) -> list[float]:
    """By prefecture: what it is lent, negative what it lends."""
    staff, waits = 0.0, sum(waiting)
    for cases in staffed:  # one after the other: `sum` may compensate rounding
        staff += cases
    if waits == 0:
        return [0.0] * len(staffed)
    return [share * (staff * here / waits - cases) for here, cases in zip(waiting, staffed, strict=True)]
