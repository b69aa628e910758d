"""The plan's targets: met or not, how often over luck, and how often over the ranges of what is only assumed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.study.ensemble import interval

COLUMNS: Final = (
    "scenario", "outcome", "clause", "bound", "target", "mean", "low", "high", "met_over_luck", "met_over_ranges",
    "draws",
)  # fmt: skip


def table(scenarios: Iterable[Any], values: pd.DataFrame, draws: pd.DataFrame, drawn: str) -> pd.DataFrame:
    """One row for each target of each scenario: what ``Comparison.targets`` holds.

    ``scenarios``: with ``name`` and ``plan.targets`` (outcome, at_least or at_most, clause). ``values``: scenario,
    replication, outcome, value. ``draws``: draw, outcome, value of the scenario named ``drawn``. ``bound`` is at_least
    or at_most; a share is missing where nothing was run for it.
    """
    by = {pair: group.to_numpy() for pair, group in values.groupby(["scenario", "outcome"], sort=False)["value"]}
    by_draw = {outcome: group.to_numpy() for outcome, group in draws.groupby("outcome", sort=False)["value"]}
    rows = []
    for scenario in scenarios:
        for target in scenario.plan.targets:
            seen = _numbers(by.get((scenario.name, target.outcome)))
            over = _numbers(by_draw.get(target.outcome) if scenario.name == drawn else None)
            bound = "at_most" if target.at_least is None else "at_least"
            limit = float(getattr(target, bound))
            mean, low, high = interval(seen)
            met, met_over = (_met(numbers, bound, limit) for numbers in (seen, over))
            rows.append(
                (scenario.name, target.outcome, target.clause, bound, limit, float(mean), float(low), float(high), met,
                 met_over, len(over))
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(values: Any) -> Any:
    """Values as floats without the missing."""
    numbers = np.asarray([] if values is None else values, np.float64)
    return numbers[~np.isnan(numbers)]


def _met(numbers: Any, bound: str, limit: float) -> float:
    if not len(numbers):
        return float("nan")
    return float(np.mean(numbers >= limit if bound == "at_least" else numbers <= limit))
