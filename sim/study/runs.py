"""Many runs side by side: specifications go out to worker processes, tables come back.

Replication ``r`` of a study with seed ``s`` has the luck of seed ``s + r``, in every scenario: common random numbers,
so that two scenarios can be compared pair by pair. No simulation object crosses a process.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.observe.tables import Result
    from sim.scenario import Scenario

Progress = Callable[[float], None]


@dataclass(frozen=True)
class RunSpec:
    """What determines one run."""

    scenario: Scenario
    firms: int | None  # rows alive at the start of the horizon, None for what the scenario says
    seed: int  # of this run, see `replicated`
    replication: int = 0


@dataclass(frozen=True)
class Run:
    """A specification and what came of it: the tables, or the reason why there are none."""

    spec: RunSpec
    result: Result | None
    reason: str = ""


def replicated(scenario: Scenario, firms: int | None, seed: int, replications: int) -> list[RunSpec]:
    """The specifications of all replications of a scenario: replication ``r`` has seed ``seed + r``."""
    return [RunSpec(scenario, firms, seed + r, r) for r in range(replications)]


def run_all(
    specs: Sequence[RunSpec],
    workers: int = 1,
    progress: Progress | None = None,
    simulate: Callable[..., Result] | None = None,
) -> Iterator[Run]:
    """Run every specification and yield the runs in the order of the specifications, as they become available.

    The order, and every number, is the same for any number of ``workers`` (processes; with 1, or with one
    specification, runs happen in this process). A run that fails is a :class:`Run` with its reason; so is one whose
    process was killed, for want of memory for instance. ``progress`` is called with the share done, from 0 to 1.
    ``simulate`` stands in for ``sim.engine.simulate`` (tests and other engines with the same signature).
    """
    workers = min(workers, len(specs))
    report = progress or (lambda share: None)
    report(0.0)
    done = 0
    for outcome in _in_turn(specs, simulate, report) if workers <= 1 else _side_by_side(specs, workers, simulate):
        result, reason = outcome
        yield Run(specs[done], result, reason)
        done += 1
        report(done / len(specs))


Outcome = tuple["Result | None", str]


def _in_turn(specs: Sequence[RunSpec], simulate: Any, report: Progress) -> Iterator[Outcome]:
    for place, spec in enumerate(specs):
        yield _run(spec, simulate, lambda share, place=place: report((place + share) / len(specs)))  # type: ignore[misc]


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
    yield from parallel(delayed(_run_in_worker)(spec, simulate) for spec in specs)


def _run_in_worker(spec: RunSpec, simulate: Any) -> Outcome:
    # Ctrl-C reaches the whole process group: the parent says one sentence and ends the workers, they say nothing.
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _run(spec, simulate, None)


def _run(spec: RunSpec, simulate: Any, progress: Progress | None) -> Outcome:
    """One run, its failure turned into a reason. Numba is imported here, where a run starts, and not before."""
    if simulate is None:
        from sim.engine import simulate
    try:
        return simulate(spec.scenario, firms=spec.firms, seed=spec.seed, progress=progress), ""
    except Exception as error:  # whatever a run dies of, its study goes on and says so
        return None, f"{type(error).__name__}: {error}"
