"""Readings of two readings of the same run."""

from __future__ import annotations

from sim.observe.tables import Result
from sim.study.reductions.readings import choice
from sim.study.reductions.readings.registry import Nested, nested, reading


@reading()
def difference(result: Result, first: Nested, second: Nested) -> float:
    """One reading less another (the unit that both have)."""
    return _taken(result, first) - _taken(result, second)


@reading()
def ratio(result: Result, first: Nested, second: Nested) -> float:
    """One reading over another (ratio of their units); missing where the other is 0."""
    return choice.ratio(_taken(result, first), _taken(result, second))


def _taken(result: Result, one: Nested) -> float:
    found, given = nested(one)
    return found.function(result, **given)
