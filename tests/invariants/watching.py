"""Runs of drawn scenarios that somebody looks into, after each hour of every day."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import numpy as np
import simpy
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from sim.engine import Run, Wanted
from sim.firm.state import NEVER, Int
from sim.institutions import calendar
from sim.institutions.queues import NOBODY
from sim.measure import Dated, Measure
from sim.parameters import load as load_parameters
from sim.population.columns import Firms
from sim.population.counties import counties
from sim.population.synthesis import Population, synthesise
from sim.scenario import Scenario, load
from sim.timeline import Timeline
from sim.vocabulary import FLAGS, LANDLORDS, SECTOR_GROUPS, SECTORS, SIZES, Status, bit
from sim.world.spec import WorldSpec
from tests.reference.drawn import a_scenario

MEASURES, PUBLICITY, OUTBREAK = calendar.MEASURES, calendar.PUBLICITY, calendar.OUTBREAK
SETTLEMENT, DESKS, RESTART = calendar.SETTLEMENT, calendar.DESKS, calendar.RESTART
TENDERS, DISPATCH, MONITOR = calendar.TENDERS, calendar.DISPATCH, calendar.MONITOR
HOURS: Final = (MEASURES, PUBLICITY, OUTBREAK, SETTLEMENT, DESKS, RESTART, TENDERS, DISPATCH, MONITOR)
JUST_AFTER: Final = 1 / 32  # before the next hour
ALIVE: Final = (Status.OPEN, Status.SUSPENDED, Status.PAUSED)


class Record(NamedTuple):
    """A case in a queue."""

    firm: int  # row
    filed: int  # day
    ready: int  # day


Lines = dict[tuple[int, int, int], list[Record]]  # by item, prefecture and lane (0: listed firms), the first in front
OWN_HANDLER: Final = 2  # in place of a lane


class Picture(NamedTuple):
    """How a run stands: copies."""

    day: int
    hour: float
    cohort: int  # that settles on the day, -1 for none
    firms: Firms
    given: Int  # (measures, n) fen
    applied: NDArray[np.bool_]  # (n, measures)
    granted: NDArray[np.bool_]  # (n, measures)
    stations: Int  # (items, COUNTED_STATIONS) entities, since the start
    lines: Lines
    handled: Lines  # cases with a handler of their own, by OWN_HANDLER, ready whenever he is
    funds: Int  # (slots,) fen

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Rows that are open or stopped, shape (n,)."""
        return np.isin(self.firms.status, ALIVE)


def built(scenario: Scenario, firms: int, seed: int = 1, scale: float = 1.0) -> Run:
    """A run that has not begun; it counts what each firm is given by measure."""
    return of_people(scenario, peopled(scenario, firms, seed, scale), seed)


def peopled(scenario: Scenario, firms: int, seed: int, scale: float) -> Population:
    """The firms that a scenario begins with."""
    parameters = load_parameters(changed=scenario.parameter_changes)
    timeline = Timeline(scenario.world.start, scenario.world.end)
    return replace(synthesise(parameters, counties(), timeline, seed, firms), scale=scale)


def of_people(scenario: Scenario, people: Population, seed: int) -> Run:
    """A run of a given population, which it uses up."""
    parameters = load_parameters(changed=scenario.parameter_changes)
    return Run(scenario, parameters, people, seed, Wanted(follow=[int(people.firms.key[0])]))


def lived(run: Run) -> Run:
    """The run, at its end."""
    run.live(lambda share: None)
    return run


def pictures(run: Run) -> Iterator[tuple[Picture, Picture]]:
    """Live through a run and give what stood before and after each hour, in order."""
    stops: list[tuple[int, float]] = []
    before = picture(run, 0, MEASURES)
    run.env.process(_stop(run, stops))
    # The run's own processes are put up by `live`, which then asks the environment to go on to the end.
    to_the_end, run.env.run = run.env.run, lambda until: None  # type: ignore[method-assign, assignment, misc]
    run.live(lambda share: None)
    run.env.run = to_the_end  # type: ignore[method-assign]
    while run.env.peek() < run.timeline.days:
        run.env.step()
        if stops:
            after = picture(run, *stops.pop())
            yield before, after
            before = after


def _stop(run: Run, stops: list[tuple[int, float]]) -> Generator[simpy.Event, Any, None]:
    for day in range(run.timeline.days):
        for hour in HOURS:
            yield run.env.timeout(day + hour + JUST_AFTER - run.env.now)
            stops.append((day, hour))


def picture(run: Run, day: int, hour: float) -> Picture:
    """A copy of how a run stands."""
    firms, counts = run.population.firms, run.state.records.counts.firms
    return Picture(
        day=day,
        hour=hour,
        cohort=int(run.timeline.cohort[day]),
        firms=Firms._make(column.copy() for column in firms),
        given=run.state.records.slots.given[: len(run.measure_ids)].copy(),
        applied=bits(firms.applied, len(run.measure_ids)),
        granted=bits(firms.granted, len(run.measure_ids)),
        stations=counts.sum(axis=0),
        lines=lines(run),
        handled=handled(run),
        funds=np.array(run.funds.levels(), np.int64),
    )


def bits(masks: NDArray[np.uint64], count: int) -> NDArray[np.bool_]:
    """Masks over measures as a table, shape (n, count)."""
    return np.unpackbits(masks.view(np.uint8), axis=1, bitorder="little")[:, :count].astype(np.bool_)


def handled(run: Run) -> Lines:
    """Every case that a handler of its own will decide, by measure and prefecture."""
    queues, prefecture = run.state.queues, run.population.firms.prefecture
    found: Lines = {}
    for record in queues.due_head.tolist():
        while record >= 0:
            firm, filed = int(queues.firm[record]), int(queues.applied_on[record])
            queue = int(queues.item[record]), int(prefecture[firm]), OWN_HANDLER
            found.setdefault(queue, []).append(Record(firm, filed, NEVER))
            record = int(queues.next[record])
    return found


