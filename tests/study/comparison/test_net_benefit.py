"""Net benefits of two plans and a baseline in three draws, small enough to be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.study.comparison.net_benefit import NetBenefit, benefits

YUAN = 100  # fen
# Firms that live, and fen of public cost, by scenario, draw and replication: both replications 10 firms apart by luck.
LIVE = {"base": [100, 200, 300], "few": [110, 210, 320], "many": [120, 260, 310]}
COST = {"base": 0, "few": 1_000 * YUAN, "many": 3_000 * YUAN}


def values(replications=2):
    rows = []
    for name, counts in LIVE.items():
        for draw, count in enumerate(counts):
            for r in range(replications):
                luck = 10 * r if name == "many" else 0
                rows += [(name, draw, r, "survivors", count + luck), (name, draw, r, "public_cost", COST[name])]
    return pd.DataFrame(rows, columns=["scenario", "draw", "replication", "outcome", "value"])


def at(table, worth, plan):
    return table[(table["worth_yuan"] == worth) & (table["plan"] == plan)].iloc[0]


def test_each_plan_is_told_less_the_baseline_of_the_same_draw():
    table = benefits(values(), list(LIVE)).set_index(["plan", "draw", "replication"])
    assert table.loc[("few", 2, 0)].tolist() == [20, 1_000 * YUAN]
    assert table.loc[("many", 1, 1)].tolist() == [70, 3_000 * YUAN]
    assert (table.loc["base"] == 0).all(axis=None)


def test_a_draw_in_which_a_run_failed_does_not_count():
    known = values()
    lost = (known["scenario"] == "few") & (known["draw"] == 1) & (known["replication"] == 0)
    assert set(benefits(known[~lost], list(LIVE))["draw"]) == {0, 2}
    everybody = (known["draw"] == 0) & (known["replication"] == 1)
    assert set(benefits(known[~everybody], list(LIVE))["draw"]) == {1, 2}
    assert benefits(known[known["scenario"] != "base"], list(LIVE)).empty


def test_the_net_benefit_is_firms_kept_at_their_worth_less_the_public_cost():
    net = NetBenefit(benefits(values(), list(LIVE)), (20.0, 100.0))
    plans, choices = net.by_plan()
    # "few" keeps 10, 10 and 20 firms for 1,000 yuan, "many" 25, 65 and 15 (of two replications the mean) for 3,000.
    assert at(plans, 100.0, "few")["mean"] == pytest.approx((0 + 0 + 1_000) / 3 * YUAN)
    assert at(plans, 100.0, "many")["mean"] == pytest.approx((-500 + 3_500 - 1_500) / 3 * YUAN)
    assert at(plans, 20.0, "many")["worst"] == (15 * 20 - 3_000) * YUAN
    # At 100 yuan "few" is as good as nothing in two draws, "many" is best in the second and the worst in the others.
    assert at(plans, 100.0, "base")["best_in"] == pytest.approx(1 / 3)
    assert at(plans, 100.0, "few")["best_in"] == pytest.approx(2 / 3)
    assert at(plans, 100.0, "many")["regret_max"] == (1_000 + 1_500) * YUAN
    assert at(plans, 100.0, "few")["regret_max"] == 3_500 * YUAN
    by_rule = choices[choices["worth_yuan"] == 100.0].set_index("rule")["plan"]
    assert by_rule.to_dict() == {"mean": "many", "worst": "base", "regret": "many"}
    assert (choices.loc[choices["worth_yuan"] == 20.0, "plan"] == "base").all()


def test_luck_stands_beside_what_is_not_known():
    net = NetBenefit(benefits(values(), list(LIVE)), (100.0,))
    many = at(net.by_plan()[0], 100.0, "many")
    assert many["sd_draws"] == pytest.approx(np.std([-500, 3_500, -1_500], ddof=1) * YUAN)
    # Two replications 10 firms apart are 1,000 yuan apart: their mean has half of that as its standard deviation.
    assert many["sd_luck"] == pytest.approx(500 * YUAN)
    assert many["sd_luck_common"] == pytest.approx(500 * YUAN)  # the same in every draw
    alone = at(NetBenefit(benefits(values(1), list(LIVE)), (100.0,)).by_plan()[0], 100.0, "many")
    assert np.isnan(alone["sd_luck"]) and np.isnan(alone["sd_luck_common"])


def test_the_lead_and_what_it_is_worth_to_know_the_draw():
    net = NetBenefit(benefits(values(), list(LIVE)), (20.0, 100.0))
    plans, _ = net.by_plan()
    worths = net.by_worth(plans, np.zeros(2)).set_index("worth_yuan")
    assert worths["plan"].tolist() == ["base", "many"]
    assert worths.loc[100.0, "second"] == "few"
    assert worths.loc[100.0, "lead"] == pytest.approx((1_500 - 1_000) / 3 * YUAN)
    assert worths.loc[100.0, "lead_low"] < 0 < worths.loc[100.0, "lead_high"]  # 0 and 1,000 yuan in two replications
    # Who knew the draw would take nothing (or "few") in the first and "few" in the third.
    assert worths.loc[100.0, "evpi"] == pytest.approx((500 + 2_500) / 3 * YUAN)
    assert worths.loc[100.0, "evpi"] == pytest.approx(at(plans, 100.0, "many")["regret_mean"])
    assert worths.loc[20.0, "evpi"] == 0.0


def test_draws_that_are_the_same_are_one_of_more_weight():
    known = values()
    twice = pd.concat([known, *(known[known["draw"] == 1].assign(draw=n) for n in range(3, 12))], ignore_index=True)
    net = NetBenefit(benefits(twice, list(LIVE)), (100.0,))
    drawn = pd.DataFrame({"draw": range(12), "same_as": [0, 1, 2, *[1] * 9], "cash": [0.0, 1.0, 2.0, *[1.0] * 9]})
    table, chance = net.by_parameter(drawn, 1)
    assert table["evppi"].tolist() == [0.0] and not table["is_told"].any()  # three draws tell of no parameter
    assert chance.tolist() == [0.0]
