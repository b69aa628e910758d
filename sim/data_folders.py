"""Where the project's data files are: beside the package in a checkout, inside it when installed from a wheel.

Another province is another folder of calibration, named by the environment variable ``SHUKUN_CALIBRATION``: workers
and notebooks that inherit the environment read the same.
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
    "world/listings.csv", "world/national_listings.csv", "world/testing.csv", "world/tour_rules.csv",
)  # fmt: skip
_PACKAGE = Path(__file__).resolve().parent
Read = TypeVar("Read")


def _folder(name: str) -> Path:
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "data" / name


def calibration_folder() -> Path:
    """The folder of the parameters, the classification, the counties and the record: Yunnan's if no other is named.

    Raises :class:`Refusal` for a folder that is not there or lacks a file.
    """
    named = os.environ.get(CALIBRATION_VARIABLE)
    return _complete(Path(named).resolve()) if named else own_calibration_folder()


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


@cache
def _complete(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refusal(
            zh=f"{CALIBRATION_VARIABLE} 所指的文件夹 {folder} 不存在",
            en=f"{CALIBRATION_VARIABLE} names {folder}, which is no folder",
        )
    missing = [name for name in CALIBRATION_FILES if not (folder / name).is_file()]
    if missing:
        raise Refusal(
            zh=f"{CALIBRATION_VARIABLE} 所指的文件夹 {folder} 缺少 {'、'.join(missing)}",
            en=f"{CALIBRATION_VARIABLE} names {folder}, which lacks {', '.join(missing)}",
        )
    return folder
