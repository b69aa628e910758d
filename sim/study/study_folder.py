"""A study on disk: ``results/<study>/`` with one Parquet file for each table, ``manifest.json``, and its runs.

A folder is the user's. What this program wrote there it may replace: the tables and the manifest that it sealed, the
page, and what it wrote into ``runs/`` (``run_store.py``). Everything else stays as it is; where it is in the
way, or the place cannot be used, that is said before anything runs. Only a command at work on a study changes it.

The tables appear all at once or not at all. They are written into a folder of ours inside the study's, flushed to the
disk, and that folder is renamed: from then on the new study is the study, whoever reads it. Its files then take the
places of the old ones, and a command that was killed on the way is finished by the next. The page is no part of this
room; whoever makes one writes it into the folder afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, Final

from sim.observe import codebook
from sim.study import StudyError
from sim.study.questions import all_table_names, study_class
from sim.study.runs.checksums import SUMS, read_checksums, sum_of, write_checksums
from sim.study.runs.manifest import Manifest, sources_fingerprint
from sim.study.runs.parts import AT_WORK, RUNS, found, unreadable
from sim.study.runs.run_store import RunStore, unwritable
from sim.study.runs.study import Study, StudyOfAnotherVersion

if TYPE_CHECKING:
    import pandas as pd

MANIFEST: Final = "manifest.json"
PAGE: Final = "report.html"
# Columns of versions before that have other names now (`docs/renamed.md`): a study with one is told as it was.
BEFORE: Final = frozenset((
    "met_over_luck", "luck", "luck_sd", "luck_share", "lucks", "lucks_missing", "stopped_exited_otherwise",
    "left_by_churn", "founders_alive_at_target",
))  # fmt: skip
UNREAD: Final = (MANIFEST, codebook.FILE)  # files of a study that are no tables
PAGE_PART: Final = ".report.html.part"
LOCK: Final = ".shukun-lock"
WRITING: Final = ".shukun-writing"  # tables of a study that is not whole yet
WRITTEN: Final = ".shukun-written"  # tables of a whole study on the way to their places
PAGE_BEGINS: Final = b'<html lang="zh-CN" data-lang="zh">'  # near the beginning of every page that we write
_held: set[Path] = set()  # folders that this process is at work on


@contextmanager
def at_work(folder: str | Path | None) -> Iterator[RunStore]:
    """The runs of a study, for as long as a command is at work on it; without a folder they are kept for so long only.

    To be entered before hours of runs: raises :class:`StudyError` when a study could not be stored in ``folder`` or
    another process is at work on it. What a killed command left half done there is put in order.
    """
    if folder is None:
        with TemporaryDirectory(prefix="shukun-") as passing:
            yield RunStore(Path(passing), writing=True)
        return
    place = check(folder)
    if place in _held:
        raise _occupied(place)
    with _locked(place):
        runs = place / RUNS
        try:
            _settle(place)
            runs.mkdir(exist_ok=True)
            shutil.rmtree(runs / AT_WORK, ignore_errors=True)
            (place / PAGE_PART).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(place, error) from None
        try:
            yield RunStore(runs, writing=True)
        finally:
            with suppress(OSError):  # which says that there are runs
                runs.rmdir()


def check(folder: str | Path) -> Path:
    """Where the study of a folder lies, which may be a symbolic link or not be there yet.

    Raises :class:`StudyError` when a study could not be stored there; nothing is written.
    """
    try:
        place = Path(folder).resolve()
        if place.exists() and not place.is_dir():
            raise StudyError(zh=f"{folder} 已经存在，且不是文件夹。", en=f"{folder} exists and is not a folder.")
        if Path.cwd().is_relative_to(place):
            raise StudyError(
                zh=f"{folder} 包含当前所在的文件夹；请用 --out 为结果指定一个单独的文件夹。",
                en=f"{folder} holds the folder that this command was started in; "
                "give a folder for this study alone with --out.",
            )
        above = next(path for path in (place, *place.parents) if path.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise StudyError(
                zh=f"{folder} 无法写入：{above} 不是可写的文件夹。",
                en=f"{folder} cannot be written: {above} is not a folder that this user may write to.",
            )
        if place.is_dir():
            _check_contents(place, folder)
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name that no file can have
        if isinstance(error, StudyError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise StudyError(zh=f"{folder} 无法写入：{reason}。", en=f"{folder} cannot be written: {reason}.") from None
    return place


def _check_contents(place: Path, folder: str | Path) -> None:
    """Raise :class:`StudyError` when a folder that is there holds what is not ours where a study would be written."""
    runs = place / RUNS
    has_runs = runs.is_dir() and (bool(found(runs)) or (runs / AT_WORK).exists())
    written = _written_by_us(place)
    if (place / MANIFEST).exists() and MANIFEST not in written:
        raise StudyError(
            zh=f"{folder} 中的 {MANIFEST} 已损坏或不是本程序所写，未作改动；请移走该文件，或用 --out 指定其他文件夹。",
            en=f"{MANIFEST} in {folder} is damaged or was not written by this program, so it is left as it is; "
            "move it away, or give another folder with --out.",
        )
    if not written and not has_runs and any(path.name not in (LOCK, WRITING, RUNS) for path in place.iterdir()):
        raise StudyError(
            zh=f"{folder} 已经存在，且不是先前的结果文件夹，未作改动。",
            en=f"{folder} exists and is not the folder of an earlier study; it is left as it is.",
        )
    in_the_way = [name for name in (*_files(all_table_names()), codebook.FILE, PAGE, SUMS) if (place / name).exists()]
    strange = [name for name in in_the_way if name not in written or (place / name).is_dir()]
    if runs.exists() and not has_runs and (not runs.is_dir() or any(runs.iterdir())):
        strange.append(RUNS)
    for name in strange:
        raise StudyError(
            zh=f"{folder} 中的 {name} 不是本程序所写，未作改动；请移走，或用 --out 指定其他文件夹。",
            en=f"{name} in {folder} was not written by this program, so it is left as it is; "
            "move it away, or give another folder with --out.",
        )
    if runs.is_dir() and not os.access(runs, os.W_OK | os.X_OK):
        raise StudyError(zh=f"{runs} 不可写。", en=f"{runs} is not a folder that this user may write to.")


def _written_by_us(place: Path) -> set[str]:
    """Names of the files in a folder, apart from its runs, that this program wrote."""
    written = {*read_checksums(place / WRITTEN)}
    sums, manifest = read_checksums(place), _manifest_of(place)
    if MANIFEST in sums:
        written |= {SUMS, *sums}
        if manifest is None and (place / MANIFEST).exists():  # damaged, or put there by somebody else
            written.discard(MANIFEST)
    elif manifest is not None:
        written |= {MANIFEST, *_files(all_table_names())}
        if manifest.get("sources"):  # earlier versions sealed nothing: such a list would be the user's
            written.add(SUMS)
    page = place / PAGE
    if page.is_file():
        with page.open("rb") as file:
            if PAGE_BEGINS in file.read(1_000):
                written.add(PAGE)
    return written


def _manifest_of(place: Path) -> dict[str, Any] | None:
    """The manifest of a study in a folder, be it of another version; None when there is none."""
    try:
        content = json.loads((place / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
        return None
    is_ours = isinstance(content, dict) and {"study", "scenarios", "fingerprint"} <= content.keys()
    return content if is_ours else None


def _files(tables: list[str]) -> list[str]:
    return [f"{name}.parquet" for name in tables]


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Hold a folder, which is made when it is not there, against other processes. Leaves no empty folder behind."""
    from filelock import FileLock, Timeout  # start-up: a command that keeps nothing does without

    if place in _held:  # a command at work on a study stores it
        yield
        return
    made = [path for path in (place, *place.parents) if not path.exists()]
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place / LOCK, timeout=0).acquire()
    except Timeout:
        raise _occupied(place) from None
    except OSError as error:
        raise unwritable(place, error) from None
    _held.add(place)
    try:
        with lock:
            try:
                yield
            finally:
                with suppress(PermissionError):  # of a file that is open, on Windows, where it goes as it is let go
                    (place / LOCK).unlink(missing_ok=True)
    finally:
        _held.discard(place)
        with suppress(OSError):  # the first that holds something
            for path in made:
                path.rmdir()


