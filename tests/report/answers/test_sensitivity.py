import json
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from sim.report.answers import sensitivity as told
from sim.report.words.catalogue import text
from sim.scenario import load
from sim.study.designs.design import sample
from sim.study.questions import sensitivity
from sim.study.questions.sensitivity import Question, Sensitivity
from sim.study.runs.manifest import manifest
from sim.study.statistics.sensitivity_indices import points

REFUSED, PATIENCE, CROWDING = (
    "all.delivery.refusal_share",
    "parameters.firm.patience_beyond_min_months",
    "parameters.firm.crowding",
)
OVER = {
    REFUSED: [0.0, 0.5],
    PATIENCE: "assumed",
    CROWDING: "assumed",
    "rent_waiver.bearer": {"of": ["province", "banks"]},
}
POINT = 0.01  # of a share
BN = 10**11  # fen


def study(
    method="morris",
    replications=2,
    against="baseline",
    lost=(),
    survival=lambda x: -4 * POINT * x[..., 0],
    noted=MappingProxyType({}),
    **changes,
):
    """Survival hangs on refusals, resumption is chance, the loss share goes up and down, money hangs on patience."""
    draws = 8 if method == "morris" else 64
    said = {"title": {"zh": "敏感性", "en": "Sensitivity"}, "method": method, "over": OVER, "draws": draws}
    question = Question.model_validate(said | {"against": against, "replications": replications} | changes)
    factors = sensitivity.varied(question.over)
    if method == "given_data":
        cube = np.array(sample("sobol", factors, draws, 1))[:, None]
    else:
        cube = points(method, 4, draws, 1, question.second_order).reshape(draws, -1, 4)
    noise = np.sin(np.arange(cube[..., 0].size * replications) * 12.9898) * 43758.5453 % 1.0
    values = {
        "survival_rate": np.repeat(survival(cube)[:, :, None], replications, axis=2),
        "resumption_rate": POINT * noise.reshape(*cube.shape[:2], replications),
        "loss_share": np.repeat(
            (POINT * (cube[..., 1] - 0.5) * (cube[..., 2] - 0.5))[:, :, None], replications, axis=2
        ),
        "public_cost": np.repeat((2 * BN * cube[..., 1])[:, :, None], replications, axis=2),
    }
    if against is None:
        del values["public_cost"]
    for table in values.values():
        table[list(lost)] = np.nan
    used = {name: sensitivity.sensitivity_indices.complete(table) for name, table in values.items()}
    ranking, indices, spread = sensitivity._analyse(question, factors, cube, values, used)
    plan = load("full_plan")
    return Sensitivity(
        manifest=manifest(
            "sensitivity", [load("baseline"), plan], 1, replications, question=question.model_dump(mode="json"), **noted
        ),
        runs=pd.DataFrame({"scenario": ["full_plan"] * 4, "reason": ["", "", "", "it broke"]}),
        factors=sensitivity._factors(factors),
        draws=pd.DataFrame({"draw": range(draws)}),
        ranking=ranking,
        indices=indices,
        spread=spread,
    )  # fmt: skip


@pytest.fixture(scope="module")
def screened():
    return study(lost=[2])


@pytest.fixture(scope="module")
def shared():
    return study("sobol", second_order=True)


def test_the_first_sentences_say_what_each_outcome_hangs_on(screened):
    first, second, third, fourth, *_ = told.findings(screened, "en")
    assert first.startswith("Over the ranges asked about, the effect of the whole plan on survival is −")
    assert first.endswith("Every measure: share of applications refused with 4.00 pp (identical in every replication).")
    assert second.endswith("No factor is distinguishable from zero.")
    assert "on loss-making share" in third
    assert fourth.endswith("Mean patience beyond the least with 2.00 bn yuan (2.00 to 2.00 bn yuan).")


def test_what_does_nothing_is_told_apart_from_what_is_not_told_from_zero(screened):
    said = told.findings(screened, "en")
    assert any(
        "1 have an effect distinguishable from zero; not distinguishable from zero: 0; exactly without effect: 3."
        in one
        for one in said
    )
    verdicts = [row[-1] for row in told.tables(screened, "en")[0].rows]
    assert verdicts == ["effect", "exactly zero", "exactly zero", "exactly zero"]
    verdicts = {row[-1] for row in told.tables(screened, "en")[1].rows}
    assert verdicts == {"not distinguishable from zero"}


def test_what_goes_up_and_down_chance_what_is_left_out_and_what_failed_are_said(screened):
    said = told.findings(screened, "en")
    ups = next(one for one in said if "raised or lowered" in one)
    assert "on loss-making share" in ups
    assert "Mean patience beyond the least" in ups
    chance = next(one for one in said if one.startswith("Of the variance between draws"))
    assert "0 % of survival" in chance
    assert "1 of 8 trajectories are excluded, because runs of theirs failed or were not done." in said
    assert said[-1] == "1 of 4 runs failed and are excluded."


