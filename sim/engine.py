"""One run: a province of firms, its institutions and the measures of a scenario, wired to one SimPy environment.

Institutions are SimPy processes; firms are rows. A day goes by the hours of ``sim/institutions/calendar.py``: measures
come into force, the epidemic moves, the firms whose settlement day it is settle their month, desks and banks decide,
freed firms are helped to work again, tenders are awarded, meetings move capacity, and on the last day of a month the
monitor counts. Everything drawn at random is a function of (seed, purpose, firm, period), so two scenarios with the
same seed differ by the policy and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from sim import ledger
from sim.firm.behaviour import behaviour
from sim.firm.effects import NO_LIMIT
from sim.firm.state import LENT, LOANS, Span, State, forget_month
from sim.institutions import calendar
from sim.institutions.banks import Banks
from sim.institutions.cultivators import choose
from sim.institutions.desks import Desks
from sim.institutions.dispatch import Dispatch
from sim.institutions.evaluation import Evaluation
from sim.institutions.funds import Funds
from sim.institutions.markets import Markets
from sim.institutions.offices import Offices
from sim.institutions.outbreak import Outbreak
from sim.institutions.province import Province, by_prefecture, first_state
from sim.institutions.publicity import Publicity
from sim.institutions.queues import count_waiting
from sim.institutions.reactions import Money, Monitor, Reactions
from sim.institutions.restart import Restart, Surroundings
from sim.institutions.rules import Rules
from sim.institutions.settlements import OverdrawnError, Settlements, first_look_back
from sim.institutions.tenders import Tenders
from sim.instruments import instruments
from sim.kernels.threads import Threads
from sim.observe.inside import Inside
from sim.observe.journeys import Journeys
from sim.observe.looks import Looks
from sim.observe.observers import MARKETS, SALES, accounts, count, stand
from sim.observe.outcomes import SME_FUND
from sim.observe.recorder import MONTHLY, Record
from sim.observe.some_firms import read_in
from sim.observe.tables import Result, nothing
from sim.parameters import Parameters
from sim.parameters import load as load_parameters
from sim.population.counties import counties as county_table
from sim.population.synthesis import Population, synthesise
from sim.recalibration import changed_parameters
from sim.scenario import Scenario
from sim.timeline import horizon
from sim.units import LARGEST_SUM_FEN, fen
from sim.vocabulary import FLAGS, SIZES, Status, bit
from sim.world.world import build

KEY_FIRM = bit(FLAGS, "key_firm")


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
    inside: Inside | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Live through a scenario once.

    ``firms``: rows alive at the start, None for what the scenario says (one to one if it says nothing); ``follow``:
    identities of firms whose journeys are kept; ``fates``: whether the table of all firms is kept, as it always is
    beside journeys (without it memory and time are saved); ``tables``: whether the panel, delivery, requests and the
    repayment wall are wanted: without them only what outcomes and ledger need is counted, which are the same to the
    last bit; ``inside``: which firms are seen on which days, and what else of the inside of the run; ``threads``: of
    this process that share the work on many firms, which gives the same bits; ``progress``: called with the share of
    the days passed. Raises :class:`UnbalancedError` when a fen is missing and ``ValueError`` for a population that
    cannot be built and for a day to look inside that is outside the horizon.
    """
    began, wanted = perf_counter(), Wanted(follow, fates, tables, inside)
    told = progress or (lambda share: None)
    try:
        (run := laid_out(scenario, firms, seed, wanted, threads)).live(told)
    except OverdrawnError:  # a fund was emptied within days of being ample
        (run := laid_out(scenario, firms, seed, wanted, threads, careful=True)).live(told)
    result = run.result()
    return replace(result, wall_seconds=perf_counter() - began, seconds=run.seconds)


def laid_out(
    scenario: Scenario, firms: int | None, seed: int, wanted: Wanted, threads: int, careful: bool = False
) -> Run:
    """A run that has not begun, see :func:`simulate`. ``careful``: it never raises ``OverdrawnError``."""
    parameters, size = load_parameters(changed=scenario.parameter_changes), scenario.firms if firms is None else firms
    timeline, since = horizon(scenario.world.start, scenario.world.end), perf_counter()
    population = synthesise(parameters, county_table(), timeline, seed, None if size == "province" else size)
    built = {"population": perf_counter() - since}
    run = Run(scenario, parameters, population, seed, wanted, threads, careful)
    run.seconds = built | run.seconds
    return run


