"""The plan's targets: met or not, how often over luck, and how often over the ranges of what is only assumed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.study.evidence import FEWEST_ROWS

COLUMNS: Final = (
    "scenario", "outcome", "clause", "bound", "target", "mean", "low", "high", "rows", "met_over_luck",
    "met_over_ranges", "draws", "verdict",
)  # fmt: skip
SURVIVES: Final = 0.9  # share of the draws over assumptions that a verdict must hold in
VERDICTS: Final = ("met", "missed", "unsure", "too_few", "not_pursued", "none")


def verdict(
    bound: str, target: float, mean: float, low: float, high: float, rows: float = np.inf, over_ranges: float = np.nan
) -> str:
    """One of VERDICTS, as ``docs/effects.md`` defines them: what may be said of a target.

    ``met`` and ``missed`` ask for an interval on one side of it, for a sample of FEWEST_ROWS ``rows`` that the outcome
    rests on and, where draws were made over what is only assumed, for the same answer in SURVIVES of them
    (``over_ranges``: the share that meets it). ``unsure`` is what the interval, the draws or a single run leave open.
    """
    if np.isnan(mean):
        return "none"
    if rows < FEWEST_ROWS:
        return "too_few"
    sides = {bool(is_met(np.float64(end), bound, target)) for end in (low, high)}
    if np.isnan(low) or len(sides) > 1:
        return "unsure"
    found = sides.pop()
    agree = over_ranges if found else 1.0 - over_ranges
    return "unsure" if agree < SURVIVES else "met" if found else "missed"


def is_met(values: Any, bound: str, target: float) -> Any:
    """Where a value meets a target; ``bound`` is at_least or at_most."""
    return values >= target if bound == "at_least" else values <= target


def table(
    scenarios: Iterable[Any], outcomes: pd.DataFrame, values: pd.DataFrame, draws: pd.DataFrame, drawn: str
) -> pd.DataFrame:
    """One row for each target of each scenario: what ``Comparison.targets`` holds.

    ``scenarios``: with ``name``, ``measures`` and ``plan.targets`` (outcome, at_least or at_most, clause).
    ``outcomes``: scenario, outcome, mean, low, high, rows. ``values``: scenario, replication, outcome, value.
    ``draws``: draw, outcome, value of the scenario named ``drawn``. ``bound`` is at_least or at_most; a share is
    missing where nothing was run for it. A target that is not met is ``not_pursued`` where no measure of its clause is
    on.
    """
    known = outcomes.set_index(["scenario", "outcome"])[["mean", "low", "high", "rows"]]
    by = {pair: group.to_numpy() for pair, group in values.groupby(["scenario", "outcome"], sort=False)["value"]}
    by_draw = {outcome: group.to_numpy() for outcome, group in draws.groupby("outcome", sort=False)["value"]}
    rows = []
    for scenario in scenarios:
        pursued = {clause for measure in scenario.measures for clause in measure.clauses}
        for target in scenario.plan.targets:
            at = scenario.name, target.outcome
            over = _numbers(by_draw.get(target.outcome) if scenario.name == drawn else None)
            bound = "at_most" if target.at_least is None else "at_least"
            limit = float(getattr(target, bound))
            mean, low, high, behind = known.loc[at].tolist() if at in known.index else [np.nan] * 4
            luck, ranges = (_share(numbers, bound, limit) for numbers in (_numbers(by.get(at)), over))
            found = verdict(bound, limit, mean, low, high, behind, ranges)
            if found not in ("met", "none") and target.clause not in pursued:
                found = "not_pursued"
            rows.append((*at, target.clause, bound, limit, mean, low, high, behind, luck, ranges, len(over), found))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(values: Any) -> Any:
    """Values as floats without the missing."""
    numbers = np.asarray([] if values is None else values, np.float64)
    return numbers[~np.isnan(numbers)]


def _share(numbers: Any, bound: str, target: float) -> float:
    return float(np.mean(is_met(numbers, bound, target))) if len(numbers) else float("nan")
