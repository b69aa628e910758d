"""Every clause of the plan: what it does alone, and what the plan loses without it, under the same random numbers.

A clause is switched with all measures that carry it out, also when these carry out other clauses with it. Clauses that
the same measures carry out share their runs; the baseline's and the whole plan's are those that are there already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.scenario import Scenario, clauses
from sim.study.outcomes import paired_differences, values_of
from sim.study.runs.specification import replicated

if TYPE_CHECKING:
    from sim.study.runs.runner import Runner

ALONE: Final = "clause_alone"  # the baseline with the clause
WITHOUT: Final = "plan_without_clause"
QUANTITIES: Final = ("alone", "in_plan")
ESTIMATE: Final = ("mean", "low", "high")
COLUMNS: Final = ("clause", "quantity", "outcome", *ESTIMATE, "unit", "replications", "reason")


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
    baseline: str,
    plan: str,
    seed: int,
    replications: int,
    runner: Runner,
) -> pd.DataFrame:
    """Run every clause alone and the plan without it; returns what ``Comparison.clause_effects`` holds.

    ``known``: scenario, replication, outcome, value, unit of the baseline and of the plan, among the outcomes the
    public cost, see :func:`sim.study.outcomes.values_of`.
    """
    scenarios = [scenario for each in every for scenario in (each.alone, each.without)]
    runs = runner.run(spec for scenario in scenarios for spec in replicated(scenario, seed, replications))
    failed = runs[runs["reason"] != ""].drop_duplicates("scenario")
    values = values_of(runs, ["scenario", "replication"], public_cost=True)
    failures = dict(zip(failed["scenario"], failed["reason"], strict=True))
    return effects(pd.concat([known, values], ignore_index=True), every, baseline, plan, failures)


def effects(
    values: pd.DataFrame, every: Sequence[Switched], baseline: str, plan: str, failures: Mapping[str, str]
) -> pd.DataFrame:
    """Alone: clause minus baseline; in the plan: plan minus plan without the clause; paired by replication.

    ``values``: scenario, replication, outcome, value, unit of all the scenarios; ``failures``: why runs failed, by
    scenario. Returns clause, quantity (alone, in_plan), outcome, mean, low, high, unit, replications (pairs), reason
    (why some run failed, else empty). Every clause has every outcome; without a pair its numbers are missing.
    """
    if not every:
        return pd.DataFrame(columns=list(COLUMNS))
    units = values.drop_duplicates("outcome")[["outcome", "unit"]]
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
    found = pd.concat([added.assign(quantity="alone"), lost.assign(quantity="in_plan")], ignore_index=True)
    keys = ["quantity", "scenario", "outcome"]
    merged = rows.merge(units, how="cross").merge(found[[*keys, *ESTIMATE, "replications"]], on=keys, how="left")
    merged["replications"] = merged["replications"].fillna(0).astype(np.int64)
    return merged[list(COLUMNS)]
