"""The table of all clauses: made-up values for its arithmetic, the real engine with few firms for its runs."""

from dataclasses import replace
from math import isnan

import pandas as pd
import pytest

import sim.engine  # noqa: F401  (before any stand-in)
from sim import compare, scenario
from sim.observe.outcomes import PLAIN
from sim.scenario import clauses
from sim.study.comparison import clause_effects
from sim.study.comparison.clause_effects import AMONG_REACHED, effects, switch, switched
from sim.study.comparison.one_clause import clause_effect
from sim.study.outcomes import values_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import replicated

VALUES = {  # jobs by scenario and replication
    "baseline": (100.0, 110.0),
    "full_plan": (150.0, 170.0),
    "clause_alone A": (101.0, 113.0),
    "plan_without_clause A": (149.0, 166.0),
    "clause_alone B": (100.0, 110.0),
}
OF_REACHED = pd.DataFrame(
    [("clause_alone A", "reached_staff", 0.02, 0.01, 0.03, 2, 12.5)],
    columns=["scenario", "outcome", "mean", "low", "high", "replications", "rows"],
)


@pytest.fixture(scope="module")
def plan():
    return scenario.load("full_plan")


def made_up(plan, values):
    rows = [(name, r, "jobs", value, "persons") for name, of in values.items() for r, value in enumerate(of)]
    table = pd.DataFrame(rows, columns=["scenario", "replication", "outcome", "value", "unit"])
    every = [
        switch(plan, ["II.1.a"], ["rent_waiver"], " A"),
        switch(plan, ["II.5.g", "II.5.f"], ["platform_commission"], " B"),
    ]
    failures = {"plan_without_clause B": "a fen is missing"}
    of_all = effects(table, every, "baseline", "full_plan", failures, OF_REACHED).set_index(["clause", "quantity"])
    return of_all[of_all["outcome"] == "jobs"]


def test_alone_is_clause_minus_baseline_and_in_the_plan_is_plan_minus_the_rest(plan):
    table = made_up(plan, VALUES)
    alone, in_plan = table.loc[("II.1.a", "alone")], table.loc[("II.1.a", "in_plan")]
    assert alone["mean"] == (1 + 3) / 2
    assert in_plan["mean"] == (1 + 4) / 2
    # Student's t with 1 degree of freedom at 97.5 % is 12.7062; the standard error of (1, 4) is 1.5.
    assert (in_plan["low"], in_plan["high"]) == pytest.approx((2.5 - 12.7062 * 1.5, 2.5 + 12.7062 * 1.5), abs=1e-3)


def test_effects_among_the_reached_stand_beside_those_over_all_and_are_missing_where_nobody_was(plan):
    every = [switch(plan, ["II.1.a"], ["rent_waiver"], " A")]
    values = pd.DataFrame(
        [("baseline", 0, "jobs", 1.0, "persons")], columns=["scenario", "replication", "outcome", "value", "unit"]
    )
    table = effects(values, every, "baseline", "full_plan", {}, OF_REACHED).set_index(["quantity", "outcome"])
    found = table.loc[("alone", "reached_staff")]
    assert (found["mean"], found["low"], found["high"], found["unit"]) == (0.02, 0.01, 0.03, "relative")
    assert found["rows"] == 12.5 and isnan(table.loc[("alone", "jobs"), "rows"])
    assert isnan(table.loc[("in_plan", "reached_staff"), "mean"])
    assert table.loc[("alone", "reached_survival"), "replications"] == 0


def test_no_difference_in_any_replication_is_exactly_0(plan):
    alone = made_up(plan, VALUES).loc[("II.5.g", "alone")]
    assert (alone["mean"], alone["low"], alone["high"]) == (0.0, 0.0, 0.0)


def test_a_clause_whose_runs_all_failed_keeps_its_row_and_says_why(plan):
    table = made_up(plan, VALUES)
    for clause in ("II.5.g", "II.5.f"):  # carried out by the same measure
        row = table.loc[(clause, "in_plan")]
        assert isnan(row["mean"])
        assert row["replications"] == 0
        assert row["reason"] == "a fen is missing"
    assert table.loc[("II.5.g", "alone"), "reason"] == ""


def test_without_any_run_of_the_plan_nothing_is_known_in_the_plan(plan):
    values = {name: of for name, of in VALUES.items() if name != "full_plan"}
    table = made_up(plan, values)
    assert table.loc[("II.1.a", "in_plan"), "replications"] == 0
    assert table.loc[("II.1.a", "alone"), "mean"] == 2.0


def test_every_modelled_clause_is_switched_once_and_equal_sets_share_their_runs(plan):
    every = switched(plan)
    assert [id_ for each in every for id_ in each.clauses] == [c.id for c in clauses() if c.state == "modelled"]
    sets = [tuple(measure.id for measure in each.alone.measures) for each in every]
    assert len(set(sets)) == len(sets)
    assert ("II.5.c", "II.5.d") in [each.clauses for each in every]


def test_the_table_says_what_the_command_for_one_clause_says(plan, tmp_path):
    [one] = [each for each in switched(plan) if each.clauses == ("II.1.b",)]
    one = one._replace(alone=replace(one.alone, firms=500), without=replace(one.without, firms=500))
    at_work = Runner(RunStore(tmp_path))
    asked = [replace(scenario.load(name), firms=500) for name in ("baseline", "full_plan")]
    runs = at_work.run(spec for each in asked for spec in replicated(each, 3, 2))
    known = values_of(runs, ["scenario", "replication"], public_cost=True)
    table = clause_effects.table([one], known, *asked, 3, 2, at_work)
    same = clause_effect("II.1.b", firms=500, seed=3, replications=2, runner=at_work).effects
    pd.testing.assert_frame_equal(table.drop(columns=["clause", "reason"]), same)


def test_a_comparison_runs_clauses_under_its_own_first_replications(monkeypatch):
    few = [each for each in switched(scenario.load("full_plan")) if each.clauses == ("III.1",)]
    few = [
        each._replace(alone=replace(each.alone, firms=300), without=replace(each.without, firms=300)) for each in few
    ]
    monkeypatch.setattr(clause_effects, "switched", lambda plan: few)
    asked = [scenario.load(name) for name in ("baseline", "full_plan")]
    done = []
    study = compare(asked, firms=300, replications=2, clause_replications=5, against=asked[0], progress=done.append)
    assert study.manifest.settings["clause_replications"] == 2  # there are no more replications
    reached = study.clause_effects["outcome"].isin(AMONG_REACHED)
    assert study.clause_effects[reached]["mean"].isna().all()  # it is granted to nobody
    over_all = study.clause_effects[study.clause_effects["outcome"].isin({*PLAIN, PUBLIC_COST})]
    no_refunds = (over_all["outcome"] == "stock_refunds_paid") & (over_all["quantity"] == "alone")  # a share of nobody
    assert set(over_all["replications"][~no_refunds]) == {2} and set(over_all["replications"][no_refunds]) == {0}
    alone = over_all[(over_all["quantity"] == "alone") & ~no_refunds]
    assert (alone[["mean", "low", "high"]] == 0.0).all(axis=None)  # it only delivers what others give
    assert (done[0], done[-1]) == (0.0, 1.0)
    without = compare(asked, firms=300, replications=2, against=asked[0])
    assert without.clause_effects.empty
    assert without.manifest.fingerprint != study.manifest.fingerprint
