"""Values of targets as people write them, in the unit of the target."""

from __future__ import annotations

from typing import Any, Final

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.units import FEN_PER_YUAN

SMALL: Final = 0.01  # shares below are written with the digits that count
WORDED: Final = ("months", "years")  # units of which a number is written with three digits that count


def target_value(value: float, unit: str) -> Words:
    """A value in a unit of ``sim.study.validation.targets.UNITS``."""
    if value != value:  # missing
        return both("unit.missing")
    if unit == "share" and 0 < abs(value) < SMALL:
        return both("unit.share", number=numbers.three_digits(float(f"{value * 100:.2g}")))
    if unit == "yuan":
        return numbers.money(value * FEN_PER_YUAN)
    if unit in WORDED:
        return both(f"unit.{unit}", number=numbers.three_digits(value))
    return numbers.three_digits(value) if unit == "ratio" else numbers.in_unit(value, unit)


def target_interval(value: float, low: float, high: float, unit: str) -> Words:
    """A value with its interval."""
    if low == high:
        return target_value(value, unit)
    return numbers.with_interval(value, low, high, lambda end: target_value(end, unit))


def of_row(row: dict[str, Any], which: tuple[str, str, str]) -> Words:
    """Value and interval of a row of ``Validation.targets``, by the columns that hold value, low and high."""
    value, low, high = (float(row[name]) for name in which)
    return target_interval(value, low, high, str(row["unit"]))
