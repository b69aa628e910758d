"""What firms are to each other: customers, competitors, employers of the same people, creditors.

Everything here is set at the end of a month from the sums of its settlements, and acts in the next: no decision of a
day reads what another firm did that day.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import numpy as np

from sim.firm.claims import LARGE_FIRMS
from sim.firm.state import LEAD, Float, Int, Market
from sim.institutions.province import Province
from sim.parameters import Parameters
from sim.population.counties import Counties
from sim.population.synthesis import Population
from sim.timeline import Timeline
from sim.units import MONTH_DAYS, fen
from sim.vocabulary import SECTORS, Status
from sim.world.orders import to_firms
from sim.world.world import World

MOST = 3.0  # nowhere do firms serve more than three times their usual customers


class Markets:
    """Local demand, crowding, orders of firms, those out of work, how firms pay, and what failed customers owed."""

    def __init__(
        self, province: Province, counties: Counties, parameters: Parameters, world: World, population: Population
    ) -> None:
        """Before the first month everything is as usual: all factors are 1."""
        cohort_start = population.cohort_start
        self.province, self.of_county = province, counties.prefecture
        places, prefectures, sectors = len(counties), counties.prefecture_count, len(SECTORS)
        self.local: Float = np.ones((places, sectors))
        self.crowding: Float = np.ones((places, sectors))
        self.orders: Float = np.ones((places, sectors))
        self.to_firms = to_firms(parameters)
        self.local_share = parameters["neighbours.local_share"]
        self.demand_share = parameters.by_sector("firm.local_demand_share")
        self.freed_share = parameters["firm.crowding"]
        self.paid_with_sales = parameters["receivables.paid_with_sales"]
        self.found_elsewhere = parameters["labour.found_elsewhere_per_month"]
        self.benefit = parameters["labour.benefit_share"] * fen(parameters["labour.benefit_yuan"])
        self.learning, self.fixed_staff = parameters["firm.expectation_weight"], parameters["staff.fixed_share"]
        self.hired, self.dismissed = parameters["staff.hired_per_month"], parameters["staff.dismissed_per_month"]
        bought = self.to_firms.sum(axis=1, keepdims=True)
        self.by_buyer: Float = np.divide(self.to_firms, bought, out=np.zeros_like(self.to_firms), where=bought > 0)

        firms = province.state.firms
        alive = firms.status == Status.OPEN
        w, county, prefecture = firms.weight[alive], firms.county[alive], firms.prefecture[alive].astype(np.int64)
        staff = w * firms.staff[alive].astype(np.float64)
        in_county = county.astype(np.int64) * sectors + firms.sector[alive]
        payroll = np.bincount(in_county, staff * firms.wage[alive], places * sectors)
        self.usual_wages: Float = np.asarray(payroll, np.float64).reshape(places, sectors)
        living = w * firms.reservation[alive].astype(np.float64)
        self.usual_living: Float = np.bincount(county, living, places).astype(np.float64)
        self.staff_as_published, self.expected = np.ones(sectors), np.ones(sectors)
        trade = w * firms.usual_sales[alive].astype(np.float64)
        self.usual_trade: Float = np.bincount(county, trade, places).astype(np.float64)
        market = prefecture * sectors + firms.sector[alive]
        capacity = np.bincount(market, trade, prefectures * sectors)
        self.usual_capacity: Float = np.asarray(capacity, np.float64).reshape(prefectures, sectors)
        of_cohort = np.repeat(np.arange(len(cohort_start) - 1), np.diff(cohort_start))[alive]
        cells = len(cohort_start) - 1
        self.living_before: Float = self.usual_capacity.sum(axis=0)
        by_cohort = np.bincount(of_cohort * (prefectures * sectors) + market, trade, cells * prefectures * sectors)
        self.usual_by_cohort: Float = np.asarray(by_cohort, np.float64).reshape(cells, prefectures, sectors)
        # The published course, as a running sum over the days; before the horizon as the activity: at first demand.
        self.course: Float = np.cumsum(
            np.concatenate([np.zeros((1, sectors)), np.tile(world.demand[0], (LEAD, 1)), world.course]), axis=0
        )
        here = np.bincount(prefecture, staff, prefectures)
        share = parameters["labour.unemployed_share"]
        self.usually_out_of_work: Float = np.asarray(share / (1.0 - share) * here, np.float64)
        self.out_of_work: Float = self.usually_out_of_work.copy()
        away = parameters["labour.returning_per_month"] * parameters["labour.migrants"] * population.scale
        self.returning: Float = away * here / max(here.sum(), 1.0)
        self.extra_share = parameters["receivables.large_firms_extra_share"]
        owed = alive & (firms.customer == LARGE_FIRMS)
        monthly = np.floor(
            firms.receivables_public[owed] * parameters["receivables.collected_per_month.large_firms"] + 0.5
        )
        due = np.bincount(firms.prefecture[owed], monthly * firms.weight[owed], prefectures)
        province.state.market.large_room[:] = np.floor(self.extra_share * due)

    def new_month(self, day: int, payables: Int, living: Int, working: Int) -> None:
        """Let what the firms did in the month that ends on ``day`` act on the next.

        Weighted fen of the evening, (P, S): what living firms owe suppliers, their usual sales, and those of open ones.
        """
        market, timeline = self.province.state.market, self.province.timeline
        self._let_large_firms_pay(market)
        if timeline.month[day] == 0 and timeline.start.day > 1:
            return  # not every cohort has settled in the first days
        lost = np.divide(market.payables_lost, np.maximum(payables + market.payables_lost, 1))
        of_all = market.payables_lost.sum(axis=0) / np.maximum((payables + market.payables_lost).sum(axis=0), 1)
        market.lost_share[:] = self._of_buyers(lost, of_all) @ self.by_buyer.T
        self._employ(market)
        published = self._published(day)
        self._set_local_demand(market)
        self._set_crowding(living, working)
        self._set_orders(market, published)
        self._let_firms_pay(market, living)
        self._pay_as_published(published)

    def _let_large_firms_pay(self, market: Market) -> None:
        """Who is paid old debts by a large firm is paid at the cost of those whom it owes new ones."""
        due = market.due_by_large
        extra = np.divide(market.extra_by_large, due, out=np.zeros(len(due)), where=due > 0)
        market.large_pays[:] = np.maximum(0.0, 1.0 - extra)
        market.large_room[:] = np.floor(self.extra_share * due)

    def _let_firms_pay(self, market: Market, living: Int) -> None:
        """Firms pay bills out of what they sell: whoever sells to firms that sell less than usual is paid less."""
        here = np.divide(market.sold, living, out=np.ones(living.shape), where=living > 0)
        total = living.sum(axis=0)
        everywhere = np.divide(market.sold.sum(axis=0), total, out=np.ones(len(total)), where=total > 0)
        missing = 1.0 - self._of_buyers(np.minimum(here, MOST), np.minimum(everywhere, MOST))
        market.firms_pay[:] = np.maximum(0.0, 1.0 - self.paid_with_sales * (missing @ self.by_buyer.T))

    def _of_buyers(self, here: Float, everywhere: Float) -> Float:
        """Something of each sector that buys, near and far, (P, S): ``here`` (P, S) and in the province (S,)."""
        return self.local_share * here + (1.0 - self.local_share) * everywhere[None, :]

    def _employ(self, market: Market) -> None:
        """Count those out of work, and say how many of the places wanted can be filled."""
        elsewhere = self.found_elsewhere * (self.out_of_work - self.usually_out_of_work)
        self.out_of_work = np.maximum(self.out_of_work + market.dismissed - market.hired - elsewhere, 0.0)
        at_hand = self.out_of_work + self.returning
        filled = np.divide(at_hand, market.places, out=np.ones_like(at_hand), where=market.places > 0)
        market.hireable[:] = np.minimum(filled, 1.0)

    def _set_local_demand(self, market: Market) -> None:
        """Consumers have what firms pay and their owners live on, and what the laid off get."""
        usual = self.usual_wages.sum(axis=1) + self.usual_living
        known = usual > 0
        of_prefecture = np.bincount(self.of_county, usual, len(self.out_of_work))
        benefits = self.benefit * (self.out_of_work - self.usually_out_of_work)
        weight = np.divide(usual, of_prefecture[self.of_county], out=np.zeros_like(usual), where=known)
        income = market.incomes + benefits[self.of_county] * weight
        published = self.usual_wages @ self.staff_as_published + self.usual_living
        # Published demand holds what newcomers and growing firms pay: incomes count as for the trade of the first day.
        trade = np.divide(
            market.capacity.sum(axis=1), self.usual_trade, out=np.ones_like(usual), where=self.usual_trade > 0
        )
        # A county of a small sample may have had nobody with an income: its demand does not follow newcomers'.
        ratio = np.ones_like(usual)
        np.divide(income, published, out=ratio, where=known)
        np.divide(ratio, np.maximum(trade, 1.0), out=ratio, where=known)
        ratio = np.clip(ratio, 0.0, MOST)
        self.local[:] = (1.0 - self.demand_share)[None, :] + self.demand_share[None, :] * ratio[:, None]

    def _set_crowding(self, living: Int, working: Int) -> None:
        """Customers go where firms are open.

        A sector's demand in a prefecture is a market. Who leaves for good leaves his customers to the others, newcomers
        share the market and do not enlarge it: published sales hold both. Of what competitors that are stopped or
        paused would have sold, the share ``firm.crowding`` goes to those open. (Not by county: in a sampled world a
        county's sector can be a handful of rows, and the market would be their noise.)
        """
        known = (self.usual_capacity > 0) & (working > 0)
        present = np.divide(living, self.usual_capacity, out=np.ones_like(self.usual_capacity), where=known)
        # What will open and close in the month to come, as in the last: by sector, for the noise of a sample.
        total, before = living.sum(axis=0), self.living_before
        grows = np.divide(total, before, out=np.ones_like(before), where=(before > 0) & (total > 0))
        present = np.where(known, present * grows, 1.0)
        self.living_before = total.astype(np.float64)
        share = np.divide(working, living, out=np.ones_like(self.usual_capacity), where=known)
        freed = self.freed_share * (1.0 / share - 1.0)
        self.crowding[:] = np.minimum((1.0 + freed) / present, MOST)[self.of_county]

    def _published(self, day: int) -> Float:
        """What the published course would have let the firms sell in the month's settlements, weighted fen (P, S)."""
        timeline = self.province.timeline
        settled = np.flatnonzero((timeline.month[:-1] == timeline.month[day]) & (timeline.cohort[: timeline.days] >= 0))
        before = _same_day_of_month_before(timeline)[settled]
        months = (self.course[settled + LEAD] - self.course[before + LEAD]) / MONTH_DAYS
        return np.asarray(np.einsum("cps,cs->ps", self.usual_by_cohort[timeline.cohort[settled]], months))

    def _pay_as_published(self, published: Float) -> None:
        """What staff a firm that sells the published course of its sector would have after the month, of its usual."""
        usual = self.usual_capacity.sum(axis=0)
        course = np.divide(published.sum(axis=0), usual, out=np.ones_like(usual), where=usual > 0)
        self.expected += self.learning * (course - self.expected)
        wanted = self.fixed_staff + (1.0 - self.fixed_staff) * self.expected
        more = wanted > self.staff_as_published
        rate = np.where(more, self.hired, self.dismissed)
        self.staff_as_published += rate * (wanted - self.staff_as_published)

    def _set_orders(self, market: Market, expected: Float) -> None:
        """Who sells to firms sells less where their sectors sell less than published (input-output table)."""
        here = np.divide(market.sold, expected, out=np.ones_like(expected), where=expected > 0)
        total = expected.sum(axis=0)
        everywhere = np.divide(market.sold.sum(axis=0), total, out=np.ones_like(total), where=total > 0)
        deviation = 1.0 - self._of_buyers(np.minimum(here, MOST), np.minimum(everywhere, MOST))
        self.orders[:] = np.maximum(0.0, 1.0 - deviation @ self.to_firms.T)[self.of_county]


@lru_cache(maxsize=16)
def _same_day_of_month_before(timeline: Timeline) -> Int:
    """Of each day the day as many days ago as the month before has, shape (D,); only read."""
    dates = [timeline.date(day) for day in range(timeline.days)]
    return np.array([day - (on - timedelta(on.day)).day for day, on in enumerate(dates)], np.int64)
