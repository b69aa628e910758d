"""Small figures of studies for a notebook. Labels are the names that tables and files use, in every language.

The figures of the report, with words in Chinese and English, are in ``sim/report/``.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.observe.months import HEADLINES


def outcomes(table: pd.DataFrame, baseline: str) -> Figure:
    """One panel for each headline outcome: mean and interval by scenario, the baseline a dashed line."""
    names = list(dict.fromkeys(table["scenario"]))
    figure, row = _panels(1.2 + 0.3 * len(names))
    for axes, outcome in row:
        rows = table[table["outcome"] == outcome].set_index("scenario").reindex(names)
        places = np.arange(len(names))
        axes.errorbar(rows["mean"], places, xerr=_half(rows), fmt="o", markersize=4, capsize=3)
        axes.axvline(rows["mean"].get(baseline, np.nan), linestyle="--", linewidth=1, color="grey")
        axes.set_yticks(places, names)
        axes.set_title(outcome)
    for axes in figure.axes:
        axes.invert_yaxis()
        axes.label_outer()
    return figure


def sweep(table: pd.DataFrame, levers: list[str]) -> Figure:
    """Headline outcomes against the values of one lever; of two: a line for each value of the second."""
    figure, row = _panels(3.4)
    across, *lines = levers
    for axes, outcome in row:
        rows = table[table["outcome"] == outcome]
        groups: Any = rows.groupby(lines[0], sort=False) if lines else [("", rows)]
        for label, line in groups:
            axes.errorbar(
                line[across].astype(str), line["mean"], yerr=_half(line), marker="o", capsize=3, label=str(label)
            )
        axes.set_title(outcome)
        axes.set_xlabel(across)
    if lines:
        figure.axes[0].legend(title=lines[0])
    return figure


def _panels(height: float) -> tuple[Figure, list[tuple[Axes, str]]]:
    """A figure, and a panel for each headline outcome. Closed at once, so that a notebook shows it once, as a value."""
    figure, row = plt.subplots(1, len(HEADLINES), figsize=(11, height), layout="constrained")
    plt.close(figure)
    return figure, list(zip(row, HEADLINES, strict=True))


def _half(rows: pd.DataFrame) -> Any:
    """Half-widths of the intervals; none where there is no interval."""
    return (rows["high"] - rows["mean"]).fillna(0.0)
