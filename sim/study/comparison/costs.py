"""What it cost, whom, and of what kind; and what one firm or one job that was kept cost.

Categories, bearers and what counts as a cost are defined in ``docs/effects.md``. Everything is a scenario less the one
that it is compared with, under the same random numbers, from what was taken of each run
(``sim/study/reductions/costs.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.study.outcomes import Pair
from sim.study.reductions.costs import CATEGORIES, COSTS, cells_of, is_public
from sim.study.statistics.fieller import fieller
from sim.study.statistics.intervals import interval
from sim.vocabulary import LEVELS

UNITS: Final = {"firm_kept": "survivors", "job_kept": "jobs"}  # and the outcome whose difference is counted
COLUMNS: Final = ("scenario", "against", "bearer", "level", "category", "mean", "low", "high")
UNIT_COLUMNS: Final = ("scenario", "against", "unit", "cost", "mean", "low", "high")


def differences(runs: Iterable[tuple[str, int, pd.Series[float]]], pairs: Iterable[Pair]) -> pd.DataFrame:
    """Each scenario minus the other of its pair, fen: by scenario, against and replication; columns (bearer, category).

    ``runs``: scenario, replication and :func:`sim.study.reductions.costs.costs_of` of each.
    """
    wide = pd.DataFrame({(scenario, replication): sums for scenario, replication, sums in runs}).T.fillna(0.0)
    there = set(wide.index.get_level_values(0))
    found = {
        pair: (wide.loc[pair[0]] - wide.loc[pair[1]]).dropna(how="all") for pair in pairs if there.issuperset(pair)
    }
    if not found:
        nowhere = pd.MultiIndex.from_arrays([[], [], []])
        return pd.DataFrame(index=nowhere, columns=wide.columns).rename_axis(["scenario", "against", "replication"])
    return pd.concat(found).rename_axis(["scenario", "against", "replication"])


def never(runs: Iterable[tuple[str, int, pd.Series[float]]], scenario: str) -> set[tuple[str, str]]:
    """Cells (bearer, category) in which a scenario of ``runs``, see :func:`differences`, has nothing in any run."""
    cells = {cell for _, _, sums in runs for cell in cells_of(sums.index)}
    there = {cell for name, _, sums in runs if name == scenario for cell in cells_of(sums.index[sums.to_numpy() != 0])}
    return cells - there


def table(paired: pd.DataFrame, from_nothing: Mapping[str, Collection[tuple[str, str]]]) -> pd.DataFrame:
    """Costs by bearer and category with intervals: what ``Comparison.costs`` holds. Costs that are 0 are left out.

    ``paired``: as :func:`differences` gives it. ``from_nothing``: by the other of the pair, cells (bearer, category)
    where there is nothing to take off, so that none can be below 0, except the turnover of contracts, which has a sign
    of its own.
    """
    rows = []
    order = sorted(
        cells_of(paired.columns), key=lambda column: (list(LEVELS).index(column[0]), CATEGORIES.index(column[1]))
    )
    groups: Any = paired[order].groupby(level=[0, 1], sort=False)
    for (scenario, against), group in groups:
        least = [0.0 if cell in from_nothing[against] and cell[1] != "contracts_lost" else -np.inf for cell in order]
        means = np.array(interval(group.to_numpy(), np.array(least))).T
        for (bearer, category), (mean, low, high) in zip(order, means, strict=True):
            if group[bearer, category].any():
                rows.append((scenario, against, bearer, LEVELS[bearer], category, mean, low, high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unit_costs(paired: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """What it costs in all, and what one firm and one job more cost: what ``Comparison.unit_costs`` holds.

    ``cost`` is ``public`` (treasuries and social insurance) or ``all``; intervals as :func:`.fieller` gives them.
    """
    counted = values[values["outcome"].isin(UNITS.values())]
    kept = counted.pivot(index=["outcome", "replication"], columns="scenario", values="value")
    rows = []
    is_cost = np.array([category in COSTS for _, category in cells_of(paired.columns)], np.bool_)
    public = np.array([is_public(*cell) for cell in cells_of(paired.columns)], np.bool_)
    for (scenario, against), group in paired.groupby(level=[0, 1], sort=False):
        replications = group.index.get_level_values(2)
        for cost, counts in (("public", public), ("all", is_cost)):
            total = interval(group.to_numpy()[:, counts].sum(axis=1))
            rows.append((scenario, against, "total", cost, *(float(end) for end in total)))
        for unit, outcome in UNITS.items():
            gained = (kept[scenario] - kept[against]).loc[outcome].loc[replications].to_numpy()
            for cost, counts in (("public", public), ("all", is_cost)):
                spent = group.to_numpy()[:, counts].sum(axis=1)
                rows.append((scenario, against, unit, cost, *fieller(spent, gained)))
    return pd.DataFrame(rows, columns=list(UNIT_COLUMNS))
