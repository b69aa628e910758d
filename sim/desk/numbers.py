"""What is known of a desk so far, as tables: outcomes, targets, costs, fates, months, groups, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.desk.state import Desk
from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.study import StudyError
from sim.study.comparison.parameter_uncertainty import SPREAD
from sim.study.comparison.scenarios import MAIN
from sim.study.outcomes import differences_of_pairs, possible_range
from sim.study.questions.comparison import Comparison
from sim.study.statistics.intervals import Range, summarise
from sim.vocabulary import COUNTED_BY, HEADLINE_UNIVERSE

Stage = Literal["working", "first", "refining", "precise", "at_limit", "failed"]
OF_MONTHS: Final = (
    "month", "mean", "low", "high", "difference", "difference_low", "difference_high", "replications",
)  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """What is known of a desk so far.

    ``stage``: ``working`` (nothing yet), ``first`` (outcomes alone, of few rows and one replication: show them grey),
    ``refining``, ``precise`` (the wished precision is met), ``at_limit`` (it is not, and no more is run) or
    ``failed`` (nothing could be run, for ``reason``). ``comparison``: the study, as ``sim.compare`` of the plan and
    the same files gives it at these ``firms`` and ``replications`` bit for bit, in all tables that need no further
    runs (the others are empty); None while there is nothing. All of the project's charts and summaries take it. In it
    ``scenario`` is a what-if's name. ``failures``: by a what-if's name the sentence why it could not be read or run.
    ``half_widths``: by what-if the widest half-width of the three headline outcomes' differences from the plan, as a
    share; missing for one replication. ``seconds_left``: how long the wished precision will take by what has been
    seen, None where nothing can be said yet; ``replications_needed`` the same, which may be more than the limit.
    ``spread``: with ``posterior`` 5, 50 and 95 % over draws, columns of ``Comparison.uncertainty``; else empty.
    ``seconds``: since the change.
    """

    desk: Desk
    stage: Stage
    firms: int = 0
    replications: int = 0
    comparison: Comparison | None = None
    failures: Mapping[str, Words] = field(default_factory=dict)
    reason: Words | None = None
    half_widths: Mapping[str, float] = field(default_factory=dict)
    seconds_left: float | None = None
    replications_needed: int | None = None
    spread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SPREAD)))
    seconds: float = 0.0

    @property
    def plan(self) -> str:
        """Name of the plan in the tables."""
        return MAIN

    @property
    def baseline(self) -> str:
        """Name of what the plan is first compared with in the tables; the world without support, as a rule."""
        return self.against(MAIN)

    def against(self, name: str) -> str:
        """What a scenario is first compared with; itself where there is nothing."""
        return next(iter(self._study.against.get(name, ())), name)

    def names(self) -> list[str]:
        """Scenarios that were run: the baseline first, then the plan and what else it is compared with, what-ifs."""
        return self._study.scenarios

    def headline(self) -> pd.DataFrame:
        """Survival, resumption and loss-making share of enterprises: rows of ``comparison.outcomes``."""
        table = self._study.outcomes
        return table[table["outcome"].isin(HEADLINES)].reset_index(drop=True)

    def difference(self, one: str, other: str) -> pd.DataFrame:
        """Any two scenarios, paired by replication: scenario, against, outcome, mean, low, high, unit, replications."""
        return differences_of_pairs(self._study.values, [(one, other)])

    def targets(self, name: str) -> pd.DataFrame:
        """Rows of ``comparison.targets`` of a scenario."""
        return _of(self._study.targets, name)

    def costs(self, name: str, against: str | None = None) -> pd.DataFrame:
        """Cost by bearer and category of a scenario against another (its baseline): rows of ``comparison.costs``."""
        return self._beside(self._study.costs, name, against)

    def unit_costs(self, name: str, against: str | None = None) -> pd.DataFrame:
        """What it costs in all, and a firm and a job kept: rows of ``comparison.unit_costs``."""
        return self._beside(self._study.unit_costs, name, against)

    def fates(self, name: str, against: str | None = None) -> pd.DataFrame:
        """Saved and harmed of a scenario against another (its baseline): rows of ``comparison.fates`` of all."""
        rows = self._beside(self._study.fates, name, against)
        return rows[rows["by"] == "all"].reset_index(drop=True)

    def months(self, name: str, outcome: str) -> pd.DataFrame:
        """A rate of enterprises month by month: columns OF_MONTHS, its own level and difference from its baseline."""
        study = self._study

        def of_firms(table: pd.DataFrame) -> pd.DataFrame:
            return table[(table["universe"] == HEADLINE_UNIVERSE) & (table["by"] == COUNTED_BY[0])]

        def within(table: pd.DataFrame) -> Range:
            return possible_range(outcome)

        rates = of_firms(_of(study.rates, name)).assign(value=lambda table: table[outcome])
        level = summarise(rates, ["month"], within)
        apart = of_firms(self._beside(study.differences_by_month, name, None))
        apart = apart[apart["outcome"] == outcome].rename(columns={"mean": "difference"})
        apart = apart.rename(columns={"low": "difference_low", "high": "difference_high"})
        columns = ["month", "difference", "difference_low", "difference_high"]
        return level.merge(apart[columns], on="month", how="left")[list(OF_MONTHS)]

    def groups(self, name: str, by: str, against: str | None = None) -> pd.DataFrame:
        """Firms kept by ``sector``, ``size`` or ``prefecture``: rows of ``comparison.winners_and_losers(by)``."""
        return self._beside(self._study.winners_and_losers(by), name, against)

    @property
    def _study(self) -> Comparison:
        if self.comparison is None:
            raise StudyError(zh="还没有数字。", en="There are no numbers yet.")
        return self.comparison

    def _beside(self, table: pd.DataFrame, name: str, against: str | None) -> pd.DataFrame:
        other = self.against(name) if against is None else against
        return _of(table[table["against"] == other], name)


def differences_from_plan(values: pd.DataFrame, name: str) -> dict[str, NDArray[np.float64]]:
    """Of each headline outcome the differences of a scenario from the plan, in the order of replications.

    ``values``: of a comparison. The plan itself is looked at as it is. A replication in which an outcome does not exist
    is left out.
    """
    found = {}
    for outcome, rows in values[values["outcome"].isin(HEADLINES)].groupby("outcome", sort=False):
        wide = rows.pivot(index="replication", columns="scenario", values="value")
        apart = wide[name] - wide[MAIN] if name != MAIN else wide[MAIN]
        found[str(outcome)] = apart.dropna().to_numpy(np.float64)
    return found


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["scenario"] == name].reset_index(drop=True)
