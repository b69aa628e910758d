"""Where the project's data files are: beside the package in a checkout, inside it when installed from a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "data" / name


def calibration_folder() -> Path:
    """The folder of ``parameters.yaml`` and the population margins."""
    return _folder("calibration")


def scenarios_folder() -> Path:
    """The folder of the scenarios and of the measure catalogue."""
    return _folder("scenarios")
