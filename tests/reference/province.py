"""What everybody shares: the firms, the measures, the market, the books, the funds, the queues."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict, deque
from dataclasses import dataclass

from sim.parameters import Parameters
from sim.population.counties import counties as county_table
from sim.population.synthesis import Population
from sim.random_numbers import Purpose
from sim.scenario import Scenario
from sim.timeline import Timeline
from sim.units import MONTH_DAYS
from sim.vocabulary import SIZES
from tests.reference.books import Books, Restarts, Stations, Treasury
from tests.reference.calibration import Calibration
from tests.reference.debtors import LargeFirms
from tests.reference.draws import Draws
from tests.reference.firm import Firm, firms_of
from tests.reference.market import LOOK_BACK, Market
from tests.reference.policy import Policy, Rule
from tests.reference.world import World

NEVER = 32_767  # a day that never comes
LISTED, OTHERS = 0, 1  # lanes of a queue


@dataclass(slots=True, eq=False)
class Case:
    """A firm that waits for a decision."""

    firm: Firm
    filed_on: int
    ready_on: int
    number: int  # in the order of filing


class Province:
    """The province on its way through a scenario."""

    def __init__(self, scenario: Scenario, parameters: Parameters, population: Population, seed: int) -> None:
        self.scenario = scenario
        self.timeline = Timeline(scenario.world.start, scenario.world.end)
        self.calibration = Calibration(parameters)
        self.draws = Draws(seed)
        self.scale = population.scale
        places = county_table()
        self.prefecture_of: list[int] = places.prefecture.tolist()
        self.prefectures = range(len(places.prefecture_code))
        self.weights = [0.0] * len(self.prefectures)
        for county, weight in enumerate(places.weight.tolist()):
            self.weights[self.prefecture_of[county]] += weight
        self.world = World(scenario.world, parameters, places, self.timeline)
        self.policy = Policy(scenario.measures, self.timeline, places)
        self.firms = firms_of(population.firms, population.cohort_start.tolist())
        self.of_county: dict[int, list[Firm]] = defaultdict(list)
        self.entities: dict[int, int] = defaultdict(int)  # alive at the start
        self.key_firms: dict[int, int] = defaultdict(int)  # those of them that are listed as key firms
        self.loans: dict[int, int] = defaultdict(int)  # weighted fen lent, as last counted
        self.repaid: dict[int, int] = defaultdict(int)  # weighted fen of principal since the last count
        self.entitled: dict[tuple[str, int, str], int] = defaultdict(int)  # firms that qualify, unborn ones included
        self.told: dict[tuple[str, int, str], float] = defaultdict(float)  # cumulated hazard of knowing of a measure
        for firm in self.firms:
            self.of_county[firm.county].append(firm)
            if firm.status == "open":
                self.entities[firm.prefecture] += firm.weight
                self.key_firms[firm.prefecture] += firm.weight if "key_firm" in firm.flags else 0
                self.loans[firm.prefecture] += firm.weight * firm.loan
            firm.eligible = [rule for rule in self.policy.rules if rule.qualifies(firm)]
            for rule in firm.eligible:
                self.entitled[rule.id, firm.prefecture, firm.size] += firm.weight
        self.books, self.stations, self.restarts = Books(), Stations(), Restarts()
        self.treasury = Treasury(scenario.funds, self.weights)
        self.queues: dict[tuple[str, int, int], deque[Case]] = defaultdict(deque)
        self.cases = 0
        self.working_days = [day for day in range(self.timeline.days) if self.timeline.is_working_day[day]]
        self.month_of: list[int] = self.timeline.month.tolist()
        self._look_back()
        self.market = Market(self)
        self.large_firms = LargeFirms(self)
        # Weighted fen of arrears to enterprises that nobody disputes, by month: became overdue, were paid.
        self.found: dict[int, int] = defaultdict(int)
        self.cleared: dict[int, int] = defaultdict(int)

    def _look_back(self) -> None:
        """Before the horizon every firm settled last in the month before its first settlement."""
        first = self.timeline.start.day
        month_before = self.timeline.date(-first).day
        for firm in self.firms:
            day = firm.cohort + 1 - first  # of its settlement in the first month
            firm.open_from = 0
            if firm.born_on < 0:
                firm.open_from = max(day if day < 0 else day - month_before, -LOOK_BACK)

    def file(self, item: str, firm: Firm, day: int, working_days: int, lane: int = OTHERS) -> None:
        """Put a firm into the queue for an item; it can be decided after so many working days."""
        ready = day
        if working_days > 0:
            place = bisect_right(self.working_days, day) + working_days - 1
            ready = self.working_days[place] if place < len(self.working_days) else NEVER
        self.cases += 1
        self.queues[item, firm.prefecture, lane].append(Case(firm, day, ready, self.cases))

    def knows(self, firm: Firm, rule: Rule) -> bool:
        """Whether a firm is among those of its prefecture and size that know of a measure."""
        share = 1.0 - math.exp(-self.told[rule.id, firm.prefecture, firm.size])
        return self.draws.uniform(Purpose.AWARE, firm.key, rule.identity) < share

    def chance_and_delay(self, rule: Rule, day: int) -> tuple[float, float]:
        """What applicants count on: the share granted, and months from filing to being granted.

        Each of the last whole month that had any decision, or any grant; before the first what the measure says.
        """
        chance = 1.0 - rule.measure.delivery.refusal_share
        delay = rule.measure.delivery.processing_days * 7.0 / 5.0 / MONTH_DAYS
        for month in range(self.month_of[day]):
            granted, refused = (self.stations.firms[month, rule.id, station] for station in ("decided", "refused"))
            if granted + refused > 0:
                chance = granted / (granted + refused)
            if granted > 0:
                delay = self.stations.days[month, rule.id, "decided"] / (granted * MONTH_DAYS)
        return chance, delay

    def entitled_in(self, rule: Rule, prefecture: int) -> int:
        """Entities of a prefecture that qualify for a measure by fixed traits, unborn ones included."""
        return sum(self.entitled.get((rule.id, prefecture, size), 0) for size in SIZES)

    def waiting(self, items: list[str], prefecture: int) -> int:
        """Weighted firms that wait for these items in a prefecture."""
        return sum(
            case.firm.weight
            for item in items
            for lane in (LISTED, OTHERS)
            for case in self.queues.get((item, prefecture, lane), ())
        )

    def date_month(self, day: int) -> int:
        """Number of the calendar month of a day, 1 to 12."""
        return self.timeline.date(day).month
