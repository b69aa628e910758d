"""Values as Python's libraries hold them, made plain: what a file could have said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from numbers import Integral, Real
from os import PathLike
from typing import Any


def plain(value: Any) -> Any:
    """A value without NumPy, pandas and their like: numbers, texts, days, lists, tables of keys and values.

    A moment at midnight is a day, a missing moment is nothing. What is none of these is left as it is: whoever checks
    the value says so.
    """
    if value is None or type(value) in (bool, int, float, str, date):
        return value
    dtype = getattr(value, "dtype", None)
    if getattr(dtype, "kind", "") == "M":  # in nanoseconds they would turn into numbers
        return plain(value.astype("datetime64[us]").tolist())
    if dtype is not None and hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, datetime):
        if value != value:  # pandas' moment that is missing
            return None
        return value.date() if value.tzinfo is None and value == datetime(*value.timetuple()[:3]) else value
    if isinstance(value, date | bytes | type):
        return value
    if isinstance(value, str | PathLike):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Mapping) or hasattr(value, "items"):
        return {plain(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterable):
        return [plain(entry) for entry in value]
    return value
