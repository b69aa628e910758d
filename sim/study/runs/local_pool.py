"""A study in processes on this machine: tasks go out in order, rows come back in order, whatever is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from threading import Thread
from time import sleep

from sim.data_folders import VARIABLES
from sim.study.runs import run_store
from sim.study.runs.packing import Packed, packed, unpacked
from sim.study.runs.specification import Outcome, Task
from sim.study.runs.worker import KILLED, do


def side_by_side(todo: Iterator[Task], workers: int, threads: int = 1) -> Iterator[Outcome]:
    """Outcomes of the tasks, in order, each run in so many threads of its process.

    A run whose process was killed is tried alone; killed again it failed.
    """
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    handed: list[Task] = []  # to the pool and not given back yet

    def hand() -> Iterator[Task]:
        for task in todo:
            handed.append(task)
            yield task

    rest: Iterator[Task] = hand()
    while True:
        try:
            for outcome in _pool(rest, workers, threads):
                handed.pop(0)
                yield outcome
            return
        except TerminatedWorkerError:
            # Some process was killed and took all pending runs with it. Nobody says which run it was: the next one in
            # order runs with nothing beside it, and only when it is killed again it is the one that failed.
            first, *others = handed
            try:
                yield next(_pool(iter([first]), workers, threads))
            except TerminatedWorkerError:
                yield first.key, run_store.write_failure(first, KILLED)
            handed.clear()
            handed.extend(others)
            rest = _chain(others, hand())


def _chain(others: list[Task], rest: Iterator[Task]) -> Iterator[Task]:
    yield from others
    yield from rest


def _pool(tasks: Iterator[Task], workers: int, threads: int) -> Iterator[Outcome]:
    """Outcomes in order from joblib's process pool, which stays alive for the next call."""
    import warnings

    from joblib import Parallel, delayed

    # From its first moment a worker knows whose it is: one that waits for its first task ends with its parent too.
    whose = {"initializer": begin, "initargs": (os.getpid(),)}
    parallel = Parallel(n_jobs=workers, return_as="generator", batch_size=1, pre_dispatch="3*n_jobs", **whose)
    files = files_at_hand()
    outcomes = parallel(delayed(_do_in_worker)(packed(task), files, threads) for task in tasks)
    try:
        for outcome in outcomes:  # noqa: UP028 - `yield from` would close it before the warning can be kept back
            yield outcome
    finally:
        with warnings.catch_warnings():  # who stops early knows that runs are lost
            warnings.simplefilter("ignore", UserWarning)
            outcomes.close()


def files_at_hand() -> dict[str, str]:
    """The variables that say which files are read, for :func:`settle_in`."""
    return {name: os.environ.get(name, "") for name in VARIABLES}


def _do_in_worker(task: Packed, files: dict[str, str], threads: int) -> Outcome:
    settle_in(files)
    return do(unpacked(task), threads=threads)


def settle_in(files: dict[str, str]) -> None:
    """Make this process read the files that are read where tasks come from."""
    # A worker that stayed from an earlier call has the environment of then.
    os.environ.update(files)


def begin(parent: int) -> None:
    """Make this process a worker, which ends within a second of a parent that was killed and could not end it.

    ``parent``: the number of the process that begins it, and that may be gone already.
    """
    # Ctrl-C reaches the whole process group: the parent says one sentence and ends the workers, they say nothing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while _lives(parent):
            sleep(1.0)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _lives(parent: int) -> bool:
    """Whether the parent of this worker is still there; ``parent``: its number, which Windows gives for ever."""
    if sys.platform == "win32":
        process = multiprocessing.parent_process()
        return process is not None and process.is_alive()
    return os.getppid() == parent
