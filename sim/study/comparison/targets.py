"""The plan's targets: met or not, how often over replications, how often over the ranges of what is only assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.study.comparison.sample_size import FEWEST_ROWS

COLUMNS: Final = (
    "scenario", "outcome", "clause", "bound", "target", "on", "mean", "low", "high", "rows", "met_over_replications",
    "met_over_ranges", "draws", "verdict",
)  # fmt: skip
SURVIVES: Final = 0.9  # share of the draws over assumptions that a verdict must hold in
LATER: Final = "9999-12-31"  # than any day
VERDICTS: Final = ("met", "missed", "unsure", "too_few", "not_pursued", "none")


class Target(NamedTuple):
    """A target of the plan; ``bound`` is at_least or at_most."""

    outcome: str
    clause: str
    bound: str
    limit: float

    def is_met(self, values: Any) -> Any:
        """Where values meet it."""
        return values >= self.limit if self.bound == "at_least" else values <= self.limit


def of_contents(contents: Mapping[str, Any]) -> list[Target]:
    """The targets of a scenario, from everything that it says; none where it ends before the plan was adopted."""
    found = []
    plan = contents.get("plan", {})
    if str(contents.get("world", {}).get("end", LATER)) < str(plan.get("adopted", "")):
        return []
    for said in plan.get("targets", ()):
        bound = "at_most" if said["at_least"] is None else "at_least"
        found.append(Target(said["outcome"], said["clause"], bound, float(said[bound])))
    return found


def pursued(found: str, is_pursued: bool) -> str:
    """The verdict; a target that is not met is ``not_pursued`` where no measure of its clause is on."""
    return found if is_pursued or found in ("met", "none") else "not_pursued"


def verdict(
    target: Target, mean: float, low: float, high: float, rows: float = np.inf, over_ranges: float = np.nan
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
    sides = {bool(target.is_met(end)) for end in (low, high)}
    if np.isnan(low) or len(sides) > 1:
        return "unsure"
    is_met = sides.pop()
    agree = over_ranges if is_met else 1.0 - over_ranges
    return "unsure" if agree < SURVIVES else "met" if is_met else "missed"


def why_unsure(target: Target, low: float, high: float) -> str:
    """What leaves a verdict ``unsure``: ``one_run``, the ``interval`` that reaches across, or ``draws`` that differ."""
    if np.isnan(low):
        return "one_run"
    return "interval" if target.is_met(low) != target.is_met(high) else "draws"


def of_row(row: Any) -> Target:
    """The target that a row of :func:`table` is of, which has its columns as attributes."""
    return Target(row.outcome, row.clause, row.bound, float(row.target))


def missed(judged: pd.DataFrame) -> pd.DataFrame:
    """The rows of :func:`table` whose target is missed, or not certain and on the mean not met."""
    met = [bool(of_row(row).is_met(row.mean)) for row in judged.itertuples(index=False)]
    return judged[(judged["verdict"] == "missed") | ((judged["verdict"] == "unsure") & ~np.array(met, np.bool_))]


def table(scenarios: Iterable[Any], outcomes: pd.DataFrame, values: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """One row for each target of each scenario: what ``Comparison.targets`` holds.

    ``scenarios``: with ``name``, ``measures``, ``world.end``, ``plan.adopted``, ``plan.targets_on`` and
    ``plan.targets`` (outcome, at_least or at_most, clause, on); one that ends before the plan was adopted, as of
    another year, is not judged by its targets. ``on`` is the day, ISO, in whose month it is read.
    ``outcomes``: scenario, outcome, mean, low, high, rows. ``values``: scenario, replication, outcome, value.
    ``draws``: scenario, draw, outcome, value, of those that were drawn. ``bound`` is at_least or at_most; a share is
    missing where nothing was run for it. A target that is not met is ``not_pursued`` where no measure of its clause is
    on.
    """
    known = outcomes.set_index(["scenario", "outcome"])[["mean", "low", "high", "rows"]]
    by, by_draw = (
        {pair: group.to_numpy() for pair, group in table.groupby(["scenario", "outcome"], sort=False)["value"]}
        for table in (values, draws)
    )
    rows = []
    for scenario in scenarios:
        if scenario.world.end < scenario.plan.adopted:
            continue
        on = {clause for measure in scenario.measures for clause in measure.clauses}
        for said in scenario.plan.targets:
            bound = "at_most" if said.at_least is None else "at_least"
            target = Target(said.outcome, said.clause, bound, float(getattr(said, bound)))
            at = scenario.name, target.outcome
            mean, low, high, behind = known.loc[at].tolist() if at in known.index else [np.nan] * 4
            over = _numbers(by_draw.get(at))
            replications, ranges = (_share(numbers, target) for numbers in (_numbers(by.get(at)), over))
            found = pursued(verdict(target, mean, low, high, behind, ranges), target.clause in on)
            day = (said.on or scenario.plan.targets_on).isoformat()
            rows.append((scenario.name, *target, day, mean, low, high, behind, replications, ranges, len(over), found))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(values: Any) -> Any:
    """Values as floats without the missing."""
    numbers = np.asarray([] if values is None else values, np.float64)
    return numbers[~np.isnan(numbers)]


def _share(numbers: Any, target: Target) -> float:
    return float(np.mean(target.is_met(numbers))) if len(numbers) else float("nan")
