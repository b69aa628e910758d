"""Worker processes that stay, and the runs that sessions want of them: in turn, each run once, stopped at once."""

from __future__ import annotations

import os
import shutil
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from threading import Condition, RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sim.study.runs import run_store
from sim.study.runs.local_pool import begin, files_at_hand, settle_in
from sim.study.runs.packing import Packed, packed, unpacked
from sim.study.runs.run_store import RunStore
from sim.study.runs.specification import Outcome, RunSpec, Task
from sim.study.runs.worker import KILLED, do

if TYPE_CHECKING:
    import pandas as pd

MOST_KEPT: Final = 800  # runs; one takes about a megabyte of the disk
MOST_TABLES: Final = 2_000  # of runs that are kept in memory, small ones
LARGEST_TABLE: Final = 20_000  # cells of such a table
BEHIND: Final = 5  # steps of priority that workers leave to the page
TIMED: Final = 20  # runs by which the next ones are timed
Keyed = tuple[str, RunSpec]  # a run and its name in the store


class StoppedError(Exception):
    """What was asked for is not wanted any more."""


class KeptRuns(RunStore):
    """The runs of all sessions in one folder, safe to be used by several threads; small tables stay in memory."""

    def __init__(self, folder: Path, simulate: Callable[..., Any] | None = None) -> None:
        self.lock = RLock()
        self._tables: OrderedDict[tuple[str, str], pd.DataFrame] = OrderedDict()
        self._used: OrderedDict[str, None] = OrderedDict()  # runs, the longest unused first
        super().__init__(folder, simulate, writing=True)

    def key(self, spec: RunSpec) -> str:
        """See :meth:`RunStore.key`."""
        with self.lock:
            key = super().key(spec)
            if key in self._used:
                self._used.move_to_end(key)
            return key

    def note(self, key: str, row: Any) -> None:
        """See :meth:`RunStore.note`."""
        with self.lock:
            super().note(key, row)
            self._used[key] = None

    def table(self, key: str, name: str) -> pd.DataFrame:
        """See :meth:`RunStore.table`; everybody has a copy of what is kept in memory, for some change it."""
        with self.lock:
            found = self._tables.get((key, name))
        if found is None:
            found = super().table(key, name)
            if found.size <= LARGEST_TABLE:
                with self.lock:
                    self._tables[key, name] = found
                    while len(self._tables) > MOST_TABLES:
                        self._tables.popitem(last=False)
        return found.copy()

    def forget(self, needed: set[str]) -> None:
        """Let go of the runs that were not asked for the longest, beyond MOST_KEPT, but for those that are needed."""
        with self.lock:
            over = [key for key in self._used if key not in needed][: max(0, len(self._used) - MOST_KEPT)]
            for key in over:
                del self._used[key], self._known[key]
                shutil.rmtree(self.folder / key, ignore_errors=True)


@dataclass(eq=False)
class Work:
    """The runs that one session wants now, in order; ``wanted`` is a file that lies there until they are not."""

    pool: Pool
    wanted: Path
    is_urgent: bool = True
    pending: deque[Keyed] = field(default_factory=deque)
    failed: dict[str, str] = field(default_factory=dict)  # why, by key
    keys: set[str] = field(default_factory=set)  # of everything that was asked for
    served: int = 0  # runs handed out for it, those before it began as many as of whoever had fewest

    def ask(self, runs: Iterable[Keyed]) -> None:
        """Have runs done, after those asked for before; a run that others are paired with comes before them."""
        with self.pool.change:
            for key, spec in runs:
                if key not in self.keys:
                    self.pending.append((key, spec))
                    self.keys.add(key)
            self.pool.fill()

    def are_settled(self, runs: Iterable[Keyed]) -> bool:
        """Whether every one of the runs was done or has failed."""
        return all(key in self.failed or self.pool.stored.has(key) for key, _ in runs)

    def wait(self, runs: Sequence[Keyed]) -> None:
        """Until all of the runs are done or have failed; raises :class:`StoppedError` when they are wanted no more."""
        with self.pool.change:
            while not self.are_settled(runs):
                self.check()
                self.pool.change.wait(1.0)
            self.check()

    def check(self) -> None:
        """Raise :class:`StoppedError` when nothing of it is wanted any more."""
        if self not in self.pool.works:
            raise StoppedError

    def stop(self) -> None:
        """Nothing of it is wanted any more; what is under way for it alone ends within a day of the simulation."""
        with self.pool.change:
            if self in self.pool.works:
                self.pool.works.remove(self)
            self.wanted.unlink(missing_ok=True)
            self.pool.change.notify_all()


