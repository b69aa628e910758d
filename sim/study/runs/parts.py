"""One part of a study's runs: a folder with a Parquet file for each table, written under another name and renamed.

What is kept of which run is said in ``sim/study/runs/run_store.py``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR, ENOENT, ENOTDIR
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from sim.study import StudyError
from sim.study.runs.checksums import is_whole, read_checksums, write_checksums

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

RUNS, SCENARIOS, TIMES = "runs", "scenarios", "times"
WITHOUT_CHECKSUM: Final = (f"{TIMES}.parquet",)  # nothing determines it, and the rest of a part is the same to the byte
PART: Final = re.compile("[0-9a-f]{40}")  # the name of a part
AT_WORK: Final = ".shukun-at-work"  # folder for what is being written
DAMAGED: Final = "damaged"  # folder for parts that were set aside
SCENARIOS_TOGETHER: Final = 64  # in a row group: alike as they are, they take little room together
PATIENCE: Final = (0.1, 0.5, 2.0)  # seconds: on Windows a virus scanner holds a new file for a moment
MISSING: Final = (ENOENT, EISDIR, ENOTDIR)  # errors of the system that say that a file is gone
OVERSIZED_PAGE: Final = 8 << 20  # bytes: compression works page by page


class DamagedError(StudyError):
    """A file of a part is gone or does not hold what was written into it; ``file`` is its place."""

    def __init__(self, file: Path) -> None:
        self.file = file
        where = "/".join(file.parts[-3:])
        super().__init__(
            zh=f"{file.parents[2]} 中的 {where} 缺失、已损坏或被改动；本命令未作任何改动。",
            en=f"{where} in {file.parents[2]} is gone, damaged or was changed; this command changed nothing.",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return DamagedError, (self.file,)


def found(folder: Path) -> list[Path]:
    """The parts in a folder of runs, sorted by name; whatever else lies there is none."""
    return sorted(path for path in folder.iterdir() if PART.fullmatch(path.name) and path.is_dir())


def files(part: Path) -> list[Path]:
    """The tables of a part, those among them that are gone."""
    return [part / name for name in sorted({*read_checksums(part), *(file.name for file in part.glob("*.parquet"))})]


def check(part: Path) -> None:
    """Raise :class:`DamagedError` when a sealed file of a part is gone or changed, or another cannot be read."""
    for file in files(part):
        _check(file)
        if file.name in WITHOUT_CHECKSUM:
            read(file)


def _check(file: Path) -> None:
    try:
        whole = is_whole(file)
    except OSError as error:
        if error.errno not in MISSING:
            raise unreadable(file, error) from None
        whole = False
    if not whole:
        raise DamagedError(file)


def set_aside(part: Path) -> Path:
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
        with suppress(FileExistsError):
            at_work.mkdir()
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


def write(folder: Path, name: str, tables: Mapping[str, pa.Table | bytes]) -> None:
    """Write a part of one run, of tables or of what :func:`as_bytes` made of them.

    Raises ``OSError`` when the disk does not take it.
    """
    with beside(folder) as new:
        for table_name, table in tables.items():
            content = table if isinstance(table, bytes) else as_bytes(table_name, table)
            (new / f"{table_name}.parquet").write_bytes(content)
        write_checksums(new, WITHOUT_CHECKSUM, flush=False)  # a run that a power failure damages is done again
        put(new, folder / name)


def as_bytes(name: str, table: pa.Table) -> bytes:
    """What a table of one run is in its file."""
    sink = BytesIO()
    with _writer(sink, table.schema, name in (RUNS, TIMES)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def put(new: Path, place: Path) -> None:
    """Put a part in its place. One that is there is a run that failed, or the same run done by somebody else."""
    for wait in (0.0, *PATIENCE, None):  # a worker that was given up may write the same part at the same moment
        shutil.rmtree(place, ignore_errors=True)
        try:
            new.replace(place)
            return
        except OSError as error:
            if wait is None or (wait and not isinstance(error, PermissionError)):
                raise
            sleep(wait)


def join(parts: Mapping[Path, str], into: Path) -> None:
    """One part of many: of each table one file, flushed to the disk, with a row group for each run.

    ``parts``: the folder of each, in order, and the fingerprint of its scenario. Raises ``OSError`` when the disk does
    not take it.
    """
    names = sorted({file.stem for part in parts for file in part.glob("*.parquet")} - {RUNS, SCENARIOS})
    _together(into, RUNS, [part / f"{RUNS}.parquet" for part in parts], len(parts))
    asked = {fingerprint: part / f"{SCENARIOS}.parquet" for part, fingerprint in parts.items()}
    _together(into, SCENARIOS, list(asked.values()), SCENARIOS_TOGETHER)
    for name in names:
        files = [part / f"{name}.parquet" for part in parts]
        _together(into, name, [file for file in files if file.exists()], 1)
    write_checksums(into, WITHOUT_CHECKSUM)


def _together(into: Path, name: str, files: Sequence[Path], at_once: int) -> None:
    """One file of many, ``at_once`` of them in a row group."""
    import pyarrow as pa
    from pyarrow import parquet

    # Small tables are read once, others twice and one by one, so that they need not be held together.
    held = {file: read(file) for file in files} if name in (RUNS, SCENARIOS, TIMES) else {}
    # Where a table has no row a column's type is not known: the others tell it.
    schema = pa.unify_schemas([held[file].schema if held else parquet.read_schema(file) for file in files])
    with (into / f"{name}.parquet").open("wb") as sink:
        with _writer(sink, schema) as writer:
            for first in range(0, len(files), at_once):
                tables = [held[file] if held else read(file) for file in files[first : first + at_once]]
                writer.write_table(pa.concat_tables(tables, promote_options="default").cast(schema))
        sink.flush()
        os.fsync(sink.fileno())


def digest(table: pa.Table) -> str:
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


def schema_of(row: Mapping[str, Any]) -> pa.Schema:
    """Names and types of a row of texts, whole numbers and numbers."""
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    return pa.schema([(name, kinds[type(value)]) for name, value in row.items()])


def arrow(table: pd.DataFrame, key: str) -> pa.Table:
    """A table as it is written, with the name of its run in front."""
    import pyarrow as pa

    # Tables are small: threads would cost more than they save.
    found = pa.Table.from_pandas(table, preserve_index=False, nthreads=1)
    return found.add_column(0, "run", pa.array([key] * found.num_rows, pa.string()))


def frame(table: pa.Table) -> pd.DataFrame:
    """A table of a run as it was before it was written."""
    found: pd.DataFrame = table.drop_columns("run").to_pandas(use_threads=False)
    return found


def of_run(file: Path, key: str, checked: bool = True) -> pa.Table:
    """The rows of one run, which may be none, in a file of one run or of many; see :func:`read`."""
    return read(file, None if file.parent.name == key else [("run", "==", key)], checked)


def read(file: Path, only: list[tuple[str, str, str]] | None = None, checked: bool = True) -> pa.Table:
    """A file of a part, or the rows of it that a filter picks.

    ``checked``: whether it must be to the byte what was written; who compares its content with what ought to be in it
    does not ask. Raises :class:`DamagedError` when it is gone or damaged, and :class:`StudyError` when the system does
    not let it be read, which says nothing about the file.
    """
    from pyarrow import parquet
    from pyarrow.lib import ArrowException

    if checked:
        _check(file)
    try:
        with file.open("rb") as source:
            if only is None:  # the shorter way to a small file
                return parquet.ParquetFile(source, page_checksum_verification=True).read(use_threads=False)
            return parquet.read_table(source, use_threads=False, filters=only, page_checksum_verification=True)
    except (OSError, ValueError, ArrowException) as error:
        # The system's errors have a number; those of a reader who does not understand what it reads have none.
        if isinstance(error, OSError) and error.errno and error.errno not in MISSING:
            raise unreadable(file, error) from None
        raise DamagedError(file) from None


def unreadable(file: Path, error: OSError) -> StudyError:
    """What to say when the system does not let a file be read."""
    reason = error.strerror or error
    return StudyError(
        zh=f"{file} 无法读取：{reason}；未作任何改动。", en=f"{file} cannot be read: {reason}; nothing was changed."
    )
