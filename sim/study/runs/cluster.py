"""A study on the workers of a Dask cluster: tasks go out a few at a time, rows come back in order.

Workers write what they ran into the study's folder, as processes on this machine do. So each of them must have the very
same model and see that folder; it is asked before its first run. What a worker that dies had taken on, another does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.study import StudyError
from sim.study.runs import packing
from sim.study.runs.manifest import calibration_fingerprint, sources_fingerprint, versions
from sim.study.runs.parts import beside
from sim.study.runs.run_store import write_failure
from sim.study.runs.specification import Outcome, Task
from sim.study.runs.worker import KILLED, do

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD: Final = 3  # tasks for each thread of a worker, so that none waits for the next
TOGETHER: Final = 64  # tasks that are sent at once, at most: 2 MB
REACHED_WITHIN: Final = 5.0  # seconds
LOOK_AGAIN: Final = 2.0  # seconds after which workers are counted again: they come and go
MISSED: Final = 60.0  # seconds without any worker


class Common(NamedTuple):
    """What a worker must have in common with who asks."""

    sources: str  # fingerprints
    calibration: str
    versions: tuple[tuple[str, str], ...]
    sign: Path  # of a folder with a random name in the study's folder: a worker that sees it sees that folder


Packed = tuple[int, bytes]  # a task: how many bytes there are, and these compressed


class WorkerMismatchError(Exception):
    """A worker is not like who asks; ``args``: its address, and what is different."""


def side_by_side(todo: Iterator[Task], address: str, folder: Path) -> Iterator[Outcome]:
    """Outcomes of the tasks, in order, from the workers of the Dask scheduler at ``address``.

    ``folder``: of the study's runs. A run whose worker died is done by another one; when several die of it, it failed.
    Raises :class:`StudyError` when there is no such scheduler, when it has no worker, and when a worker has other
    sources, calibration or versions than this process or does not see the folder. Whoever stops early keeps what is
    finished; what waits is withdrawn, what runs is finished by its worker.
    """
    first = next(todo, None)
    if first is None:
        return
    folder = folder.absolute()  # a worker was started elsewhere
    tasks = (replace(task, folder=folder) for task in chain([first], todo))
    with beside(folder) as sign, _connected(address) as client:
        common = Common(sources_fingerprint(), calibration_fingerprint(), tuple(versions().items()), sign)
        _ask(client, common)
        yield from _outcomes(client, tasks, common)


def different(common: Common) -> str:
    """What is different here, in a word or two; nothing when all is alike. Asked on the worker."""
    if sources_fingerprint() != common.sources:
        return "sources"
    if calibration_fingerprint() != common.calibration:
        return "calibration"
    here = versions()
    for name, version in common.versions:
        if here[name] != version:
            return f"{name} {here[name]}"
    return "" if common.sign.is_dir() else "folder"


def run_remotely(packed: Packed, common: Common) -> Outcome:
    """One run on a worker, which may have joined after the others were asked."""
    _agree(common)
    return do(unpacked(packed))


def packed(task: Task) -> Packed:
    """A task as the scheduler hands it on: bytes, which it need not understand, and a third as many of them."""
    import pyarrow as pa
    from distributed.protocol.pickle import dumps

    plain = dumps(packing.packed(task))
    return len(plain), pa.compress(plain, codec="zstd", asbytes=True)


def unpacked(packed: Packed) -> Task:
    """The task that was packed."""
    import pyarrow as pa
    from distributed.protocol.pickle import loads

    length, content = packed
    return packing.unpacked(loads(pa.decompress(content, length, codec="zstd", asbytes=True)))


@cache
def _agree(common: Common) -> None:
    from distributed import get_worker

    found = different(common)
    if found:
        raise WorkerMismatchError(get_worker().address, found)


def _connected(address: str) -> Client:
    try:
        from distributed import Client
        from distributed.comm import resolve_address
    except ImportError:
        raise StudyError(
            zh="使用集群需要 Dask，请先安装：pip install 'shukun[cluster]'。",
            en="A cluster needs Dask, which is not installed: pip install 'shukun[cluster]'.",
        ) from None
    try:
        return Client(resolve_address(address), timeout=REACHED_WITHIN, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:  # a TypeError for TLS without certificates
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StudyError(
            zh=f"{address} 处没有可连接的 Dask 调度器：{reason}",
            en=f"There is no Dask scheduler to be reached at {address}: {reason}",
        ) from None


def _ask(client: Client, common: Common) -> None:
    """Raise :class:`StudyError` for the first worker that is not like this process."""
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=REACHED_WITHIN)
    answers = client.run(different, common, on_error="return")
    if not answers:
        raise StudyError(
            zh="该 Dask 调度器没有任何工作进程；请先用 dask worker 启动。",
            en="That Dask scheduler has no worker; start some with dask worker.",
        )
    for worker, found in sorted(answers.items()):
        if found and not isinstance(found, OSError):  # who has left meanwhile is asked nothing
            raise _strange(worker, found, common)


def _strange(worker: str, found: str | Exception, common: Common) -> StudyError:
    if isinstance(found, Exception):
        reason = f"{type(found).__name__}: {found}"
        return StudyError(
            zh=f"工作进程 {worker} 无法载入本项目：{reason}",
            en=f"The worker {worker} cannot load this project: {reason}",
        )
    if found == "folder":
        folder = common.sign.parents[1]
        return StudyError(
            zh=f"工作进程 {worker} 看不到 {folder}；请用 --out 指定一个所有机器共用的文件夹。",
            en=f"The worker {worker} does not see {folder}; give a folder with --out that all machines share.",
        )
    zh = {"sources": "模型源代码", "calibration": "校准数据"}.get(found, found)
    en = {"sources": "other sources of the model", "calibration": "other files of calibration"}.get(found, found)
    wanted = dict(common.versions).get(found.partition(" ")[0], "")
    return StudyError(
        zh=f"工作进程 {worker} 的{zh}与此处{f'（{wanted}）' if wanted else ''}不同；请在所有机器上安装同一版本。",
        en=f"The worker {worker} has {en}{f' where this command has {wanted}' if wanted else ''}; "
        "install the same on all machines.",
    )


def _outcomes(client: Client, todo: Iterator[Task], common: Common) -> Iterator[Outcome]:
    begun: dict[Future, Task] = {}
    ready: SimpleQueue[Future] = SimpleQueue()
    order: deque[str] = deque()  # keys of runs that have not been given back
    done: dict[str, Outcome] = {}  # given back when all before them are
    suspects: deque[Task] = deque()  # several workers died with them, of them or of what ran beside them
    alone = ""  # key of the suspect that runs with nothing beside it
    width, counted = 0, 0.0
    try:
        while True:
            if monotonic() - counted > LOOK_AGAIN:
                width, counted = AHEAD * max(1, sum(client.nthreads().values())), monotonic()
            if suspects:
                tasks = [] if begun else [suspects.popleft()]
                alone = tasks[0].key if tasks else ""
            else:
                tasks = list(islice(todo, max(0, min(width - len(begun), TOGETHER))))
                order.extend(task.key for task in tasks)
            futures = client.map(run_remotely, [packed(task) for task in tasks], common=common, pure=False)
            for task, future in zip(tasks, futures, strict=True):
                begun[future] = task
                future.add_done_callback(ready.put)
            if not begun:
                return
            if len(tasks) == TOGETHER:
                continue  # there may be room for more
            for task, row in _taken(client, begun, _finished(client, ready), common):
                if row is not None:
                    done[task.key] = task.key, row
                elif task.key == alone:
                    done[task.key] = task.key, write_failure(task, KILLED)
                else:
                    suspects.append(task)
            while order and order[0] in done:
                yield done.pop(order.popleft())
    except OSError as error:
        raise _lost(error) from None
    finally:
        with suppress(Exception):  # when the scheduler is gone, so is all that waits there
            client.cancel(list(begun), force=True)


def _finished(client: Client, ready: SimpleQueue[Future]) -> list[Future]:
    """At least one future that is done, and whichever are done too."""
    without = 0.0
    while True:
        try:
            found = [ready.get(timeout=LOOK_AGAIN)]
            break
        except Empty:
            without = 0.0 if client.nthreads() else without + LOOK_AGAIN
            if without >= MISSED:
                raise StudyError(
                    zh="集群已没有工作进程；已完成的运行仍然保留，重复同一命令即可继续。",
                    en="The cluster has no worker left; finished runs are kept, and the same command goes on.",
                ) from None
    with suppress(Empty):
        while True:
            found.append(ready.get_nowait())
    return found


def _taken(
    client: Client, begun: dict[Future, Task], finished: list[Future], common: Common
) -> Iterator[tuple[Task, Mapping[str, Any] | None]]:
    """Tasks that are done with their rows; without one when several workers died with the task."""
    from distributed import KilledWorker

    outcomes = client.gather([future for future in finished if future.status == "finished"])
    for future in finished:
        task = begun.pop(future)
        if future.status == "finished":
            yield task, outcomes.pop(0)[1]
            continue
        error = future.exception()
        if not isinstance(error, KilledWorker):
            raise _said(error, common)
        yield task, None


def _said(error: Any, common: Common) -> Exception:
    match error:
        case StudyError():
            return error
        case WorkerMismatchError(args=(worker, found)):
            return _strange(worker, found, common)
    return _lost(error)


def _lost(error: Exception) -> StudyError:
    reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".removesuffix(": ")
    return StudyError(
        zh=f"与集群的连接中断（{reason}）；已完成的运行仍然保留，重复同一命令即可继续。",
        en=f"The cluster was lost ({reason}); finished runs are kept, and the same command goes on.",
    )
