"""Readings: numbers that are taken of a run to be held against published figures, one function each, by name.

A reading is a function of what a run leaves (:class:`sim.observe.tables.Result`, the tables of a look inside among
them) and of keyword arguments; it gives one number, missing where nobody is in its denominator. Its docstring says the
unit and of whom it is. What is said of a reading in a file is checked against its signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from sim.observe.inside import Inside
from sim.study.reductions.readings import combined, delivery, firms, leaving, money, returning, sales
from sim.study.reductions.readings.registry import READINGS, Reading, ReadingSpec, take

if TYPE_CHECKING:
    from sim.observe.tables import Result

__all__ = ["READINGS", "Reading", "ReadingSpec", "inside", "read"]
ROOMS = (combined, delivery, firms, leaving, money, returning, sales)  # whose functions are the readings


def read(result: Result, specs: Sequence[ReadingSpec]) -> pd.DataFrame:
    """Readings of a run as a table that is kept with it: target, value."""
    values = [take(result, spec) for spec in specs]
    return pd.DataFrame({"target": [spec.target for spec in specs], "value": pd.Series(values, dtype=float)})


def inside(specs: Iterable[ReadingSpec], start: date) -> Inside:
    """What readings need to see of a run that starts on a day."""
    found = [READINGS[spec.name].needs(READINGS[spec.name].given(spec), start) for spec in specs]
    days = frozenset[date]().union(*(one.days for one in found))
    return Inside(days=tuple(sorted(days)), stops=any(one.stops for one in found))
