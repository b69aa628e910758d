"""An attribution put in the order in which people read it: what is due to whom, and what can be said of its price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.study.outcomes import possible_differences
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate, of_rows
from sim.study.statistics.intervals import summarise

if TYPE_CHECKING:
    from sim.study.questions.attribute import Attribution

FIRMS: Final = "survivors"


@dataclass(frozen=True)
class AttributionSummary:
    """The tables of an attribution as people ask for them."""

    study: Attribution

    def shares(self, outcome: str) -> dict[str, Estimate]:
        """Share of each player in an outcome, and of the whole."""
        return _by_player(self.study.attribution, outcome)

    def prices(self, outcome: str) -> dict[str, Estimate]:
        """What each player and the whole keep of an outcome for a million yuan."""
        return _by_player(self.study.prices, outcome)

    @cached_property
    def outcomes(self) -> dict[str, dict[str, Estimate]]:
        """The shares in each outcome that there is."""
        return {str(outcome): self.shares(str(outcome)) for outcome in self.study.attribution["outcome"].unique()}

    def together(self, players: list[str]) -> dict[str, Estimate]:
        """What is due to several players together, by outcome."""
        values = self.study.values[self.study.values["player"].isin(players)]
        sums = values.groupby(["outcome", "replication"], sort=False)["value"].sum().reset_index()
        means = summarise(sums, ["outcome"], lambda table: possible_differences(table["outcome"], len(players)))
        return of_rows(means, "outcome")

    def note(self, player: str) -> str:
        """What can be said of what a player costs and keeps, see the words ``attribute.note``."""
        cost, kept = self.shares(PUBLIC_COST)[player], self.shares(FIRMS)[player]
        if not cost.mean > 0:
            return "saves"
        if not kept.mean > 0:
            return "nothing"
        if isnan(cost.low):
            return "one_replication"
        if cost.low <= 0:
            return "cost_unknown"
        return "kept_unknown" if kept.low <= 0 else "told"


def _by_player(table: pd.DataFrame, outcome: str) -> dict[str, Estimate]:
    return of_rows(table[table["outcome"] == outcome], "player")
