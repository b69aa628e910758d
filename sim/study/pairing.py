"""What is kept of each run of a comparison so that worlds can be paired: sums, and of the baseline how firms ended.

Runs come in order, the baseline's first. Of each baseline world 15 bytes a firm stay in memory, of every other world
its sums only, so that memory does not grow with the number of scenarios. What is taken from a run goes on with it
(``Run.seen``), so that a run that was kept is paired without its firms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study import cliff, costs, fates
from sim.timeline import Timeline

if TYPE_CHECKING:
    from datetime import date

    from sim.observe.tables import Result
    from sim.scenario import Scenario
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

    def look(self, run: Run) -> Run:
        """Take from a run what its pairs need; the run without its firms is given back, and what was taken with it.

        A run that failed, or whose baseline did, is in no pair: of it nothing is taken.
        """
        if run.result is None:
            return run
        result, scenario, replication = run.result, run.spec.scenario, run.spec.replication
        light = replace(run, result=replace(result, fates=result.fates[:0].copy()))
        if scenario.name != self.baseline and replication not in self._ends:
            return light
        seen = run.seen or self._take(result, scenario, replication)
        if scenario.name == self.baseline:
            self._ends[replication] = fates.Ends(*(seen["ends"][name].to_numpy() for name in fates.Ends._fields))
        else:
            self._groups, sums = fates.from_table(seen["sums"])
            self._sums.setdefault(scenario.name, []).append(sums)
            if replication == 0:
                self.examples[scenario.name] = seen["examples"]["firm"].to_list()
        timeline = _timeline(scenario.world.start, scenario.world.end)
        self._months[scenario.name] = timeline.month_names
        self._exits.setdefault(scenario.name, []).append(cliff.from_table(seen["exits"], timeline))
        self._costs.append((scenario.name, replication, costs.of_run(result)))
        return replace(light, seen=seen)

    def _take(self, result: Result, scenario: Scenario, replication: int) -> Mapping[str, pd.DataFrame]:
        """Of the baseline how its firms ended, of others their sums; of both their exits. ``Run.seen`` holds it."""
        seen = {}
        if scenario.name == self.baseline:
            there = self._ends[replication] = fates.ends(result.fates)
            seen["ends"] = pd.DataFrame(there._asdict())
        there = self._ends[replication]
        place = fates.places(result.fates, there)
        if scenario.name != self.baseline:
            seen["sums"] = fates.to_table(*fates.sums(result.fates, there, place))
            found = [firm for fate in ("saved", "harmed") for firm in fates.first(result.fates, there, place, fate)]
            seen["examples"] = pd.DataFrame({"firm": np.array(found, np.uint64)})
        exits = cliff.exits(result.fates, there, place, _timeline(scenario.world.start, scenario.world.end))
        return seen | {"exits": cliff.to_table(exits)}

    def fates(self) -> pd.DataFrame:
        """See :func:`sim.study.fates.table`."""
        return fates.table((name, self._groups, sums) for name, sums in self._sums.items())

    def cliff_exits(self) -> pd.DataFrame:
        """See :func:`sim.study.cliff.table`."""
        return cliff.table((name, self._months[name], exits) for name, exits in self._exits.items())

    def costs(self) -> pd.DataFrame:
        """Scenario minus baseline, see :func:`sim.study.costs.differences`."""
        return costs.differences(self._costs, self.baseline)

    def public_costs(self) -> pd.DataFrame:
        """Of each run, see :func:`sim.study.costs.public_costs`."""
        return costs.public_costs(self._costs)


@cache
def _timeline(start: date, end: date) -> Timeline:
    return Timeline(start, end)
