"""Those who decide: desks of measures, handlers of single cases, and the meetings that move desks' staff."""

from __future__ import annotations

from sim.random_numbers import Purpose
from tests.reference.entitlements import entitle, pay
from tests.reference.policy import Rule, serves
from tests.reference.province import LISTED, OTHERS, Case, Province

LANES = (LISTED, OTHERS)
LEAST_STAFF = 0.5
LEAST_CAPACITY = 1e-9


def withdraws(province: Province, rule: Rule, case: Case, day: int) -> bool:
    """Whether an applicant has waited too long, or has nothing to expect any more."""
    if day - case.filed_on > province.calibration("delivery.patience_days"):
        return True
    ended = not rule.in_force(day, case.firm.prefecture)
    if rule.kind == "deferral":
        return ended or day > province.timeline.day(rule.values.until)
    return (rule.is_monthly or (rule.kind == "relief" and not rule.has_months)) and ended


def decide(province: Province, rule: Rule, case: Case, day: int, supervised: bool = False) -> bool:
    """Refuse, pay or grant; False if the case must wait for money."""
    firm, waited = case.firm, day - case.filed_on
    chance = province.draws.uniform(Purpose.DECISION, firm.key, rule.identity)
    granted = not rule.is_withdrawn(day) and chance >= rule.measure.delivery.refusal_share
    if granted and rule.kind == "payment" and not rule.is_monthly:
        granted = pay(province, firm, rule, day, waited)
        if not granted and province.treasury.waits(rule):
            return False
    if granted:
        entitle(province, firm, rule, day, waited)
    firm.waiting.discard(rule.id)
    month = province.month_of[day]
    province.stations.reach(month, rule.id, "decided" if granted else "refused", firm, waited)
    if supervised:
        province.stations.reach(month, rule.id, "supervised", firm, waited)
    return True


def drops_out(province: Province, rule: Rule, case: Case, day: int) -> bool:
    """Whether a case is over without a decision: its firm has left, or withdraws."""
    firm = case.firm
    if firm.is_alive and not withdraws(province, rule, case, day):
        return False
    firm.waiting.discard(rule.id)
    if firm.is_alive:
        province.stations.reach(province.month_of[day], rule.id, "withdrawn", firm, day - case.filed_on)
    return True


class Desk:
    """The desks of one measure, one in each prefecture."""

    def __init__(self, province: Province, rule: Rule) -> None:
        self.province, self.rule = province, rule
        cases = rule.measure.delivery.capacity or 0.0
        if rule.measure.delivery.agency is not None:
            cases *= province.calibration("delivery.capacity", rule.measure.delivery.agency)
        self.staffed = [cases * province.entitled_in(rule, p) / 10_000 for p in province.prefectures]
        self.moved = [0.0] * len(province.prefectures)  # by dispatch meetings
        self.lent = [0.0] * len(province.prefectures)  # by other prefectures, for a month
        self.unused = [0.0] * len(province.prefectures)

    def capacity(self, prefecture: int, day: int) -> float:
        """Entities that can be handled in a day."""
        agency, factor = self.rule.measure.delivery.agency, 1.0
        if agency is not None:
            factor = self.province.policy.factor(
                "service", "capacity", day, prefecture, lambda rule: serves(rule, agency)
            )
        return (self.staffed[prefecture] + self.moved[prefecture] + self.lent[prefecture]) * factor

    def waiting(self, prefecture: int) -> int:
        """Entities that wait."""
        return self.province.waiting([self.rule.id], prefecture)

    def work(self, day: int) -> None:
        """A working day."""
        for prefecture in self.province.prefectures:
            left = self.unused[prefecture] + self.capacity(prefecture, day)
            left = self._work_off(prefecture, day, left)
            somebody_waits = any(self._first_ready(prefecture, lane, day) is not None for lane in LANES)
            self.unused[prefecture] = left if somebody_waits else 0.0

    def _first_ready(self, prefecture: int, lane: int, day: int) -> Case | None:
        queue = self.province.queues.get((self.rule.id, prefecture, lane))
        return queue[0] if queue and queue[0].ready_on <= day else None

    def _work_off(self, prefecture: int, day: int, left: float) -> float:
        """Decide what is ready, as far as capacity and money go; returns the capacity that is left."""
        for lane in LANES:
            while (case := self._first_ready(prefecture, lane, day)) is not None:
                queue = self.province.queues[self.rule.id, prefecture, lane]
                if drops_out(self.province, self.rule, case, day):
                    queue.popleft()
                    continue
                if left < case.firm.weight:
                    return left  # nobody goes before who is too much for today
                if not decide(self.province, self.rule, case, day):
                    return left
                queue.popleft()
                left -= case.firm.weight
        return left


class Handlers:
    """Those who decide case by case, each with one of his own, on what has no desk."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.rules = [rule for rule in province.policy.rules if rule.is_decided and not rule.has_desk]

    def work(self, day: int) -> None:
        """A working day: what is due, in the order of filing; who must wait for money comes last the next time."""
        due = [
            (case.number, case, rule, queue)
            for rule in self.rules
            for queue in (self.province.queues[rule.id, p, OTHERS] for p in self.province.prefectures)
            for case in queue
            if case.ready_on <= day
        ]
        for _, case, rule, queue in sorted(due, key=lambda found: found[0]):
            if drops_out(self.province, rule, case, day) or decide(self.province, rule, case, day):
                queue.remove(case)
            else:
                self.province.cases += 1
                case.number = self.province.cases


class Dispatch:
    """Meetings that move staff from the desk with the shortest backlog to the one with the longest."""

    def __init__(self, province: Province, desks: list[Desk]) -> None:
        self.province = province
        self.desks = [desk for desk in desks if desk.rule.measure.delivery.agency != "banks"]

    def meet(self, day: int) -> None:
        """Move staff if there is a meeting on the day."""
        for prefecture in self.province.prefectures:
            services = self.province.policy.in_force(day, prefecture, "service")
            meetings = max((int(rule.says("dispatch_meetings", day)) for rule in services), default=0)
            held_on = [1 + round(30 * (k + 0.5) / meetings) for k in range(meetings)]
            if self.province.timeline.date(day).day in held_on:
                self._move(prefecture, day)

    def _move(self, prefecture: int, day: int) -> None:
        """Move staff in a prefecture."""
        desks = [desk for desk in self.desks if desk.rule.in_force(day, prefecture) or desk.waiting(prefecture) > 0]
        backlog = [desk.waiting(prefecture) / max(desk.capacity(prefecture, day), LEAST_CAPACITY) for desk in desks]
        if len(desks) > 1 and max(backlog) > min(backlog):
            giver = desks[backlog.index(min(backlog))]
            taker = desks[backlog.index(max(backlog))]
            staffed = giver.staffed[prefecture]
            share = self.province.calibration("delivery.dispatch_share")
            cases = min(share * staffed, staffed * LEAST_STAFF + giver.moved[prefecture])
            giver.moved[prefecture] -= cases
            taker.moved[prefecture] += cases


def desks_of(province: Province) -> list[Desk]:
    """The desks of all measures that have any, by id."""
    return [Desk(province, rule) for rule in province.policy.rules if rule.has_desk]
