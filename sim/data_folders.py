"""Where the project's data files are: beside the package in a checkout, inside it when installed from a wheel.

Another calibration is another folder, named by the environment variable ``SHUKUN_CALIBRATION``: workers and notebooks
that inherit the environment read the same. With a classification of its own it is another province and complete;
without one it holds what differs, and the files that it lacks are those that come with the project.
"""

import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Final, TypeVar

from sim.refusal import Refusal

CALIBRATION_VARIABLE: Final = "SHUKUN_CALIBRATION"
CALIBRATION_FILES: Final = (
    "classification.toml", "parameters.yaml", "population/counties.csv", "world/parameters.yaml", "world/demand.csv",
    "world/listings.csv", "world/national_listings.csv", "world/orders.csv", "world/testing.csv",
    "world/tour_rules.csv",
)  # fmt: skip
CLASSIFICATION_FILE: Final = CALIBRATION_FILES[0]
PARAMETER_FILES: Final = ("parameters.yaml", "world/parameters.yaml")
OWN_FIRMS: Final = "population/firms.csv"
# What a folder of calibration may have beside these, and a run then reads.
OPTIONAL_FILES: Final = ("population/margins.csv", OWN_FIRMS)
_PACKAGE = Path(__file__).resolve().parent
Read = TypeVar("Read")


def _folder(name: str) -> Path:
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "data" / name


def calibration_folder() -> Path:
    """The folder of the parameters, the classification, the counties and the record: Yunnan's if no other is named.

    Raises :class:`Refusal` for a folder that is not there, lacks a file or has none.
    """
    named = os.environ.get(CALIBRATION_VARIABLE)
    return usable(Path(named)) if named else own_calibration_folder()


def is_overlay(folder: Path) -> bool:
    """Whether a folder of calibration holds only what differs from the one that comes with the project."""
    return folder != own_calibration_folder() and not (folder / CLASSIFICATION_FILE).is_file()


def calibration_file(folder: Path, name: str) -> Path:
    """Where a file of a folder of calibration is: in the folder, or with the project where it holds what differs."""
    path = folder / name
    return own_calibration_folder() / name if is_overlay(folder) and not path.exists() else path


def own_calibration_folder() -> Path:
    """The folder of calibration that comes with the project."""
    return _folder("calibration")


def scenarios_folder() -> Path:
    """The folder of the scenarios and of the measure catalogue."""
    return _folder("scenarios")


def of_calibration(read: Callable[[Path], Read]) -> Callable[[], Read]:
    """Make of a function that reads a folder of calibration one that reads the present folder, each folder once."""
    kept = cache(read)

    @wraps(read)
    def present() -> Read:
        return kept(calibration_folder())

    return present


def usable(folder: Path) -> Path:
    """A folder of calibration that can be used, in full; raises :class:`Refusal` as :func:`calibration_folder` does."""
    return _complete(folder.resolve())


@cache
def _complete(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refusal(
            zh=f"校准文件夹 {folder} 不存在",
            en=f"there is no folder of calibration {folder}",
        )
    if is_overlay(folder):
        if not any((folder / name).is_file() for name in (*CALIBRATION_FILES, *OPTIONAL_FILES)):
            names = (*CALIBRATION_FILES, *OPTIONAL_FILES)
            above = any(name == f"{folder.name}/{path.name}" for path in folder.iterdir() for name in names)
            raise Refusal(
                zh=f"校准文件夹 {folder} 中没有校准文件；可以有 {'、'.join(names)}"
                + (f"；是否想用 {folder.parent}？" if above else ""),
                en=f"the folder of calibration {folder} has no file of a calibration: {', '.join(names)}"
                + (f"; did you mean {folder.parent}?" if above else ""),
            )
        return folder
    missing = [name for name in CALIBRATION_FILES if not (folder / name).is_file()]
    if missing:
        raise Refusal(
            zh=f"校准文件夹 {folder} 缺少 {'、'.join(missing)}",
            en=f"the folder of calibration {folder} lacks {', '.join(missing)}",
        )
    return folder
