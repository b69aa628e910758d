"""Saved or only postponed: the figures of a scenario as a table and a sentence, for pages and for the terminal."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.reductions.saved_or_postponed import CLOSED_ANYWAY, KEPT, LATER
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    import pandas as pd

Figures = dict[tuple[str, str], Any]  # by group and quantity: what a row of the table says
FIGURES: Final = ("entities", *(f"{what}_{months}" for months in LATER for what in ("alive_share", "not_known")))


class Row(NamedTuple):
    """Firms kept at first, by the help that they had themselves: their name and a cell for each of FIGURES."""

    name: Words
    cells: list[Words]


def heads() -> list[Words]:
    """What stands above the columns of :func:`rows`."""
    return [both(f"report.postponed.{name}") for name in ("help", *FIGURES)]


def rows(found: pd.DataFrame) -> list[Row]:
    """A row for each group that is not empty. ``found``: rows of ``Comparison.saved_or_postponed`` of one scenario."""
    known = _known(found)
    return [
        Row(both(f"report.postponed.{group}"), [_cell(known[group, figure]) for figure in FIGURES])
        for group in KEPT
        if known and known[group, "entities"].mean
    ]


def closed_anyway(found: pd.DataFrame) -> Words | None:
    """The sentence on firms that were given something and close anyway; None where there are none."""
    known = _known(found)
    if not known or not known[CLOSED_ANYWAY, "entities"].mean:
        return None
    written: dict[str, Callable[[float], Words]] = {
        "entities": numbers.entities, "given_fen": numbers.money, "unpaid_fen": numbers.money,
    }  # fmt: skip
    said = {name: _with_interval(known[CLOSED_ANYWAY, name], how) for name, how in written.items()}
    share = known[CLOSED_ANYWAY, "given_share"].mean
    key = "closed_anyway" if isfinite(share) else "closed_put_off"
    return both(f"report.postponed.{key}", share=numbers.share(share), **said)


def _known(found: pd.DataFrame) -> Figures:
    return {(row.group, row.quantity): row for row in tuples(found)}


def _cell(figure: Any) -> Words:
    """A count, or a share with its interval; of a share that rests on too few rows only that."""
    if figure.unit != "share":
        return numbers.plain_count(figure.mean)
    if figure.rows < FEWEST_ROWS:
        return both("report.postponed.few_rows")
    return _with_interval(figure, numbers.share)


def _with_interval(figure: Any, written: Callable[[float], Words]) -> Words:
    return numbers.with_interval(figure.mean, figure.low, figure.high, written)
