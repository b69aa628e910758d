"""Runs for what is on the desk, in processes that are kept: first numbers at once, then better ones.

Driven from threads: a session tells news by a callback, which is called in a thread of its own (a page of asyncio uses
``loop.call_soon_threadsafe``). Nothing here waits for the page.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

import pandas as pd

from sim.desk import FEWEST, MOST
from sim.desk.numbers import Numbers, Stage, differences_from_plan
from sim.desk.pool import Keyed, Pool, StoppedError, Work
from sim.desk.state import Desk
from sim.measure import Words
from sim.refusal import Refusal
from sim.scenario import Scenario, ScenarioError
from sim.study.comparison import parameter_uncertainty
from sim.study.comparison.paired_worlds import outcomes_alone, paired, side_by_side, unpaired
from sim.study.comparison.scenario_means import ScenarioMeans, scenario_means
from sim.study.comparison.scenarios import MAIN, Compared, with_baselines
from sim.study.designs.posterior import none_kept, posterior
from sim.study.outcomes import values_of
from sim.study.questions.comparison import Comparison, told
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import SAMPLE, RunSpec, sized
from sim.study.statistics.stopping import enough, expected, half_widths

FIRST_ROWS: Final = 2_000  # of the first numbers
REMEMBERED: Final = 16  # scenarios whose mean tables are kept
GOLDEN: Final = (math.sqrt(5) - 1) / 2
ONE_BY_ONE: Final = 8  # replications up to which each is shown as it comes
STEP: Final = 1.25  # after that so many times as many
LOOK_FURTHER: Final = 3  # replications beyond those that are waited for, so that workers do not wait for tables


class Background:
    """Worker processes that stay, and the runs that were done; shared by all sessions. A context manager.

    ``workers``: processes. ``firms``: rows of the refined numbers; first ones have at most FIRST_ROWS. ``seed``: of the
    first replication. ``most``: replications at most. ``simulate`` stands in for the engine, in tests.
    """

    def __init__(
        self,
        workers: int = 2,
        firms: int = SAMPLE,
        seed: int = 1,
        most: int = MOST,
        simulate: Callable[..., Any] | None = None,
    ) -> None:
        self.firms, self.seed, self.most = firms, seed, most
        self.pool = Pool(workers, simulate)
        self._means: OrderedDict[tuple[str, ...], ScenarioMeans] = OrderedDict()
        self._sessions: list[Session] = []
        self._others: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self, ready: Callable[[], None] | None = None) -> None:
        """Begin to import, compile and run the baseline and the plan in the workers; returns at once.

        ``ready`` is called in a thread when the first numbers of a change will come at once, or nothing can be run.
        """

        def news(numbers: Numbers) -> None:
            if numbers.stage != "working" and ready is not None and not told_once:
                told_once.append(True)
                ready()

        told_once: list[bool] = []
        self.session(news, most=1).show(Desk.new())

    def session(self, news: Callable[[Numbers], None], most: int | None = None) -> Session:
        """A session of a page; ``news`` is called in a thread. ``most``: replications, of all sessions' where None."""
        session = Session(self, news, most or self.most)
        self._sessions.append(session)
        return session

    @property
    def processes(self) -> list[int]:
        """Ids of the worker processes."""
        return self.pool.pids

    def stopping(self, stop: Callable[[], None]) -> Callable[[], None]:
        """Have other work stopped, too, when everything is; what is given back takes that back."""
        self._others.append(stop)
        return lambda: self._others.remove(stop)

    def close(self) -> None:
        """Stop all sessions and other work and end the workers; returns when they are gone."""
        for stop in [*self._others]:
            stop()
        for session in [*self._sessions]:
            session.close()
        self.pool.close()

    def closed(self, session: Session) -> None:
        """Told by a session that it is over."""
        if session in self._sessions:
            self._sessions.remove(session)

    def means(self, scenario: Scenario, runs: pd.DataFrame, stored: RunStore, seed: int) -> ScenarioMeans:
        """The mean tables of a scenario in these runs, those that were made of late as they are."""
        key = (scenario.name, *runs["run"])
        with self.pool.change:
            found = self._means.get(key)
            if found is not None:
                self._means.move_to_end(key)
                return found
        made = scenario_means(scenario, runs, stored, seed)
        with self.pool.change:
            self._means[key] = made
            while len(self._means) > REMEMBERED:
                self._means.popitem(last=False)
        return made


