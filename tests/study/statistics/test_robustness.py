"""Two plans and a reference in three worlds, small enough to be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.study.statistics import robustness
from sim.study.statistics.robustness import Requirement

WORLDS = pd.DataFrame(
    [
        ("a", 0, 10.0, 5.0), ("a", 1, 2.0, 5.0), ("a", 2, 6.0, 5.0),
        ("b", 0, 4.0, 1.0), ("b", 1, 5.0, 2.0), ("b", 2, 5.0, 9.0),
        ("whole", 0, 11.0, 8.0), ("whole", 1, 1.0, 8.0), ("whole", 2, 6.0, 8.0),
    ],
    columns=["plan", "world", "gain", "cost"],
)  # fmt: skip
AIMS = {"gain": "up", "cost": "down"}


def of(table, plan, objective):
    return table[(table["plan"] == plan) & (table["objective"] == objective)].iloc[0]


def test_regret_is_what_is_missing_to_the_best_plan_of_each_world():
    table = robustness.table(WORLDS, AIMS, ["a", "b"])
    a, b = of(table, "a", "gain"), of(table, "b", "gain")
    assert (a["regret_max"], a["regret_mean"], a["best_in"]) == (3.0, 1.0, pytest.approx(2 / 3))
    assert (b["regret_max"], b["regret_mean"], b["worst"]) == (6.0, pytest.approx(7 / 3), 4.0)
    assert of(table, "whole", "gain")["regret_mean"] == pytest.approx((-1 + 4 + 0) / 3)


def test_less_is_better_where_the_question_says_so():
    table = robustness.table(WORLDS, AIMS, ["a", "b"])
    assert of(table, "a", "cost")["regret_max"] == 4.0
    assert of(table, "b", "cost")["regret_max"] == 4.0
    assert of(table, "b", "cost")["worst"] == 9.0


def test_regrets_together_are_shares_of_what_the_plans_differ_by():
    table = robustness.table(WORLDS, AIMS, ["a", "b"])
    for plan in ("a", "b"):  # each is best in everything in one world, and the worse of two in something elsewhere
        assert of(table, plan, "all")["regret_mean"] == pytest.approx(2 / 3)
    assert np.isnan(of(table, "a", "all")["mean"])


def test_a_requirement_that_nobody_ever_meets_is_not_among_all_of_them():
    asked = [
        Requirement("gain", "gain", "at_least", 5.0),
        Requirement("budget", "cost", "at_most", 5.0),
        Requirement("dream", "gain", "at_least", 99.0),
    ]
    table = robustness.met(WORLDS, asked).set_index(["plan", "requirement"])
    assert table.loc[("a", "gain"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("b", "budget"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("whole", "dream"), "share"] == 0.0
    assert table.loc[("a", "all"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("b", "all"), "share"] == pytest.approx(1 / 3)
    assert table.loc[("b", "all"), "limit"] == 2.0


def test_each_rule_names_its_plan_and_the_next_best():
    table = robustness.table(WORLDS, AIMS, ["a", "b"])
    shares = robustness.met(WORLDS, [Requirement("gain", "gain", "at_least", 4.5)])
    chosen = robustness.choices(table, shares, AIMS, ["a", "b"]).set_index(["rule", "objective"])
    assert chosen.loc[("mean", "gain"), "plan"] == "a"
    assert chosen.loc[("worst", "gain"), ["plan", "value", "second", "second_value"]].tolist() == ["b", 4.0, "a", 2.0]
    assert chosen.loc[("regret", "gain"), ["plan", "value"]].tolist() == ["a", 3.0]
    assert chosen.loc[("domain", "all"), ["plan", "value"]].tolist() == ["a", pytest.approx(2 / 3)]


def test_where_nothing_is_ever_met_that_rule_names_no_plan():
    table = robustness.table(WORLDS, AIMS, ["a", "b"])
    shares = robustness.met(WORLDS, [Requirement("dream", "gain", "at_least", 99.0)])
    assert "domain" not in set(robustness.choices(table, shares, AIMS, ["a", "b"])["rule"])


def test_plans_are_compared_in_worlds_that_all_of_them_have():
    worlds = WORLDS.copy()
    worlds.loc[1, "gain"] = np.nan
    assert set(robustness.complete(worlds, ["gain", "cost"])["world"]) == {0, 2}
