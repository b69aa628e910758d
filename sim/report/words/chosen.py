"""Chosen firms beside the next in rank: the figures of a scenario as a table, for pages and for the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.report.words.figures import telling
from sim.study.comparison.chosen import DIFFERENCE, GROUPS
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.reductions.chosen import ANY
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    import pandas as pd


class Row(NamedTuple):
    """What one measure that chooses firms, or any of them, did to one outcome: a cell for each of GROUPS."""

    name: Words
    outcome: Words
    cells: list[Words]


def heads() -> list[Words]:
    """What stands above the columns of :func:`rows`."""
    return [both(f"report.chosen.{name}") for name in ("measure", "outcome", *GROUPS)]


def rows(found: pd.DataFrame, title_of: Callable[[str], Words]) -> list[Row]:
    """Two rows for each measure. ``found``: rows of ``Comparison.chosen`` of one scenario; ``title_of``: a measure."""
    known = {(row.measure, row.outcome, row.group): row for row in tuples(found)}
    return [
        Row(
            both("report.chosen.any") if measure == ANY else title_of(measure),
            both(f"report.chosen.{outcome}"),
            [_cell(known[measure, outcome, group], outcome, group) for group in GROUPS],
        )
        for measure, outcome in dict.fromkeys((measure, outcome) for measure, outcome, _ in known)
    ]


def _cell(figure: Any, outcome: str, group: str) -> Words:
    """A change with its interval; of one that rests on too few rows only that.

    The difference of two groups rests on the rows of the smaller one, and they are told.
    """
    if figure.rows < FEWEST_ROWS:
        return both("report.chosen.few_rows", rows=numbers.plain_count(figure.rows))
    written = numbers.points if outcome == "survival" else numbers.relative
    change = numbers.with_interval(figure.mean, figure.low, figure.high, written)
    if group != DIFFERENCE:
        return change
    return telling(both("report.chosen.with_rows", change=change, rows=numbers.plain_count(figure.rows)), change)
