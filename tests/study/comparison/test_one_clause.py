"""With the real engine and few firms: what is tested is the four scenarios and their differences."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sim.engine  # noqa: F401  (before any stand-in)
from sim.observe.outcomes import OUTCOMES
from sim.scenario import ScenarioError, load
from sim.study.comparison.one_clause import clause_effect
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec


@pytest.fixture
def at_work(tmp_path):
    return Runner(RunStore(tmp_path))


def test_a_clause_alone_and_in_the_plan(at_work):
    effect = clause_effect("II.1.b", firms=2000, replications=2, runner=at_work)
    assert effect.measures == ("rent_waiver_listed",)
    assert list(dict.fromkeys(effect.outcomes["scenario"])) == [
        "no_support", "clause_alone", "full_plan", "plan_without_clause",
    ]  # fmt: skip
    assert not effect.has_no_effect_alone
    assert 0 < effect.reached < effect.eligible
    alone = effect.costs[effect.costs["quantity"] == "alone"].set_index(["bearer", "category"])["mean"]
    money = effect.effects.set_index(["quantity", "outcome"])["mean"]
    # Rent that was paid before the waiver was granted is given back, what was still owed is let off.
    given_back, let_off = alone["state_landlords", "outlay"], alone["state_landlords", "borne_by_others"]
    assert given_back + let_off == money["alone", "money_given"] > 0
    assert given_back > 0 and let_off > 0
    assert money["alone", "reached_survival"] >= 0  # rent that others bear costs nobody his firm
    assert -0.2 < money["in_plan", "reached_survival"] < 0.2
    assert effect.effects["unit"][effect.effects["outcome"] == "reached_staff"].tolist() == ["relative", "relative"]
    of_reached = effect.effects.set_index(["quantity", "outcome"])["rows"].unstack()[
        ["reached_survival", "reached_staff"]
    ]
    assert (of_reached > 0).all(axis=None) and (of_reached < 2000).all(axis=None)


def test_a_clause_that_only_delivers_others_does_nothing_alone(at_work):
    assert clause_effect("III.1", firms=500, replications=1, runner=at_work).has_no_effect_alone


def test_an_unknown_clause_gets_one_sentence(at_work):
    with pytest.raises(ScenarioError, match=r"II\.1\.z"):
        clause_effect("II.1.z", runner=at_work)


def test_what_is_kept_of_a_run_does_not_depend_on_what_else_is_kept(at_work):
    plan, baseline = (replace(load(name), firms=300) for name in ("full_plan", "baseline"))
    rows, tables = [], []
    for keep in ("pairs", "fates"):
        against = [RunSpec(baseline, 5, keep=keep), RunSpec(plan, 5, keep=keep, against=baseline)]
        found = [at_work.run([spec]) for spec in against][1]
        rows.append(found)
        tables.append([at_work.stored.table(found["run"][0], name) for name in ("sums", "exits", "costs", "examples")])
    rows += [at_work.run([RunSpec(plan, 5, keep=keep)]) for keep in ("tables", "outcomes")]
    assert set().union(*(row["reason"] for row in rows)) == {""}
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other)
    outcomes = [row.loc[0, [*OUTCOMES, "public_cost"]].tolist() for row in rows]
    for found in outcomes[1:]:
        np.testing.assert_array_equal(found, outcomes[0])  # of nobody a rate is missing in all of them
