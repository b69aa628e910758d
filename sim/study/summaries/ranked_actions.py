"""Single actions ranked by what they do without their nominal measures, whose effect is a factor of assumed size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.observe.months import HEADLINES
from sim.study.outcomes import differences_of_pairs
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.summaries.direction import leaders

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison


@dataclass(frozen=True)
class RankedActions:
    """``baselines``: what each single action is compared with, by scenario, in the order of the plan."""

    comparison: Comparison
    baselines: Mapping[str, str]

    @cached_property
    def names(self) -> list[str]:
        """The single actions that can be ranked: those with measures that are more than a factor of assumed size."""
        known = set(self.comparison.ranked_actions["scenario"])
        return [name for name in self.baselines if name in known]

    @cached_property
    def without_rank(self) -> list[str]:
        """The single actions that have no rank, since all of their measures are only factors of assumed size."""
        measures = {asked.name: asked.contents["measures"].values() for asked in self.comparison.manifest.scenarios}
        return [
            name
            for name in self.baselines
            if measures[name] and all(measure.get("nominal") is not None for measure in measures[name])
        ]

    def effects(self, outcome: str) -> dict[str, Estimate]:
        """How far each action that can be ranked is from its baseline in one of the headlines."""
        return {name: self._differences.get((name, self.baselines[name], outcome), UNKNOWN) for name in self.names}

    def leading(self, outcome: str) -> list[str]:
        """The actions that improve an outcome most, as :func:`~sim.study.summaries.direction.leaders` tells them."""
        return leaders(
            outcome, self.effects(outcome), lambda one, other: self._differences.get((one, other, outcome), UNKNOWN)
        )

    @cached_property
    def _differences(self) -> dict[tuple[str, str, str], Estimate]:
        """Of each action from its baseline and from each other, paired by replication, by headline."""
        ranked, values = self.comparison.ranked_actions, self.comparison.values
        values = values[~values["scenario"].isin(ranked["scenario"].unique())]
        every = pd.concat([values, ranked], ignore_index=True)
        pairs = [(name, self.baselines[name]) for name in self.names]
        pairs += [(one, other) for one in self.names for other in self.names if one != other]
        table = differences_of_pairs(every[every["outcome"].isin(HEADLINES)], pairs)
        rows: Iterable[Any] = table.itertuples(index=False)
        return {(row.scenario, row.against, row.outcome): Estimate(row.mean, row.low, row.high) for row in rows}
