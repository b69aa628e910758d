"""What of the calibration is not taken as it comes with the project: parameters that a scenario changes, other files.

Levers are a planner's to change; calibrated parameters are not. Whoever changes one asks another model, and everything
that comes of it says so. A study notes it beside what was asked, because what is calibrated may be another thing later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from sim import parameters
from sim.data_folders import (
    CALIBRATION_FILES,
    OPTIONAL_FILES,
    PARAMETER_FILES,
    calibration_file,
    of_calibration,
    own_calibration_folder,
)
from sim.parameter_file import Number

PARAMETERS: Final = "parameters."  # the first word of a lever that is a calibrated parameter


class ChangedParameter(BaseModel):
    """A calibrated parameter under another value; ``low`` and ``high`` are the ends of its prior.

    Where it is a whole table, the values are factors on all numbers of the table (``is_factor``), and ``unit`` is
    theirs.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    parameter: str  # its path
    calibrated: int | float | date
    value: int | float | date
    low: int | float | date
    high: int | float | date
    unit: str
    is_factor: bool


class OtherCalibration(BaseModel):
    """A calibration that is not the project's: parameters of other values, by path, and other files beside theirs."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    parameters: tuple[str, ...]
    files: tuple[str, ...]


def changed_parameters(changes: Mapping[str, Number]) -> tuple[ChangedParameter, ...]:
    """What changes of parameters (path to value) make different of the calibration that this process uses, by path."""
    effective = parameters.effective(changes)
    known = {setting.path: setting for setting in parameters.load().settings()} if effective else {}
    return tuple(
        ChangedParameter(
            parameter=path,
            calibrated=known[path].value,
            value=value,
            low=known[path].low,
            high=known[path].high,
            unit=known[path].unit,
            is_factor=known[path].is_factor,
        )
        for path, value in effective.items()
    )


@of_calibration
def other_calibration(folder: Path) -> OtherCalibration | None:
    """How the folder of calibration that this process uses differs from the project's; None where it does not."""
    theirs = own_calibration_folder()
    if folder == theirs:
        return None
    values, calibrated = (parameters.of_folder(place).contents() for place in (folder, theirs))
    names = [path for path in {**calibrated, **values} if values.get(path) != calibrated.get(path)]
    files = [
        name
        for name in (*CALIBRATION_FILES, *OPTIONAL_FILES)
        if name not in PARAMETER_FILES and _content(calibration_file(folder, name)) != _content(theirs / name)
    ]
    return OtherCalibration(parameters=tuple(names), files=tuple(files)) if names or files else None


def _content(file: Path) -> bytes | None:
    """What is in a file that need not be there."""
    return file.read_bytes() if file.is_file() else None
