"""One run: a province of firms, its institutions and the measures of a scenario, wired to one SimPy environment.

Institutions are SimPy processes; firms are rows. A day goes by the hours of ``sim/institutions/calendar.py``: measures
come into force, the epidemic moves, the firms whose settlement day it is settle their month, desks and banks decide,
liaison officers solve problems, tenders are awarded, meetings move capacity, and on the last day of a month the
monitor counts. Everything drawn at random is a function of (seed, purpose, firm, period), so two scenarios with the
same seed differ by the policy and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from numpy.typing import NDArray

from sim import ledger
from sim.firm import state
from sim.firm.behaviour import behaviour
from sim.firm.effects import NO_LIMIT
from sim.firm.settlement import settle
from sim.institutions import calendar
from sim.institutions.banks import Banks
from sim.institutions.cultivators import choose
from sim.institutions.desks import Desks
from sim.institutions.dispatch import Dispatch
from sim.institutions.funds import Funds
from sim.institutions.liaison import Liaison
from sim.institutions.outbreak import Outbreak
from sim.institutions.province import Province, by_prefecture, days_until_ready
from sim.institutions.publicity import Publicity
from sim.institutions.queues import count_waiting, new_queues
from sim.institutions.rules import Rules
from sim.institutions.tenders import Tenders
from sim.instruments import instruments
from sim.measure import Measure
from sim.observe.journeys import Journeys
from sim.observe.observers import SALES, accounts, count, debts
from sim.observe.recorder import MONTHLY, Record
from sim.observe.tables import Result, nothing
from sim.parameters import Parameters
from sim.parameters import load as load_parameters
from sim.population.counties import counties as county_table
from sim.population.synthesis import Population, synthesise
from sim.scenario import Scenario
from sim.timeline import COHORTS, horizon
from sim.units import LARGEST_SUM_FEN, fen
from sim.vocabulary import AGENCIES, FLOWS, SECTORS, SIZES, TICKETS, Status
from sim.world.world import build

if TYPE_CHECKING:
    pass


class UnbalancedError(RuntimeError):
    """The firms' accounts and the ledger disagree: the run is worthless and is not given out."""


