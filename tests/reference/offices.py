"""Those who deliver: agency desks, the meetings that move their staff, and liaison officers."""

from __future__ import annotations

from sim.random_numbers import Purpose
from sim.vocabulary import AGENCIES, TICKETS
from tests.reference.entitlements import entitle, pay
from tests.reference.outbreak import Outbreak, officers_sent
from tests.reference.policy import serves
from tests.reference.province import LISTED, OTHERS, Case, Province

LANES = (LISTED, OTHERS)
LEAST_STAFF = 0.5


class Desk:
    """The desks of one agency, one in each prefecture."""

    def __init__(self, province: Province, agency: str) -> None:
        self.province, self.agency = province, agency
        self.items = [
            rule.id
            for rule in province.policy.rules
            if rule.measure.delivery.way in ("application", "negotiated") and rule.measure.delivery.agency == agency
        ]
        a_day = province.calibration("delivery.capacity", agency)
        self.staffed = [a_day * province.entities[p] / 10_000 for p in province.prefectures]
        self.moved = [0.0] * len(province.prefectures)  # by dispatch meetings
        self.unused = [0.0] * len(province.prefectures)

    def capacity(self, prefecture: int, day: int) -> float:
        """Entities that can be handled in a day."""
        factor = self.province.policy.factor("service", "capacity", day, lambda rule: serves(rule, self.agency))
        return (self.staffed[prefecture] + self.moved[prefecture]) * factor

    def work(self, day: int) -> None:
        """A working day."""
        for prefecture in self.province.prefectures:
            if not any(self.province.queues.get((item, prefecture, lane)) for item in self.items for lane in LANES):
                self.unused[prefecture] = 0.0
                continue
            left = self.unused[prefecture] + self.capacity(prefecture, day)
            items = list(self.items)  # a measure whose fund is empty drops out for the day
            tired = False
            for lane in LANES:
                while not tired and (item := self.province.first_ready(items, prefecture, lane, day)) is not None:
                    queue = self.province.queues[item, prefecture, lane]
                    if not queue[0].firm.is_alive:
                        queue.popleft().firm.waiting.discard(item)
                        continue
                    if left < queue[0].firm.weight:
                        tired = True  # nobody goes before who is too much for today
                        break
                    if self._decide(item, queue[0], day):
                        firm = queue.popleft().firm
                        firm.waiting.discard(item)
                        left -= firm.weight
                    else:
                        items.remove(item)
            idle = all(self.province.first_ready(items, prefecture, lane, day) is None for lane in LANES)
            self.unused[prefecture] = 0.0 if idle else left

    def _decide(self, item: str, case: Case, day: int) -> bool:
        """Refuse, pay or grant; False if the case must wait for money."""
        province, firm = self.province, case.firm
        rule, waited = province.policy.by_id[item], day - case.filed_on
        chance = province.draws.uniform(Purpose.DECISION, firm.key, rule.identity)
        granted = rule.in_force(day) and chance >= rule.measure.delivery.refusal_share
        if granted and rule.kind == "payment" and not rule.is_monthly:
            granted = pay(province, firm, rule, day, waited)
            if not granted and province.treasury.waits(rule):
                return False
        if granted:
            entitle(province, firm, rule, day)
        province.stations.reach(province.month_of[day], item, "decided" if granted else "refused", firm, waited)
        return True


class Dispatch:
    """Meetings that move staff from the agency with the shortest backlog to the one with the longest."""

    def __init__(self, province: Province, desks: list[Desk]) -> None:
        self.province = province
        self.desks = [desk for desk in desks if desk.agency != "banks"]

    def meet(self, day: int) -> None:
        """Move staff if there is a meeting on the day."""
        asked = [int(r.says("dispatch_meetings", day)) for r in self.province.policy.in_force(day, "service")]
        meetings = max(asked, default=0)
        held_on = [1 + round(30 * (k + 0.5) / meetings) for k in range(meetings)]
        if self.province.timeline.date(day).day not in held_on or len(self.desks) < 2:
            return
        share = self.province.calibration("delivery.dispatch_share")
        for prefecture in self.province.prefectures:
            backlog = [
                self.province.waiting(desk.items, prefecture) / max(desk.capacity(prefecture, day), 1e-9)
                for desk in self.desks
            ]
            if max(backlog) > min(backlog):
                giver = self.desks[backlog.index(min(backlog))]
                taker = self.desks[backlog.index(max(backlog))]
                staffed = giver.staffed[prefecture]
                cases = min(share * staffed, staffed * LEAST_STAFF + giver.moved[prefecture])
                giver.moved[prefecture] -= cases
                taker.moved[prefecture] += cases


class Liaison:
    """Liaison officers, in each prefecture."""

    def __init__(self, province: Province, outbreak: Outbreak) -> None:
        self.province, self.outbreak = province, outbreak
        self.unused = [0.0] * len(province.prefectures)

    def work(self, day: int) -> None:
        """A working day, if any officers are sent."""
        province, p = self.province, self.province.calibration
        sent = officers_sent(province, day)
        if sent <= 0:
            return
        a_day = p("restart.officers") * p("restart.problems_per_officer_day")
        for prefecture in province.prefectures:
            left = self.unused[prefecture] + a_day * province.entities[prefecture] / 10_000 * sent
            tired = False
            for lane in LANES:
                while not tired and (
                    (ticket := province.first_ready(list(TICKETS), prefecture, lane, day)) is not None
                ):
                    queue = province.queues[ticket, prefecture, lane]
                    firm = queue[0].firm
                    if firm.status != "suspended" or ticket not in firm.tickets or queue[0].filed_on != firm.freed_on:
                        queue.popleft()  # it works again, was stopped again or is gone
                        continue
                    if left < firm.weight:
                        tired = True
                        break
                    left -= firm.weight
                    self._solve(ticket, queue.popleft(), day)
            self.unused[prefecture] = left if tired else 0.0

    def _solve(self, ticket: str, case: Case, day: int) -> None:
        """A problem is solved: the firm works again the next morning, or when the last of the others has passed."""
        firm = case.firm
        self.province.stations.reach(self.province.month_of[day], ticket, "decided", firm, day - case.filed_on)
        firm.tickets.discard(ticket)
        restart = day + 1
        for other in firm.tickets:
            restart = max(restart, case.filed_on + self.outbreak.days_by_itself(firm, other, day))
        firm.restart_on = min(restart, firm.restart_on)


def desks_of(province: Province) -> list[Desk]:
    """The agencies that decide anything."""
    desks = [Desk(province, agency) for agency in AGENCIES]
    return [desk for desk in desks if desk.items]