def lines(run: Run) -> Lines:
    """Every queue that is not empty, as its links say."""
    queues = run.state.queues
    found: Lines = {}
    for item, prefecture, lane in np.argwhere(queues.head >= 0).tolist():
        line, record = [], int(queues.head[item, prefecture, lane])
        while record >= 0:
            assert queues.firm[record] != NOBODY
            line.append(Record(int(queues.firm[record]), int(queues.applied_on[record]), int(queues.ready_on[record])))
            record = int(queues.next[record])
        found[item, prefecture, lane] = line
    return found


def changed(before: Firms, after: Firms, but: tuple[str, ...] = ()) -> np.ndarray:
    """Rows of which any column but those named differs, shape (n,)."""
    apart = np.zeros(len(before.key), np.bool_)
    for name in set(Firms._fields) - {*but}:
        differs = getattr(before, name) != getattr(after, name)
        apart |= differs.any(axis=1) if differs.ndim == 2 else differs
    return apart


def qualifies(run: Run, measure: Measure) -> NDArray[np.bool_]:
    """Rows that have the fixed traits that a measure asks for, as its file says it, shape (n,)."""
    firms, places, asks = run.population.firms, counties(), measure.eligible
    rows = np.ones(len(firms.key), np.bool_)
    if asks.counties is not None:
        rows &= np.isin(firms.county, [places.county(name) for name in asks.counties])
    if asks.prefectures is not None:
        rows &= np.isin(firms.prefecture, [places.prefecture_index(name) for name in asks.prefectures])
    if asks.sectors is not None:
        named = [sector for name in asks.sectors for sector in SECTOR_GROUPS.get(name, (name,))]
        rows &= np.isin(firms.sector, [SECTORS.index(sector) for sector in named])
    if asks.sizes is not None:
        rows &= np.isin(firms.size, [SIZES.index(size) for size in asks.sizes])
    if asks.landlords is not None:
        rows &= np.isin(firms.landlord, [LANDLORDS.index(landlord) for landlord in asks.landlords])
    for flag in asks.flags:
        rows &= (firms.flags & bit(FLAGS, flag)) != 0
    return rows


def part(name: str, first: date, last: date, levers: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """A shipped scenario with levers changed, over a part of its horizon, with something else in its world."""
    scenario = load(name, levers)
    stated = scenario.world.model_dump() | {"start": first, "end": last, "demand": {}, "listings": ()} | changes
    return replace(scenario, world=WorldSpec.model_validate(stated))


def busy() -> SimpleNamespace:
    """The whole plan while counties are listed and money is short, with rows enough for something of everything."""
    levers = {
        "liaison_officers.liaison_capacity": 60,  # a row is thousands of problems
        "problems_closed.counter_capacity": 60,
        "problems_closed.supervision_capacity": 60,
        "parameters.delivery.applications_per_month_max": 1,
        "refund_transfers.top_up_yuan": {date(2022, 9, 1): 3e8},
    }
    listings = [{"province": "53", "from": "2022-07-05", "to": "2022-08-10", "high_places": 30}]
    scenario = part("full_plan", date(2022, 5, 20), date(2023, 1, 31), levers, listings=listings)
    little = {"amount_from": None, "amount_yuan": Dated({scenario.world.start: 3e8})}
    scenario = replace(scenario, funds=tuple(fund.model_copy(update=little) for fund in scenario.funds))
    return SimpleNamespace(scenario=scenario, firms=300, seed=5, scale=1.0)


def for_drawn_scenarios(rounds: int, claim: Callable[[SimpleNamespace], None]) -> None:
    """Hold a claim to :func:`busy` and to so many drawn scenarios."""
    for_drawn(rounds, a_scenario(), busy(), claim)


def for_drawn(
    rounds: int, strategy: SearchStrategy[Any], shipped: SimpleNamespace, claim: Callable[[SimpleNamespace], None]
) -> None:
    """Hold a claim to a case of shipped scenarios and to so many drawn ones, the same ones on every machine."""
    drawn(rounds)(example(shipped)(given(strategy)(claim)))()


def drawn(rounds: int) -> settings:
    """So many drawn cases, the same ones on every machine; a smaller case of a failure costs more than it tells."""
    return settings(
        derandomize=True,
        deadline=None,
        max_examples=rounds,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class Step(NamedTuple):
    """An hour at the queues."""

    run: Run
    before: Picture
    after: Picture
    gone: Lines  # taken out of each queue
    new: Lines  # put into each queue


def steps(run: Run) -> Iterator[Step]:
    """Every hour of a run; each queue has lost some of its first and gained some at its end, and is otherwise as it
    was. Supervisors take cases from anywhere, and handlers of their own decide in an order of their own."""
    for before, after in pictures(run):
        gone: Lines = {}
        new: Lines = {}
        for queue in {**before.lines, **after.lines}:
            was, now = before.lines.get(queue, []), after.lines.get(queue, [])
            left = [record for record in was if record in set(now)]
            assert now[: len(left)] == left, (after.day, after.hour, queue)
            assert after.hour == RESTART or was[len(was) - len(left) :] == left, (after.day, after.hour, queue)
            gone[queue], new[queue] = [record for record in was if record not in set(now)], now[len(left) :]
        for queue in {**before.handled, **after.handled}:
            earlier, later = before.handled.get(queue, []), after.handled.get(queue, [])
            gone[queue] = [record for record in earlier if record not in set(later)]
            new[queue] = [record for record in later if record not in set(earlier)]
        yield Step(run, before, after, gone, new)
