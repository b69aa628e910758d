"""What is taken of each run of a comparison so that worlds can be paired: sums, and of the baseline how firms ended.

A worker takes it (:func:`take`) from a run and the ends of the baseline's firms under the same luck, 15 bytes a firm,
and keeps it with the run; the firms themselves are kept nowhere. :class:`Pairing` puts it together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.comparison import costs, fates, repayment_wall
from sim.study.ensemble import Ensemble, ensemble
from sim.study.runs.runner import replicated
from sim.timeline import Timeline

if TYPE_CHECKING:
    from datetime import date

    from sim.observe.tables import Result
    from sim.scenario import Scenario
    from sim.study.runs.run_store import Stored
    from sim.study.runs.runner import Runner, RunSpec

ENDS: Final = "ends"  # of the firms of a world that others are paired with


def take(result: Result, scenario: Scenario, paired_with: pd.DataFrame | None) -> Mapping[str, pd.DataFrame]:
    """Tables by name: of a baseline (``paired_with`` is None) how its firms ended, of others their sums; of both exits.

    ``paired_with``: the ends of the baseline's firms, as this function gave them.
    """
    if paired_with is None:
        there = fates.ends(result.fates)
    else:
        there = fates.Ends(*(paired_with[name].to_numpy() for name in fates.Ends._fields))
    place = fates.places(result.fates, there)
    exits = repayment_wall.exits(result.fates, there, place, _timeline(scenario.world.start, scenario.world.end))
    taken = {"exits": repayment_wall.to_table(exits), "costs": costs.to_table(costs.of_run(result))}
    if paired_with is None:
        return taken | {ENDS: pd.DataFrame(there._asdict())}
    found = [firm for fate in ("saved", "harmed") for firm in fates.first(result.fates, there, place, fate)]
    sums = fates.to_table(*fates.sums(result.fates, there, place))
    return taken | {"sums": sums, "examples": pd.DataFrame({"firm": np.array(found, np.uint64)})}


class Pairing:
    """Reads what was taken from runs, one after the other (:meth:`read`), and tells the tables that come of it."""

    def __init__(self, baseline: str) -> None:
        self.baseline = baseline
        self._groups: fates.Groups = ()
        self._sums: dict[str, list[NDArray[np.float64]]] = {}  # by scenario
        self.examples: dict[str, list[int]] = {}  # by scenario: one firm saved and one harmed under the first luck
        self._months: dict[str, list[str]] = {}
        self._exits: dict[str, list[NDArray[np.float64]]] = {}
        self._costs: list[tuple[str, int, pd.Series[float]]] = []

    def read(self, spec: RunSpec, stored: Stored) -> None:
        """Take up a run that succeeded. One whose baseline did not is no run that succeeded."""
        key, scenario, replication = stored.key(spec), spec.scenario, spec.replication
        if scenario.name != self.baseline:
            self._groups, sums = fates.from_table(stored.table(key, "sums"))
            self._sums.setdefault(scenario.name, []).append(sums)
            if replication == 0:
                self.examples[scenario.name] = stored.table(key, "examples")["firm"].to_list()
        timeline = _timeline(scenario.world.start, scenario.world.end)
        self._months[scenario.name] = timeline.month_names
        self._exits.setdefault(scenario.name, []).append(
            repayment_wall.from_table(stored.table(key, "exits"), timeline)
        )
        self._costs.append((scenario.name, replication, costs.from_table(stored.table(key, "costs"))))

    def fates(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.fates.table`."""
        return fates.table((name, self._groups, sums) for name, sums in self._sums.items())

    def gains(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.fates.gains`."""
        return fates.gains((name, self._groups, sums) for name, sums in self._sums.items())

    def cliff_exits(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.repayment_wall.table`."""
        return repayment_wall.table((name, self._months[name], exits) for name, exits in self._exits.items())

    def from_nothing(self) -> set[tuple[str, str]]:
        """Costs (bearer, category) that the baseline never has, see :func:`sim.study.comparison.costs.table`."""
        return costs.never(self._costs, self.baseline)

    def costs(self) -> pd.DataFrame:
        """Scenario minus baseline, see :func:`sim.study.comparison.costs.differences`."""
        return costs.differences(self._costs, self.baseline)


@cache
def _timeline(start: date, end: date) -> Timeline:
    return Timeline(start, end)


def paired(
    scenarios: Sequence[Scenario], seed: int, replications: int, runner: Runner
) -> tuple[list[Ensemble], Pairing, pd.DataFrame]:
    """Run scenarios, the first of them the baseline; returns their ensembles, their pairs and the rows of all runs."""
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
        parts.append(ensemble(scenario, rows, runner.stored, seed))
    return parts, pairing, runs