class Wanted(NamedTuple):
    """What is wanted of a run beside its outcomes and its ledger; see :func:`simulate`."""

    follow: Sequence[int] = ()
    fates: bool = False
    tables: bool = True
    inside: Inside | None = None


class Run:
    """A province on its way through a scenario; :func:`simulate` is the way in. It uses up the population's columns."""

    def __init__(
        self,
        scenario: Scenario,
        parameters: Parameters,
        population: Population,
        seed: int,
        wanted: Wanted = Wanted(),  # noqa: B008 - a named tuple, which nobody can change
        threads: int = 1,
        careful: bool = False,
    ) -> None:
        self.scenario, self.seed, self.population, self.parameters = scenario, seed, population, parameters
        self.counties = county_table()
        self.seconds = {"firms": 0.0, "institutions": 0.0, "observation": 0.0}
        self.timeline = horizon(scenario.world.start, scenario.world.end)
        self.env = simpy.Environment()
        self.keeps_fates, self.makes_tables = wanted.fates or bool(wanted.follow), wanted.tables
        # Each firm's money is counted by action where its fate is told, and by measure where it is followed.
        actions = sorted({measure.action for measure in scenario.measures if measure.gives}) if wanted.fates else []
        self.groups = self.measure_ids if wanted.follow else actions
        self.threads, self.careful = Threads(threads), careful
        self._set_the_scene()
        plan, prefectures = scenario.plan, self.counties.prefecture_code
        self.record = Record(self.timeline, prefectures, self.measure_ids, plan, population.firms)
        small = scenario.plan.ceiling_yuan("small_arrears_left")
        self.small_arrears = NO_LIMIT if small is None else fen(small)
        slots, books = self.state.records.slots, self.state.records.books
        self.journeys = Journeys(wanted.follow, population.firms, slots, books, scenario.measures, self.timeline)
        strata, applied_for = self.record.strata, self.rules.applied_for
        self.looks = Looks(wanted.inside, population, strata, parameters, self.timeline, self.state, applied_for)
        self.record.begin(self.state, self.province.clock(0), self.small_arrears)
        self.opening = self._accounts()
        self.inclusive_loans = self._inclusive_loans()
        self._refuse_overflow()
        first_look_back(population, self.timeline)
        self.outbreak.fill_look_back()

    @property
    def measure_ids(self) -> list[str]:
        """Ids of the scenario's measures, in the order of their rows."""
        return [measure.id for measure in self.scenario.measures]

    @property
    def state(self) -> State:
        """What stands now."""
        return self.province.state

    # Setting the scene

    def _set_the_scene(self) -> None:
        """The rules, the state and the institutions, each with what it needs."""
        parameters, firms, timeline = self.parameters, self.population.firms, self.timeline
        counties, prefectures = self.counties, self.counties.prefecture_count
        self.funds = Funds(
            self.env,
            [fund.id for fund in self.scenario.funds],
            [fund.level == "prefecture" for fund in self.scenario.funds],
            prefectures,
        )
        self.rules = rules = self._rules()
        self.world = world = build(self.scenario.world, parameters, counties, timeline)
        lives, treasury, fates = behaviour(parameters, timeline), self.funds.treasury, self.keeps_fates
        first = first_state(self.population, rules, lives, treasury, world, self.groups, fates, self.seed)
        self.province = province = Province(first, timeline)
        alive = firms.status == Status.OPEN
        entities = by_prefecture(firms, np.ones(len(firms.key), np.int8), alive, prefectures).astype(np.float64)
        self.entitled = np.zeros((len(rules.measures) + 1, prefectures, len(SIZES)), np.int64)
        rules.find_eligible(firms, self.entitled)
        self.loans = by_prefecture(firms, firms.loan, alive, prefectures)
        self.settlements = Settlements(province, self.threads, self.careful)
        self.markets = Markets(province, counties, parameters, world, self.population)
        self.outbreak = Outbreak(province, self.markets, world, self.population.county_rows(len(counties)))
        self.desks = Desks(province, rules, parameters, self.entitled)
        self.banks = Banks(province, parameters, entities, self.loans, self._inclusive_loans())
        key_firms = by_prefecture(firms, (firms.flags & KEY_FIRM) != 0, alive, prefectures).astype(np.float64)
        around = Surroundings(self.desks.desk, self.banks.bank, self.outbreak.closures.episode, self.markets, world)
        self.restart = Restart(province, parameters, entities, key_firms, around)
        self.offices = Offices(province, self.desks, self.banks)
        self.tenders = Tenders(province, parameters, counties.prefecture_weight, self.population.scale)
        self.dispatch = Dispatch(self.desks, rules, timeline, parameters["delivery.dispatch_share"])
        share = parameters["delivery.evaluation_share"]
        self.evaluation = Evaluation(self.desks, self.restart, self.funds, rules, share)
        self.publicity = Publicity(rules, parameters, self.entitled, first.records.counts.holders)
        monitor = Monitor(province, world.listed, counties.prefecture, self.funds)
        self.reactions = Reactions(
            self.scenario.reactions, rules, monitor, counties.prefecture_weight, self.population.scale
        )

    def _rules(self) -> Rules:
        """The scenario's measures as rules that nobody has been told of yet."""
        rules = Rules(self.scenario.measures, self.timeline, self.counties, self.seed)
        for m, measure in enumerate(rules.measures):
            if measure.fund is not None:
                fund = next(fund for fund in self.scenario.funds if fund.id == measure.fund)
                rules.tie_to_fund(m, self.funds.index[fund.id], fund.bearer, waits=fund.when_dry == "wait")
            for name in (measure.id, measure.action):
                if name in self.groups:
                    rules.terms.group[m] = self.groups.index(name)
            instruments()[measure.instrument].prepare(measure.values, m, rules)
        rules.combine()
        return rules

    def _accounts(self) -> NDArray[np.int64]:
        total = np.zeros(len(ledger.ACCOUNTS), np.int64)
        accounts(self.population.firms, self.state.behaviour, self.state.records.slots.deferred, total)
        return total

    def _inclusive_loans(self) -> int:
        """Weighted fen lent to individual, micro and small firms."""
        firms = self.population.firms
        small = (firms.status == Status.OPEN) & (firms.size < SIZES.index("medium"))
        return int((firms.loan[small] * firms.weight[small]).sum())

    def _refuse_overflow(self) -> None:
        """Sums are int64: refuse a world whose money could not be added up before it runs."""
        months, firms = self.timeline.months + 1, self.population.firms
        turnover = float((firms.usual_sales.astype(np.float64) * firms.weight).sum()) * months * 4
        if turnover + float(np.abs(self.opening.astype(np.float64)).sum()) > LARGEST_SUM_FEN:
            told = f"the money of this world over {months} months cannot be added up in whole fen"
            raise ValueError(f"{told}; take fewer firms or a shorter horizon")

    # Living through it

    def live(self, progress: Callable[[float], None]) -> None:
        """Run all processes to the end of the horizon."""
        self.begin(progress)
        self.env.run(until=self.timeline.days)

    def begin(self, progress: Callable[[float], None]) -> None:
        """Let all processes wait for their first day; they act as ``env`` is run."""
        every_day = list(range(self.timeline.days))
        offices_open = calendar.working_days(self.timeline)
        month_starts = [d for d in every_day if d == 0 or self.timeline.month[d] != self.timeline.month[d - 1]]
        month_ends = list(self.timeline.month_ends())
        changes = self._changes()

        def start(part: str, days: list[int], hour: float, act: Callable[[int], None]) -> None:
            self.env.process(calendar.on_days(self.env, days, hour, self._timed(part, act)))

        duties: list[calendar.Duty] = []  # of those who tick daily, of whom one process takes care

        def let(part: str, days: list[int], hour: float, act: Callable[[int], None]) -> None:
            duties.append(calendar.Duty(hour, days, self._timed(part, act)))

        start("institutions", sorted(changes), calendar.MEASURES, lambda day: self._change(day, changes[day]))
        self.reactions.live(self.env, self._react)
        let("institutions", every_day, calendar.PUBLICITY, self.publicity.spread)
        let("institutions", every_day, calendar.OUTBREAK, self.outbreak.advance)
        if self.journeys.rows:  # again before those who help, who may solve a problem on the day it is met
            let("observation", every_day, calendar.OUTBREAK, self._look)
        if self.looks.stops is not None:
            let("observation", every_day, calendar.OUTBREAK, self.looks.stops.look)
        let("firms", [day for day in every_day if self.timeline.cohort[day] >= 0], calendar.SETTLEMENT, self._settle)
        let("institutions", offices_open, calendar.DESKS, self.offices.work)
        let("institutions", offices_open, calendar.RESTART, self.restart.work)
        let("institutions", month_starts, calendar.TENDERS, self.tenders.buy)
        let("institutions", every_day, calendar.DISPATCH, self.dispatch.meet)
        self.env.process(calendar.in_turn(self.env, duties))
        start("observation", month_ends, calendar.MONITOR, lambda day: self._count(day, progress))
        start("institutions", month_ends, calendar.MONITOR, self.evaluation.evaluate)
        if self.journeys.rows:
            start("observation", every_day, calendar.MONITOR, self._look)
        for days, look in self.looks.evenings():
            start("observation", days, calendar.MONITOR, look)

    def _timed(self, part: str, act: Callable[[int], None]) -> Callable[[int], None]:
        """The same act, whose seconds are added to a part of the run."""

        def timed(day: int) -> None:
            since = perf_counter()
            act(day)
            self.seconds[part] += perf_counter() - since

        return timed

    def _changes(self) -> dict[int, list[tuple[Money, int | None]]]:
        """Days on which something changes by its date, and what goes into funds, of a measure with its number."""
        changes: dict[int, list[tuple[Money, int | None]]] = defaultdict(list)
        timeline, rules, where = self.timeline, self.rules, self.counties.prefecture_weight

        def money(name: str, amount: int) -> Money:
            return Money(name, int(amount * self.population.scale), where)

        for fund in self.scenario.funds:
            for on, amount in self._amounts(fund).items():
                changes[max(0, timeline.day(on))].append((money(fund.id, fen(amount)), None))
        for on, m, amount in rules.top_ups:
            measure = rules.measures[m]
            paid_in = max(on, measure.start)
            if measure.fund is not None and (measure.withdrawn is None or paid_in < measure.withdrawn):
                changes[max(timeline.day(paid_in), 0)].append((money(measure.fund, amount), m))
        for day in rules.days():
            changes[day] += []
        return {day: put_in for day, put_in in changes.items() if day < timeline.days}

    def _amounts(self, fund: Any) -> dict[Any, float]:
        if fund.amount_from is not None:
            return {self.timeline.start: self.parameters[fund.amount_from]}
        return {} if fund.amount_yuan is None else dict(fund.amount_yuan.table)

    def _change(self, day: int, put_in: Sequence[tuple[Money, int | None]], reacts: bool = False) -> None:
        """A morning on which something may change by its date, or a reaction begins or ceases to act."""
        moves = self._bring_into_force(day)
        money = [given for given, m in put_in if m is None or self.rules.allowed[m].any()]
        for given in money:
            self.funds.put(*given)
        if reacts or moves or money:  # else reactions hold back all that would change by date
            self.rules.combine()
            self.publicity.update_hazard()
            self.desks.count_staff()

    def _react(self, day: int, money: list[Money]) -> None:
        self._timed("institutions", lambda day: self._change(day, [(given, None) for given in money], reacts=True))(day)

    def _bring_into_force(self, day: int) -> bool:
        """Let measures say what they do on a day, or will on their first; returns whether dates moved any."""
        rules, counts = self.rules, self.state.records.counts
        moves, enter, first = rules.morning(day)
        for m, on in enter:
            instruments()[rules.measures[m].instrument].act(rules.values[m], m, on, rules)
        for m in first:
            if rules.terms.quota[m] >= 0:
                quota, month = rules.terms.quota[m] * self.population.scale, int(self.timeline.month[day])
                self.record.rankings.append(choose(m, quota, month, self.state.firms, counts))
        return moves

    def _settle(self, day: int) -> None:
        cohort = self.timeline.cohort[day]
        first, last = self.population.cohort_start[cohort : cohort + 2].tolist()
        for begin, end, followed in self.journeys.parts(first, last):
            if followed:
                self.journeys.before_settlement(begin, day, self.state.queues)
            self.settlements.settle(begin, end, day)
            if followed:
                self.journeys.settled(begin, day, self.state.queues)

    def _look(self, day: int) -> None:
        self.journeys.look(day, self.state.queues)

    def _count(self, day: int, progress: Callable[[float], None]) -> None:
        """The monitor's month: count, then let last month's incomes, competitors and losses act on the next."""
        state, market, month, record = self.state, self.state.market, int(self.timeline.month[day]), self.record
        rows, small = len(state.firms.key), self.small_arrears
        markets, lent = (np.zeros(n, np.int64) for n in ((*market.sold.shape, MARKETS), (len(self.loans), LENT)))
        self.threads.add_up(lambda a, b, *sums: stand(Span(a, b), state.firms, *sums), rows, lent, markets)
        self.loans[:] = lent[:, LOANS]
        self.funds.settle()
        record.money_of_fund[month] = self.funds.money_of(SME_FUND)
        if self.makes_tables or month in record.decisive:
            clock, counted = self.province.clock(day), (record.panel[month], record.tallies[month])
            self.threads.add_up(
                lambda a, b, *sums: count(Span(a, b), state, record.strata, *sums, clock, small),
                rows, *counted, record.arrears[month + 1],
            )  # fmt: skip
            record.panel[month][:, SALES] = market.sales
        if self.makes_tables:
            count_waiting(day, state.firms, state.queues, record.waiting[month])
            record.aware[month] = (self.entitled * self.rules.terms.aware)[:-1].sum(axis=(1, 2))
        self.banks.count(day, lent)
        self.rules.tell_decisions(state.records.counts, month)
        self.markets.new_month(day, *np.moveaxis(markets, 2, 0))
        forget_month(market)
        progress((day + 1) / self.timeline.days)

    # What it leaves

    def result(self) -> Result:
        """The tables of the run; raises :class:`UnbalancedError` when money is missing."""
        since = perf_counter()
        state, records, firms = self.state, self.state.records, self.population.firms
        closing = self._accounts()
        # Sums that wrapped round would agree with each other: they are refused by their size.
        if sum(float(np.abs(posted.astype(np.float64)).sum()) for posted in records.books) > LARGEST_SUM_FEN:
            raise UnbalancedError(f"scenario {self.scenario.name}, seed {self.seed}: the money is beyond whole fen")
        missing = ledger.residual(records.books, self.opening, closing)
        missing += sum(abs(a - int(b)) for a, b in zip(self.funds.levels(), self.funds.treasury.level, strict=True))
        if missing:
            raise UnbalancedError(f"scenario {self.scenario.name}, seed {self.seed}: {missing} fen are unaccounted for")
        actions = {measure.id: measure.action for measure in self.scenario.measures}
        of_groups = [actions.get(group, group) for group in self.groups]
        parties = [ledger.MeasureParty(x.id, x.bearers, x.moves) for x in self.scenario.measures]
        money = self.record.ledger_table(records.books, parties)
        held = (firms, records.slots, state.queues, (self.outbreak.closures.county_rows,), self.tenders.arrays)
        inside, tables = self.looks.tables(), {name: nothing(name) for name in MONTHLY}
        if self.makes_tables:
            tables = self.record.tables(firms, self.rules.terms, records.counts, records.books, self.timeline)
        result = Result(
            scenario=self.scenario.name,
            seed=self.seed,
            firms=self.population.alive,
            months=self.timeline.months,
            outcomes=self.record.outcomes_table(
                money,
                self.tenders.won,
                records.counts,
                self.rules.terms.quota,
                self.inclusive_loans,
                self.parameters["credit.all_loans_growth"],
                self.markets.out_of_work.sum(),
            ),
            ledger=money,
            panel=tables["panel"],
            universes=tables["universes"],
            delivery=tables["delivery"],
            requests=tables["requests"],
            repayment_wall=tables["repayment_wall"],
            restarts=tables["restarts"],
            reactions=self.record.reactions_table(self.reactions.acted, self.timeline),
            fates=self.record.fates_table(firms, records.slots, of_groups) if self.keeps_fates else nothing("fates"),
            rankings=self.record.rankings_table(firms) if self.keeps_fates else nothing("rankings"),
            journeys=self.journeys.table(),
            snapshots=inside["snapshots"],
            distributions=inside["distributions"],
            resumption=inside["resumption"],
            stops=inside["stops"],
            ledger_residual_fen=missing,
            bytes_per_firm=sum(array.nbytes for group in held for array in group) / self.population.alive,
            read_in=read_in(self.record.months, self.scenario.plan.read_on),
            changed_parameters=changed_parameters(self.scenario.parameter_changes),
        )
        self.seconds["observation"] += perf_counter() - since
        return result
