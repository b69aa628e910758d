"""Readings: numbers that are taken of a run to be held against published figures, one function each, by name.

A reading is a function of what a run leaves (:class:`sim.observe.tables.Result`, the tables of a look inside among
them) and of keyword arguments; it gives one number, missing where nobody is in its denominator. Its docstring says the
unit and of whom it is. What is said of a reading in a file is checked against its signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.study.reductions.readings import delivery, firms, leaving, money, returning, sales
from sim.study.reductions.readings.registry import READINGS, Reading, ReadingSpec

if TYPE_CHECKING:
    from datetime import date

    from sim.observe.tables import Result

__all__ = ["READINGS", "Reading", "ReadingSpec", "inside", "take"]
ROOMS = (delivery, firms, leaving, money, returning, sales)  # whose functions are the readings


def take(result: Result, specs: Sequence[ReadingSpec]) -> pd.DataFrame:
    """Readings of a run as a table that is kept with it: target, value."""
    values = [READINGS[spec.name].take(result, spec) for spec in specs]
    return pd.DataFrame({"target": [spec.target for spec in specs], "value": pd.Series(values, dtype=float)})


def inside(specs: Iterable[ReadingSpec], start: date) -> tuple[tuple[date, ...], bool]:
    """What readings need to see of a run that starts on a day: the days on which they look, and whether stops."""
    specs = list(specs)
    days = {day for spec in specs for day in READINGS[spec.name].dates(spec, start)}
    return tuple(sorted(days)), any(READINGS[spec.name].needs_stops for spec in specs)
