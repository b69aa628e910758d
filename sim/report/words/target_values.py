"""Values of targets as people write them, in the unit of the target."""

from __future__ import annotations

from typing import Any, Final

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.report.words.figures import figure, interval_below, with_ends
from sim.units import FEN_PER_YUAN

SMALL: Final = 0.01  # shares below are written with the digits that count
WORDED: Final = ("months", "years")  # units of which a number is written with three digits that count
COUNTED: Final = ("entities", "persons")
FEW: Final = 100  # counts below are means or ratios, written with three digits that count


def target_value(value: float, unit: str) -> Words:
    """A value in a unit of ``sim.study.validation.targets.UNITS``."""
    if value != value:  # missing
        return both("unit.missing")
    if unit == "share" and 0 < abs(value) < SMALL:
        said = both("unit.share", number=numbers.three_digits(float(f"{value * 100:.2g}")))
        return figure(said, value, unit)
    if unit == "yuan":
        return numbers.money(value * FEN_PER_YUAN)
    if unit in WORDED:
        return figure(both(f"unit.{unit}", number=numbers.three_digits(value)), value, unit)
    if unit == "ratio" or (unit in COUNTED and abs(value) < FEW):
        return numbers.three_digits(value)
    return numbers.in_unit(value, unit)


def value_and_interval(value: float, low: float, high: float, unit: str) -> list[Words]:
    """A value, and its interval where it has one."""
    said = [target_value(value, unit)]
    if low < high:
        said.append(numbers.interval(low, high, lambda end: target_value(end, unit)))
    return said


def of_row(row: dict[str, Any], which: tuple[str, str, str], apart: bool = False) -> Words:
    """Value and interval of a row of ``Validation.targets``, by the columns that hold value, low and high.

    ``apart``: the interval in a line of its own.
    """
    value, low, high = (float(row[name]) for name in which)
    said = value_and_interval(value, low, high, str(row["unit"]))
    if len(said) == 1:
        return said[0]
    first, second = said
    if apart:
        return interval_below(first, second, low, high)
    return with_ends(both("unit.with_interval", mean=first, interval=second), first, low, high)
