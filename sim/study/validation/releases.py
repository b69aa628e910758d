"""What a release of the model came to, kept in ``validated/<version>.csv`` in the folder of calibration.

The file of a version is written where somebody asks for it, is committed, and is what the next release is held against.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.data_folders import calibration_folder, is_overlay, own_calibration_folder
from sim.study import StudyError
from sim.study.validation.scoring import published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.study.validation.targets import Target

FOLDER: Final = "validated"
VERSION: Final = re.compile(r"\d+(\.\d+)*")
COLUMNS: Final = (
    "target", "verdict", "model", "model_low", "model_high", "prior_low", "prior_middle", "prior_high", "replications",
    "draws", "covered_by_prior", "sharp", "width", "width_prior", "score", "score_prior", "score_before",
    "hit_before",
)  # fmt: skip
DIGITS: Final = 6  # significant ones that are kept of a number


class Release(NamedTuple):
    """A release that is kept: its version, and its rows by target (COLUMNS)."""

    version: str
    table: pd.DataFrame

    @property
    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """The model's interval of each target that had one."""
        rows = self.table[self.table["model_low"].notna()]
        ends = zip(rows["model_low"].astype(float), rows["model_high"].astype(float), strict=True)
        return dict(zip(rows["target"], ends, strict=True))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def kept() -> dict[str, Path]:
    """Files of the releases that are kept, by version, the oldest first."""
    folder = calibration_folder()
    folders = [own_calibration_folder(), folder] if is_overlay(folder) else [folder]
    files = [file for one in folders for file in (one / FOLDER).glob("*.csv")]
    found = {file.stem: file for file in files if VERSION.fullmatch(file.stem)}
    return {version: found[version] for version in sorted(found, key=_numbers)}


def release(version: str) -> Release | None:
    """A release that is kept, None if it is not."""
    file = kept().get(version)
    return None if file is None else Release(version, pd.read_csv(file, dtype={"target": str, "verdict": str}))


def before(version: str) -> Release | None:
    """The newest release that is kept of an earlier version than this one, None where there is none."""
    earlier = [one for one in kept() if _numbers(one) < _numbers(version)]
    return release(earlier[-1]) if earlier else None


def held_against(kept: Release, targets: Sequence[Target]) -> pd.DataFrame:
    """What a release came to, as a study tells it (``Validation.targets``): its rows beside what is published now.

    A target that the release did not know has no value in it.
    """
    known = [one for one in targets if one.id in set(kept.table["target"])]
    table = published(known).merge(kept.table, on="target", how="left", sort=False)
    for name in ("covered_by_prior", "sharp", "hit_before"):
        table[name] = table[name].astype("boolean")
    return table


def keep(version: str, targets: pd.DataFrame) -> Path:
    """Write what a version came to; raises :class:`StudyError` when the disk does not take it."""
    folder = calibration_folder() / FOLDER
    file = folder / f"{version}.csv"
    try:
        folder.mkdir(exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([_written(row[name]) for name in COLUMNS] for row in targets.to_dict("records"))
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(zh=f"{file} 无法写入：{reason}。", en=f"{file} cannot be written: {reason}.") from None
    return file


def _written(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