class Session:
    """One page's runs. What is shown last is what is run; a change stops what is under way."""

    def __init__(self, background: Background, news: Callable[[Numbers], None], most: int) -> None:
        self._background, self._news, self._most = background, news, most
        self._change = Condition()
        self._desk: Desk | None = None
        self._asked = 0  # how often something else was shown
        self._last: Numbers | None = None
        self._work: Work | None = None
        self._is_closed = False
        self._thread = Thread(target=self._live, name="desk session", daemon=True)
        self._thread.start()

    def show(self, desk: Desk) -> None:
        """Run what is on the desk now; returns at once. Another language or choice of what-if runs nothing anew."""
        with self._change:
            before, self._desk = self._desk, desk
            is_same = before is not None and replace(desk, lang=before.lang, chosen=before.chosen) == before
            if is_same and (self._last is None or self._last.stage != "failed"):
                if self._last is not None:
                    self._tell(replace(self._last, desk=desk))
                return
            self._asked += 1
            self._last = None
            if self._work is not None:
                self._work.stop()
            self._change.notify_all()

    def close(self) -> None:
        """Stop its runs; no news come after it returns."""
        with self._change:
            self._is_closed = True
            if self._work is not None:
                self._work.stop()
            self._change.notify_all()
        self._background.closed(self)

    def _live(self) -> None:
        answered = 0
        while True:
            with self._change:
                while answered == self._asked and not self._is_closed:
                    self._change.wait()
                if self._is_closed:
                    return
                answered, desk = self._asked, self._desk
                self._work = self._background.pool.work()
            if desk is not None:
                self._answer(answered, desk, _Question(self._background, self._work, desk, self._most))

    def _answer(self, asked: int, desk: Desk, question: _Question) -> None:
        """Tell everything that is found for a desk, until something else than the ``asked``-th is shown."""
        try:
            for numbers in question.answers():
                with self._change:
                    if asked != self._asked or self._is_closed:
                        return
                    self._tell(replace(numbers, desk=self._desk or desk))
        except StoppedError:
            return
        except Exception as error:  # whatever it is, the page says so and goes on with the next change
            self._fail(asked, desk, error)
        finally:
            question.work.stop()

    def _fail(self, asked: int, desk: Desk, error: Exception) -> None:
        with self._change:
            if asked == self._asked and not self._is_closed:
                self._tell(Numbers(desk, "failed", reason=_sentence(error)))

    def _tell(self, numbers: Numbers) -> None:
        """The lock is held: nothing is told after something else was shown, or the session closed."""
        self._last = numbers
        if not self._is_closed:
            self._news(numbers)


