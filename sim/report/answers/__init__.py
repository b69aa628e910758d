"""How the answers to questions are told: a module for each kind of study, found by its name.

Each holds three functions of a study and a language: ``findings`` (plain sentences, the most important first),
``tables`` (the first is the answer; short enough for a terminal) and ``charts``. The page of a study and the terminal
show what they give and know of no kind.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.measure import Words
from sim.report.charts import vega_lite
from sim.report.words.catalogue import Language, both, text
from sim.report.words.lever_names import field_name, lever_name, value_name
from sim.study.comparison.sample_size import are_few

if TYPE_CHECKING:
    from sim.study.runs.study import Study


CLOSE_ACROSS, CLOSE_UP = 0.4, 0.09  # of the extent of all points: as much as a label takes up


class Table(NamedTuple):
    """A table for people; the first column names the rows, cells are texts with their units."""

    title: str
    columns: list[str]
    rows: list[list[str]]


class Chart(NamedTuple):
    """A chart: a Vega-Lite specification with its data inside, see :func:`specification`."""

    title: str
    specification: dict[str, Any]


class Answer(Protocol):
    """What a module of this room holds."""

    def findings(self, study: Any, lang: Language) -> list[str]:
        """Sentences, the most important first."""

    def tables(self, study: Any, lang: Language) -> list[Table]:
        """Tables, the first is the answer."""

    def charts(self, study: Any, lang: Language) -> list[Chart]:
        """Charts, in the order in which they are shown."""


def kinds() -> list[str]:
    """The kinds of study that there is a module for."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "names")


def of(kind: str) -> Answer:
    """The module of a kind of study; ``KeyError`` when there is none."""
    if kind not in kinds():
        raise KeyError(kind)
    module: Any = import_module(f"{__name__}.{kind}")
    return module  # type: ignore[no-any-return]


def specification(title: str, rows: list[dict[str, Any]], subtitle: str = "", **rest: Any) -> dict[str, Any]:
    """A chart in the style of the page over rows that it holds itself; ``rest`` is the remainder of its specification.

    Numbers that are missing must be None. Colours are those of ``sim/report/charts/vega_lite.py``.
    """
    return vega_lite.chart(title, "", subtitle, **rest) | {"data": {"values": rows}}


def thin_labels(rows: list[dict[str, Any]], across: str, up: str, label: str) -> None:
    """Take the labels of points of a chart away, in place, where an earlier point with a label is close.

    ``across``, ``up``, ``label``: the fields that hold the place of a point and its label.
    """
    known = [row for row in rows if row[across] is not None and row[up] is not None]
    wide, high = (max((row[at] for row in known), default=0) - min((row[at] for row in known), default=0)
                  for at in (across, up))  # fmt: skip
    kept: list[dict[str, Any]] = []
    for row in known:
        if any(
            abs(row[across] - other[across]) <= CLOSE_ACROSS * wide and abs(row[up] - other[up]) <= CLOSE_UP * high
            for other in kept
        ):
            row[label] = ""
        elif row[label]:
            kept.append(row)


def few_worlds(worlds: int, kind: str = "worlds") -> list[Words]:
    """The sentence that says that worlds, or what else of them the ``kind`` names, are few; none where they are not."""
    return [both(f"answer.few.{kind}", count=worlds)] if are_few(worlds) else []


def failed(study: Study, lang: Language) -> list[str]:
    """The sentence that says how many runs failed, none when none did."""
    count = len(study.failures)
    return [text("answer.failed", lang, failed=f"{count:,}", all=f"{len(study.runs):,}")] if count else []


__all__ = [
    "Answer",
    "Chart",
    "Table",
    "failed",
    "few_worlds",
    "field_name",
    "kinds",
    "lever_name",
    "of",
    "specification",
    "thin_labels",
    "value_name",
]