def test_with_one_replication_it_is_said_that_chance_is_not_known():
    said = told.findings(study(replications=1), "en")
    assert any("--replications 2 shows it" in one for one in said)
    assert not any(one.startswith("Of the variance between draws") for one in said)


def test_of_many_factors_some_seem_to_have_an_effect_by_chance():
    usual = study()
    survival = usual.ranking["outcome"] == "survival_rate"
    many = pd.concat([usual.ranking[survival].assign(verdict="effect")] * 10)
    said = told.findings(replace(usual, ranking=pd.concat([many, usual.ranking[~survival]])), "en")
    assert any("About 2 would appear to do so by chance alone." in one for one in said)


def test_indices_are_shares_of_the_variance(shared):
    said = told.findings(shared, "en")
    assert "What has the largest part in its variance: Every measure: share of applications refused with " in said[0]
    assert any("of survival" in one and one.startswith("Taken singly, the factors explain") for one in said)
    first, *_, pairs = told.tables(shared, "en")
    assert first.columns[2] == "Total index (95 % interval)"
    assert first.rows[0][0] == "Every measure: share of applications refused\nall.delivery.refusal_share"
    assert first.rows[0][2].endswith("%)")
    assert pairs.title == "Strongest pairs: the effect of the whole plan on public cost"
    loss = next(
        table
        for table in told.tables(shared, "en")
        if table.title.startswith("Strongest pairs") and "loss" in table.title
    )
    assert loss.rows[0][0] == "Mean patience beyond the least and Absent competitors' demand taken over"


def test_given_data_tell_what_explains_most_and_what_luck_would_reach():
    kept = {"draws": 40, "effective": 20.0, "fingerprint": "", "beside": []}
    given = study("given_data", lost=[3], noted={"from_posterior": kept})
    said = told.findings(given, "en")
    assert said[0].endswith(
        "What explains most of it (share of the variance that knowing it alone explains): "
        "Every measure: share of applications refused with 100.0 % (100.0 to 100.0 %)."
    )
    assert said[1].endswith("No factor is distinguishable from zero.")
    bar = given.ranked("survival_rate")["chance"].iloc[0]
    assert f"the strongest of them would still reach {100 * bar:.1f} % one time in twenty." in said[4]
    assert any(one.startswith("Factors that are drawn together are correlated") for one in said)
    assert not any("the factors explain" in one for one in said)
    assert "1 of 64 worlds are excluded, because runs of theirs failed or were not done." in said
    first = told.tables(given, "en")[0]
    assert first.columns == [
        "Factor",
        "Range",
        "First-order index (95 % interval)",
        "Strongest by chance (95 %)",
        "Verdict",
    ]
    assert [row[-1] for row in first.rows] == ["effect", *["not distinguishable from zero"] * 3]
    assert "门槛" in text("sensitivity.method", "zh")
    bars, *_ = told.charts(given, "en")
    assert "reaches by chance one time in twenty" in json.dumps(bars.specification)


def test_levels_are_no_effects_of_a_plan():
    said = told.findings(study(against=None), "en")
    assert said[0].startswith("Over the ranges asked about, survival is −")
    assert not any("the effect of" in one or "public cost" in one for one in said)


def test_ranges_are_told_in_peoples_words(screened):
    ranges = {row[0].partition("\n")[0]: row[1] for row in told.tables(screened, "en")[0].rows}
    assert ranges["Every measure: share of applications refused"] == "0 to 0.5"
    assert [text for name, text in ranges.items() if "who bears it" in name] == ["Province, Banks"]


@pytest.mark.parametrize("fixture", ["screened", "shared"])
def test_both_languages_say_the_same_things(fixture, request):
    asked = request.getfixturevalue(fixture)
    zh, en = (told.findings(asked, lang) for lang in ("zh", "en"))
    assert len(zh) == len(en)
    assert zh[0].startswith("在所问的范围内，“完整方案”对存活率的作用平均为 −")
    for lang in ("zh", "en"):
        for table in told.tables(asked, lang):
            assert {len(row) for row in table.rows} == {len(table.columns)}
    assert [len(table.rows) for table in told.tables(asked, "zh")] == [len(t.rows) for t in told.tables(asked, "en")]


@pytest.mark.parametrize(("fixture", "number"), [("screened", 8), ("shared", 4)])
def test_charts_hold_their_numbers_and_no_nan(fixture, number, request):
    for lang in ("zh", "en"):
        charts = told.charts(request.getfixturevalue(fixture), lang)
        assert len(charts) == number
        for chart in charts:
            assert chart.specification["data"]["values"]
            json.dumps(chart.specification, allow_nan=False)
    bars = told.charts(request.getfixturevalue("screened"), "en")[0].specification["data"]["values"]
    assert bars[0]["strength"] == pytest.approx(4.0)  # percentage points
    assert bars[0]["chance"] == 0
