"""The runs of a study on disk: ``<study>/runs/``, a folder for each part.

A *part* holds one run, named by what determines it, or some dozens that were put together when their study was
complete. In it each table is one Parquet file: ``runs`` has a row for each run, ``scenarios`` what was asked, ``times``
what it took (apart and not sealed, because nothing determines it), the rest what the study keeps. A worker writes its
part under another name and renames it, so that a part is whole or not there. What is on disk is never written again: a
study that grows gets further parts, a run that failed is a row with its reason and is tried again by the next command.

Opening and reading change nothing. A part that is damaged is named; the command that is at work on the study, and
nobody else, moves it as it is into ``runs/damaged/`` and does its runs again. What the system does not give (too many
open files, a disk that does not answer) is no damage. Whatever else lies in the folder is not ours and stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EISDIR, ENOENT, ENOTDIR
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from sim.study import StudyError
from sim.study.manifest import calibration_fingerprint, sources_fingerprint
from sim.study.runs import LABELS, PAIRED, TABLED, RunSpec, Task
from sim.study.sealed import is_whole, seal, sealed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.observe.tables import Result
    from sim.scenario import Scenario

KEPT: Final = ("panel", "ledger", "delivery", "requests", "cliff")
RUNS, SCENARIOS, TIMES = "runs", "scenarios", "times"
TEXTS: Final = ("run", "asked", "keep", "paired_with", "calibration", "sources", "reason")
NUMBERS: Final = ("seed", "firms", "months", "ledger_residual_fen")
ROW: Final = (*TEXTS[:-1], *NUMBERS, "bytes_per_firm", "reason")  # columns of `runs`; then come the outcomes
PART: Final = re.compile("[0-9a-f]{40}")  # the name of a part
AT_WORK: Final = ".shukun-at-work"  # folder for what is being written
DAMAGED: Final = "damaged"  # folder for parts that were set aside
RUNS_TOGETHER: Final = 64  # in a part: few enough that one bad file costs little, enough that a large study opens fast
SCENARIOS_TOGETHER: Final = 64  # in a row group: alike as they are, they take little room together
OVERSIZED_PAGE: Final = 8 << 20  # bytes: compression works page by page


class DamagedError(StudyError):
    """A file of a part is gone or does not hold what was written into it; ``file`` is its place."""

    def __init__(self, file: Path) -> None:
        self.file = file
        where = f"{file.parent.name}/{file.name}"
        super().__init__(
            zh=f"{file.parents[2]} 中的 {where} 缺失或已损坏；未作任何改动。",
            en=f"{where} in {file.parents[2]} is missing or damaged; nothing was changed.",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return DamagedError, (self.file,)


@dataclass(frozen=True)
class _Known:
    """Where a run lies and its row, small: a study of a million runs has a million of these."""

    part: str
    facts: tuple[Any, ...]
    outcomes: array[float]


class Stored:
    """The runs in one folder, which exists.

    ``simulate`` stands in for the engine, in tests. ``writing``: whether this is the command at work on the study,
    which alone sets damaged parts aside. ``damaged`` holds the file that is damaged of each part that could not be
    opened. Raises :class:`StudyError` when the system does not let a part be read.
    """

    def __init__(self, folder: Path, simulate: Callable[..., Result] | None = None, *, writing: bool = False) -> None:
        self.folder, self.simulate, self.writing = folder, simulate, writing
        self.outcomes: list[str] = []
        self.damaged: dict[str, Path] = {}
        self._known: dict[str, _Known] = {}
        self._opened: set[str] = set()  # parts
        self._fingerprints: OrderedDict[int, tuple[Scenario, str]] = OrderedDict()  # by id(); few scenarios stay alive
        for part in parts(folder):
            self._open(part)

    def __len__(self) -> int:
        """How many runs succeeded."""
        return sum(1 for key in self._known if self.has(key))

    def _open(self, part: Path) -> None:
        try:
            rows = _read(part / f"{RUNS}.parquet").to_pylist()
        except DamagedError as damage:
            self.damaged[part.name] = damage.file
            if self.writing:
                _set_aside(part)
            return
        self._opened.add(part.name)
        for row in rows:
            # A run may be there twice: it failed before; or a command was killed while it put runs together.
            before = self._known.get(row["run"])
            if before is None or _rank(row["reason"], part.name, row["run"]) > _rank(
                before.facts[-1], before.part, row["run"]
            ):
                self._note(row["run"], part.name, row)

    def note(self, key: str, row: Mapping[str, Any]) -> None:
        """A worker has written this run."""
        self._opened.add(key)
        self._note(key, key, row)

    def _note(self, key: str, part: str, row: Mapping[str, Any]) -> None:
        if not row["reason"]:
            self.outcomes += [name for name in row if name not in ROW and name not in self.outcomes]
        found = (row.get(name) for name in self.outcomes)  # none of a run that failed
        values = array("d", (float("nan") if value is None else value for value in found))
        self._known[key] = _Known(part, tuple(row[name] for name in ROW), values)

    def has(self, key: str) -> bool:
        """Whether the run is there and succeeded."""
        known = self._known.get(key)
        return known is not None and known.facts[-1] == ""

    def key(self, spec: RunSpec) -> str:
        """Name of a run: SHA-256, shortened to 160 bits, of what determines what is kept of it, and nothing else."""
        decides = {
            "scenario": self._fingerprint(spec.scenario),
            "rows": spec.scenario.firms,
            "seed": spec.seed,
            "keep": spec.keep,
            "against": None if spec.against is None else self._fingerprint(spec.against),
            "calibration": calibration_fingerprint(),
            "sources": sources_fingerprint(),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:40]

    def task(self, key: str, spec: RunSpec) -> Task:
        """What a worker is told of a run that is not there."""
        paired = "" if spec.against is None else self.key(RunSpec(spec.against, spec.seed, keep=spec.keep))
        part = self._known[paired].part if paired in self._known else paired
        return Task(key, self._fingerprint(spec.scenario), spec, self.folder, paired, part, self.simulate)

    def _fingerprint(self, scenario: Scenario) -> str:
        known = self._fingerprints
        if id(scenario) not in known:
            known[id(scenario)] = scenario, scenario.fingerprint()
            if len(known) > 2 * SCENARIOS_TOGETHER:
                known.popitem(last=False)
        return known[id(scenario)][1]

    def frame(self, asked: Sequence[tuple[str, tuple[str, int, int]]]) -> pd.DataFrame:
        """Rows of runs by key, with their labels; see ``sim.study.runs.Runner.run``."""
        import numpy as np
        import pandas as pd

        known = [self._known[key] for key, _ in asked]
        columns: dict[str, Any] = {name: [labels[k] for _, labels in asked] for k, name in enumerate(LABELS)}
        columns |= {name: [row.facts[k] for row in known] for k, name in enumerate(ROW)}
        values = np.full((len(known), len(self.outcomes)), np.nan)
        for place, row in enumerate(known):
            values[place, : len(row.outcomes)] = row.outcomes
        columns |= {name: values[:, k] for k, name in enumerate(self.outcomes)}
        return pd.DataFrame(columns)

    def table(self, key: str, name: str) -> pd.DataFrame:
        """A table of a run that succeeded. Raises :class:`StudyError` when it is damaged.

        The command at work on the study then sets its part aside, so that the same command does its runs again.
        """
        part = self.folder / self._known[key].part
        try:
            return _frame(_of_run(part / f"{name}.parquet", key))
        except DamagedError as damage:
            if not self.writing:
                raise
            self.damaged[part.name] = damage.file
            self._opened.discard(part.name)
            there = _set_aside(part)
            self._known = {key: run for key, run in self._known.items() if run.part != part.name}
            raise StudyError(
                zh=f"{damage.file} 缺失或已损坏，所在部分已原样移至 {there}；重复同一命令即可补做其中的运行。",
                en=f"{damage.file} is missing or damaged; its part was moved to {there} as it is, "
                "and the same command does it again.",
            ) from None

    def seconds(self, key: str) -> dict[str, float]:
        """What a run that succeeded took, by part of it; ``all`` is the whole."""
        table = self.table(key, TIMES)
        return dict(zip(table["part"], table["seconds"], strict=True))

    def scenario(self, key: str) -> dict[str, Any]:
        """What was asked of a run, as ``Scenario.contents`` says it."""
        known = self._known[key]
        found = _read(self.folder / known.part / f"{SCENARIOS}.parquet", [("asked", "==", known.facts[1])])
        contents: dict[str, Any] = json.loads(found.column("contents")[0].as_py())
        return contents

    def keys(self) -> list[str]:
        """Names of the runs that succeeded, sorted."""
        return sorted(key for key in self._known if self.has(key))

    def row(self, key: str) -> dict[str, Any]:
        """Facts of a run: the columns ROW."""
        return dict(zip(ROW, self._known[key].facts, strict=True))

    def digests(self, key: str) -> dict[str, str]:
        """SHA-256 of every table kept of a run that succeeded, written alike wherever it lies; not of what it took.

        A table of which the run has no row counts as none: put together with others it leaves nothing behind.
        """
        known = self._known[key]
        part = self.folder / known.part
        found = {SCENARIOS: _read(part / f"{SCENARIOS}.parquet", [("asked", "==", known.facts[1])])}
        for file in _files(part):
            if file.stem not in (SCENARIOS, TIMES):
                table = _of_run(file, key)
                if table.num_rows:
                    found[file.stem] = table
        return {name: _digest(table) for name, table in sorted(found.items())}

    def examine(self) -> list[Path]:
        """Read every file of every part; returns those that are damaged, in order."""
        found = list(self.damaged.values())
        for part in parts(self.folder):
            for file in _files(part):
                try:
                    _read(file)
                except DamagedError:
                    found.append(file)
        return sorted({*found})

    def put_together(self) -> None:
        """Put runs that lie apart together, some dozens in a part, once their study is complete.

        Runs that another version of the model or other calibration made are let go of: nothing can ask for them again.
        """
        present = (calibration_fingerprint(), sources_fingerprint())
        place = (ROW.index("calibration"), ROW.index("sources"))
        stale = {k for k, run in self._known.items() if (run.facts[place[0]], run.facts[place[1]]) != present}
        for key in stale:
            del self._known[key]
        apart = sorted(key for key, run in self._known.items() if run.part == key)
        for first in range(0, len(apart), RUNS_TOGETHER):
            together = apart[first : first + RUNS_TOGETHER]
            if len(together) == 1:
                continue
            name = hashlib.sha256("".join(together).encode()).hexdigest()[:40]
            with beside(self.folder) as new:
                _join({self.folder / key: self._known[key].facts[ROW.index("asked")] for key in together}, new)
                _rename(new, self.folder / name)
            self._opened.add(name)
            for key in together:
                self._known[key] = _Known(name, self._known[key].facts, self._known[key].outcomes)
        # What is in no part that is still needed lies in another one by now, or can be asked for by nobody.
        for name in sorted(self._opened - {run.part for run in self._known.values()}):
            shutil.rmtree(self.folder / name)
            self._opened.discard(name)


def parts(folder: Path) -> list[Path]:
    """The parts in a folder of runs, sorted by name; whatever else lies there is none."""
    return sorted(path for path in folder.iterdir() if PART.fullmatch(path.name) and path.is_dir())


def _files(part: Path) -> list[Path]:
    """The tables of a part, those among them that are gone."""
    return [part / name for name in sorted({*sealed(part), *(file.name for file in part.glob("*.parquet"))})]


def _rank(reason: str, part: str, run: str) -> tuple[bool, bool]:
    """Of a run that is there twice the higher counts: success first, then put together with others."""
    return reason == "", part != run


def _set_aside(part: Path) -> Path:
    """Move a damaged part, as it is, to where nobody looks for runs; returns its new place."""
    aside = part.parent / DAMAGED
    aside.mkdir(exist_ok=True)
    names = (part.name if time == 1 else f"{part.name}-{time}" for time in count(1))
    place = next(aside / name for name in names if not (aside / name).exists())
    part.rename(place)
    return place


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A new folder of our own in which a part is written; gone afterwards, unless it was renamed."""
    at_work = folder / AT_WORK
    while True:
        at_work.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):  # another worker was done and took the empty folder away
            new = Path(mkdtemp(dir=at_work))
            break
    try:
        new.chmod(0o755)  # mkdtemp keeps others out; results are for everybody who may read the place
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
        with suppress(OSError):
            at_work.rmdir()


