"""Many runs side by side: specifications go out to worker processes, tables come back.

Replication ``r`` of a study with seed ``s`` has the luck of seed ``s + r``, in every scenario: common random numbers,
so that two scenarios can be compared pair by pair. No simulation object crosses a process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.scenario import Scenario, load
from sim.scenario.schema import MOST_ROWS
from sim.study import StudyError

if TYPE_CHECKING:
    import pandas as pd

    from sim.observe.tables import Result
    from sim.study.kept import Kept

Progress = Callable[[float], None]
Firms = int | Literal["province"] | None  # rows; one a firm of the province; what the scenario says
SAMPLE: Final = 20_000  # rows, where neither the scenario nor the caller says how many


@dataclass(frozen=True)
class RunSpec:
    """What determines one run."""

    scenario: Scenario  # which says how many firms, see `sized`
    seed: int  # of this run, see `replicated`
    replication: int = 0
    fates: bool = False  # whether the table of all firms is wanted
    against: Scenario | None = None  # whose firms those of this run are paired with, see `sim.study.pairing`


@dataclass(frozen=True)
class Run:
    """A specification and what came of it: the tables, or the reason why there are none."""

    spec: RunSpec
    result: Result | None
    reason: str = ""
    seen: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # what somebody took from its fates


def sized(scenarios: Sequence[Scenario], firms: Firms = None) -> list[Scenario]:
    """The scenarios with one number of firms for all: as given, else as they say, else ``SAMPLE``.

    Raises :class:`StudyError` for a number out of range and when scenarios disagree, because firms of different samples
    cannot be paired.
    """
    if isinstance(firms, int) and not 1 <= firms <= MOST_ROWS:
        raise StudyError(
            zh=f"企业行数为 {firms}；应为 1 到 {MOST_ROWS} 的整数。",
            en=f"There cannot be {firms} rows of firms; give a whole number from 1 to {MOST_ROWS}.",
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

    [asked] = sized([load(scenario, levers) if isinstance(scenario, str | Path) else scenario], firms)
    try:
        return simulate(asked, firms=_rows(asked), seed=seed, follow=follow, fates=True, progress=progress)
    except ValueError as error:
        raise StudyError(
            zh=f"情景 {asked.name} 无法运行：{error}", en=f"{asked.name} cannot be run: {error}"
        ) from error


def replicated(scenario: Scenario, seed: int, replications: int, fates: bool = False) -> list[RunSpec]:
    """The specifications of all replications of a scenario: replication ``r`` has seed ``seed + r``."""
    return [RunSpec(scenario, seed + r, r, fates) for r in range(replications)]


def run_all(
    specs: Sequence[RunSpec],
    workers: int = 1,
    progress: Progress | None = None,
    simulate: Callable[..., Result] | None = None,
    look: Callable[[Run], Run] | None = None,
    kept: Kept | None = None,
) -> Iterator[Run]:
    """Run every specification and yield the runs in the order of the specifications, as they become available.

    The order, and every number, is the same for any number of ``workers`` (processes; with 1, or with one
    specification, runs happen in this process). A run that fails is a :class:`Run` with its reason; so is one whose
    process was killed, for want of memory for instance. ``progress`` is called with the share done, from 0 to 1.
    ``simulate`` stands in for ``sim.engine.simulate`` (tests and other engines with the same signature). ``look`` sees
    every run, in order, and gives it on, lighter perhaps. Runs that are among the ``kept`` are not done again, all
    others that succeed are kept before they are given on; raises :class:`StudyError` when that fails.
    """
    report = progress or (lambda share: None)
    report(0.0)
    missing = [place for place, spec in enumerate(specs) if kept is None or not kept.has(spec)]
    workers = min(workers, len(missing))
    if workers <= 1:
        outcomes = _in_turn(specs, missing, simulate, report)
    else:
        outcomes = _side_by_side([specs[place] for place in missing], workers, simulate)
    to_run = set(missing)
    for place, spec in enumerate(specs):
        found = kept.find(spec) if kept is not None and place not in to_run else None
        if found is None:
            # One that was kept but is damaged is not among the others: it is done again here.
            run = Run(spec, *(next(outcomes) if place in to_run else _run(spec, simulate, None)))
        else:
            run = found
        if look is not None:
            run = look(run)
        if kept is not None and found is None and (run.seen or not spec.fates):
            kept.keep(run)
        yield run
        report((place + 1) / len(specs))


Outcome = tuple["Result | None", str]


def _in_turn(specs: Sequence[RunSpec], places: Sequence[int], simulate: Any, report: Progress) -> Iterator[Outcome]:
    for place in places:
        yield _run(specs[place], simulate, lambda share, place=place: report((place + share) / len(specs)))  # type: ignore[misc]


def _side_by_side(specs: Sequence[RunSpec], workers: int, simulate: Any) -> Iterator[Outcome]:
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    done = 0
    while done < len(specs):
        try:
            for outcome in _pool(specs[done:], workers, simulate):
                yield outcome
                done += 1
        except TerminatedWorkerError:
            # Some process was killed and took all pending runs with it. Nobody says which run it was: the next one in
            # order runs with nothing beside it, and only when it is killed again it is the one that failed.
            try:
                yield next(_pool(specs[done : done + 1], workers, simulate))
            except TerminatedWorkerError:
                yield None, "the process that ran it was killed, probably for want of memory"
            done += 1


def _pool(specs: Sequence[RunSpec], workers: int, simulate: Any) -> Iterator[Outcome]:
    """Outcomes in order from joblib's process pool, which stays alive for the next call."""
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=workers, return_as="generator", batch_size=1)
    outcomes = parallel(delayed(_run_in_worker)(replace(spec, against=None), simulate) for spec in specs)
    try:
        for outcome in outcomes:  # noqa: UP028 - `yield from` would close it before the warning can be kept back
            yield outcome
    finally:
        with warnings.catch_warnings():  # who stops early knows that runs are lost
            warnings.simplefilter("ignore", UserWarning)
            outcomes.close()


def _run_in_worker(spec: RunSpec, simulate: Any) -> Outcome:
    # Ctrl-C reaches the whole process group: the parent says one sentence and ends the workers, they say nothing.
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _end_with_parent()
    return _run(spec, simulate, None)


@cache
def _end_with_parent() -> None:
    """Let this worker end within a second of a parent that was killed, which could not end it."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            sleep(1.0)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _run(spec: RunSpec, simulate: Any, progress: Progress | None) -> Outcome:
    """One run, its failure turned into a reason. Numba is imported here, where a run starts, and not before."""
    if simulate is None:
        simulate = import_module("sim.engine").simulate
    try:
        asked = {"firms": _rows(spec.scenario), "seed": spec.seed, "fates": spec.fates}
        return simulate(spec.scenario, **asked, progress=progress), ""
    except Exception as error:  # whatever a run dies of, its study goes on and says so
        return None, f"{type(error).__name__}: {error}"


def _rows(scenario: Scenario) -> int | None:
    """What the engine is told; None for a scenario that says ``province`` itself."""
    return scenario.firms if isinstance(scenario.firms, int) else None
