"""Worlds side by side: every scenario under the same random numbers as what it is compared with, and what comes of it.

What a worker takes of each run is in ``sim/study/reductions/``; :class:`Pairing` puts it together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.comparison import chosen, costs, fates, repayment_wall, saved_or_postponed
from sim.study.comparison.parameter_uncertainty import drawn
from sim.study.comparison.scenario_means import ScenarioMeans, scenario_means
from sim.study.outcomes import Pair
from sim.study.reductions.chosen import CHOSEN
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
    """Reads what was taken from runs, one after the other (:meth:`read`), and tells the tables that come of it.

    ``pairs``: (scenario, against), of which firms are followed in both worlds. ``between``: pairs that are beside them
    compared by what they cost alone.
    """

    def __init__(self, pairs: Sequence[Pair], between: Sequence[Pair] = ()) -> None:
        self.pairs, self.between = pairs, between
        self._groups: Groups = ()
        self._sums: dict[Pair, list[NDArray[np.float64]]] = {}
        self._chosen: dict[Pair, list[pd.DataFrame]] = {}
        self._lasting: dict[Pair, list[pd.DataFrame]] = {}
        self.examples: dict[Pair, list[int]] = {}  # one firm saved and one harmed in the first replication
        self._months: dict[str, list[str]] = {}
        self._exits: dict[str, list[NDArray[np.float64]]] = {}
        self._costs: list[tuple[str, int, pd.Series[float]]] = []

    def read(self, spec: RunSpec, stored: RunStore) -> None:
        """Take up a run that succeeded. One whose baseline did not is no run that succeeded."""
        key, scenario, replication = stored.key(spec), spec.scenario, spec.replication
        if spec.against is not None:
            pair = scenario.name, spec.against.name
            self._groups, sums = sums_from_table(stored.table(key, "sums"))
            self._sums.setdefault(pair, []).append(sums)
            self._chosen.setdefault(pair, []).append(stored.table(key, CHOSEN))
            self._lasting.setdefault(pair, []).append(stored.table(key, SAVED_OR_POSTPONED))
            if replication == 0:
                self.examples[pair] = stored.table(key, "examples")["firm"].to_list()
        if (spec.against and spec.against.name) != self.first(scenario.name):
            return  # the run by which it is told is another
        timeline = horizon(scenario.world.start, scenario.world.end)
        self._months[scenario.name] = timeline.month_names
        self._exits.setdefault(scenario.name, []).append(exits_from_table(stored.table(key, "exits"), timeline))
        self._costs.append((scenario.name, replication, costs_from_table(stored.table(key, "costs"))))

    def first(self, scenario: str) -> str | None:
        """What a scenario is first compared with, if with anything."""
        return next((of for one, of in self.pairs if one == scenario), None)

    def fates(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.fates.table`."""
        return fates.table((pair, self._groups, sums) for pair, sums in self._sums.items())

    def chosen(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.chosen.table`."""
        return chosen.table(self._chosen.items())

    def saved_or_postponed(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.saved_or_postponed.table`."""
        return saved_or_postponed.table(self._lasting.items())

    def repayment_wall_exits(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.repayment_wall.table`."""
        return repayment_wall.table((name, self._months[name], exits) for name, exits in self._exits.items())

    def from_nothing(self) -> dict[str, set[tuple[str, str]]]:
        """Costs (bearer, category) that a world never has which others are compared with, by its name."""
        return {against: costs.never(self._costs, against) for _, against in (*self.pairs, *self.between)}

    def costs(self) -> pd.DataFrame:
        """See :func:`sim.study.comparison.costs.differences`."""
        return costs.differences(self._costs, [*self.pairs, *self.between])


def count(scenarios: Sequence[Scenario], pairs: Sequence[Pair]) -> int:
    """Runs of a replication: a world that others are compared with runs by itself, others once for each pair."""
    return len(pairs) + len(_by_themselves(scenarios, pairs))


def paired(
    scenarios: Sequence[Scenario],
    pairs: Sequence[Pair],
    seed: int,
    replications: int,
    runner: Runner,
    between: Sequence[Pair] = (),
    draws: Sequence[Mapping[str, Any]] = (),
    means: Callable[[Scenario, pd.DataFrame, RunStore, int], ScenarioMeans] = scenario_means,
) -> tuple[list[ScenarioMeans], Pairing, pd.DataFrame]:
    """Run scenarios; returns their tables, what comes of ``pairs`` and ``between`` (see Pairing), and rows of runs.

    The tables of a scenario, and the rows, are those of the run that is paired first, or of the one by itself.
    ``draws``: see :func:`side_by_side`. ``means``: :func:`scenario_means`, or one that remembers.
    """
    pairing, rows = Pairing(pairs, between), {}
    for every in side_by_side(scenarios, pairs, seed, replications, draws):
        found = runner.run(spec for of_one in every for spec in of_one)
        for place, of_one in enumerate(every):
            name = of_one[0].scenario.name
            if of_one[0].against is None or of_one[0].against.name == pairing.first(name):
                rows[name] = found.iloc[place * replications : (place + 1) * replications]
            for spec in of_one:
                if runner.stored.has(runner.stored.key(spec)):
                    pairing.read(spec, runner.stored)
    parts = [means(scenario, rows[scenario.name], runner.stored, seed) for scenario in scenarios]
    return parts, pairing, pd.concat([rows[scenario.name] for scenario in scenarios], ignore_index=True)


def outcomes_alone(
    scenarios: Sequence[Scenario],
    seed: int,
    replications: int,
    runner: Runner,
    draws: Sequence[Mapping[str, Any]] = (),
    means: Callable[[Scenario, pd.DataFrame, RunStore, int], ScenarioMeans] = scenario_means,
) -> tuple[list[ScenarioMeans], Pairing, pd.DataFrame]:
    """What :func:`paired` returns, sooner: nothing but outcomes is kept of the runs, and nothing is known of pairs."""
    found = runner.run(spec for of_one in unpaired(scenarios, seed, replications, draws) for spec in of_one)
    rows = [found.iloc[place : place + replications] for place in range(0, len(found), replications)]
    parts = [means(scenario, of_one, runner.stored, seed) for scenario, of_one in zip(scenarios, rows, strict=True)]
    return parts, Pairing(()), found


def unpaired(
    scenarios: Sequence[Scenario], seed: int, replications: int, draws: Sequence[Mapping[str, Any]] = ()
) -> list[list[RunSpec]]:
    """All replications of each run of :func:`outcomes_alone`; ``draws``: see :func:`side_by_side`."""
    alone = [replicated(scenario, seed, replications) for scenario in scenarios]
    if not draws:
        return alone
    return [
        [
            replace(spec, scenario=scenario)
            for spec, scenario in zip(of_one, drawn(of_one[0].scenario, draws), strict=True)
        ]
        for of_one in alone
    ]


def side_by_side(
    scenarios: Sequence[Scenario],
    pairs: Sequence[Pair],
    seed: int,
    replications: int,
    draws: Sequence[Mapping[str, Any]] = (),
) -> tuple[list[list[RunSpec]], list[list[RunSpec]]]:
    """All replications of each run of :func:`paired`: those by themselves first, with which the others are paired.

    ``draws``: of the parameters, one a replication, in which both sides of a pair are run; the calibration's own where
    there are none. Replications have their own random numbers all the same.
    """
    named = {scenario.name: scenario for scenario in scenarios}
    alone = [replicated(one, seed, replications, "pairs") for one in _by_themselves(scenarios, pairs)]
    together = [replicated(named[one], seed, replications, "pairs", against=named[of]) for one, of in pairs]
    if not draws:
        return alone, together
    varied = {name: drawn(scenario, draws) for name, scenario in named.items()}

    def under_draws(specs: list[RunSpec]) -> list[RunSpec]:
        return [
            replace(
                spec,
                scenario=varied[spec.scenario.name][spec.replication],
                against=None if spec.against is None else varied[spec.against.name][spec.replication],
            )
            for spec in specs
        ]

    return [under_draws(specs) for specs in alone], [under_draws(specs) for specs in together]


def _by_themselves(scenarios: Sequence[Scenario], pairs: Sequence[Pair]) -> list[Scenario]:
    paired_with, compared = {of for _, of in pairs}, {one for one, _ in pairs}
    return [one for one in scenarios if one.name in paired_with or one.name not in compared]