def simulate(
    scenario: Scenario,
    *,
    firms: int | None = None,
    seed: int = 1,
    follow: Sequence[int] = (),
    fates: bool = False,
    tables: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Live through a scenario once.

    ``firms``: rows alive at the start, None for what the scenario says (one to one if it says nothing); ``follow``:
    identities of firms whose journeys are kept; ``fates``: whether the table of all firms is kept, as it always is
    beside journeys (without it memory and time are saved); ``tables``: whether the panel, delivery, requests and the
    repayment wall are wanted: without them a run counts and writes only what the outcomes and the ledger need, which
    are the same to the last bit; ``progress``: called with the share of the days passed.
    Raises :class:`UnbalancedError` when a fen is missing and ``ValueError`` for a population that cannot be built.
    """
    began = perf_counter()
    parameters = load_parameters(changed=scenario.parameter_changes)
    timeline = horizon(scenario.world.start, scenario.world.end)
    wanted = firms if firms is not None else scenario.firms
    population = synthesise(parameters, county_table(), timeline, seed, None if wanted == "province" else wanted)
    built = perf_counter()
    run = Run(scenario, parameters, population, seed, follow, fates, tables)
    run.live(progress or (lambda share: None))
    result = run.result()
    seconds = {"population": built - began, **run.province.seconds}
    return replace(result, wall_seconds=perf_counter() - began, seconds=seconds)


class Run:
    """A province on its way through a scenario; :func:`simulate` is the way in. It uses up the population's columns."""

    def __init__(
        self,
        scenario: Scenario,
        parameters: Parameters,
        population: Population,
        seed: int,
        follow: Sequence[int] = (),
        fates: bool = False,
        tables: bool = True,
    ) -> None:
        self.scenario, self.seed, self.population = scenario, seed, population
        self.timeline = horizon(scenario.world.start, scenario.world.end)
        self.env = simpy.Environment()
        self.keeps_fates, self.makes_tables = fates or bool(follow), tables
        # Each firm's money is counted by action where its fate is told, and by measure where it is followed.
        actions = sorted({measure.action for measure in scenario.measures if measure.gives}) if fates else []
        self.groups = self.measure_ids if follow else actions
        self.province = self._province(parameters, self.population)
        self.outbreak = Outbreak(self.province)
        self.desks = [
            desks for desks in (Desks(self.province, a) for a in range(len(AGENCIES))) if len(desks.items) > 0
        ]
        self.banks = Banks(self.province)
        self.liaison = Liaison(self.outbreak)
        self.tenders = Tenders(self.province)
        self.dispatch = Dispatch(self.province, self.desks)
        self.publicity = Publicity(self.province)
        self.record = Record(
            self.timeline.month_names,
            self.province.counties.prefecture_code,
            self.measure_ids,
            scenario.plan.targets_on,
            self.population.firms,
        )
        small = scenario.plan.ceiling_yuan("small_arrears_left")
        self.small_arrears = NO_LIMIT if small is None else fen(small)  # fen to a firm
        self.journeys = Journeys(
            follow, self.population.firms, self.province.slots, self.province.books, scenario.measures, self.timeline
        )
        self.opening = self._accounts()
        self.inclusive_loans = self._inclusive_loans()
        self.bills = np.zeros((2, len(FLOWS)), np.int64)  # room for one firm's bills: in full, and after relief
        self._refuse_overflow()
        self._look_back()

    @property
    def measure_ids(self) -> list[str]:
        """Ids of the scenario's measures, in the order of their rows."""
        return [measure.id for measure in self.scenario.measures]

    # Setting the scene

    def _province(self, parameters: Parameters, population: Population) -> Province:
        timeline, firms, counties = self.timeline, population.firms, county_table()
        measures = self.scenario.measures
        rules = Rules(measures, timeline, counties, self.seed)
        funds = Funds(
            self.env,
            [fund.id for fund in self.scenario.funds],
            [fund.level == "prefecture" for fund in self.scenario.funds],
            counties.prefecture_count,
        )
        for m, measure in enumerate(measures):
            if measure.fund is not None:
                fund = next(fund for fund in self.scenario.funds if fund.id == measure.fund)
                rules.tie_to_fund(m, funds.index[fund.id], fund.bearer, waits=fund.when_dry == "wait")
            for name in (measure.id, measure.action):
                if name in self.groups:
                    rules.terms.group[m] = self.groups.index(name)
            instruments()[measure.instrument].prepare(measure.values, m, rules)
        rules.combine()
        world = build(self.scenario.world, parameters, counties, timeline)
        n, months, days, prefectures = len(firms.key), timeline.months, timeline.days, counties.prefecture_count
        alive = firms.status == Status.OPEN
        everyone = by_prefecture(firms, np.ones(n, np.int8), alive, prefectures)
        tested = np.zeros((state.LEAD + days + 1, len(counties)))
        tested[state.LEAD + 1 :] = np.cumsum(world.testing, axis=0)
        market = state.Market(
            integral=np.zeros((state.LEAD + days + 1, len(counties), len(SECTORS))),
            testing=tested,
            wages=np.zeros(len(counties), np.int64),
            capacity=np.zeros((len(counties), len(SECTORS)), np.int64),
            sales=np.zeros(prefectures * len(SECTORS) * len(SIZES), np.int64),
            supplier_loss=np.zeros(prefectures),
            payables_lost=np.zeros(prefectures, np.int64),
        )
        items = len(measures) + 1 + len(TICKETS)
        entitled = np.zeros((len(measures) + 1, prefectures, len(SIZES)), np.int64)
        rules.find_eligible(firms, entitled)
        largest_cohort = int(np.diff(population.cohort_start).max())
        return Province(
            timeline=timeline,
            parameters=parameters,
            counties=counties,
            world=world,
            firms=firms,
            rules=rules,
            funds=funds,
            slots=state.Slots(
                np.zeros((max(rules.month_slots, 1), n), np.uint8),
                np.zeros((max(rules.deferral_slots, 1), n), np.int64),
                np.zeros((max(len(self.groups), 1), n), np.int64),
                np.zeros(n, np.uint8),
            ),
            behaviour=behaviour(parameters, timeline),
            market=market,
            books=ledger.new_books(months, len(measures)),
            counts=state.Counts(
                np.zeros((months, items, 4), np.int64),
                np.zeros((months, items, 4), np.int64),
                np.zeros((len(measures) + 1, prefectures), np.int64),
                np.zeros((months, len(measures) + 1, 3), np.int64),
            ),
            queues=new_queues(items, prefectures, largest_cohort + 1),
            county_rows=population.county_rows(len(counties)),
            entities=everyone.astype(np.float64),
            entitled=entitled,
            loans=by_prefecture(firms, firms.loan, alive, prefectures),
            ready_day=days_until_ready(timeline),
            scale=population.scale,
            seed=self.seed,
        )

    def _accounts(self) -> NDArray[np.int64]:
        total = np.zeros(len(ledger.ACCOUNTS), np.int64)
        accounts(self.population.firms, self.province.slots.deferred, total)
        return total

    def _inclusive_loans(self) -> int:
        """Weighted fen lent to individual, micro and small firms."""
        firms = self.population.firms
        small = (firms.status == Status.OPEN) & (firms.size < SIZES.index("medium"))
        return int((firms.loan[small] * firms.weight[small]).sum())

    def _refuse_overflow(self) -> None:
        """Sums are int64: refuse a world whose money could not be added up before it runs."""
        months = self.timeline.months + 1
        firms = self.population.firms
        turnover = float((firms.usual_sales.astype(np.float64) * firms.weight).sum()) * months * 4
        if turnover + float(np.abs(self.opening.astype(np.float64)).sum()) > LARGEST_SUM_FEN:
            raise ValueError(
                f"the money of this world over {months} months cannot be added up in whole fen; "
                "take fewer firms or a shorter horizon"
            )

    def _look_back(self) -> None:
        """Every firm's last settlement before the horizon was one month before its first within it."""
        firms, starts = self.population.firms, self.population.cohort_start
        first_of_month = self.timeline.start.day
        before = self.timeline.date(-first_of_month).day  # days of the month before
        for cohort in range(COHORTS):
            rows = slice(starts[cohort], starts[cohort + 1])
            until_settled = cohort + 1 - first_of_month
            since = until_settled if until_settled < 0 else until_settled - before
            firms.open_from[rows] = np.where(firms.born_on[rows] < 0, max(since, -state.LEAD), 0)
        self.outbreak.look_back()

    # Living through it

    def live(self, progress: Callable[[float], None]) -> None:
        """Run all processes to the end of the horizon."""
        every_day = list(range(self.timeline.days))
        offices_open = calendar.working_days(self.timeline)
        month_starts = [d for d in every_day if d == 0 or self.timeline.month[d] != self.timeline.month[d - 1]]
        month_ends = list(self.timeline.month_ends())
        changes = self._changes()

        def start(days: list[int], hour: float, act: Callable[[int], None]) -> None:
            self.env.process(calendar.on_days(self.env, days, hour, act))

        start(sorted(changes), calendar.MEASURES, lambda day: self._change(day, changes[day]))
        start(every_day, calendar.PUBLICITY, self.publicity.spread)
        start(every_day, calendar.OUTBREAK, self.outbreak.live)
        if self.journeys.rows:  # again before the liaison officers, who may solve a problem on the day it is met
            start(every_day, calendar.OUTBREAK, self._look)
        start([d for d in every_day if self.timeline.cohort[d] >= 0], calendar.SETTLEMENT, self._settle)
        for desks in self.desks:
            start(offices_open, calendar.DESKS, desks.work)
        start(offices_open, calendar.DESKS, self.banks.work)
        start(offices_open, calendar.LIAISON, self.liaison.work)
        start(month_starts, calendar.TENDERS, self.tenders.buy)
        start(every_day, calendar.DISPATCH, self.dispatch.meet)
        start(month_ends, calendar.MONITOR, lambda day: self._count(day, progress))
        if self.journeys.rows:
            start(every_day, calendar.MONITOR, self._look)
        self.env.run(until=self.timeline.days)

    def _changes(self) -> dict[int, list[Callable[[int], None]]]:
        """What comes into force, changes or ends on which day."""
        changes: dict[int, list[Callable[[int], None]]] = defaultdict(list)
        timeline, rules, province = self.timeline, self.province.rules, self.province
        where = province.counties.prefecture_weight

        def money(name: str, amount: int) -> Callable[[int], None]:
            return lambda day: province.funds.put(name, int(amount * province.scale), where)

        for fund in self.scenario.funds:
            for on, amount in self._amounts(fund).items():
                changes[max(0, timeline.day(on))].append(money(fund.id, fen(amount)))
        for on, m, amount in rules.top_ups:
            name = rules.measures[m].fund
            if name is not None:
                day = max(timeline.day(max(on, rules.measures[m].start)), 0)
                changes[day].append(money(name, amount))
        for m, measure in enumerate(rules.measures):
            begins, ends = timeline.day(measure.start), self._last_day(measure)
            if ends < 0 or begins >= timeline.days:
                continue
            changes[max(begins, 0)].append(self._begin(m))
            for on in sorted({day for day in measure.changes if measure.start < day}):
                if 0 < timeline.day(on) <= ends:
                    changes[timeline.day(on)].append(self._act(m))
            if ends + 1 < timeline.days:
                changes[ends + 1].append(lambda day, m=m: rules.lapse(m))  # type: ignore[misc]
        return {day: acts for day, acts in changes.items() if day < timeline.days}

    def _amounts(self, fund: Any) -> dict[Any, float]:
        if fund.amount_from is not None:
            return {self.timeline.start: self.province.parameters[fund.amount_from]}
        return {} if fund.amount_yuan is None else dict(fund.amount_yuan.table)

    def _last_day(self, measure: Measure) -> int:
        return self.timeline.days - 1 if measure.end is None else self.timeline.day(measure.end)

    def _act(self, m: int) -> Callable[[int], None]:
        measure = self.province.rules.measures[m]
        act = instruments()[measure.instrument].act
        return lambda day: act(measure.values, m, self.timeline.date(day), self.province.rules)

    def _begin(self, m: int) -> Callable[[int], None]:
        def begin(day: int) -> None:
            self.province.rules.begin(m)
            self._act(m)(day)
            if self.province.rules.terms.quota[m] >= 0:
                choose(self.province, m, self.province.month(day))

        return begin

    def _change(self, day: int, acts: list[Callable[[int], None]]) -> None:
        for act in acts:
            act(day)
        self.province.rules.combine()
        self.publicity.look_around()
        for desks in self.desks:
            desks.count_staff()

    def _settle(self, day: int) -> None:
        since = perf_counter()
        province, cohort = self.province, self.timeline.cohort[day]
        first, last = self.population.cohort_start[cohort : cohort + 2].tolist()
        province.make_room((province.behaviour.applications_max + 1) * (last - first))  # measures and a loan
        on = self.timeline.date(day)
        previous = day - (on - timedelta(on.day)).day  # as many days ago as the month before has
        for begin, end, followed in self.journeys.parts(first, last):
            if followed:
                self.journeys.before_settlement(begin, day, province.queues)
            settle(
                begin, end, day, previous, province.month(day), on.month == 1, province.firms,
                province.slots, province.rules.terms, province.behaviour, province.market, province.funds.treasury,
                province.books, province.counts, province.queues, province.ready_day, province.loan_item, *self.bills,
                self.seed,
            )  # fmt: skip
            if followed:
                self.journeys.settled(begin, day, province.queues)
        province.took("firms", since)

    def _look(self, day: int) -> None:
        self.journeys.look(day, self.province.queues)

    def _count(self, day: int, progress: Callable[[float], None]) -> None:
        """The monitor's month: count, then let last month's wages, competitors and losses act on the next."""
        since = perf_counter()
        province, market, month, record = self.province, self.province.market, self.province.month(day), self.record
        payables = np.zeros_like(market.payables_lost)
        province.loans[:] = 0
        debts(province.firms, province.loans, payables)
        province.funds.settle()
        if self.makes_tables or month in record.decisive:
            panel, tally = record.panel[month], record.tallies[month]
            disputed = province.parameters["receivables.disputed_share"]
            count(province.firms, province.slots, record.strata, panel, tally, disputed, self.small_arrears, self.seed)
            panel[:, SALES] = market.sales
        if self.makes_tables:
            count_waiting(day, province.firms, province.queues, record.waiting[month])
            record.aware[month] = (province.entitled * province.rules.terms.aware)[:-1].sum(axis=(1, 2))
        self.banks.new_month()
        self.outbreak.look_at_market(market, month)
        market.supplier_loss[:] = market.payables_lost / np.maximum(payables + market.payables_lost, 1)
        for sums in (market.wages, market.capacity, market.sales, market.payables_lost):
            sums[:] = 0
        progress((day + 1) / self.timeline.days)
        province.took("observation", since)

    # What it leaves

    def result(self) -> Result:
        """The tables of the run; raises :class:`UnbalancedError` when money is missing."""
        since = perf_counter()
        province, firms = self.province, self.population.firms
        closing = self._accounts()
        # Sums that wrapped round would agree with each other: they are refused by their size.
        if sum(float(np.abs(posted.astype(np.float64)).sum()) for posted in province.books) > LARGEST_SUM_FEN:
            raise UnbalancedError(f"scenario {self.scenario.name}, seed {self.seed}: the money is beyond whole fen")
        missing = ledger.residual(province.books, self.opening, closing)
        missing += sum(
            abs(a - int(b)) for a, b in zip(province.funds.levels(), province.funds.treasury.level, strict=True)
        )
        if missing:
            raise UnbalancedError(f"scenario {self.scenario.name}, seed {self.seed}: {missing} fen are unaccounted for")
        of_group = {measure.id: measure.action for measure in self.scenario.measures}
        parties = [ledger.MeasureParty(x.id, x.bearers, x.moves) for x in self.scenario.measures]
        money = self.record.ledger_table(province.books, parties)
        held = sum(array.nbytes for group in (firms, province.slots, province.queues) for array in group)
        held += province.county_rows.nbytes
        tables = {name: nothing(name) for name in MONTHLY}
        if self.makes_tables:
            tables = self.record.tables(firms, province.rules.terms, province.counts, province.books, self.timeline)
        result = Result(
            scenario=self.scenario.name,
            seed=self.seed,
            firms=self.population.alive,
            months=self.timeline.months,
            outcomes=self.record.outcomes_table(
                money,
                self.tenders.won,
                province.counts,
                province.rules.terms.quota,
                self.inclusive_loans,
                province.parameters["credit.all_loans_growth"],
            ),
            ledger=money,
            panel=tables["panel"],
            universes=tables["universes"],
            delivery=tables["delivery"],
            requests=tables["requests"],
            repayment_wall=tables["repayment_wall"],
            fates=self.record.fates_table(firms, province.slots, [of_group.get(group, group) for group in self.groups])
            if self.keeps_fates
            else nothing("fates"),
            journeys=self.journeys.table(),
            ledger_residual_fen=missing,
            bytes_per_firm=held / self.population.alive,
        )
        province.took("observation", since)
        return result