def _occupied(place: Path) -> StudyError:
    return StudyError(
        zh=f"另一个命令正在使用 {place}；请等它结束，或用 --out 指定其他文件夹。",
        en=f"Another command is at work on {place}; wait for it, or give another folder with --out.",
    )


def save(study: Study, folder: str | Path) -> Path:
    """Store a study; an earlier study in the same folder is replaced in one step, whatever else lies there stays.

    Raises :class:`StudyError` when the folder cannot be written or holds something that is in the way.
    """
    place = check(folder)
    with _locked(place):
        new = place / WRITING
        try:
            _settle(place)
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            for name, table in study.tables().items():
                with (new / f"{name}.parquet").open("wb") as file:
                    table.to_parquet(file, engine="pyarrow", compression="zstd", index=False, write_page_checksum=True)
                    _flush(file)
            if len(study.tables().get(codebook.TABLE, ())):
                codebook.write(new / codebook.FILE)
            with (new / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
                file.write(study.manifest.model_dump_json(indent=2) + "\n")
                _flush(file)
            write_checksums(new)
            new.replace(place / WRITTEN)
            _settle(place)
        except OSError as error:
            raise unwritable(place, error) from None
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return Path(folder)


def _settle(place: Path) -> None:
    """Give the files of a study that is written their places, and take away what else we wrote of the one before."""
    new = place / WRITTEN
    if not new.is_dir():
        return
    if (new / SUMS).exists():  # else all has found its place but the folder is still there
        for name in _written_by_us(place) - {*read_checksums(new), SUMS}:
            (place / name).unlink(missing_ok=True)
        for file in sorted(new.iterdir(), key=lambda file: file.name == SUMS):  # last what says what there is
            file.replace(place / file.name)
    new.rmdir()


def _flush(file: IO[Any]) -> None:
    """Out of every buffer and onto the disk, so that a renamed file is whole even when the power fails."""
    file.flush()
    os.fsync(file.fileno())


def kind_of(folder: Path) -> str | None:
    """The kind of the study that a folder holds, by its manifest; None where there is none."""
    manifest = _manifest_of(folder)
    return None if manifest is None else str(manifest["study"])


def load(folder: str | Path) -> Study:
    """The study stored in a folder, as the object that its runs made. Nothing is changed.

    One that another version of the model stored with other tables comes back with those that it has, as a
    :class:`sim.study.runs.study.StudyOfAnotherVersion`. Raises :class:`StudyError` when the folder holds no study or a
    damaged one.
    """
    import pandas as pd

    folder = Path(folder)
    file = _place_of(folder, MANIFEST)
    try:
        manifest = Manifest.model_validate_json(file.read_bytes())
    except ValueError:  # among them those of pydantic
        raise StudyError(
            zh=f"{folder} 中的结果不是本版本所能读取的。",
            en=f"{folder} holds a study that this version does not understand.",
        ) from None
    except OSError as error:
        raise _missing(folder, MANIFEST, error) from None
    sums = read_checksums(_place_of(folder, SUMS).parent)
    try:
        for checked in (_place_of(folder, SUMS), file):
            _check_sum(folder, checked, sums)
    except OSError as error:
        raise _missing(folder, MANIFEST, error) from None
    files = [*sums] or sorted(path.name for path in folder.glob("*.parquet"))  # earlier versions did not say
    names = [Path(name).stem for name in files if name not in UNREAD]
    try:
        asked = study_class(manifest.study)
    except KeyError:
        asked = StudyOfAnotherVersion
    is_known = asked is not StudyOfAnotherVersion
    if is_known and manifest.sources == sources_fingerprint():
        names = asked.table_names()
    tables = {name: _table(folder, f"{name}.parquet", sums) for name in names}
    is_of_before = any(BEFORE.intersection(table.columns) for table in tables.values())
    is_of_before |= not asked.settings_needed <= manifest.settings.keys()
    if is_known and {*names} == {*asked.table_names()} and not is_of_before:
        return asked(manifest, **tables)
    return StudyOfAnotherVersion(manifest, tables.get("runs", pd.DataFrame({"reason": []})), tables)


def examine(folder: str | Path) -> list[StudyError]:
    """What is damaged or gone among the tables of a study, a sentence each; nothing is changed."""
    folder, found = Path(folder), []
    sums = read_checksums(_place_of(folder, SUMS).parent)
    for name in sums:
        try:
            if name in (*UNREAD, SUMS):
                _check_sum(folder, _place_of(folder, name), sums)
            else:
                _table(folder, name, sums)
        except StudyError as damage:
            found.append(damage)
        except OSError as error:
            found.append(_missing(folder, name, error))
    return found


def _place_of(folder: Path, name: str) -> Path:
    """Where a file of a study is: a command that was giving files their places may have been killed."""
    on_the_way = folder / WRITTEN / name
    return on_the_way if on_the_way.exists() else folder / name


def _check_sum(folder: Path, file: Path, sums: Mapping[str, str]) -> None:
    """Raise :class:`StudyError` when a file is not what was written, ``OSError`` when it cannot be read."""
    if file.name in sums and sums[file.name] != sum_of(file):
        raise StudyError(
            zh=f"{folder} 中的 {file.name} 已损坏；请重新运行产生它的命令。",
            en=f"{file.name} in {folder} is damaged; run again the command that made it.",
        )


def _table(folder: Path, name: str, sums: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd
    from pyarrow.lib import ArrowException

    for place in (folder / WRITTEN, folder):
        try:
            if place != folder and not (place / name).exists():
                continue
            _check_sum(folder, place / name, sums)
            with (place / name).open("rb") as file:
                return pd.read_parquet(file, engine="pyarrow", page_checksum_verification=True)
        except (FileNotFoundError, NotADirectoryError) as error:
            if place == folder:
                raise _missing(folder, name, error) from None
        except StudyError:
            raise
        except (OSError, ValueError, KeyError, ArrowException) as error:
            if isinstance(error, OSError) and error.errno and error.errno != EISDIR:  # see `parts.read`
                raise unreadable(place / name, error) from None
            raise StudyError(
                zh=f"{folder} 中的 {name} 已损坏；请重新运行产生它的命令。",
                en=f"{name} in {folder} is damaged; run again the command that made it.",
            ) from None
    raise AssertionError


def _missing(folder: Path, name: str, error: OSError) -> StudyError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return StudyError(zh=f"{folder} 中没有结果：缺少 {name}。", en=f"{folder} holds no study: there is no {name}.")
    return unreadable(folder / name, error)
