"""A study on disk: ``results/<study>/`` with one Parquet file for each table and ``manifest.json``.

A folder appears whole or not at all: it is written beside its place and renamed. The report is no part of this room;
whoever makes one writes it into the finished folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import ValidationError

from sim.study import StudyError
from sim.study.manifest import Manifest

if TYPE_CHECKING:
    from sim.study.comparison import Comparison
    from sim.study.ensemble import Ensemble
    from sim.study.sweep import Sweep

    Study: TypeAlias = Ensemble | Comparison | Sweep

MANIFEST: Final = "manifest.json"


def check(folder: Path) -> None:
    """Raise :class:`StudyError` when a study could not be stored in ``folder``: to be asked before hours of runs."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file()):
        raise StudyError(
            zh=f"{folder} 已经存在，且不是先前的结果文件夹，未作改动。",
            en=f"{folder} exists and is not the folder of an earlier study; it is left as it is.",
        )
    above = folder.parent
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise StudyError(
            zh=f"{folder} 无法写入：{above} 不是可写的文件夹。",
            en=f"{folder} cannot be written: {above} is not a folder that this user may write to.",
        )


def save(study: Study, folder: str | Path) -> Path:
    """Store a study; an earlier study in the same folder is replaced in one step.

    Raises :class:`StudyError` when the folder cannot be written or holds something that is not a study.
    """
    folder = Path(folder)
    check(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            beside.chmod(0o755)  # mkdtemp keeps others out; results are for everybody who may read the place
            for name, table in study.tables().items():
                table.to_parquet(beside / f"{name}.parquet", engine="pyarrow", compression="zstd", index=False)
            (beside / MANIFEST).write_text(study.manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
            if folder.exists():
                old = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
                folder.replace(old / "old")
                beside.replace(folder)
                shutil.rmtree(old)
            else:
                beside.replace(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(zh=f"{folder} 无法写入：{reason}。", en=f"{folder} cannot be written: {reason}.") from None
    return folder


def load(folder: str | Path) -> Study:
    """The study stored in a folder, as the object that its runs made.

    Raises :class:`StudyError` when the folder holds no study, or one that this version does not understand.
    """
    import pandas as pd

    from sim.study import comparison, ensemble, sweep

    folder = Path(folder)
    kinds: dict[str, tuple[Callable[..., Study], tuple[str, ...]]] = {
        "run": (ensemble.Ensemble, ensemble.TABLES),
        "comparison": (comparison.Comparison, comparison.TABLES),
        "sweep": (sweep.Sweep, sweep.TABLES),
    }
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
        kind, names = kinds[manifest.study]
        tables: dict[str, Any] = {name: pd.read_parquet(folder / f"{name}.parquet", engine="pyarrow") for name in names}
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise StudyError(
            zh=f"{folder} 中没有结果：缺少 {missing}。", en=f"{folder} holds no study: there is no {missing}."
        ) from None
    except ValidationError:
        raise StudyError(
            zh=f"{folder} 中的结果不是本版本所能读取的。",
            en=f"{folder} holds a study that this version does not understand.",
        ) from None
    return kind(manifest, **tables)
