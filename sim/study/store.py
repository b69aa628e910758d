"""A study on disk: ``results/<study>/`` with one Parquet file for each table, ``manifest.json``, and its runs.

Its tables appear all at once or not at all: they are written beside their place, flushed to the disk and renamed. Its
runs are in ``runs/`` from the moment they are done, see ``sim/study/stored.py``, and stay there, so that the study can
be gone on with, enlarged and verified. The report is no part of this room; whoever makes one writes it into the folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import IO, TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from sim.study import StudyError
from sim.study.kinds import Study, kind
from sim.study.manifest import Manifest
from sim.study.stored import Stored, unwritable

if TYPE_CHECKING:
    import pandas as pd

MANIFEST: Final = "manifest.json"
RUNS: Final = "runs"  # a folder that holds nothing else is a study that is not complete yet
LOCK: Final = ".lock"


@contextmanager
def at_work(folder: str | Path | None) -> Iterator[Stored]:
    """The runs of a study, for as long as a command is at work on it; without a folder they are kept for so long only.

    To be entered before hours of runs: raises :class:`StudyError` when a study could not be stored in ``folder`` or
    another process is at work on it. What a killed command left half done there is put in order.
    """
    if folder is None:
        with TemporaryDirectory(prefix="shukun-") as passing:
            yield Stored(Path(passing))
        return
    import fcntl

    folder = Path(folder)
    check(folder)
    runs = folder / RUNS
    try:
        made = [path for path in (runs, *runs.parents) if not path.exists()]
        _mend(folder)
        runs.mkdir(parents=True, exist_ok=True)
        lock = (runs / LOCK).open("w")
    except OSError as error:
        raise _unwritable(folder, error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StudyError(
                zh=f"另一个命令正在使用 {folder}；请等它结束，或用 --out 指定其他文件夹。",
                en=f"Another command is at work on {folder}; wait for it, or give another folder with --out.",
            ) from None
        for leftover in (*folder.parent.glob(f".{folder.name}-*"), *runs.glob(".part-*")):
            shutil.rmtree(leftover)
        try:
            yield Stored(runs)
        finally:
            (folder / RUNS / LOCK).unlink(missing_ok=True)
            for path in made:
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()


def check(folder: Path) -> None:
    """Raise :class:`StudyError` when a study could not be stored in ``folder``."""
    try:
        strange = folder.is_dir() and {path.name for path in folder.iterdir()} - {RUNS}
        if folder.is_file() or (strange and not (folder / MANIFEST).is_file()):
            raise StudyError(
                zh=f"{folder} 已经存在，且不是先前的结果文件夹，未作改动。",
                en=f"{folder} exists and is not the folder of an earlier study; it is left as it is.",
            )
        if Path.cwd().is_relative_to(folder.resolve()):
            raise StudyError(
                zh=f"{folder} 是当前所在的文件夹，不能整体替换；请用 --out 指定其中的一个子文件夹。",
                en=f"{folder} holds the folder that this command was started in, so it cannot be replaced as a whole; "
                "give a folder of its own with --out.",
            )
        above = folder.parent
        while not above.exists():
            above = above.parent
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise StudyError(
                zh=f"{folder} 无法写入：{above} 不是可写的文件夹。",
                en=f"{folder} cannot be written: {above} is not a folder that this user may write to.",
            )
    except OSError as error:
        raise _unwritable(folder, error) from None


def save(study: Study, folder: str | Path) -> Path:
    """Store a study; an earlier study in the same folder is replaced in one step.

    Raises :class:`StudyError` when the folder cannot be written or holds something that is not a study.
    """
    folder = Path(folder)
    check(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _mend(folder)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            beside.chmod(0o755)  # mkdtemp keeps others out; results are for everybody who may read the place
            for name, table in study.tables().items():
                with (beside / f"{name}.parquet").open("wb") as file:
                    table.to_parquet(file, engine="pyarrow", compression="zstd", index=False, write_page_checksum=True)
                    _flush(file)
            with (beside / MANIFEST).open("w", encoding="utf-8") as file:
                file.write(study.manifest.model_dump_json(indent=2) + "\n")
                _flush(file)
            _put(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


def _put(beside: Path, folder: Path) -> None:
    """Rename a whole folder into its place. Whoever is killed on the way leaves what :func:`_mend` understands."""
    if not folder.exists():
        beside.replace(folder)
        return
    aside = _aside(folder)
    folder.replace(aside)
    try:
        beside.replace(folder)
    finally:
        _mend(folder)


def _mend(folder: Path) -> None:
    """Of a study that was being replaced: keep the new one if it is in place, else the old one, and all finished runs.

    An earlier study stands aside only while a new one takes its place.
    """
    aside = _aside(folder)
    if not aside.exists():
        return
    if not folder.exists():
        aside.replace(folder)
        return
    if (aside / RUNS).is_dir() and not (folder / RUNS).exists():
        (aside / RUNS).replace(folder / RUNS)
    shutil.rmtree(aside)


def _aside(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.earlier"


def _flush(file: IO[Any]) -> None:
    """Out of every buffer and onto the disk, so that a renamed file is whole even when the power fails."""
    file.flush()
    os.fsync(file.fileno())


def _unwritable(folder: Path, error: OSError) -> StudyError:
    runs = 0
    with suppress(OSError, StudyError):  # what made the folder unwritable may make it unreadable too
        runs = len(Stored(folder / RUNS))
    return unwritable(folder, error, runs)


def load(folder: str | Path) -> Study:
    """The study stored in a folder, as the object that its runs made.

    Raises :class:`StudyError` when the folder holds no study, a damaged one, or one that this version does not
    understand.
    """
    folder = Path(folder)
    if not folder.exists() and _aside(folder).exists():  # a command that was replacing it was killed
        folder = _aside(folder)
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
        asked = kind(manifest.study)
    except (ValidationError, KeyError):
        raise StudyError(
            zh=f"{folder} 中的结果不是本版本所能读取的。",
            en=f"{folder} holds a study that this version does not understand.",
        ) from None
    except OSError as error:
        raise _missing(folder, MANIFEST, error) from None
    return asked(manifest, **{name: _table(folder, f"{name}.parquet") for name in asked.table_names()})


def _table(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd
    from pyarrow.lib import ArrowException

    try:
        with (folder / name).open("rb") as file:
            return pd.read_parquet(file, engine="pyarrow", page_checksum_verification=True)
    except FileNotFoundError as error:
        raise _missing(folder, name, error) from None
    except (OSError, ValueError, ArrowException):
        raise StudyError(
            zh=f"{folder} 中的 {name} 已损坏；请重新运行产生它的命令。",
            en=f"{name} in {folder} is damaged; run again the command that made it.",
        ) from None


def _missing(folder: Path, name: str, error: OSError) -> StudyError:
    if isinstance(error, FileNotFoundError):
        return StudyError(zh=f"{folder} 中没有结果：缺少 {name}。", en=f"{folder} holds no study: there is no {name}.")
    return StudyError(
        zh=f"{folder} 中的 {name} 无法读取：{error.strerror}。",
        en=f"{name} in {folder} cannot be read: {error.strerror}.",
    )
