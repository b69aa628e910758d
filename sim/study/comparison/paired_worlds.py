"""Worlds side by side: every scenario under the same random numbers as its baseline, and what comes of the pairs.

What a worker takes of each run is in ``sim/study/reductions/``; :class:`Pairing` puts it together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.comparison import costs, fates, repayment_wall, saved_or_postponed
from sim.study.comparison.scenario_means import ScenarioMeans, scenario_means
from sim.study.reductions.costs import from_table as costs_from_table
from sim.study.reductions.exits import from_table as exits_from_table
from sim.study.reductions.fates import Groups
from sim.study.reductions.fates import from_table as sums_from_table
from sim.study.reductions.saved_or_postponed import SAVED_OR_POSTPONED
from sim.study.runs.specification import replicated
from sim.timeline import horizon

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.runner import Runner
    from sim.study.runs.specification import RunSpec


class Pairing:
    """Reads what was taken from runs, one after the other (:meth:`read`), and tells the tables that come of it."""

    def __init__(self, baseline: str) -> None:
        self.baseline = baseline
        self._groups: Groups = ()
        self._sums: dict[str, list[NDArray[np.float64]]] = {}  # by scenario
        self._lasting: dict[str, list[pd.DataFrame]] = {}  # by scenario
        self.examples: dict[str, list[int]] = {}  # by scenario: one firm saved and one harmed in the first replication
        self._months: dict[str, list[str]] = {}
        self._exits: dict[str, list[NDArray[np.float64]]] = {}
        self._costs: list[tuple[str, int, pd.Series[float]]] = []

    def read(self, spec: RunSpec, stored: RunStore) -> None:
        """Take up a run that succeeded. One whose baseline did not is no run that succeeded."""
        key, scenario, replication = stored.key(spec), spec.scenario, spec.replication
        if scenario.name != self.baseline:
            self._groups, sums = sums_from_table(stored.table(key, "sums"))
            self._sums.setdefault(scenario.name, []).append(sums)
            self._lasting.setdefault(scenario.name, []).append(stored.table(key, SAVED_OR_POSTPONED))
            if replication == 0:
                self.examples[scenario.name] = stored.table(key, "examples")["firm"].to_list()
        timeline = horizon(scenario.world.start, scenario.world.end)
        self._months[scenario.name] = timeline.month_names
        self._exits.setdefault(scenario.name, []).append(exits_from_table(stored.table(key, "exits"), timeline))
        self._costs.append((scenario.name, replication, costs_from_table(stored.table(key, "costs"))))

    def fates(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.fates.table`."""
        return fates.table((name, self._groups, sums) for name, sums in self._sums.items())

    def gains(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.fates.gains`."""
        return fates.gains((name, self._groups, sums) for name, sums in self._sums.items())

    def saved_or_postponed(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.saved_or_postponed.table`."""
        return saved_or_postponed.table(self._lasting.items())

    def repayment_wall_exits(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.repayment_wall.table`."""
        return repayment_wall.table((name, self._months[name], exits) for name, exits in self._exits.items())

    def from_nothing(self) -> set[tuple[str, str]]:
        """Costs (bearer, category) that the baseline never has, see :func:`sim.study.comparison.costs.table`."""
        return costs.never(self._costs, self.baseline)

    def costs(self) -> pd.DataFrame:
        """Scenario minus baseline, see :func:`sim.study.comparison.costs.differences`."""
        return costs.differences(self._costs, self.baseline)


def paired(
    scenarios: Sequence[Scenario], seed: int, replications: int, runner: Runner
) -> tuple[list[ScenarioMeans], Pairing, pd.DataFrame]:
    """Run scenarios, the first of them the baseline; returns their tables, their pairs and the rows of all runs."""
    baseline, *others = scenarios
    specs = [replicated(baseline, seed, replications, "pairs")]
    specs += [replicated(scenario, seed, replications, "pairs", against=baseline) for scenario in others]
    frames = [runner.run(specs[0])]  # before the others, which are paired with it
    if others:
        frames.append(runner.run(spec for of_one in specs[1:] for spec in of_one))
    runs = pd.concat(frames, ignore_index=True)
    pairing, parts = Pairing(baseline.name), []
    for scenario, of_one in zip(scenarios, specs, strict=True):
        rows = runs[runs["scenario"] == scenario.name]
        for spec in of_one:
            if runner.stored.has(runner.stored.key(spec)):
                pairing.read(spec, runner.stored)
        parts.append(scenario_means(scenario, rows, runner.stored, seed))
    return parts, pairing, runs
