"""A sensitivity put in the order in which people read it: what an outcome hangs on, and how much of it is chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.observe.months import HEADLINES
from sim.observe.outcomes import in_universe
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.intervals import CONFIDENCE
from sim.study.statistics.sensitivity_indices import EFFECT, NOTHING, UNSURE
from sim.study.summaries.rows import tuples
from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity


@dataclass(frozen=True)
class SensitivitySummary:
    """The tables of a sensitivity as people ask for them; ``universe``: of whom the headline rates are."""

    study: Sensitivity
    universe: str = HEADLINE_UNIVERSE

    @cached_property
    def outcomes(self) -> list[str]:
        """The headline outcomes and the public cost, as far as they are known."""
        known = set(self.study.ranking["outcome"])
        return [name for name in (*in_universe(HEADLINES, self.universe), PUBLIC_COST) if name in known]

    def with_effect(self, outcome: str) -> pd.DataFrame:
        """The rows of ``ranking`` of the factors that are told from zero, the strongest first."""
        ranked = self.study.ranked(outcome)
        return ranked[ranked["verdict"] == EFFECT]

    def spread(self, outcome: str) -> Any:
        """The row of ``spread`` of an outcome."""
        return next(tuples(self.study.spread[self.study.spread["outcome"] == outcome]))

    def counts(self, outcome: str) -> Mapping[str, int]:
        """How many factors there are of each verdict."""
        verdicts = self.study.ranked(outcome)["verdict"]
        return {verdict: int((verdicts == verdict).sum()) for verdict in (EFFECT, UNSURE, NOTHING)}

    def by_chance(self, outcome: str) -> int:
        """How many factors would be told from zero if none had an effect."""
        counts = self.counts(outcome)
        return round((counts[EFFECT] + counts[UNSURE]) * (1.0 - CONFIDENCE))

    def both_ways(self, outcome: str) -> list[str]:
        """Of Morris: factors with an effect that raise the outcome in some worlds and lower it in others."""
        mu = self.study.index(outcome, "mu")["value"]
        return [row.factor for row in tuples(self.with_effect(outcome)) if abs(mu[row.factor]) < row.strength / 2]

    @cached_property
    def explained_alone(self) -> pd.Series[float]:
        """Of Sobol: by outcome how much of the variance the factors explain each by itself."""
        first = self.study.indices[self.study.indices["index"] == "first"]
        return first.groupby("outcome")["value"].sum(min_count=1).reindex(self.outcomes).dropna()

    @cached_property
    def chance(self) -> pd.Series[float]:
        """By outcome the share of the variance that is chance; empty where there was one replication."""
        return self.study.spread.set_index("outcome")["replication_share"].reindex(self.outcomes).dropna()

    def strongest_pairs(self, outcome: str, most: int) -> pd.DataFrame:
        """The pairs of factors that interact most, rows of ``indices``."""
        of = self.study.indices
        rows = of[(of["outcome"] == outcome) & (of["index"] == "second")]
        return rows.sort_values("value", key=abs, ascending=False, kind="stable").head(most)
