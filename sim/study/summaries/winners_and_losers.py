"""Winners and losers among sectors, sizes and prefectures: who gains most, who loses, who is too few to say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from sim.study.comparison import winners_and_losers
from sim.study.comparison.winners_and_losers import BY, LOST, ONE_RUN, TOO_FEW
from sim.study.outcomes import possible_differences
from sim.study.statistics.estimate import Estimate
from sim.study.statistics.intervals import interval
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.direction import largest
from sim.study.summaries.rows import tuples


class InShort(NamedTuple):
    """What is said of all groups of a scenario: rows of the table by the groups' names, and how many groups there are.

    ``gain``: by each of BY the groups that keep the largest share of their firms, and whoever is not told from the
    first, none where none is told to keep any; ``lose``: those told to lose firms; ``few``: groups of too few rows.
    """

    gain: dict[str, list[Any]]
    lose: dict[str, list[Any]]
    few: int
    groups: int
    has_interval: bool


@dataclass(frozen=True)
class WinnersAndLosers:
    """Each scenario against its own baseline."""

    summary: ComparisonSummary

    @property
    def is_known(self) -> bool:
        """Whether the study has the cells that this is made of."""
        return len(self.summary.comparison.cells) > 0

    def rows(self, scenario: str, by: str) -> list[Any]:
        """Rows of :func:`sim.study.comparison.winners_and_losers.table` of a scenario, in its order."""
        table = self._tables[by]
        return list(tuples(table[table["scenario"] == scenario]))

    def in_short(self, scenario: str) -> InShort:
        """Who gains most and who loses, and how many groups are too small."""
        rows = {by: self.rows(scenario, by) for by in BY}
        every = [row for of_by in rows.values() for row in of_by]
        return InShort(
            {by: self._leading(scenario, by) for by in BY},
            {by: [row for row in of_by if row.verdict == LOST] for by, of_by in rows.items()},
            sum(row.verdict == TOO_FEW for row in every),
            len(every),
            all(row.verdict != ONE_RUN for row in every),
        )

    def _leading(self, scenario: str, by: str) -> list[Any]:
        rows = {row.group: row for row in self.rows(scenario, by) if row.verdict != TOO_FEW}
        of_runs = self._by_run[by]
        of_runs = of_runs[of_runs["scenario"] == scenario]
        shares = of_runs.pivot(index="replication", columns="group", values="kept_share")
        values = {name: Estimate(row.kept_share, row.kept_share_low, row.kept_share_high) for name, row in rows.items()}
        return [rows[name] for name in largest(values, lambda one, other: _estimate(shares[one] - shares[other]))]

    @cached_property
    def _by_run(self) -> dict[str, pd.DataFrame]:
        baselines = {name: others[:1] for name, others in self.summary.comparison.against.items()}
        return {by: winners_and_losers.by_run(self.summary.comparison, by, baselines) for by in BY}

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        fates = self.summary.comparison.fates
        return {by: winners_and_losers.table(of_runs, fates, by) for by, of_runs in self._by_run.items()}


def _estimate(shares: pd.Series[Any]) -> Estimate:
    """Mean and interval of differences of shares, one for each replication."""
    mean, low, high = interval(shares.dropna().to_numpy(float), *possible_differences(["survival_rate"]))
    return Estimate(*(float(end.item()) for end in (mean, low, high)))
