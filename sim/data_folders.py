"""Where the data files are: those of the case at hand, the project's own two folders if no other case is named.

A *case* is a folder that holds ``scenarios/`` and ``calibration/``: a province with its plan. The environment variable
``SHUKUN_CASE`` names another than the project's, beside the package in a checkout, inside it when installed from a
wheel; ``SHUKUN_CALIBRATION`` another calibration for the scenarios of the case. Workers and notebooks that inherit the
environment read the same. A calibration with a classification of its own is complete; without one it holds what
differs, and the files that it lacks are those of the case.
"""

import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Final, TypeVar

from sim.refusal import Refusal

CALIBRATION_VARIABLE: Final = "SHUKUN_CALIBRATION"
CASE_VARIABLE: Final = "SHUKUN_CASE"
VARIABLES: Final = (CASE_VARIABLE, CALIBRATION_VARIABLE)  # that say which files are read
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
# What the scenarios of a case hold in any case: the plan, and what it is compared with.
SCENARIO_FILES: Final = ("plan.yaml", "funds.yaml", "register.yaml", "no_support.yaml")
_PACKAGE = Path(__file__).resolve().parent
Read = TypeVar("Read")


@cache
def _folder(name: str) -> Path:
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "data" / name


def case_folder() -> Path | None:
    """The folder of the case at hand; None for the project's own.

    Raises :class:`Refusal` for a folder that is not there or lacks a file of a case.
    """
    named = os.environ.get(CASE_VARIABLE)
    return usable_case(Path(named)) if named else None


def calibration_folder() -> Path:
    """The folder of the parameters, the classification, the counties and the record: the case's if no other is named.

    Raises :class:`Refusal` for a folder that is not there, lacks a file or has none.
    """
    named = os.environ.get(CALIBRATION_VARIABLE)
    return usable(Path(named)) if named else own_calibration_folder()


def is_overlay(folder: Path) -> bool:
    """Whether a folder of calibration holds only what differs from the one of the case."""
    return folder != own_calibration_folder() and not (folder / CLASSIFICATION_FILE).is_file()


def calibration_file(folder: Path, name: str) -> Path:
    """Where a file of a folder of calibration is: in the folder, or with the case where it holds what differs."""
    path = folder / name
    return own_calibration_folder() / name if is_overlay(folder) and not path.exists() else path


def own_calibration_folder() -> Path:
    """The folder of calibration of the case at hand: the one that comes with the project if no other is named."""
    case = case_folder()
    return project_calibration_folder() if case is None else case / "calibration"


def project_calibration_folder() -> Path:
    """The folder of calibration that comes with the project, whatever case is at hand."""
    return _folder("calibration")


def scenarios_folder() -> Path:
    """The folder of the scenarios and of the measure catalogue of the case at hand."""
    case = case_folder()
    return _folder("scenarios") if case is None else case / "scenarios"


def of_calibration(read: Callable[[Path], Read]) -> Callable[[], Read]:
    """Make of a function that reads a folder of calibration one that reads the present folder, each folder once.

    A folder that holds what differs is another one for each case.
    """

    @cache
    def kept(folder: Path, own: Path) -> Read:
        return read(folder)

    @wraps(read)
    def present() -> Read:
        return kept(calibration_folder(), own_calibration_folder())

    return present


def usable(folder: Path) -> Path:
    """A folder of calibration that can be used, in full; raises :class:`Refusal` as :func:`calibration_folder` does."""
    place = folder.resolve()
    return _complete(place, is_overlay(place))


def usable_case(folder: Path) -> Path:
    """A folder of a case that can be used, in full; raises :class:`Refusal` as :func:`case_folder` does."""
    return _complete_case(folder.resolve())


@cache
def _complete(folder: Path, overlay: bool) -> Path:
    if not folder.is_dir():
        raise Refusal(
            zh=f"校准文件夹 {folder} 不存在",
            en=f"there is no folder of calibration {folder}",
        )
    if overlay:
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
    missing = _missing(folder, CALIBRATION_FILES)
    if missing:
        raise Refusal(
            zh=f"校准文件夹 {folder} 缺少 {'、'.join(missing)}",
            en=f"the folder of calibration {folder} lacks {', '.join(missing)}",
        )
    return folder


@cache
def _complete_case(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refusal(zh=f"案例文件夹 {folder} 不存在", en=f"there is no folder of a case {folder}")
    missing = [
        f"{part}/{name}"
        for part, names in (("scenarios", SCENARIO_FILES), ("calibration", CALIBRATION_FILES))
        for name in _missing(folder / part, names)
    ]
    if missing:
        near = next((at for at in (folder.parent, *sorted(folder.iterdir())) if _is_case(at)), None)
        raise Refusal(
            zh=f"案例文件夹 {folder} 缺少 {'、'.join(missing)}" + (f"；是否想用 {near}？" if near else ""),
            en=f"the folder of a case {folder} lacks {', '.join(missing)}"
            + (f"; did you mean {near}?" if near else ""),
        )
    return folder


def _is_case(folder: Path) -> bool:
    """Whether a folder holds both of the folders of a case, whatever is in them."""
    return all((folder / name).is_file() for name in ("scenarios/plan.yaml", f"calibration/{CLASSIFICATION_FILE}"))


def _missing(folder: Path, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not (folder / name).is_file()]
