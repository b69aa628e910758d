"""Many runs side by side: those of a study that are not there yet go out to worker processes, few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from sim.study.arguments import arguments
from sim.study.keywords import Progress
from sim.study.runs import cluster, local_pool
from sim.study.runs.specification import Outcome, RunSpec, Task
from sim.study.runs.worker import do

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.runs.run_store import RunStore


class Runner:
    """Does the runs of one study that are not there yet, side by side, and keeps them.

    ``workers``: processes on this machine; with 1, and where there is one run to do, runs happen in this process.
    ``threads``: of each run; where nothing is said the cores that fewer runs than processes leave idle. ``cluster``:
    address of a Dask scheduler whose workers are used instead; they must see the study's folder. ``progress`` is called
    with the share done, from 0 to 1, of the runs that really had to be done. ``seconds``: after so long no further run
    is begun.
    """

    def __init__(
        self,
        stored: RunStore,
        workers: int = 1,
        cluster: str | None = None,
        progress: Progress | None = None,
        seconds: float | None = None,
        threads: int | None = None,
    ) -> None:
        self.stored, self.workers, self.cluster, self._threads = stored, workers, cluster, threads
        self._progress = progress or (lambda share: None)
        self.deadline = None if seconds is None else monotonic() + arguments()["seconds"].checked("seconds", seconds)
        self._expected = self._done = 0

    def expect(self, runs: int) -> None:
        """Say how many runs are still to come, so that the share done is one of the whole study."""
        if not self._expected:
            self._progress(0.0)
        self._expected += runs

    @property
    def is_over(self) -> bool:
        """Whether the time that the study was given is spent."""
        return self.deadline is not None and monotonic() >= self.deadline

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
            return cluster.side_by_side(todo, self.cluster, self.stored.folder)
        threads = self._threads or max(1, self.workers // max(1, self._expected))
        if self.workers <= 1 or self._expected == 1:  # to start a process for one run takes longer than most do
            return (do(task, self._within, threads) for task in todo)
        return local_pool.side_by_side(todo, self.workers, threads)

    def _within(self, share: float) -> None:
        self._tell(share)

    def _tell(self, share: float = 0.0) -> None:
        self._progress(min(1.0, (self._done + share) / max(self._expected, self._done, 1)))
