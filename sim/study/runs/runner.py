"""Many runs side by side: specifications go out to worker processes, tables come to rest in the study's folder.

Replication ``r`` of a study with seed ``s`` has the luck of seed ``s + r``, in every scenario and every draw: common
random numbers, so that two of them can be compared pair by pair. No simulation object crosses a process: a worker is
told what to run and writes what came of it (``sim/study/runs/run_store.py``); only a row of numbers comes back.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.data_folders import CALIBRATION_VARIABLE
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.arguments import arguments

if TYPE_CHECKING:
    import pandas as pd

    from sim.observe.tables import Result
    from sim.study.runs.run_store import Stored

Progress = Callable[[float], None]
Firms = int | Literal["province"] | None  # rows; one a firm of the province; what the scenario says
# Of a run: its row; with the tables of `stored.KEPT`; with what pairs of worlds need; with both.
Keep = Literal["outcomes", "tables", "fates", "pairs"]
TABLED: Final = ("tables", "pairs")
PAIRED: Final = ("fates", "pairs")
SAMPLE: Final = 20_000  # rows, where neither the scenario nor the caller says how many
LABELS: Final = ("scenario", "draw", "replication")  # what a study calls a run; they determine nothing


@dataclass(frozen=True)
class RunSpec:
    """What determines one run, and what its study calls it."""

    scenario: Scenario  # which says how many firms, see `sized`
    seed: int  # of this run, see `replicated`
    replication: int = 0
    draw: int = 0
    keep: Keep = "outcomes"
    against: Scenario | None = None  # whose firms, under the same seed, its firms are paired with, when `keep` says so


def sized(scenarios: Sequence[Scenario], firms: Firms = None) -> list[Scenario]:
    """The scenarios with one number of firms for all: as given, else as they say, else ``SAMPLE``.

    Raises :class:`StudyError` for a number out of range, when a lever sets another one than is given, and when
    scenarios disagree, because firms of different samples cannot be paired.
    """
    if firms is not None:
        firms = arguments()["firms"].checked("firms", firms)
        for scenario in scenarios:
            if scenario.origin is not None and "firms" in scenario.origin.levers and scenario.firms != firms:
                raise StudyError(
                    zh=f"企业行数给出了两次：杠杆 firms 为 {scenario.firms}，另又要求 {firms}；请只用其一。",
                    en=f"The number of firms is given twice: the lever firms = {scenario.firms}, and {firms} beside "
                    "it; give one of them.",
                )
    said = {scenario.firms for scenario in scenarios if scenario.firms is not None}
    if firms is None and len(said) > 1:
        numbers = ", ".join(sorted(str(number) for number in said))
        raise StudyError(
            zh=f"各情景要求的企业行数不同（{numbers}）；请为全部情景给出同一个数。",
            en=f"The scenarios ask for different numbers of firms ({numbers}); give one number for all.",
        )
    agreed = firms or (said.pop() if said else SAMPLE)
    return [replace(scenario, firms=agreed) for scenario in scenarios]


def once(
    scenario: str | Path | Scenario,
    levers: Mapping[str, Any],
    firms: Firms,
    seed: int,
    follow: Sequence[int],
    progress: Progress | None,
) -> Result:
    """One run in this process; see ``sim.run``. A world that cannot be built raises :class:`StudyError`."""
    from sim.engine import simulate

    [asked] = sized([load(scenario, levers)], firms)
    try:
        return simulate(asked, firms=rows_of(asked), seed=seed, follow=follow, fates=True, progress=progress)
    except ValueError as error:
        raise StudyError(
            zh=f"情景 {asked.name} 无法运行：{error}", en=f"{asked.name} cannot be run: {error}"
        ) from error


def replicated(
    scenario: Scenario,
    seed: int,
    replications: int,
    keep: Keep = "outcomes",
    draw: int = 0,
    against: Scenario | None = None,
) -> list[RunSpec]:
    """The specifications of all replications of a scenario: replication ``r`` has seed ``seed + r``."""
    return [RunSpec(scenario, seed + r, r, draw, keep, against) for r in range(replications)]


class Runner:
    """Does the runs of one study that are not there yet, side by side, and keeps them.

    ``workers``: processes on this machine; with 1 runs happen in this process. ``cluster``: address of a Dask scheduler
    whose workers are used instead; they must see the study's folder. ``progress`` is called with the share done, from 0
    to 1, of the runs that really had to be done. ``seconds``: after so long no further run is begun.
    """

    def __init__(
        self,
        stored: Stored,
        workers: int = 1,
        cluster: str | None = None,
        progress: Progress | None = None,
        seconds: float | None = None,
    ) -> None:
        self.stored, self.workers, self.cluster = stored, workers, cluster
        self._progress = progress or (lambda share: None)
        self.ends = None if seconds is None else monotonic() + arguments()["seconds"].checked("seconds", seconds)
        self._expected = self._done = 0

    def expect(self, runs: int) -> None:
        """Say how many runs are still to come, so that the share done is one of the whole study."""
        if not self._expected:
            self._progress(0.0)
        self._expected += runs

    @property
    def is_over(self) -> bool:
        """Whether the time that the study was given is spent."""
        return self.ends is not None and monotonic() >= self.ends

    def run(self, specs: Iterable[RunSpec]) -> pd.DataFrame:
        """See that every run is there; returns a row for each, in the order of the specifications.

        Columns: LABELS, then those of ``sim.study.runs.run_store.ROW``, then the outcomes, missing where a run failed.
        The rows, and every stored table, are the same for any number of workers. A run that fails is a row with its
        reason; so is one whose process was killed, for want of memory for instance. Specifications may come from a
        generator: few are held at a time. :meth:`expect` is told of them before. Raises :class:`StudyError` when the
        disk does not take a run.
        """
        asked: list[tuple[str, tuple[str, int, int]]] = []
        mistakes: list[Exception] = []
        for key, row in self._outcomes(self._missing(specs, asked, mistakes)):
            self.stored.note(key, row)
            self._done += 1
            self._tell()
        self._tell()
        if mistakes:
            raise mistakes[0]
        return self.stored.frame(asked)

    def _missing(
        self, specs: Iterable[RunSpec], asked: list[tuple[str, tuple[str, int, int]]], mistakes: list[Exception]
    ) -> Iterator[Task]:
        """Tasks for the runs that are not there. A pool may draw them in a thread, where raising is of no use."""
        begun: set[str] = set()
        try:
            for spec in specs:
                key = self.stored.key(spec)
                if key in begun or self.stored.has(key):
                    self._expected -= 1
                elif self.is_over:
                    continue
                else:
                    begun.add(key)
                    yield self.stored.task(key, spec)
                asked.append((key, (spec.scenario.name, spec.draw, spec.replication)))
        except Exception as mistake:
            mistakes.append(mistake)

    def _outcomes(self, todo: Iterator[Task]) -> Iterator[Outcome]:
        if self.cluster is not None:
            from sim.study.runs.cluster import side_by_side

            return side_by_side(todo, self.cluster, self.stored.folder)
        if self.workers <= 1:
            return (do(task, self._within) for task in todo)
        return _side_by_side(todo, self.workers)

    def _within(self, share: float) -> None:
        self._tell(share)

    def _tell(self, share: float = 0.0) -> None:
        self._progress(min(1.0, (self._done + share) / max(self._expected, self._done, 1)))


@dataclass(frozen=True)
class Task:
    """What a worker is told: a run, where to write it, and where the world lies that it is paired with."""

    key: str
    asked: str  # fingerprint of the scenario
    spec: RunSpec
    folder: Path  # of the study's runs
    paired_with: str  # key of the run of `spec.against`, empty for none
    paired_part: str  # the part that it lies in
    simulate: Callable[..., Result] | None = None  # stands in for `sim.engine.simulate`


Outcome = tuple[str, "Mapping[str, Any]"]  # key of a run, and its row


def do(task: Task, progress: Progress | None = None) -> Outcome:
    """One run, written; its failure turned into a reason. Numba is imported here, where a run starts, not before."""
    from sim.study.runs import run_store

    spec = task.spec
    engine = task.simulate or import_module("sim.engine").simulate
    wanted = {"fates": spec.keep in PAIRED, "tables": spec.keep in TABLED}
    try:
        result = engine(spec.scenario, firms=rows_of(spec.scenario), seed=spec.seed, **wanted, progress=progress)
        tables = run_store.tables_of(result, task)
    except Exception as error:  # whatever a run dies of, its study goes on and says so
        return task.key, run_store.write_failure(task, f"{type(error).__name__}: {error}")
    return task.key, run_store.write(task, result, tables)


KILLED: Final = "the process that ran it was killed, probably for want of memory"


def _side_by_side(todo: Iterator[Task], workers: int) -> Iterator[Outcome]:
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    from sim.study.runs import run_store

    handed: list[Task] = []  # to the pool and not given back yet

    def hand() -> Iterator[Task]:
        for task in todo:
            handed.append(task)
            yield task

    rest: Iterator[Task] = hand()
    while True:
        try:
            for outcome in _pool(rest, workers):
                handed.pop(0)
                yield outcome
            return
        except TerminatedWorkerError:
            # Some process was killed and took all pending runs with it. Nobody says which run it was: the next one in
            # order runs with nothing beside it, and only when it is killed again it is the one that failed.
            first, *others = handed
            try:
                yield next(_pool(iter([first]), workers))
            except TerminatedWorkerError:
                yield first.key, run_store.write_failure(first, KILLED)
            handed.clear()
            handed.extend(others)
            rest = _chain(others, hand())


def _chain(others: list[Task], rest: Iterator[Task]) -> Iterator[Task]:
    yield from others
    yield from rest


def _pool(tasks: Iterator[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes in order from joblib's process pool, which stays alive for the next call."""
    import warnings

    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=workers, return_as="generator", batch_size=1, pre_dispatch="3*n_jobs")
    outcomes = parallel(delayed(_do_in_worker)(task, os.environ.get(CALIBRATION_VARIABLE, "")) for task in tasks)
    try:
        for outcome in outcomes:  # noqa: UP028 - `yield from` would close it before the warning can be kept back
            yield outcome
    finally:
        with warnings.catch_warnings():  # who stops early knows that runs are lost
            warnings.simplefilter("ignore", UserWarning)
            outcomes.close()


def _do_in_worker(task: Task, calibration: str) -> Outcome:
    os.environ[CALIBRATION_VARIABLE] = (
        calibration  # a worker that stayed from an earlier call has the environment of then
    )
    # Ctrl-C reaches the whole process group: the parent says one sentence and ends the workers, they say nothing.
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _end_with_parent()
    return do(task)


@cache
def _end_with_parent() -> None:
    """Let this worker end within a second of a parent that was killed, which could not end it."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            sleep(1.0)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def rows_of(scenario: Scenario) -> int | None:
    """What the engine is told; None for a scenario that says ``province`` itself."""
    return scenario.firms if isinstance(scenario.firms, int) else None
