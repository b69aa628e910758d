import json

import numpy as np
import pandas as pd
import pytest

from sim.measure import Words
from sim.report.answers import attribute as told
from sim.report.words.player_names import player_name
from sim.scenario import load
from sim.study.outcomes import possible_differences
from sim.study.questions.attribute import Attribution, _prices
from sim.study.runs.manifest import manifest
from sim.study.statistics.intervals import Range, summarise

YI = 10**10
POINTS = {"survival_rate": 0.01, "resumption_rate": 0.01, "loss_share": -0.01}
UNIT = dict.fromkeys(POINTS, "share") | {"survivors": "entities", "jobs": "persons", "public_cost": "fen"}


def study(shares, replications=4, noise=0.2, of="actions", rest="mechanisms", orders=None, pairs=None, asked=None):
    """``shares``: points of survival and yi yuan of each player; ``noise``: how much points and money swing."""
    swing = np.resize([1.0, -1.0, 0.5, -0.5], replications)
    rows = []
    for place, (player, (points, yi)) in enumerate(shares.items()):
        # Each meets replications of its own, and where nothing is brought about no chance changes that.
        moved = points + noise * np.roll(swing, place) * bool(points)
        cost = yi + noise * 5 * np.roll(swing, place) * bool(yi)
        for replication in range(replications):
            values = {outcome: moved[replication] * scale for outcome, scale in POINTS.items()}
            values |= {"survivors": 30_000 * moved[replication], "jobs": 90_000 * moved[replication]}
            values["public_cost"] = cost[replication] * YI
            rows += [(player, replication, outcome, value, UNIT[outcome]) for outcome, value in values.items()]
    values = pd.DataFrame(rows, columns=["player", "replication", "outcome", "value", "unit"])
    whole = values.groupby(["replication", "outcome", "unit"], sort=False)["value"].sum().reset_index()
    values = pd.concat([values, whole.assign(player="whole")], ignore_index=True)
    players = [player for player in shares if player != rest]
    columns = ["mean", "low", "high", "unit", "replications"]
    interactions = pd.DataFrame(
        [
            (*pair, outcome, scale * change, scale * change - 0.001, scale * change + 0.001, "share", replications)
            for pair, change in (pairs or {}).items()
            for outcome, scale in POINTS.items()
        ],
        columns=["first", "second", "outcome", *columns],
    )
    plan = load("full_plan")
    return Attribution(
        manifest=manifest(
            "attribute", [plan.with_measures((), name="baseline", title=plan.title), plan], 1, asked or replications,
            title={"zh": "归因", "en": "Attribution"}, of=of, players={player: [player] for player in players},
            rest=rest, orders=orders, nominal=["zoned_control", "direct_funds"],
        ),
        runs=pd.DataFrame({"scenario": ["baseline", "full_plan"], "seed": [1, 1], "reason": ["", "it broke"]}),
        attribution=summarise(values, ["player", "outcome", "unit"], _differences)[["player", "outcome", *columns]],
        values=values,
        interactions=interactions,
        prices=_prices(values),
    )  # fmt: skip


def _differences(table: pd.DataFrame) -> Range:
    return possible_differences(table["outcome"])


ACTIONS = {
    "mechanisms": (0.3, 0.0),
    "fiscal": (2.0, 40.0),
    "tax": (1.0, 60.0),
    "jobs": (-1.0, 10.0),
    "arrears": (0.01, 0.5),
}
ACTIONS |= {"finance": (0.5, -8.0), "innovation": (0.0, 0.0)}


@pytest.fixture(scope="module")
def usual():
    return study(ACTIONS, pairs={("fiscal", "tax"): 0.3, ("tax", "finance"): -0.2, ("fiscal", "jobs"): 0.0})


def test_the_first_sentences_say_what_the_plan_does_and_to_whom_it_is_due(usual):
    first, second, third, *_ = told.findings(usual, "en")
    assert first.startswith("Survival: the whole plan brings about +2.81 pp (")
    assert (
        "Of the improvements distinguishable from zero, most is due to Fiscal support with +2.00 pp (+1.71 to +2.29 pp)"
        in first
    )
    assert "It is made worse by Jobs with −1.00 pp" in first
    assert second.startswith("Resumption: ")
    assert third.startswith("Loss-making share: ")
    assert "Fiscal support with −2.00 pp" in third


def test_both_languages_say_the_same_things(usual):
    zh, en = (told.findings(usual, lang) for lang in ("zh", "en"))
    assert len(zh) == len(en)
    assert zh[0].startswith("存活率：整个方案带来 +2.81 个百分点")
    assert "财政惠企 +2.00 个百分点" in zh[0]
    for lang in ("zh", "en"):
        for table in told.tables(usual, lang):
            assert {len(row) for row in table.rows} == {len(table.columns)}
    assert [len(table.rows) for table in told.tables(usual, "zh")] == [len(t.rows) for t in told.tables(usual, "en")]


def test_what_is_not_told_from_zero_and_what_does_nothing_at_all_is_said(usual):
    said = told.findings(usual, "en")
    assert "Of 6 actions, the shares of 1 in survival are not distinguishable from zero: Arrears." in said
    assert "With no effect at all on survival in any replication: Innovation." in said
    assert any(
        one.startswith("Always in force: working mechanisms. Alone, before any player joins, it changes survival by")
        for one in said
    )


def test_what_is_only_a_factor_is_said_to_be_ranked_nowhere(usual):
    said = " ".join(told.findings(usual, "en"))
    assert "The effect of 2 measures is only a factor of assumed size" in said
    assert "They are Zoned control in place of blanket closure" in said
    assert "Funds straight to the beneficiary" in said
    assert "有 2 项措施的作用只是一个假设大小的系数" in " ".join(told.findings(usual, "zh"))


