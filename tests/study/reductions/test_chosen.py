"""Chosen firms and the next in rank, on firms made up by hand, in a run and in a comparison."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.engine import simulate
from sim.scenario import load
from sim.study.comparison.chosen import table
from sim.study.reductions.chosen import ANY, chosen
from sim.study.reductions.endings import Endings, places

FATES = pd.DataFrame(
    {
        "firm": np.array([5, 1, 2, 3], np.uint64),
        "entities": np.array([10, 20, 30, 40], np.int32),
        "alive": [True, True, False, True],
        "staff": np.array([7, 6, 5, 4], np.int32),
        "exited_on": np.full(4, -1, np.int16),
        "granted_first": np.zeros(4, np.uint64),
        "granted_further": np.zeros(4, np.uint64),
    }
)
WITHOUT = FATES.assign(alive=[False, True, False, False], staff=np.array([9, 3, 5, 4], np.int32))
RANKINGS = pd.DataFrame(
    [("title", 1, True), ("title", 5, True), ("title", 2, False), ("old", 3, True)],
    columns=["measure", "firm", "chosen"],
).astype({"firm": np.uint64})


def sums(rankings=RANKINGS, of_other=("old",), without=WITHOUT):
    ends = without.sort_values("firm")
    there = Endings(*(ends[name].to_numpy() for name in Endings._fields))
    others = [SimpleNamespace(id=name) for name in of_other]
    return chosen(rankings, FATES, there, others, places(FATES, there)).set_index(["measure", "chosen"])


def test_chosen_firms_and_the_next_are_added_up_with_and_without_what_the_other_world_lacks():
    found = sums()
    assert found.loc[("title", True)].to_dict() == {
        "entities": 30, "alive": 30, "alive_without": 20, "staff": 20 * 6 + 10 * 7, "staff_without": 20 * 3, "rows": 2,
    }  # fmt: skip
    assert found.loc[("title", False)].to_dict() == dict(
        entities=30, alive=0, alive_without=0, staff=0, staff_without=0, rows=1
    )
    assert "old" not in found.index  # the other world has it too: nothing of it can be told
    pd.testing.assert_frame_equal(found.loc[["title"]], found.loc[[ANY]].rename(index={ANY: "title"}))


def test_a_firm_with_two_titles_is_one_of_those_with_any():
    twice = pd.concat([RANKINGS, RANKINGS.replace("title", "second")], ignore_index=True)
    assert sums(twice).loc[(ANY, True), "entities"] == 30


def test_a_firm_that_the_other_world_never_had_is_left_out():
    assert sums(without=WITHOUT[WITHOUT["firm"] != 5]).loc[("title", True), "entities"] == 20


def test_what_a_title_brings_is_what_changed_for_the_chosen_less_what_changed_for_the_next():
    one = sums().reset_index()
    other = one.assign(alive=[30.0, 3.0, 30.0, 3.0])  # the next keep a tenth too
    found = table([(("plan", "nothing"), [one, other])]).set_index(["measure", "outcome", "group"]).sort_index()
    of = found.loc[("title", "survival")]
    assert of["mean"].to_dict() == pytest.approx({"chosen": 1 / 3, "next_in_rank": 0.05, "difference": 1 / 3 - 0.05})
    assert of["without"]["chosen"] == pytest.approx(2 / 3)
    assert of["low"]["difference"] < of["mean"]["difference"] < of["high"]["difference"]
    assert of["rows"].to_dict() == {"chosen": 2, "next_in_rank": 1, "difference": 1}
    assert found.loc[("title", "staff", "chosen"), "mean"] == pytest.approx((190 - 60) / 60)


def test_a_scenario_that_chooses_nobody_has_no_rows():
    assert table([(("plan", "nothing"), [sums(RANKINGS[:0]).reset_index()])]).empty


@pytest.mark.slow
def test_a_run_tells_whom_its_quotas_chose_and_as_many_that_hold_no_title():
    run = simulate(load("full_plan"), firms=2_000, fates=True)
    fates = run.fates.set_index("firm")
    ranked = run.rankings.join(fates["entities"], on="firm")
    assert not ranked.duplicated(["measure", "firm"]).any()
    holders = set(ranked.loc[ranked["chosen"], "firm"])
    assert not holders & set(ranked.loc[~ranked["chosen"], "firm"])
    for measure, of in ranked.groupby("measure"):
        quota = run.value(str(measure)) if str(measure) in set(run.outcomes["outcome"]) else None
        first, after = (of.loc[of["chosen"] == is_chosen, "entities"] for is_chosen in (True, False))
        if quota is not None:
            assert first.sum() == quota
        assert after.sum() >= first.sum() > after.sum() - after.iloc[-1]  # as many again, while there are any left
