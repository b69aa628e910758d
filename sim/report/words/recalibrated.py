"""What is said where a result is not the model as calibrated, or where a study varies calibrated parameters."""

from __future__ import annotations

from datetime import date
from typing import Final

from sim.measure import Words
from sim.recalibration import ChangedParameter, OtherCalibration
from sim.report.words.catalogue import both
from sim.report.words.numbers import plain_count, three_digits
from sim.report.words.parameter_names import parameter_name, unit_name
from sim.report.words.sentences import listed
from sim.study.summaries.calibration import Recalibration

MOST_CHANGES: Final = 12  # parameters told one by one
MOST_NAMES: Final = 6  # parameters that are only named


def remarks(found: Recalibration) -> list[Words]:
    """Sentences, none where everything is as calibrated and no parameter is varied."""
    said = []
    for group in found.changed:
        changes = _together([_change(parameter) for parameter in group.parameters], MOST_CHANGES)
        if group.is_everywhere:
            said.append(both("recalibration.result", changes=changes))
        else:
            scenarios = listed((title for _, title in group.scenarios), MOST_NAMES)
            said.append(both("recalibration.scenarios", scenarios=scenarios, changes=changes))
    if found.other is not None:
        said.append(_other(found.other))
    if found.varies_all or found.varied:
        names = _parameters(found.varied)
        which = "all" if not found.varied else "all_and" if found.varies_all else "some"
        if found.drawn is None:
            said.append(both(f"recalibration.varied_{which}", names=names))
        else:
            draws, worth = found.drawn
            figures = {"draws": plain_count(draws), "worth": three_digits(worth)}
            said.append(both(f"recalibration.posterior_{which}", names=names, **figures))
    return said


def _change(changed: ChangedParameter) -> Words:
    figures = {name: _figure(getattr(changed, name)) for name in ("calibrated", "value", "low", "high")}
    said = "factor" if changed.is_factor else "date" if isinstance(changed.low, date) else "value"
    return both(f"recalibration.{said}", parameter=_name(changed.parameter), unit=unit_name(changed.unit), **figures)


def _other(other: OtherCalibration) -> Words:
    parts = []
    if other.parameters:
        parts.append(both("recalibration.parameters", count=len(other.parameters), names=_parameters(other.parameters)))
    if other.files:
        parts.append(both("recalibration.files", names=_names(other.files)))
    return both("recalibration.other", differences=_together(parts, len(parts)))


def _name(parameter: str) -> Words:
    called = parameter_name(parameter)
    return Words(zh=parameter, en=parameter) if called is None else Words(zh=f"“{called.zh}”", en=f"“{called.en}”")


def _parameters(paths: tuple[str, ...]) -> Words:
    return listed(map(_name, paths), MOST_NAMES)


def _names(names: tuple[str, ...]) -> Words:
    return listed([Words(zh=name, en=name) for name in names], MOST_NAMES)


def _together(parts: list[Words], most: int) -> Words:
    """Parts of a sentence that have commas themselves."""
    mark = both("recalibration.mark")
    said = [Words(zh=mark.zh.join(p.zh for p in parts[:most]), en=mark.en.join(p.en for p in parts[:most]))]
    return said[0] if len(parts) <= most else both("report.and_others", names=said[0], count=len(parts) - most)


def _figure(value: float | date) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:.6g}".replace("-", "−")