def test_pairs_that_help_and_hinder_each_other_are_named_and_others_not(usual):
    said = told.findings(usual, "en")
    assert any(
        "survival, the strongest reinforcement is between Fiscal support and Taxes and fees: +0.30 pp" in s
        for s in said
    )
    assert any("survival, the strongest overlap is between Taxes and fees and Finance: −0.20 pp" in s for s in said)
    assert any(
        "loss-making share, the strongest reinforcement is between Fiscal support and Taxes and fees: −0.30 pp" in s
        for s in said
    )
    assert not any("Fiscal support with Jobs" in one for one in said)


def test_effect_per_yuan_is_honest(usual):
    said = told.findings(usual, "en")
    # 60,000 firms for 4,000 m yuan against 30,000 for 6,000 m.
    assert any(s.startswith("Per million yuan of public cost Fiscal support keeps the most firms: 15 (") for s in said)
    assert (
        "The public cost of 1 is not distinguishable from zero, so the effect per yuan has no bounds: Arrears." in said
    )
    assert "Public cost is not increased, or is reduced, by 2: Finance, Innovation." in said
    table = told.tables(usual, "en")[1]
    notes = {row[0]: row[-1] for row in table.rows}
    assert notes["Fiscal support"] == "costs, and keeps firms"
    assert notes["Jobs"] == "keeps no firms"
    assert notes["Finance"] == "adds no public cost"
    assert next(row for row in table.rows if row[0] == "Finance")[2] == "–"
    assert "Innovation" not in notes  # costs nothing and does nothing


def test_the_first_table_goes_from_the_rest_over_the_players_by_their_share_to_the_whole(usual):
    table = told.tables(usual, "en")[0]
    assert table.rows[0][0] == "Working mechanisms"
    assert [row[0] for row in table.rows[1:3]] == ["Fiscal support", "Taxes and fees"]
    assert table.rows[-1][0] == "The whole plan"
    assert table.rows[1][1:] == [
        "+2.00 ± 0.29",
        "+2.00 ± 0.29",
        "−2.00 ± 0.29",
        "+60,000 ± 8,715",
        "+180,000 ± 26,146",
        "+4.00 ± 0.15",
    ]
    assert table.rows[-2][0] == "Jobs"
    assert next(row for row in table.rows if row[0] == "Innovation")[1] == "0 ± 0.00"


def test_failures_and_replications_that_do_not_count_are_said():
    found = told.findings(study(ACTIONS, asked=6), "en")
    assert "2 of 6 replications are excluded for all players, because runs in them failed or were not done." in found
    assert found[-1] == "1 of 2 runs failed and are excluded."


def test_in_one_replication_nothing_is_told_from_zero():
    one = study(ACTIONS, replications=1)
    said = told.findings(one, "en")
    assert "The largest improvements are due to Fiscal support with +2.20 pp" in said[0]
    assert "told from zero, most" not in " ".join(said)
    assert any(sentence.startswith("Only one replication was completed") for sentence in said)
    assert not any("±" in cell for table in told.tables(one, "en") for row in table.rows for cell in row)


def test_steps_and_measures_go_by_their_titles():
    steps = study({"rest_of_plan": (1.0, 1.0), "II.1": (1.0, 3.0)}, of="steps", rest="rest_of_plan")
    assert [row[0] for row in told.tables(steps, "en")[0].rows[:2]] == [
        "The rest of the plan",
        "Rent, stepped up (II.1)",
    ]
    measures = study({"free_testing": (1.0, 3.0)}, of="measures", rest=None, orders={"draws": 2, "seed": 1})
    title = load("full_plan").contents()["measures"]["free_testing"]["title"]
    assert player_name(measures, "free_testing") == Words(**title)
    assert (
        "2 orders of joining were drawn in each replication; intervals include the sampling error of the draw."
        in told.findings(measures, "en")
    )
    assert len(told.tables(measures, "zh")) == 3  # no pairs


def test_of_many_measures_the_smallest_are_put_together():
    names = [measure.id for measure in load("full_plan").measures][:30]
    many = study(
        {name: (0.1 * (place + 1), 1.0) for place, name in enumerate(names)}, of="measures", rest=None, noise=0.0
    )
    rows = told.tables(many, "en")[0].rows
    assert len(rows) == 21
    assert rows[-2][0] == "The other 11 together"
    assert rows[-2][1] == "+6.60 ± 0.00"  # 0.1 + ... + 1.1
    alike = study(dict.fromkeys(names, (0.0, 1.0)), of="measures", rest=None)
    [silent] = [said for said in told.findings(alike, "en") if said.startswith("With no effect at all")]
    assert silent.endswith("and 19 others.")
    assert len(told.charts(many, "en")[0].specification["data"]["values"]) == 20


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("replications", [1, 4])
def test_charts_hold_their_data_and_nothing_that_json_does_not_know(lang, replications):
    charts = told.charts(study(ACTIONS, replications, pairs={("fiscal", "tax"): 0.3}), lang)
    assert len(charts) == 7
    for chart in charts:
        assert json.loads(json.dumps(chart.specification, allow_nan=False))["data"]["values"]
    loss = {row["player"]: row for row in charts[2].specification["data"]["values"]}
    assert loss[player_name(study(ACTIONS), "fiscal").model_dump()[lang]]["better"] is True
    heat = charts[5].specification["data"]["values"]
    assert len(heat) == 2
    assert {row["gain"] for row in heat} == {0.3}  # a smaller loss share is a gain