@dataclass
class _Question:
    """What is asked of one desk, and what has been found: levels and intervals that get narrower."""

    background: Background
    work: Work
    desk: Desk
    most: int
    since: float = field(default_factory=monotonic)
    failures: dict[str, Words] = field(default_factory=dict)

    def answers(self) -> Iterator[Numbers]:
        """Yields :class:`Numbers`, better and better; the last is precise, at the limit, or failed."""
        yield Numbers(self.desk, "working")
        scenarios = self._scenarios()
        rows = self.background.firms
        draws = _draws(self.most) if self.desk.uncertainty == parameter_uncertainty.POSTERIOR else []
        while True:
            worlds = with_baselines([MAIN, *scenarios], (), {})
            seed, stored = self.background.seed, self.work.pool.stored
            refined = _Runs(worlds, stored, rows, seed, self.most, draws)
            failed = None
            if rows > FIRST_ROWS and self._settled(refined) == 0:
                first = _Runs(worlds, stored, FIRST_ROWS, seed, 1, draws[:1], in_short=True)
                self.work.ask(first.replication(0))
                self.work.wait(first.replication(0))
                failed = self._failed(first, 1)
                if failed is None:
                    yield self._numbers(first, 1, "first")
            if failed is None:
                self.work.is_urgent = False
                failed = yield from self._refined(refined)
            if failed is None:
                return
            name, reason = failed
            if name not in [scenario.name for scenario in scenarios]:
                yield Numbers(self.desk, "failed", reason=reason, failures={**self.failures, name: reason})
                return
            self.failures[name] = reason
            scenarios = [scenario for scenario in scenarios if scenario.name != name]

    def _refined(self, runs: _Runs) -> Generator[Numbers, None, tuple[str, Words] | None]:
        """Replications one after the other until they suffice; returns what failed, if anything did."""
        done = max(1, self._settled(runs))
        while True:
            ahead = min(self.most, done + LOOK_FURTHER)
            for replication in range(ahead):
                self.work.ask(runs.replication(replication))
            for replication in range(done):
                self.work.wait(runs.replication(replication))
            failed = self._failed(runs, done)
            if failed is not None:
                return failed
            numbers = self._numbers(runs, done, "refining")
            yield numbers
            if numbers.stage != "refining":
                return None
            done = min(self.most, done + 1 if done < ONE_BY_ONE else math.ceil(done * STEP))

    def _scenarios(self) -> list[Scenario]:
        """What can be read of the what-ifs; why the others cannot is noted."""
        found = []
        for what_if in self.desk.what_ifs:
            try:
                found.append(what_if.scenario())
            except (ScenarioError, Refusal) as error:
                self.failures[what_if.name] = _sentence(error)
        return found

    def _settled(self, runs: _Runs) -> int:
        """How many replications are there from before, as of an undone change."""
        count = 0
        while count < self.most and self.work.are_settled(runs.replication(count)):
            count += 1
        return count

    def _failed(self, runs: _Runs, replications: int) -> tuple[str, Words] | None:
        """A scenario of which a run failed, one that others are compared with first, and why."""
        for replication in range(replications):
            for key, spec in runs.replication(replication):
                reason = self.work.failed.get(key)
                if reason is not None:
                    return spec.scenario.name, Words(zh=reason, en=reason)
        return None

    def _numbers(self, runs: _Runs, replications: int, stage: Stage) -> Numbers:
        comparison, table = self._told(runs, replications)
        found = Numbers(
            self.desk,
            stage,
            runs.firms,
            replications,
            comparison,
            dict(self.failures),
            seconds=monotonic() - self.since,
        )
        if runs.draws:
            by_draw = table.rename(columns={"replication": "draw"})
            pairs, own = [*runs.worlds.pairs, *runs.worlds.between], [one.name for one in runs.worlds.scenarios]
            found = replace(found, spread=parameter_uncertainty.spread_of(by_draw, table.iloc[:0], pairs, own))
        return found if stage == "first" else self._with_precision(found, runs)

    def _told(self, runs: _Runs, replications: int) -> tuple[Comparison, pd.DataFrame]:
        """The comparison that so many replications make, and the values of outcomes and of public cost."""
        seed, stored = self.background.seed, self.work.pool.stored

        def means(*asked: Any) -> ScenarioMeans:
            self.work.check()  # a change does not wait until tables are whole that nobody will see
            return self.background.means(*asked)

        scenarios, runner = runs.worlds.scenarios, Runner(stored)
        if runs.in_short:
            found = outcomes_alone(scenarios, seed, replications, runner, runs.draws, means)
        else:
            pairs, between = runs.worlds.pairs, runs.worlds.between
            found = paired(scenarios, pairs, seed, replications, runner, between, runs.draws, means)
        self.work.check()
        return told(runs.worlds, found, seed, replications), values_of(found[2], ["scenario", "replication"], True)

    def _with_precision(self, numbers: Numbers, runs: _Runs) -> Numbers:
        """How narrow the intervals are, whether that is enough, and how long enough will take."""
        if numbers.comparison is None:
            return numbers
        wished = self.desk.half_width
        named = [one.name for one in self.desk.what_ifs if one.name in numbers.names()] or [MAIN]
        widths: dict[str, float] = {}
        needed: list[int] = []
        are_enough = True
        for name in named:
            least, most = (-1.0, 1.0) if name != MAIN else (0.0, 1.0)
            for values in differences_from_plan(numbers.comparison.values, name).values():
                if len(values) < 2:
                    are_enough &= numbers.replications > 1  # that does not exist in nearly any of them
                    continue
                widths[name] = max(widths.get(name, 0.0), float(half_widths(values, least, most)[-1]))
                are_enough &= enough(values, wished, FEWEST, least, most) is not None
                needed += [count for count in [expected(values, wished, FEWEST)] if count is not None]
        stage: Stage = numbers.stage
        if are_enough or numbers.replications >= self.most:
            stage = "precise" if are_enough else "at_limit"
        there, left = numbers.replications, None
        seconds = self.work.pool.seconds(runs.firms)
        if needed and seconds is not None:
            more = 0 if stage != "refining" else min(max(needed), self.most) - there
            left = max(0, more) * len(runs.replication(0)) * seconds / self.work.pool.workers
        return replace(
            numbers,
            stage=stage,
            half_widths=widths,
            replications_needed=max(needed, default=None),
            seconds_left=left,
        )


