"""A search: generations of plans proposed, run, judged and told, until the last or until the time is spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study import StudyError
from sim.study.designs.design import column
from sim.study.designs.factors import Factor
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.optimiser import Judged, Optimiser
from sim.study.search.plans import Plan, Plans, judge, quantities
from sim.study.statistics.pareto_front import hypervolume, pareto_optimal
from sim.study.statistics.robustness import SIGN, Direction

SEARCHING: Final = 0.6  # of the time given, after which no further generation is begun: the front is still to be run
GENERATIONS: Final = ("generation", "plans", "new", "failed", "within_budget", "front", "hypervolume")


@dataclass(frozen=True)
class Aims:
    """Objectives with their directions, and what a plan may cost the public: fen, infinite without a budget."""

    objectives: Mapping[str, Direction]
    budget: float

    def values(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Objectives of each row, so turned that more is better."""
        return np.column_stack([SIGN[d] * table[name].to_numpy(float) for name, d in self.objectives.items()])

    def holds(self, table: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows are judged and within the budget."""
        judged = ~np.isnan(self.values(table)).any(axis=1)
        return np.asarray(judged & (table[PUBLIC_COST] <= self.budget).to_numpy())

    def best(self, table: pd.DataFrame, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which rows are on the front of those ``among``."""
        found = np.zeros(len(table), np.bool_)
        found[np.flatnonzero(among)] = pareto_optimal(self.values(table)[among])
        return found

    def told(self, row: Mapping[Any, Any]) -> Judged:
        """What the optimiser is told of a plan."""
        values = tuple(float(row[name]) for name in self.objectives)
        if np.isnan([*values, row[PUBLIC_COST]]).any():
            return Judged(None, 0.0)
        return Judged(values, row[PUBLIC_COST] / self.budget - 1.0 if np.isfinite(self.budget) else 0.0)


class Found(NamedTuple):
    """What a search found; the tables are explained in ``sim/study/questions/search.py``."""

    evaluations: pd.DataFrame
    generations: pd.DataFrame
    runs: list[pd.DataFrame]
    plans: dict[str, Plan]


def search(
    factors: Sequence[Factor],
    aims: Aims,
    plans: Plans,
    population: int,
    generations: int,
    replications: range,
    seed: int,
    beginnings: Sequence[Mapping[str, int]] = (),
) -> Found:
    """Search; ``beginnings``: see :class:`.optimiser.Optimiser`.

    Raises :class:`StudyError` when no run of the baseline succeeds or no generation is finished in time.
    """
    began, deadline = monotonic(), plans.runner.deadline
    optimiser = Optimiser(factors, list(aims.objectives.values()), population, seed, beginnings)
    tried: list[pd.DataFrame] = []
    runs: list[pd.DataFrame] = []
    known: dict[str, Plan] = {}
    for generation in range(generations):
        if tried and deadline is not None and monotonic() >= began + SEARCHING * (deadline - began):
            break
        first = generation * population
        asked = [Plan(f"plan_{first + place}", levers) for place, levers in enumerate(optimiser.ask())]
        effects, baselines, rows = plans.run(asked, replications)
        runs += [rows] if generation else [baselines, rows]
        if len(baselines) and (baselines["reason"] != "").all():
            reason = baselines["reason"].iloc[0]
            raise StudyError(zh=f"基准情景没有一次运行成功：{reason}", en=f"No run of the baseline succeeded: {reason}")
        if len(effects) < population * len(
            replications
        ):  # the time is spent; what is done of it waits for the next command
            break
        table = _evaluated(aims, asked, effects, generation, plans)
        optimiser.tell([aims.told(row) for row in table.to_dict("records")])
        tried.append(table)
        known |= {plan.name: plan for plan in asked}
    if not tried:
        raise StudyError(
            zh="给定的时间不够跑完第一代方案；请延长时间，已完成的运行会保留。",
            en="The time given was too short for the first generation of plans; give more: finished runs are kept.",
        )
    evaluations = pd.concat(tried, ignore_index=True)
    first_of = evaluations.drop_duplicates("asked").set_index("asked")["plan"]
    evaluations.insert(2, "same_as", evaluations.pop("asked").map(first_of))
    new = (evaluations["same_as"] == evaluations["plan"]).to_numpy()
    place = list(evaluations.columns).index("is_within_budget") + 1
    evaluations.insert(place, "is_on_front", aims.best(evaluations, aims.holds(evaluations) & new))
    return Found(evaluations, _generations(evaluations, aims, new), runs, known)


def _evaluated(aims: Aims, asked: Sequence[Plan], effects: pd.DataFrame, generation: int, plans: Plans) -> pd.DataFrame:
    """A row for each plan of a generation."""
    judged = judge(effects, quantities(list(aims.objectives))).drop(columns=["plan", "world"])
    judged.insert(2, "is_within_budget", aims.holds(judged))
    used = [plans.used(plan) for plan in asked]
    columns = {path: column(levers.get(path) for levers in used) for path in asked[0].levers}
    asks = effects.drop_duplicates("plan")["asked"].to_numpy()
    labels = pd.DataFrame({"plan": [plan.name for plan in asked], "generation": generation, "asked": asks})
    return pd.concat([labels, pd.DataFrame(columns), judged], axis=1)


def _generations(evaluations: pd.DataFrame, aims: Aims, new: NDArray[np.bool_]) -> pd.DataFrame:
    """Columns GENERATIONS.

    The reference of the hypervolume is what the first generation has worst in each objective, beyond the budget or
    not, and its units are how far that generation reaches in each.
    """
    values, within = aims.values(evaluations), evaluations["is_within_budget"].to_numpy(bool)
    number, failed = evaluations["generation"].to_numpy(), evaluations["failed"].gt(0).to_numpy()
    rows = []
    box: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    for generation in range(int(number.max()) + 1):
        of_it = number == generation
        so_far = values[within & (number <= generation)]
        judged = values[of_it & ~np.isnan(values).any(axis=1)]
        if box is None and len(judged):
            width = np.ptp(judged, axis=0)
            box = judged.min(axis=0), np.where(width > 0, width, 1.0)
        reached = 0.0 if box is None else hypervolume((so_far - box[0]) / box[1], np.zeros(values.shape[1]))
        counts = [int((of_it & which).sum()) for which in (np.ones_like(new), new, failed, within)]
        rows.append((generation, *counts, int(pareto_optimal(so_far).sum()), reached))
    return pd.DataFrame(rows, columns=list(GENERATIONS))
