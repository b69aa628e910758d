"""One run in this process: for its own sake, or as a task of a study, written into the study's folder.

No simulation object crosses a process: a worker is told what to run and writes what came of it; only a row of numbers
comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.keywords import Firms, Progress
from sim.study.reductions.readings import inside
from sim.study.runs import run_store
from sim.study.runs.specification import PAIRED, READ, TABLED, Outcome, Task, rows_of, sized
from sim.timeline import horizon

if TYPE_CHECKING:
    from sim.observe.inside import Inside
    from sim.observe.tables import Result

KILLED: Final = "the process that ran it was killed, probably for want of memory"


def _engine() -> Callable[..., Result]:
    from sim.engine import simulate  # start-up: Numba is loaded where a run starts, not before

    return simulate


def once(
    scenario: str | Path | Scenario,
    levers: Mapping[str, Any],
    firms: Firms,
    seed: int,
    follow: Sequence[int],
    progress: Progress | None,
    inside: Inside | None = None,
    threads: int | None = None,
) -> Result:
    """One run in this process; see ``sim.run``. A world that cannot be built raises :class:`StudyError`."""
    with asked_for(scenario, levers, firms, inside, threads) as (asked, cores):
        wanted: dict[str, Any] = {"follow": follow, "inside": inside, "fates": True, "threads": cores}
        return _engine()(asked, firms=rows_of(asked), seed=seed, **wanted, progress=progress)


@contextmanager
def asked_for(
    scenario: str | Path | Scenario,
    levers: Mapping[str, Any],
    firms: Firms,
    inside: Inside | None,
    threads: int | None,
) -> Iterator[tuple[Scenario, int]]:
    """What one run is asked of, and its threads; what cannot be built or looked into is refused."""
    from sim.kernels.threads import cores  # start-up: NumPy is loaded where a run starts, not before

    [asked] = sized([load(scenario, levers)], firms)
    if inside is not None:
        inside.on(horizon(asked.world.start, asked.world.end))  # refused before anything is built
    try:
        yield asked, threads or cores()
    except ValueError as error:
        raise StudyError(
            zh=f"情景 {asked.name} 无法运行：{error}", en=f"{asked.name} cannot be run: {error}"
        ) from error


def do(task: Task, progress: Progress | None = None, threads: int = 1) -> Outcome:
    """One run in so many threads, written; its failure turned into a reason."""
    spec = task.spec
    engine = task.simulate or _engine()
    wanted: dict[str, Any] = {"fates": spec.keep in PAIRED, "tables": spec.keep in TABLED, "inside": spec.inside}
    wanted["threads"] = threads
    if spec.keep == READ:
        wanted |= {"tables": True, "inside": inside(spec.readings, spec.scenario.world.start)}
    try:
        result = engine(spec.scenario, firms=rows_of(spec.scenario), seed=spec.seed, **wanted, progress=progress)
        tables = run_store.tables_of(result, task)
    except Exception as error:  # whatever a run dies of, its study goes on and says so
        return task.key, run_store.write_failure(task, f"{type(error).__name__}: {error}")
    return task.key, run_store.write(task, result, tables, threads)