class _Runs:
    """The runs of a desk in order of replications: those that others are paired with, then the others.

    ``in_short``: of each scenario one run, of which nothing but outcomes is kept.
    """

    def __init__(
        self,
        worlds: Compared,
        stored: RunStore,
        firms: int,
        seed: int,
        replications: int,
        draws: Sequence[Mapping[str, Any]],
        in_short: bool = False,
    ) -> None:
        self.worlds = worlds._replace(scenarios=sized(worlds.scenarios, firms))
        self.firms, self.draws, self.in_short, self._stored = firms, draws, in_short, stored
        scenarios = self.worlds.scenarios
        self._specs: list[list[list[RunSpec]]] = (
            [unpaired(scenarios, seed, replications, draws)]
            if in_short
            else [*side_by_side(scenarios, worlds.pairs, seed, replications, draws)]
        )
        self._keyed: dict[int, list[Keyed]] = {}

    def replication(self, number: int) -> list[Keyed]:
        """Runs of one replication."""
        if number not in self._keyed:
            specs = [of_one[number] for every in self._specs for of_one in every]
            self._keyed[number] = [(self._stored.key(spec), spec) for spec in specs]
        return self._keyed[number]


def _draws(count: int) -> list[dict[str, Any]]:
    """Draws of the kept posterior, of which the first ones, however many, are spread evenly over it.

    They stand along its weights at the steps of the golden ratio, a sequence of low discrepancy. Raises
    :class:`StudyError` where none is kept, or it does not fit.
    """
    kept = posterior()
    if kept is None:
        raise none_kept()
    return [dict(kept.draws[kept.place((0.5 + k * GOLDEN) % 1.0)].changes) for k in range(count)]


def _sentence(error: Exception) -> Words:
    """Why something could not be done, in both languages; the first of several reasons."""
    if isinstance(error, ScenarioError):
        first = error.errors[0]
        return Words(zh=first.sentence("zh"), en=first.sentence("en"))
    if isinstance(error, Refusal):
        return Words(zh=error.zh, en=error.en)
    return Words(zh=f"{type(error).__name__}: {error}", en=f"{type(error).__name__}: {error}")
