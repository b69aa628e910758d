"""The run: who acts on which day and at which hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim.parameters import Parameters
from sim.population.synthesis import Population
from sim.scenario import Scenario
from sim.units import fen
from tests.reference import month
from tests.reference.banks import Banks
from tests.reference.evaluation import Evaluation
from tests.reference.helpers import Helpers
from tests.reference.monitor import Monitor
from tests.reference.offices import Dispatch, Handlers, desks_of
from tests.reference.outbreak import Outbreak
from tests.reference.policy import Rule
from tests.reference.province import Province
from tests.reference.publicity import Publicity
from tests.reference.reactions import Reactions
from tests.reference.tenders import Tenders

# Hours of a day, in sixteenths.
MEASURES, PUBLICITY, OUTBREAK, OFFICES, RESTART, TENDERS, DISPATCH, MONITOR = (
    hour / 16 for hour in (0, 1, 2, 6, 8, 10, 12, 14)
)


class Oracle:
    """A province that lives through a scenario, plainly."""

    def __init__(self, scenario: Scenario, parameters: Parameters, population: Population, seed: int) -> None:
        self.env = simpy.Environment()
        self.province = province = Province(scenario, parameters, population, seed)
        self.publicity = Publicity(province)
        self.outbreak = Outbreak(province)
        self.desks, self.handlers = desks_of(province), Handlers(province)
        self.banks = Banks(province)
        self.helpers = Helpers(province, self.outbreak, self.banks, self.desks)
        self.tenders = Tenders(province)
        province.large_firms.begin()
        self.dispatch = Dispatch(province, self.desks)
        self.evaluation = Evaluation(province, self.desks, self.helpers)
        self.days_of = {rule.id: self._days(rule) for rule in province.policy.rules}
        self.monitor = Monitor(province)
        self.reactions = Reactions(province)
        self.lent_to_small_firms = sum(
            firm.weight * firm.loan for firm in province.firms if firm.is_alive and firm.size != "medium"
        )

    def live(self) -> None:
        """Live through the whole horizon."""
        timeline = self.province.timeline
        every_day = list(range(timeline.days))
        money = self._money()
        self._on(every_day, MEASURES, lambda day: self._begin_the_day(day, money.get(day, [])))
        self._on(every_day, PUBLICITY, self.publicity.spread)
        self._on(every_day, OUTBREAK, self.outbreak.live)
        for firm in self.province.firms:
            self.env.process(month.live(self.env, self.province, firm))
        for work in [*(desk.work for desk in self.desks), self.handlers.work]:
            self._on(self.province.working_days, OFFICES, work)
        self._on(self.province.working_days, OFFICES, self.banks.work)
        self._on(self.province.working_days, RESTART, self.helpers.work)
        starts = [day for day in every_day if day == 0 or timeline.date(day).day == 1]
        self._on(starts, TENDERS, self.tenders.buy)
        self._on(every_day, DISPATCH, self.dispatch.meet)
        ends = [day for day in every_day if day == timeline.days - 1 or timeline.date(day + 1).day == 1]
        self._on(ends, MONITOR, self._count)
        self._on(every_day, MONITOR, self.reactions.look)
        self.env.run(until=timeline.days)

    def _on(self, days: list[int], hour: float, act: Callable[[int], None]) -> None:
        """Let something act at an hour of certain days."""

        def process() -> Generator[simpy.Event, Any, None]:
            for day in days:
                yield self.env.timeout(day + hour - self.env.now)
                act(day)

        self.env.process(process())

    def _money(self) -> dict[int, list[tuple[str, int, Rule | None]]]:
        """Fen that go into funds, by day, and the measure that puts them in, if one does."""
        province, timeline = self.province, self.province.timeline
        money: dict[int, list[tuple[str, int, Rule | None]]] = defaultdict(list)
        for fund in province.scenario.funds:
            amounts = {} if fund.amount_yuan is None else dict(fund.amount_yuan.table)
            if fund.amount_from is not None:
                amounts = {timeline.start: province.calibration(fund.amount_from)}
            for on, yuan in amounts.items():
                money[max(0, timeline.day(on))].append((fund.id, int(fen(yuan) * province.scale), None))
        for rule in province.policy.rules:
            added = getattr(rule.values, "top_up_yuan", None)
            if added is not None and rule.measure.fund is not None:
                for on, yuan in added.table.items():
                    on = max(on, rule.measure.start)
                    if rule.measure.withdrawn is not None and on >= rule.measure.withdrawn:
                        continue
                    day = max(timeline.day(on), 0)
                    money[day].append((rule.measure.fund, int(fen(yuan) * province.scale), rule))
        return {day: amounts for day, amounts in money.items() if day < timeline.days}

    def _days(self, rule: Rule) -> set[int]:
        """Days on which a measure is announced, begins, changes a value or has ended, by its dates."""
        if rule.last < max(rule.announced, 0):  # it ends before anybody could hear of it
            return set()
        days, timeline = {max(rule.announced, 0), rule.last + 1}, self.province.timeline
        if rule.first <= rule.last:
            days.add(max(rule.first, 0))
        dated = {timeline.day(on) for on in rule.measure.changes}
        return days | {day for day in dated if max(rule.first, 0) < day <= rule.last}

    def _begin_the_day(self, day: int, money: list[tuple[str, int, Rule | None]]) -> None:
        """Reactions act; money goes into funds; measures that begin choose firms; neighbours are looked at."""
        province = self.province
        turned, paid = self.reactions.morning(day)
        given = [one for one in money if one[2] is None or not one[2].is_held_back_everywhere(day)]
        for fund, amount, _ in given:
            province.treasury.put(fund, amount)
        for fund, amount, prefecture in paid:
            province.treasury.put(fund, amount, prefecture)
        for rule in province.policy.rules:
            if rule.in_force_anywhere(day) and not rule.has_begun:
                rule.has_begun = True
                if day > max(rule.first, 0):
                    rule.began = day
                if rule.kind == "cultivation" and rule.values.quota is not None:
                    self._choose(rule, day)
        moved = [rule for rule in province.policy.rules if day in self.days_of[rule.id]]
        if turned or given or not all(rule.is_held_back_everywhere(day) for rule in moved):
            self.publicity.update_hazard(day)

    def _choose(self, rule: Rule, day: int) -> None:
        """Firms with the lowest share of materials, row by row until the quota of entities is filled."""
        chosen = 0
        qualified = [firm for firm in self.province.firms if firm.is_alive and rule in firm.eligible]
        for firm in sorted(qualified, key=lambda firm: (firm.materials_share, firm.key)):
            if chosen >= rule.values.quota * self.province.scale:
                return
            chosen += firm.weight
            firm.granted.add(rule.id)
            self.province.stations.holders[rule.id, firm.prefecture] += firm.weight
            self.province.stations.reach(self.province.month_of[day], rule.id, "decided", firm)

    def _count(self, day: int) -> None:
        """The month's count; then what the month did acts on the next."""
        province = self.province
        self.monitor.count(day)
        for prefecture in province.prefectures:
            province.loans[prefecture] = sum(
                firm.weight * firm.loan for firm in province.firms if firm.is_alive and firm.prefecture == prefecture
            )
        self.banks.new_month(day)
        self.banks.take_incentive(day)
        province.large_firms.close_month()
        province.market.close_month(province.month_of[day])
        self.evaluation.evaluate(day)
