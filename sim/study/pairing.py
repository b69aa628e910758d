"""What is kept of each run of a comparison so that worlds can be paired: sums, and of the baseline how firms ended.

Runs come in order, the baseline's first. Of each baseline world 15 bytes a firm stay in memory, of every other world
its sums only, so that memory does not grow with the number of scenarios.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study import cliff, costs, fates
from sim.timeline import Timeline

if TYPE_CHECKING:
    from datetime import date

    from sim.study.runs import Run


class Pairing:
    """Looks at runs one after the other (:meth:`look`) and then tells the tables that come of the pairs."""

    def __init__(self, baseline: str) -> None:
        self.baseline = baseline
        self._ends: dict[int, fates.Ends] = {}  # by replication
        self._groups: fates.Groups = ()
        self._sums: dict[str, list[NDArray[np.float64]]] = {}  # by scenario
        self.examples: dict[str, list[int]] = {}  # by scenario: one firm saved and one harmed under the first luck
        self._months: dict[str, list[str]] = {}
        self._exits: dict[str, list[NDArray[np.float64]]] = {}
        self._costs: list[tuple[str, int, pd.Series[float]]] = []

    def look(self, run: Run) -> None:
        """Take from a run what its pairs need. A run that failed, or whose baseline did, is in no pair."""
        if run.result is None:
            return
        name, replication, world = run.spec.scenario.name, run.spec.replication, run.spec.scenario.world
        table = run.result.fates
        if name == self.baseline:
            self._ends[replication] = fates.ends(table)
        elif replication not in self._ends:
            return
        there = self._ends[replication]
        place, timeline = fates.places(table, there), _timeline(world.start, world.end)
        if name != self.baseline:
            self._groups, sums = fates.sums(table, there, place)
            self._sums.setdefault(name, []).append(sums)
            if replication == 0:
                found = [fates.first(table, there, place, fate) for fate in ("saved", "harmed")]
                self.examples[name] = [firm for firms in found for firm in firms]
        self._months[name] = timeline.month_names
        self._exits.setdefault(name, []).append(cliff.exits(table, there, place, timeline))
        self._costs.append((name, replication, costs.of_run(run.result)))

    def fates(self) -> pd.DataFrame:
        """See :func:`sim.study.fates.table`."""
        return fates.table((name, self._groups, sums) for name, sums in self._sums.items())

    def cliff_exits(self) -> pd.DataFrame:
        """See :func:`sim.study.cliff.table`."""
        return cliff.table((name, self._months[name], exits) for name, exits in self._exits.items())

    def costs(self) -> pd.DataFrame:
        """Scenario minus baseline, see :func:`sim.study.costs.differences`."""
        return costs.differences(self._costs, self.baseline)


@cache
def _timeline(start: date, end: date) -> Timeline:
    return Timeline(start, end)
