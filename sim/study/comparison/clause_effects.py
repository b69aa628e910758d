"""Every clause of the plan: what it does alone, and what the plan loses without it, under the same random numbers.

A clause is switched with all measures that carry it out, also when these carry out other clauses with it. Clauses that
the same measures carry out share their runs. Beside the effects over all firms stand those among the firms that the
clause reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.scenario import Scenario, clauses
from sim.study.outcomes import paired_differences, values_of
from sim.study.reductions.reached import REACHED, Reached
from sim.study.runs.specification import replicated
from sim.study.statistics.intervals import interval

if TYPE_CHECKING:
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.runner import Runner
    from sim.study.runs.specification import RunSpec

ALONE: Final = "clause_alone"  # the baseline with the clause
WITHOUT: Final = "plan_without_clause"
QUANTITIES: Final = ("alone", "in_plan")
ESTIMATE: Final = ("mean", "low", "high")
# Outcomes, see `Reached.effects`: their units, and the least and the most that is possible.
UNITS: Final = {"reached_survival": "share", "reached_staff": "relative"}
POSSIBLE: Final = {"reached_survival": (-1.0, 1.0), "reached_staff": (-1.0, np.inf)}
AMONG_REACHED: Final = (*UNITS,)
COLUMNS: Final = ("clause", "quantity", "outcome", *ESTIMATE, "unit", "replications", "rows", "reason")


class Switched(NamedTuple):
    """Clauses that the same measures carry out, and the two scenarios that switch them."""

    clauses: tuple[str, ...]
    alone: Scenario
    without: Scenario


def switch(plan: Scenario, of: Sequence[str], measures: Sequence[str], mark: str = "") -> Switched:
    """The clauses ``of``, on alone and off in the plan; ``mark`` tells the names of their scenarios from others'."""
    return Switched(
        tuple(of),
        plan.with_measures(measures, name=f"{ALONE}{mark}", title=plan.title),
        plan.without_measures(measures, name=f"{WITHOUT}{mark}", title=plan.title),
    )


def switched(plan: Scenario) -> list[Switched]:
    """Every clause that a measure of the plan carries out, in the order of the register."""
    carried: dict[str, list[str]] = {}
    for measure in plan.measures:
        for clause in measure.clauses:
            carried.setdefault(clause, []).append(measure.id)
    together: dict[tuple[str, ...], list[str]] = {}
    for entry in clauses():
        if entry.id in carried:
            together.setdefault(tuple(carried[entry.id]), []).append(entry.id)
    return [switch(plan, of, measures, f" {of[0]}") for measures, of in together.items()]


def table(
    every: Sequence[Switched],
    known: pd.DataFrame,
    baseline: Scenario,
    plan: Scenario,
    seed: int,
    replications: int,
    runner: Runner,
) -> pd.DataFrame:
    """Run every clause alone and the plan without it; returns what ``Comparison.clause_effects`` holds.

    ``known``: scenario, replication, outcome, value, unit of the baseline and of the plan, among the outcomes the
    public cost, see :func:`sim.study.outcomes.values_of`. Both are run once more, to pair their firms with others'.
    """
    runner.run(spec for world in (baseline, plan) if every for spec in replicated(world, seed, replications, "fates"))
    specs = [
        spec
        for each in every
        for scenario, against in ((each.alone, baseline), (each.without, plan))
        for spec in replicated(scenario, seed, replications, "fates", against=against)
    ]
    runs = runner.run(specs)
    failed = runs[runs["reason"] != ""].drop_duplicates("scenario")
    values = values_of(runs, ["scenario", "replication"], public_cost=True)
    failures = dict(zip(failed["scenario"], failed["reason"], strict=True))
    everything = pd.concat([known, values], ignore_index=True)
    return effects(everything, every, baseline.name, plan.name, failures, among_reached(specs, runner.stored))


def among_reached(specs: Iterable[RunSpec], stored: RunStore) -> pd.DataFrame:
    """Effects of measures among those whom they reached: scenario, outcome, mean, low, high, replications, rows.

    ``specs``: runs that are paired with others. Replications in which nobody was reached are left out, but of
    ``rows``: of the sample, that stand for those reached, the mean over all replications.
    """
    found: dict[tuple[str, str], list[float]] = {}
    reached: dict[str, list[float]] = {}
    for spec in specs:
        key = stored.key(spec)
        if stored.has(key):
            [sums] = stored.table(key, REACHED)[list(Reached._fields)].itertuples(index=False, name=None)
            reached.setdefault(spec.scenario.name, []).append(Reached(*sums).rows)
            for outcome, value in Reached(*sums).effects.items():
                found.setdefault((spec.scenario.name, outcome), []).append(value)
    rows = []
    for (scenario, outcome), of_all in found.items():
        known = np.array([value for value in of_all if not np.isnan(value)])
        mean, low, high = (float(number) for number in interval(known, *POSSIBLE[outcome]))
        rows.append((scenario, outcome, mean, low, high, len(known), float(np.mean(reached[scenario]))))
    return pd.DataFrame(rows, columns=["scenario", "outcome", *ESTIMATE, "replications", "rows"])


def effects(
    values: pd.DataFrame,
    every: Sequence[Switched],
    baseline: str,
    plan: str,
    failures: Mapping[str, str],
    of_reached: pd.DataFrame,
) -> pd.DataFrame:
    """Alone: clause minus baseline; in the plan: plan minus plan without the clause; paired by replication.

    ``values``: scenario, replication, outcome, value, unit of all the scenarios; ``failures``: why runs failed, by
    scenario; ``of_reached``: as :func:`among_reached` gives it. Returns clause, quantity (alone, in_plan), outcome
    (last those of AMONG_REACHED), mean, low, high, unit, replications (pairs), rows (of the sample, that it reached;
    missing of other outcomes), reason (why some run failed, else empty). Every clause has every outcome; without a
    pair its numbers are missing.
    """
    if not every:
        return pd.DataFrame(columns=list(COLUMNS))
    of_these = pd.DataFrame({"outcome": AMONG_REACHED, "unit": UNITS.values()})
    units = pd.concat([values.drop_duplicates("outcome")[["outcome", "unit"]], of_these], ignore_index=True)
    added = paired_differences(values, ["scenario"], values["scenario"] == baseline)
    lost = paired_differences(values, ["scenario"], values["scenario"] == plan)
    lost[list(ESTIMATE)] = 0.0 - lost[["mean", "high", "low"]].to_numpy()
    rows = pd.DataFrame(
        [
            (clause, quantity, scenario.name, failures.get(scenario.name) or failures.get(reference, ""))
            for each in every
            for clause in each.clauses
            for quantity, scenario, reference in zip(
                QUANTITIES, (each.alone, each.without), (baseline, plan), strict=True
            )
        ],
        columns=["clause", "quantity", "scenario", "reason"],
    )
    both = [added.assign(quantity="alone"), lost.assign(quantity="in_plan")]
    both += [of_reached.assign(quantity=quantity) for quantity in QUANTITIES if len(of_reached)]
    found = pd.concat(both, ignore_index=True).reindex(columns=[*both[0].columns, "rows"])
    keys = ["quantity", "scenario", "outcome"]
    merged = rows.merge(units, how="cross").merge(
        found[[*keys, *ESTIMATE, "replications", "rows"]], on=keys, how="left"
    )
    merged["replications"] = merged["replications"].fillna(0).astype(np.int64)
    return merged[list(COLUMNS)]
