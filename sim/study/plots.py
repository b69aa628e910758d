"""Small figures of studies for a notebook. Labels are the names that tables and files use, in every language.

The figures of the report, with words in Chinese and English, are in ``sim/report/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.observe.months import HEADLINES
from sim.study.questions.sensitivity import STRONGEST

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity
    from sim.study.questions.sweep import Sweep

MOST_LINES: Final = 8  # that a reader can tell apart


def outcomes(table: pd.DataFrame, baseline: str) -> Figure:
    """One panel for each headline outcome: mean and interval by scenario, the baseline a dashed line."""
    names = list(dict.fromkeys(table["scenario"]))
    figure, row = _panels(1.2 + 0.3 * len(names))
    for axes, outcome in row:
        rows = table[table["outcome"] == outcome].set_index("scenario").reindex(names)
        places = np.arange(len(names))
        axes.errorbar(rows["mean"], places, xerr=_sides(rows), fmt="o", markersize=4, capsize=3)
        axes.axvline(rows["mean"].get(baseline, np.nan), linestyle="--", linewidth=1, color="grey")
        axes.set_yticks(places, names)
        axes.set_title(outcome)
    for axes in figure.axes:
        axes.invert_yaxis()
        axes.label_outer()
    return figure


def sweep(study: Sweep) -> Figure:
    """Headline outcomes against the first lever; of two levers that take few values: a line for each of the second.

    Over several worlds: their mean, and from their 5 % to their 95 % quantile.
    """
    figure, row = _panels(3.4)
    across, *others = study.levers or study.paths
    lines = [path for path in others if study.draws[path].nunique() <= MOST_LINES][:1]
    over_worlds = study.draws["lever_draw"].duplicated().any() and bool(study.levers)
    table = study.outcomes
    if over_worlds:
        first = study.draws.drop_duplicates("lever_draw")[["lever_draw", *study.levers]]
        table = study.worlds.merge(first, on="lever_draw").rename(columns={"p05": "low", "p95": "high"})
    for axes, outcome in row:
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
        figure.axes[0].legend(title=lines[0])
    return figure


def sensitivity(study: Sensitivity) -> Figure:
    """The strongest factors of each headline outcome with intervals, grey those that are not told from zero."""
    figure, row = _panels(0.9 + 0.25 * STRONGEST)
    for axes, outcome in row:
        rows = study.ranking[study.ranking["outcome"] == outcome].head(STRONGEST)
        ends = [rows["strength"] - rows["low"], rows["high"] - rows["strength"]]
        colours = ["C0" if verdict == "effect" else "lightgrey" for verdict in rows["verdict"]]
        axes.barh(rows["factor"].str.removeprefix("parameters."), rows["strength"], xerr=ends, color=colours, capsize=2)
        axes.set_title(outcome)
        axes.invert_yaxis()
        axes.tick_params("y", labelsize=7)
    return figure


def _panels(height: float) -> tuple[Figure, list[tuple[Axes, str]]]:
    """A figure, and a panel for each headline outcome. Closed at once, so that a notebook shows it once, as a value."""
    figure, row = plt.subplots(1, len(HEADLINES), figsize=(11, height), layout="constrained")
    plt.close(figure)
    return figure, list(zip(row, HEADLINES, strict=True))


def _sides(rows: pd.DataFrame) -> Any:
    """How far the intervals reach below and above the mean; nowhere where there is none."""
    return [(rows["mean"] - rows["low"]).fillna(0.0), (rows["high"] - rows["mean"]).fillna(0.0)]