class Pool:
    """``workers`` processes that are begun once. ``simulate`` stands in for the engine, in tests."""

    def __init__(self, workers: int, simulate: Callable[..., Any] | None = None) -> None:
        self.workers = workers
        self.folder = Path(mkdtemp(prefix="shukun-desk-"))
        runs = self.folder / "runs"
        runs.mkdir()
        self.stored = KeptRuns(runs, simulate)
        self.change = Condition(RLock())
        self.works: list[Work] = []
        self._numbers = count()
        self._flying: dict[str, tuple[Task, float]] = {}  # by key
        self._alone: list[str] = []  # runs beside which a worker was killed: one of them may be to blame
        self._took: dict[Any, deque[float]] = {}  # seconds of the last runs, by rows
        self._is_closed = self._is_broken = False  # broken: a worker was killed, and the others have not ended yet
        self._processes = self._begun()

    def work(self) -> Work:
        """Something that a session wants, without any run yet."""
        with self.change:
            wanted = self.folder / f"wanted-{next(self._numbers)}"
            wanted.touch()
            work = Work(self, wanted, served=min((one.served for one in self.works), default=0))
            self.works.append(work)
            return work

    def seconds(self, rows: Any) -> float | None:
        """What a run of so many rows has taken of late on one worker, None where none was done."""
        with self.change:
            took = self._took.get(rows)
            return sum(took) / len(took) if took else None

    @property
    def pids(self) -> list[int]:
        """Ids of the worker processes."""
        return sorted(getattr(self._processes, "_processes", None) or {})  # the library has no public name for them

    def close(self) -> None:
        """Stop everything that is under way and end the workers; returns when they are gone."""
        with self.change:
            self._is_closed = True
            for work in [*self.works]:
                work.stop()
            processes = self._processes
        processes.shutdown(wait=True, kill_workers=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self) -> None:
        """Hand out runs while a worker is free: first numbers first, then whose turn it is. The lock is held."""
        self._alone = [key for key in self._alone if any(key in work.keys for work in self.works)]
        while not (self._is_closed or self._is_broken):
            found = next(self._next(), None) if len(self._flying) < (1 if self._alone else self.workers) else None
            if found is None:
                return
            work, key, spec = found
            work.served += 1
            task = self.stored.task(key, spec)
            asked = packed(task), files_at_hand(), str(work.wanted)
            try:
                future = self._processes.submit(_while_wanted, *asked)
            except BrokenExecutor:  # a worker was killed while there was nothing to do
                self._begin_again()
                future = self._processes.submit(_while_wanted, *asked)
            self._flying[key] = task, monotonic()
            future.add_done_callback(partial(self._take, key))

    def _next(self) -> Iterator[tuple[Work, str, RunSpec]]:
        """The runs that can begin, in the order in which they should."""
        for work in sorted(self.works, key=lambda work: (not work.is_urgent, work.served)):
            for key, spec in [*work.pending]:
                if key in work.failed or self.stored.has(key):
                    work.pending.remove((key, spec))
                elif key not in self._flying and self._is_ready(work, spec):
                    if not self._alone or key in self._alone:
                        yield work, key, spec

    def _is_ready(self, work: Work, spec: RunSpec) -> bool:
        """Whether the run that it is paired with is there, or never will be."""
        if spec.against is None:
            return True
        other = self.stored.key(RunSpec(spec.against, spec.seed, keep=spec.keep))
        return self.stored.has(other) or other in work.failed

    def _take(self, key: str, done: Future[Outcome | None]) -> None:
        """What came of a run; called in a thread of the executor's."""
        with self.change:
            task, since = self._flying.pop(key)
            error = None if done.cancelled() else done.exception()
            if not self._is_closed and not done.cancelled():
                if error is not None:
                    self._was_killed(key, task)
                elif (outcome := done.result()) is not None:
                    self._note(*outcome)
                    self._took.setdefault(task.spec.scenario.firms, deque(maxlen=TIMED)).append(monotonic() - since)
                    self.stored.forget({one for work in self.works for one in work.keys})
                if error is None and key in self._alone:
                    self._alone.remove(key)
            self.fill()
            self.change.notify_all()

    def _note(self, key: str, row: Any) -> None:
        self.stored.note(key, row)
        if row["reason"]:
            for one in self.works:
                if key in one.keys:
                    one.failed[key] = row["reason"]

    def _was_killed(self, key: str, task: Task) -> None:
        """A worker was killed, and took all runs with it: each is done again by itself, and fails when killed again."""
        if key in self._alone:
            self._alone.remove(key)
            self._note(key, run_store.write_failure(task, KILLED))
        else:
            self._alone.append(key)
        self._is_broken = bool(self._flying)
        if not self._is_broken:  # it was the last run that these processes had
            self._begin_again()

    def _begin_again(self) -> None:
        self._processes.shutdown(wait=False, kill_workers=True)
        self._processes = self._begun()

    def _begun(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor

        return ProcessPoolExecutor(self.workers, timeout=None, initializer=_give_way, initargs=(os.getpid(),))


def _give_way(parent: int) -> None:
    """In a worker: begin, behind the page and the browser, which a reader waits for."""
    begin(parent)
    if hasattr(os, "nice"):  # Windows has none
        os.nice(BEHIND)


class _UnwantedError(BaseException):
    """Ends a run from inside; not an `Exception`, which would be a reason why the run failed."""


def _while_wanted(task: Packed, files: dict[str, str], wanted: str) -> Outcome | None:
    """In a worker: one run, None when the file ``wanted`` is gone before it is done."""
    settle_in(files)
    file = Path(wanted)

    def check(share: float) -> None:
        if not file.exists():
            raise _UnwantedError

    try:
        check(0.0)
        return do(unpacked(task), check)
    except _UnwantedError:
        return None
