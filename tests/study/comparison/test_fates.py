import numpy as np
import pandas as pd
import pytest

from sim import compare
from sim.study.comparison import fates
from sim.study.reductions import fates as taken
from sim.study.reductions.endings import endings_of, places
from sim.vocabulary import ACTIONS, MECHANISMS, SECTORS, SIZES


def world(rows: list[dict]) -> pd.DataFrame:
    """A table of fates; what a row does not say is usual: one catering micro firm in Kunming, alive, without money."""
    usual = {
        "entities": 1, "prefecture": "5301", "sector": "catering", "size": "micro", "founder": True, "alive": True,
        "exited_on": -1, "exit_cause": "", "staff": 0, "put_off": False, "missed_instalment": False,
        "last_helped": -1, "unpaid_fen": 0,
        "granted_first": 0, "granted_further": 0,
        **{f"given_{action}_fen": 0 for action in (*ACTIONS, MECHANISMS)},
    }  # fmt: skip
    table = pd.DataFrame([usual | row for row in rows])
    for name, names in (("prefecture", ("5301", "5303")), ("sector", SECTORS), ("size", SIZES)):
        table[name] = pd.Categorical(table[name], categories=names)
    return table.astype({"firm": np.uint64})


# Four founders, one of each fate; the last closes 61 days later than in the baseline.
BASELINE = world(
    [
        {"firm": 40, "entities": 10, "staff": 5},
        {"firm": 30, "entities": 20, "alive": False, "exited_on": 100},
        {"firm": 20, "entities": 5, "staff": 2, "sector": "retail"},
        {"firm": 10, "entities": 100, "alive": False, "exited_on": 200, "prefecture": "5303"},
    ]
)
PLAN = world(
    [
        {"firm": 40, "entities": 10, "staff": 6, "given_tax_fen": 1_000},
        {"firm": 99, "entities": 7, "founder": False, "staff": 3, "given_tax_fen": 500},  # born under the plan only
        {"firm": 30, "entities": 20, "staff": 1, "given_tax_fen": 30, "given_jobs_fen": 4},
        {"firm": 20, "entities": 5, "sector": "retail", "alive": False, "exited_on": 300},
        {"firm": 10, "entities": 100, "alive": False, "exited_on": 261, "prefecture": "5303", "given_jobs_fen": 2},
    ]
)


@pytest.fixture
def table() -> pd.DataFrame:
    ends = endings_of(BASELINE)
    groups, sums = taken.sums(PLAN, ends, places(PLAN, ends))
    return fates.table([(("plan", "baseline"), groups, [sums])]).set_index(["by", "group", "fate"]).sort_index()


def test_every_founder_has_one_fate(table):
    everybody = table.loc["all", "all"]
    assert everybody["entities"].to_dict() == {
        "lives_either_way": 10,
        "saved": 20,
        "lost_either_way": 100,
        "harmed": 5,
    }
    assert everybody["entities"].sum() == BASELINE["entities"].sum(), "the firm that was born is not among them"


def test_staff_and_money_are_of_all_entities_of_a_row(table):
    lives, saved, harmed = (table.loc[("all", "all", fate)] for fate in ("lives_either_way", "saved", "harmed"))
    assert (lives["staff"], lives["staff_baseline"], lives["given_fen"]) == (60, 50, 10_000)
    assert (saved["staff"], saved["staff_baseline"], saved["given_fen"]) == (20, 0, 680)
    assert (harmed["staff"], harmed["staff_baseline"]) == (0, 10)


def test_months_gained_are_of_firms_lost_either_way(table):
    everybody = table.loc["all", "all"]["months_gained"]
    assert everybody["lost_either_way"] == pytest.approx(61 / 30.4375)
    assert everybody.drop("lost_either_way").isna().all()


def test_groups_add_up_to_all(table):
    for by in ("sector", "size", "prefecture"):
        sums = table.loc[by].groupby("fate")[["entities", "staff", "staff_baseline", "given_fen"]].sum()
        assert (sums == table.loc["all", "all"][sums.columns].loc[sums.index]).all(axis=None), by


def test_an_action_is_judged_by_those_that_it_reached_and_what_it_gave(table):
    assert set(table.loc["action"].index.get_level_values("group")) == {"tax", "jobs"}
    jobs = table.loc["action", "jobs"]
    assert jobs["entities"].to_dict() == {"lives_either_way": 0, "saved": 20, "lost_either_way": 100, "harmed": 0}
    assert jobs["given_fen"].to_dict() == {"lives_either_way": 0, "saved": 80, "lost_either_way": 200, "harmed": 0}
    assert table.loc[("action", "tax", "saved"), "given_fen"] == 600


def test_the_same_day_in_both_worlds_gains_nothing():
    ends = endings_of(BASELINE)
    groups, sums = taken.sums(BASELINE, ends, places(BASELINE, ends))
    same = fates.table([(("again", "once"), groups, [sums])]).set_index(["by", "fate"]).loc["all"]
    assert (same.loc[["saved", "harmed"], "entities"] == 0).all()
    assert same.loc["lost_either_way", "months_gained"] == 0


@pytest.mark.usefixtures("simulate")
def test_intervals_are_over_replications_and_the_baseline_has_no_fates():
    study = compare(["rent", "nothing"], replications=3)
    table = study.fates.set_index(["scenario", "by", "group", "fate"])
    assert set(study.fates["scenario"]) == {"rent", "nothing"}
    assert tuple(table.loc[("rent", "all", "all", "saved"), ["entities", "low", "high"]]) == (20, 20, 20)
    assert tuple(table.loc[("nothing", "all", "all", "saved"), ["entities", "low", "high"]]) == (0, 0, 0)
