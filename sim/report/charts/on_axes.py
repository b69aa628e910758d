"""The data of a study's charts on Matplotlib's axes, for whoever makes a figure of his own: the one place that uses it.

Labels are the names that tables and files use, in every language; everything else is left to whoever owns the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim.observe.months import HEADLINES, rates_by_month
from sim.observe.tables import Result
from sim.study.questions.attribute import WHOLE, Attribution
from sim.study.questions.comparison import Comparison
from sim.study.questions.run import Ensemble
from sim.study.questions.search import Search
from sim.study.questions.sensitivity import STRONGEST, Sensitivity
from sim.study.questions.sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES: Final = 8  # that a reader can tell apart
MOST_BARS: Final = 20


def draw(what: Any, ax: Axes | Sequence[Axes], **which: str) -> list[Axes]:
    """Draw on the axes that are given, one for each headline outcome (of a search a single one), and return them.

    ``TypeError`` for what cannot be drawn so, ``ValueError`` when there are too few or too many axes.
    """
    axes = list(np.ravel(np.asarray(ax, dtype=object)))
    wanted = 1 if isinstance(what, Search) else len(HEADLINES)
    if len(axes) != wanted:
        raise ValueError(f"there are {len(axes)} axes for {wanted} panels")
    on_axes(what, axes, **which)
    return axes


@singledispatch
def on_axes(what: Any, row: list[Axes]) -> None:
    """Draw a study on a row of axes."""
    raise TypeError(f"{type(what).__name__} is not drawn on axes; plot() without them shows it")


@on_axes.register(Result)
@on_axes.register(Ensemble)
def _months(what: Result | Ensemble, row: list[Axes]) -> None:
    """A line over the months in each."""
    rates = rates_by_month(what.panel).set_index("month")
    for axes, outcome in zip(row, HEADLINES, strict=True):
        rates[outcome].plot(ax=axes, title=outcome, xlabel="", rot=45)


@on_axes.register(Comparison)
def _scenarios(study: Comparison, row: list[Axes], chart: str = "outcomes") -> None:
    """Mean and interval by scenario, the baseline a dashed line; ``chart`` is outcomes or differences."""
    tables = {"outcomes": study.outcomes, "differences": study.over_baselines(study.differences)}
    if chart not in tables:
        raise ValueError(f"{chart} is not drawn on axes; there are {', '.join(tables)}, all others without ax")
    table = tables[chart]
    names = list(dict.fromkeys(table["scenario"]))
    places = np.arange(len(names))
    for axes, outcome in zip(row, HEADLINES, strict=True):
        rows = table[table["outcome"] == outcome].set_index("scenario").reindex(names)
        axes.errorbar(rows["mean"], places, xerr=_sides(rows), fmt="o", markersize=4, capsize=3)
        axes.axvline(rows["mean"].get(study.scenarios[0], np.nan), linestyle="--", linewidth=1, color="grey")
        axes.set_yticks(places, names)
        axes.set_title(outcome)
        axes.invert_yaxis()


@on_axes.register(Sweep)
def _levers(study: Sweep, row: list[Axes]) -> None:
    """Against the first lever; of two levers that take few values a line for each of the second.

    Over several worlds: their mean, and from their 5 % to their 95 % quantile.
    """
    across, *others = study.levers or study.paths
    lines = [path for path in others if study.draws[path].nunique() <= MOST_LINES][:1]
    table = study.outcomes
    if study.draws["lever_draw"].duplicated().any() and study.levers:
        first = study.draws.drop_duplicates("lever_draw")[["lever_draw", *study.levers]]
        table = study.worlds.merge(first, on="lever_draw").rename(columns={"p05": "low", "p95": "high"})
    for axes, outcome in zip(row, HEADLINES, strict=True):
        rows = table[table["outcome"] == outcome]
        groups: Any = rows.groupby(lines[0], sort=False) if lines else [("", rows)]
        for label, line in groups:
            numbers = pd.api.types.is_numeric_dtype(line[across])
            line = line.sort_values(across) if numbers else line
            where = line[across] if numbers else line[across].astype(str)
            axes.errorbar(where, line["mean"], yerr=_sides(line), marker="o", markersize=4, capsize=3, label=str(label))
        axes.set_title(outcome)
        axes.set_xlabel(across)
    if lines:
        row[0].legend(title=lines[0])


@on_axes.register(Sensitivity)
def _factors(study: Sensitivity, row: list[Axes]) -> None:
    """The strongest factors with intervals, grey those that are not told from zero."""
    for axes, outcome in zip(row, HEADLINES, strict=True):
        rows = study.ranked(outcome).head(STRONGEST)
        ends = [rows["strength"] - rows["low"], rows["high"] - rows["strength"]]
        colours = ["C0" if verdict == "effect" else "lightgrey" for verdict in rows["verdict"]]
        axes.barh(rows["factor"].str.removeprefix("parameters."), rows["strength"], xerr=ends, color=colours, capsize=2)
        axes.set_title(outcome)
        axes.invert_yaxis()


@on_axes.register(Attribution)
def _players(study: Attribution, row: list[Axes]) -> None:
    """What is due to each player, with intervals; of many players those with most of it."""
    for axes, outcome in zip(row, HEADLINES, strict=True):
        table = study.attribution
        bars = table[(table["outcome"] == outcome) & (table["player"] != WHOLE)].set_index("player")
        bars = bars.loc[bars["mean"].abs().sort_values(kind="stable").index[-MOST_BARS:]]
        axes.barh(bars.index, bars["mean"], xerr=(bars["high"] - bars["mean"]).fillna(0.0), capsize=3)
        axes.axvline(0.0, linewidth=1, color="grey")
        axes.set_title(outcome)


@on_axes.register(Search)
def _plans(study: Search, row: list[Axes]) -> None:
    """What plans reach: every plan tried grey, the Pareto front in colour, the scenario as it stands a cross."""
    (axes,), (across, up, colour) = row, study.axes
    front, tried, stands = study.front, study.evaluations, study.stands
    axes.scatter(tried[across], tried[up], s=8, color="lightgrey", label="tried")
    axes.scatter(front[across], front[up], s=28, c=None if colour is None else front[colour], label="front")
    axes.plot([stands[across]], [stands[up]], "x", color="black", label=study.reference)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.legend()


def _sides(rows: pd.DataFrame) -> Any:
    """How far the intervals reach below and above the mean; nowhere where there is none."""
    return [(rows["mean"] - rows["low"]).fillna(0.0), (rows["high"] - rows["mean"]).fillna(0.0)]
