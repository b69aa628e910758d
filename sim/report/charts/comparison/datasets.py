"""What the rows behind the charts of a comparison have in common.

A dataset is ``{columns, rows}``; a column named in ``CODED`` gets its words in the page, from the catalogue, so that
names that come from data are never part of a chart's specification.
"""

from __future__ import annotations

from math import isnan
from typing import Any, Final

from sim.measure import Words
from sim.report.charts.style import Spec
from sim.report.words.catalogue import LANGUAGES
from sim.study.statistics.estimate import Estimate

CODED: Final = (
    "scenario", "outcome", "sector", "prefecture", "month", "measure", "bearer", "kind", "station", "by", "group",
    "fate", "level", "category", "unit", "cost", "what", "action", "way", "request", "world",
    "universe",
)  # fmt: skip
OF_FOCUS: Final[Spec] = {
    "usermeta": {"row_height": 30},  # of charts without a height; all are drawn anew for another scenario
    "params": [{"name": "focus", "value": ""}],
    "transform": [{"filter": "datum.scenario == focus"}],
}


def coded(table: dict[str, Any]) -> dict[str, Any]:
    """The same dataset as short as the page can read it.

    With ``names``: a column of ``CODED`` holds places in its list of names. A row lacks its first values where they are
    those of the row before.
    """
    coded = {place: column for place, column in enumerate(table["columns"]) if column in CODED}
    names = {column: sorted({row[place] for row in table["rows"]}) for place, column in coded.items()}
    places = {column: {name: at for at, name in enumerate(known)} for column, known in names.items()}
    rows = [
        [places[coded[place]][value] if place in coded else value for place, value in enumerate(row)]
        for row in table["rows"]
    ]
    rows = [[_shortest(value) for value in row] for row in rows]
    shortened = [row[_alike(before, row) :] for before, row in zip([[], *rows], rows, strict=False)]
    return {"columns": table["columns"], "rows": shortened, "names": names}


def _shortest(value: Any) -> Any:
    """A value as it is, but a whole number without its decimal point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _alike(before: list[Any], row: list[Any]) -> int:
    """How many values of a row, the last apart, are those of the row before."""
    return next(
        (place for place, pair in enumerate(zip(before, row[:-1], strict=False)) if pair[0] != pair[1]),
        len(before[:-1]),
    )


def in_points(estimate: Estimate) -> list[float | None]:
    """Mean and ends in percentage points, the ends the mean itself where there is no interval."""
    low, high = (estimate.mean if isnan(end) else end for end in (estimate.low, estimate.high))
    return [rounded(value * 100, 3) for value in (estimate.mean, low, high)]


def rounded(value: float, decimals: int) -> float | None:
    """A number rounded for size, None where it is missing."""
    return None if isnan(value) else round(float(value), decimals)


def two(column: str) -> list[str]:
    """Names of the two columns that hold a text in both languages."""
    return [f"{column}_{lang}" for lang in LANGUAGES]


def in_both(words: Words) -> list[str]:
    """A text in both languages, as the columns of :func:`two` hold it."""
    return [words.zh, words.en]