def tables_of(result: Result, task: Task) -> dict[str, pd.DataFrame]:
    """What is kept of a run beside its row."""
    from sim.study import pairing

    tables = {name: getattr(result, name) for name in KEPT} if task.spec.keep in TABLED else {}
    if task.spec.keep in PAIRED:
        ends = paired_table(task, pairing.ENDS) if task.paired_with else None
        tables |= pairing.take(result, task.spec.scenario, ends)
    return tables


def paired_table(task: Task, name: str) -> pd.DataFrame:
    """A table of the run that a run is paired with; :class:`StudyError` when there is none."""
    file = task.folder / task.paired_part / f"{name}.parquet"
    found = _of_run(file, task.paired_with) if file.exists() else None
    if not found:
        raise StudyError(
            zh="与之配对的基准情景运行没有成功", en="the run of the baseline that it is paired with did not succeed"
        )
    return _frame(found)


def write(task: Task, result: Result, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Write what came of a run; returns its row. Raises :class:`StudyError` when the disk does not take it."""
    from sim.study import costs

    values = dict(zip(result.outcomes["outcome"], result.outcomes["value"].to_numpy(float).tolist(), strict=True))
    facts = {name: getattr(result, name) for name in (*NUMBERS[1:], "bytes_per_firm")}
    row = _row(task, **facts) | values | {costs.PUBLIC_COST: costs.public_cost(costs.of_run(result))}
    seconds = [{"run": task.key, "part": "all", "seconds": result.wall_seconds}]
    seconds += [{"run": task.key, "part": part, "seconds": took} for part, took in result.seconds.items()]
    _write(task, row, seconds, tables)
    return row


def write_failure(task: Task, reason: str) -> dict[str, Any]:
    """Write that a run failed, and why; returns its row."""
    row = _row(task, firms=0, months=0, ledger_residual_fen=0, bytes_per_firm=0.0, reason=reason)
    _write(task, row, [], {})
    return row


def _row(task: Task, reason: str = "", **facts: Any) -> dict[str, Any]:
    spec = task.spec
    known = {
        "run": task.key,
        "asked": task.asked,
        "keep": spec.keep,
        "paired_with": task.paired_with,
        "calibration": calibration_fingerprint(),
        "sources": sources_fingerprint(),
        "seed": spec.seed,
        "reason": reason,
        **facts,
    }
    return {name: known[name] for name in ROW}


def _write(
    task: Task, row: Mapping[str, Any], seconds: list[dict[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> None:
    import pyarrow as pa

    contents = json.dumps(task.spec.scenario.contents(), ensure_ascii=False, separators=(",", ":"), default=str)
    written = {
        RUNS: pa.Table.from_pylist([dict(row)], schema=_schema(row)),
        SCENARIOS: pa.table({"asked": [row["asked"]], "contents": [contents]}),
        TIMES: pa.Table.from_pylist(seconds) if seconds else None,
        **{name: _arrow(table, task.key) for name, table in tables.items()},
    }
    try:
        with beside(task.folder) as new:
            for name, table in written.items():
                if table is not None:
                    with (
                        (new / f"{name}.parquet").open("wb") as sink,
                        _writer(sink, table.schema, name in (RUNS, TIMES)) as writer,
                    ):
                        writer.write_table(table)
            seal(new, (f"{TIMES}.parquet",))
            _rename(new, task.folder / task.key)
    except OSError as error:
        raise unwritable(task.folder.parent, error) from None


def _rename(new: Path, place: Path) -> None:
    """Put a part in its place. One that is there is a run that failed, or the same run done by somebody else."""
    for last in (False, True):  # a worker that was given up may write the same part at the same moment
        shutil.rmtree(place, ignore_errors=True)
        try:
            new.replace(place)
            return
        except OSError:
            if last:
                raise


def _join(parts: Mapping[Path, str], into: Path) -> None:
    """One part of many: of each table one file, flushed to the disk, with a row group for each run.

    ``parts``: the folder of each, in order, and the fingerprint of its scenario.
    """
    names = sorted({file.stem for part in parts for file in part.glob("*.parquet")} - {RUNS, SCENARIOS})
    _together(into, RUNS, [part / f"{RUNS}.parquet" for part in parts], len(parts))
    asked = {fingerprint: part / f"{SCENARIOS}.parquet" for part, fingerprint in parts.items()}
    _together(into, SCENARIOS, list(asked.values()), SCENARIOS_TOGETHER)
    for name in names:
        files = [part / f"{name}.parquet" for part in parts]
        _together(into, name, [file for file in files if file.exists()], 1)
    seal(into, (f"{TIMES}.parquet",))


def _together(into: Path, name: str, files: Sequence[Path], at_once: int) -> None:
    """One file of many, ``at_once`` of them in a row group."""
    import pyarrow as pa
    from pyarrow import parquet

    # Where a table has no row a column's type is not known: the others tell it.
    schema = pa.unify_schemas([parquet.read_schema(file) for file in files])
    try:
        with (into / f"{name}.parquet").open("wb") as sink:
            with _writer(sink, schema) as writer:
                for first in range(0, len(files), at_once):
                    tables = [_read(file) for file in files[first : first + at_once]]
                    writer.write_table(pa.concat_tables(tables, promote_options="default").cast(schema))
            sink.flush()
            os.fsync(sink.fileno())
    except OSError as error:
        raise unwritable(into.parents[2], error) from None


def _digest(table: pa.Table) -> str:
    """Of a table's content: values, names and types, not of how it is cut into pieces.

    A column without any value has no type: put together with others it takes on theirs.
    """
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    whole = table.replace_schema_metadata().combine_chunks()
    for place, column in enumerate(whole.columns):
        if column.null_count == len(column):
            whole = whole.set_column(place, whole.field(place).name, pa.nulls(len(column)))
    with pa.ipc.new_stream(sink, whole.schema) as stream:
        stream.write_table(whole)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _writer(file: Any, schema: pa.Schema, is_tiny: bool = False) -> Any:
    """Writer of a Parquet file. Dictionaries only for words: of numbers they cost time, of one row all does."""
    import pyarrow as pa
    from pyarrow import parquet

    if is_tiny:
        plain = {"compression": "none", "use_dictionary": False, "write_statistics": False}
        return parquet.ParquetWriter(file, schema, write_page_checksum=True, **plain)
    words = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_dictionary(f.type)]
    return parquet.ParquetWriter(
        file, schema, compression="zstd", use_dictionary=[word for word in words if word != "contents"],
        write_statistics=[name for name in ("run", "asked") if name in schema.names],
        data_page_size=OVERSIZED_PAGE, write_page_checksum=True,
    )  # fmt: skip


def _schema(row: Mapping[str, Any]) -> pa.Schema:
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    return pa.schema([(name, kinds[type(value)]) for name, value in row.items()])


def _arrow(table: pd.DataFrame, key: str) -> pa.Table:
    import pyarrow as pa

    # Tables are small: threads would cost more than they save.
    found = pa.Table.from_pandas(table, preserve_index=False, nthreads=1)
    return found.add_column(0, "run", pa.array([key] * found.num_rows, pa.string()))


def _frame(table: pa.Table) -> pd.DataFrame:
    found: pd.DataFrame = table.drop_columns("run").to_pandas(use_threads=False)
    return found


def _of_run(file: Path, key: str) -> pa.Table:
    """The rows of one run, which may be none, in a file of one run or of many."""
    if file.parent.name == key:
        return _read(file)
    return _read(file, [("run", "==", key)])


def _read(file: Path, only: list[tuple[str, str, str]] | None = None) -> pa.Table:
    """A file of a part, or the rows of it that a filter picks.

    Raises :class:`DamagedError` when it is gone or holds something else than was written, and :class:`StudyError` when
    the system does not let it be read, which says nothing about the file.
    """
    from pyarrow import parquet
    from pyarrow.lib import ArrowException

    try:
        if not is_whole(file):
            raise DamagedError(file)
        with file.open("rb") as source:
            if only is None:  # the shorter way to a small file
                return parquet.ParquetFile(source, page_checksum_verification=True).read(use_threads=False)
            return parquet.read_table(source, use_threads=False, filters=only, page_checksum_verification=True)
    except DamagedError:
        raise
    except (OSError, ValueError, ArrowException) as error:
        # The system's errors have a number; those of a reader who does not understand what it reads have none.
        if isinstance(error, OSError) and error.errno and error.errno not in (ENOENT, EISDIR, ENOTDIR):
            raise unreadable(file, error) from None
        raise DamagedError(file) from None


def unreadable(file: Path, error: OSError) -> StudyError:
    """What to say when the system does not let a file be read."""
    reason = error.strerror or error
    return StudyError(
        zh=f"{file} 无法读取：{reason}；未作任何改动。", en=f"{file} cannot be read: {reason}; nothing was changed."
    )


def unwritable(folder: Path, error: OSError) -> StudyError:
    """What to say when the disk does not take something of the study in ``folder``, and how many runs are kept."""
    reason, runs = error.strerror or error, 0
    with suppress(OSError, StudyError):  # what made the folder unwritable may make it unreadable too
        runs = len(Stored(folder / RUNS))
    zh, en = f"{folder} 无法写入：{reason}。", f"{folder} cannot be written: {reason}."
    if runs:
        zh += f"已完成的 {runs} 次运行仍然保留，重复同一命令即可继续。"
        en += f" {runs} finished runs are kept; the same command goes on."
    return StudyError(zh=zh, en=en)
