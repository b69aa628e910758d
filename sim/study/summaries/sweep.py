"""A sweep put in the order in which people read it: a point for each draw of its levers, steps of a lever, worlds.

Everything here is a mean or a share of the sweep's tables; nothing is simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.observe.months import HEADLINES
from sim.observe.outcomes import in_universe
from sim.study.comparison.targets import Target, of_contents, verdict
from sim.study.outcomes import possible_differences
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.statistics.intervals import interval
from sim.study.summaries.direction import direction, more_is_better
from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.study.questions.sweep import Sweep

MOST_LEVELS: Final = 16  # of a lever whose steps are looked at


class Found(NamedTuple):
    """An outcome at one point: its value, and the difference from the first point.

    Intervals are those over replications at 95 %; over several worlds from their 5 % to their 95 % quantile.
    """

    value: Estimate
    difference: Estimate
    unit: str


class Step(NamedTuple):
    """What an outcome changes from one value of a lever to the next, all else averaged, paired by replication."""

    lever: str
    before: Any
    after: Any
    outcome: str
    change: Estimate


@dataclass(frozen=True)
class SweepSummary:
    """The tables of a sweep as people ask for them.

    A point is a draw of its levers, over all worlds if there are several. ``universe``: of whom the headline rates are.
    """

    study: Sweep
    universe: str = HEADLINE_UNIVERSE

    @cached_property
    def headlines(self) -> tuple[str, ...]:
        """The headline outcomes of the universe."""
        return in_universe(HEADLINES, self.universe)

    @cached_property
    def levers(self) -> list[str]:
        """Dotted paths of the levers; none when only worlds vary."""
        return self.study.levers

    @cached_property
    def worlds(self) -> int:
        """Worlds that each point is met in; 1 when nothing but levers varies."""
        return int((self.study.draws["lever_draw"] == 0).sum())

    @cached_property
    def values(self) -> dict[int, dict[str, Any]]:
        """Values of the levers at each point."""
        table = self.study.draws.drop_duplicates("lever_draw").set_index("lever_draw")[self.levers]
        return {int(str(point)): dict(row) for point, row in table.iterrows()}

    @cached_property
    def found(self) -> dict[tuple[int, str], Found]:
        """Every outcome at every point where a run succeeded."""
        if self.worlds > 1:
            rows = self.study.worlds.rename(columns={"p05": "low", "p95": "high"})
            rows = rows.rename(columns={"difference_p05": "difference_low", "difference_p95": "difference_high"})
        else:
            rows = self.study.outcomes
        return {
            (int(row["lever_draw"]), str(row["outcome"])): Found(
                Estimate(row["mean"], row["low"], row["high"]),
                Estimate(row["difference"], row["difference_low"], row["difference_high"]),
                str(row["unit"]),
            )
            for row in rows.to_dict("records")
        }

    def at(self, point: int, outcome: str) -> Found:
        """An outcome at a point; missing where no run succeeded."""
        return self.found.get((point, outcome), Found(UNKNOWN, UNKNOWN, self.units.get(outcome, "")))

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Unit of each outcome."""
        return dict(self.study.outcomes.drop_duplicates("outcome").set_index("outcome")["unit"])

    def ranked(self, outcome: str) -> list[int]:
        """The points where the outcome is known, the best first; of equals the one asked for first."""
        sign = -1 if more_is_better(outcome) else 1
        means = {point: self.at(point, outcome).value.mean for point in self.values}
        return sorted((p for p in means if not isnan(means[p])), key=lambda point: sign * means[point])

    def better(self, point: int, outcome: str) -> float:
        """In which share of the worlds the outcome is better at a point than at the first one."""
        table = self.study.outcomes
        rows = table[(table["lever_draw"] == point) & (table["outcome"] == outcome)]["difference"].dropna()
        return float(((rows > 0) if more_is_better(outcome) else (rows < 0)).mean()) if len(rows) else nan

    @cached_property
    def targets(self) -> list[Target]:
        """The targets of the plan for outcomes that the sweep has."""
        asked = of_contents(self.study.manifest.scenarios[-1].contents)
        return [target for target in asked if target.outcome in self.units]

    def met(self, point: int, target: Target) -> float:
        """In which share of the worlds a point meets a target, by the mean over replications."""
        table = self.study.outcomes
        means = table[(table["lever_draw"] == point) & (table["outcome"] == target.outcome)]["mean"].dropna()
        return float(np.mean(target.is_met(means))) if len(means) else nan

    @cached_property
    def steps(self) -> list[Step]:
        """Steps of each lever of a grid, or of a single lever that takes few values, for ``headlines``."""
        block = self.study.manifest.settings["design"]["levers"] or {}
        if not self.levers or not (block.get("grid") or len(self.levers) == 1):
            return []
        found = []
        for lever in self.levers:
            draws_of = self.study.draws.groupby(lever, sort=False)["draw"].agg(list)
            levels = list(draws_of.index)
            if pd.api.types.is_numeric_dtype(self.study.draws[lever]):
                levels.sort()
            if not 2 <= len(levels) <= MOST_LEVELS:
                continue
            for before, after in pairwise(levels):
                for outcome in self.headlines:
                    change = self._of(outcome, draws_of[after]) - self._of(outcome, draws_of[before])
                    known = np.asarray(change.dropna(), np.float64)
                    mean, low, high = interval(known, *possible_differences([outcome]))
                    found.append(
                        Step(
                            lever,
                            before,
                            after,
                            outcome,
                            Estimate(float(mean), np.asarray(low).item(), np.asarray(high).item()),
                        )
                    )
        return found

    def strongest_step(self, outcome: str) -> Step | None:
        """The step that changes an outcome most; None where that is not told from zero, or there is but one step."""
        steps = [step for step in self.steps if step.outcome == outcome and not isnan(step.change.mean)]
        if len(steps) < 2:
            return None
        strongest = max(steps, key=lambda step: abs(step.change.mean))
        return None if direction(outcome, strongest.change) in ("same", "no_interval") else strongest

    def nothing_moves(self, outcome: str) -> bool:
        """Whether an outcome is exactly the same at every point."""
        changes = [self.at(point, outcome).difference for point in self.values]
        return all(change.mean == change.low == change.high == 0 for change in changes)

    def verdicts(self, target: Target) -> Counter[str]:
        """At how many points a target is met, missed, or neither can be said."""
        values = (self.at(point, target.outcome).value for point in self.values)
        return Counter(verdict(target, value.mean, value.low, value.high) for value in values)

    @cached_property
    def _by_replication(self) -> dict[str, pd.DataFrame]:
        done = self.study.runs[self.study.runs["reason"] == ""]
        return {name: done.pivot(index="replication", columns="draw", values=name) for name in self.headlines}

    def _of(self, outcome: str, draws: list[int]) -> pd.Series[float]:
        """Mean over draws in each replication, missing where one of them is."""
        return self._by_replication[outcome].reindex(columns=draws).mean(axis=1, skipna=False)

    @cached_property
    def precision(self) -> dict[str, tuple[float, float, int]]:
        """Of each outcome that was to be precise: half-width asked for, the widest there is, draws that reached it."""
        rule = self.study.manifest.settings["design"]["replications"]
        if not isinstance(rule, dict):
            return {}
        table = self.study.outcomes
        found = {}
        for outcome, asked in rule["half_width"].items():
            rows = table[table["outcome"] == outcome]
            half = np.maximum(rows["high"] - rows["mean"], rows["mean"] - rows["low"]).to_numpy(float)
            widest = float(np.nanmax(half)) if np.isfinite(half).any() else nan
            found[outcome] = float(asked), widest, int((half <= asked).sum())
        return found

    @cached_property
    def replications(self) -> tuple[int, int]:
        """Fewest and most replications of a draw that succeeded."""
        count = self.study.runs[self.study.runs["reason"] == ""].groupby("draw").size()
        return int(count.min()), int(count.max())
