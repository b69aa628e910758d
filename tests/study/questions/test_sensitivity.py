from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from sim.parameters import load
from sim.scenario import ScenarioError
from sim.study import StudyError, study_folder
from sim.study.answering import shipped
from sim.study.designs import factors
from sim.study.designs.factors import varied
from sim.study.designs.posterior import Draw, Posterior
from sim.study.questions import sensitivity
from sim.study.questions.sensitivity import Question, Sensitivity
from sim.study.runs.specification import Setting

WORDS = {"zh": "敏感性", "en": "Sensitivity"}
OVER = {"good": [0.0, 1.0], "bad": [0.0, 1.0], "idle": [0.0, 1.0]}


def asked(**changes):
    return Question.model_validate(
        {"title": WORDS, "scenario": "plan", "over": OVER, "method": "morris", "draws": 4} | changes
    )


@pytest.fixture
def ask(monkeypatch, scenario, simulate, runner):
    """Asks an engine whose survival is 0.5 and a bit of chance, and in the plan 0.1 good - 0.2 bad more."""
    monkeypatch.setattr(sensitivity, "load", lambda name, fixed, drawn=None: scenario(name, {**fixed, **(drawn or {})}))

    def make(question, fails=lambda scenario, seed: False, count=None, levers=lambda scenario: scenario.levers, **how):
        def engine(scenario, *, seed=1, **rest):
            if count is not None:
                count.append((scenario.name, seed))
            if fails(scenario, seed):
                raise ArithmeticError("the ledger does not balance: 1 fen")
            moved, result = levers(scenario), simulate(scenario, seed=seed, **rest)
            effect = 0.1 * moved["good"] - 0.2 * moved["bad"] if scenario.name == "plan" else 0.0
            outcomes = result.outcomes.copy()
            outcomes.loc[outcomes["outcome"] == "survival_rate", "value"] = 0.5 + effect + 0.01 * seed
            return replace(result, outcomes=outcomes)

        return sensitivity.answer(question, Setting(firms=50), runner(simulate=engine, **how))

    return make


def survival(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["outcome"] == "survival_rate"]


def test_effects_on_the_difference_from_another_scenario_under_the_same_factors_and_random_numbers(ask):
    study = ask(asked())
    found = survival(study.ranking).set_index("factor")
    assert found["strength"].to_dict() == pytest.approx({"bad": 0.2, "good": 0.1, "idle": 0.0})
    assert found["place"].to_dict() == {"bad": 1, "good": 2, "idle": 3}
    assert found["verdict"].to_dict() == {"bad": "effect", "good": "effect", "idle": "nothing"}
    assert study.index("survival_rate", "mu")["value"].to_dict() == pytest.approx({"good": 0.1, "bad": -0.2, "idle": 0})
    assert len(study.draws) == 4 * (3 + 1)
    assert len(study.runs) == len(study.draws) * 2 * 2
    assert [scenario.name for scenario in study.manifest.scenarios] == ["no_support", "plan"]


def test_levels_are_the_outcomes_of_the_scenario_alone_without_what_only_differences_tell(ask):
    study = ask(asked(against=None))
    drawn = 0.5 + 0.1 * study.draws["good"] - 0.2 * study.draws["bad"] + 0.01 * 1.5  # of seeds 1 and 2
    [over] = survival(study.spread).to_dict("records")
    assert over["mean"] == pytest.approx(drawn.mean())
    assert over["sd"] == pytest.approx(drawn.std(ddof=1))
    assert over["replication_share"] == pytest.approx(0, abs=1e-9)  # every replication adds to all draws alike
    assert "public_cost" not in set(study.spread["outcome"])
    assert len(study.runs) == len(study.draws) * 2


def test_indices_of_a_linear_effect_are_its_shares_of_the_variance(ask):
    study = ask(asked(method="sobol", draws=32, second_order=True, replications=1))
    known = {"good": 0.01 / 0.05, "bad": 0.04 / 0.05, "idle": 0.0}
    for name in ("first", "total"):
        rows = study.index("survival_rate", name)
        for factor, share in known.items():
            assert rows.loc[factor, "low"] <= share <= rows.loc[factor, "high"], (name, factor)
            assert rows.loc[factor, "value"] == pytest.approx(share, abs=0.15)
    pairs = survival(study.indices).query("index == 'second'")
    assert list(zip(pairs["factor"], pairs["other"], strict=True)) == [
        ("good", "bad"), ("good", "idle"), ("bad", "idle"),
    ]  # fmt: skip
    assert survival(study.ranking)["chance"].isna().all()


def test_of_a_posterior_the_share_that_knowing_a_parameter_explains_is_told_and_luck_is_not(ask, monkeypatch):
    # The first is what moves the plan, the second goes with it with a correlation of 0.8, twenty others are luck.
    drawn = norm.rvs(size=(64, 22), random_state=2)
    drawn[:, 1] = 0.8 * drawn[:, 0] + 0.6 * drawn[:, 1]
    names = ["good", "with_it", *(f"luck_{k}" for k in range(20))]
    draws = tuple(Draw(1 / 64, dict(zip(names, map(float, row), strict=True))) for row in drawn)
    monkeypatch.setattr(factors, "posterior", lambda: Posterior(draws, {}))
    over = {"posterior": "all", "bad": [0.0, 1.0]}

    def levers(scenario):
        return {"good": scenario.levers["parameters.good"], "bad": scenario.levers["bad"]}

    study = ask(asked(method="given_data", over=over, draws=128, replications=1), levers=levers)
    assert len(study.draws) == 128 and len(study.runs) == 256
    assert set(study.draws["parameters.luck_7"].value_counts()) == {2}  # each draw twice, in worlds of its own
    found = survival(study.ranking).set_index("factor")
    share = 0.01 * drawn[:, 0].var() / (0.01 * drawn[:, 0].var() + 0.04 / 12)
    together = np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] ** 2
    assert found.loc["parameters.good", "strength"] == pytest.approx(share, abs=0.1)
    assert found.loc["parameters.with_it", "strength"] == pytest.approx(together * share, abs=0.1)
    assert found.loc["bad", "strength"] == pytest.approx(1 - share, abs=0.1)
    assert [*found.index[:2]] == ["parameters.good", "parameters.with_it"]
    assert {*found.index[found["verdict"] == "effect"]} == {"parameters.good", "parameters.with_it", "bad"}
    assert found["chance"].nunique() == 1
    ends = study.factors.set_index("factor").loc["parameters.good", ["low", "high"]].tolist()
    assert ends == [drawn[:, 0].min(), drawn[:, 0].max()]


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_moves_each_factor_by_itself_cannot_take_a_posterior(ask, monkeypatch, method):
    monkeypatch.setattr(factors, "posterior", lambda: Posterior((Draw(1.0, {"good": 0.5}),), {}))
    with pytest.raises(StudyError, match="method: given_data of sensitivity"):
        ask(asked(method=method, draws=8, over={"posterior": "all"}))


@pytest.mark.parametrize("against", ["plan", "no_support"])
def test_a_trajectory_with_a_failed_run_of_either_scenario_is_left_out_whole(ask, against):
    whole = ask(asked(draws=5))
    lost = whole.draws.loc[6, ["good", "bad", "idle"]].to_dict()  # a point of the second trajectory

    def fails(scenario, seed):
        return scenario.name == against and seed == 2 and scenario.levers == lost

    study = ask(asked(draws=5), fails, folder=Path("runs-that-fail").resolve())
    assert study.left_out == 1
    assert len(study.failures) == 1
    assert survival(study.spread)["used"].item() == 4
    assert survival(study.ranking).set_index("factor")["strength"]["bad"] == pytest.approx(0.2)
    kept = whole.draws[whole.draws["design"] != 1]
    effect = 0.1 * kept["good"] - 0.2 * kept["bad"]
    assert survival(study.spread)["mean"].item() == pytest.approx(effect.mean())


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_with_too_few_left_one_sentence_says_so_and_why(ask):
    with pytest.raises(StudyError, match=r"Of 4 base designs only 0 .* 2 are needed; .*the ledger does not balance"):
        ask(asked(), lambda scenario, seed: scenario.name == "no_support")


def test_no_time_at_all_is_one_sentence_too(ask):
    with pytest.raises(StudyError, match="only 0"):
        ask(asked(), seconds=0.0)


def test_replications_that_time_was_too_short_for_do_not_count():
    runs = pd.DataFrame({"draw": [0, 0, 1], "replication": [0, 1, 0], "reason": "", "survival_rate": [0.1, 0.9, 0.2]})
    np.testing.assert_array_equal(sensitivity._outcomes(runs, 2, 1)["survival_rate"], [[0.1], [0.2]])


@pytest.mark.parametrize(("method", "few", "many"), [("morris", 3, 5), ("sobol", 8, 16), ("given_data", 16, 24)])
def test_more_draws_go_on_with_those_that_are_there(ask, method, few, many):
    question, count = asked(method=method, draws=few), []
    first = ask(question, count=count)
    before = len(count)
    more = ask(question.with_draws(many), count=count)
    pd.testing.assert_frame_equal(more.draws.head(len(first.draws)), first.draws)
    assert len(count) - before <= before * (many - few) / few
    fresh = ask(question.with_draws(many), folder=Path("elsewhere").resolve())
    pd.testing.assert_frame_equal(fresh.ranking, more.ranking)


def test_answers_do_not_depend_on_the_number_of_workers(ask):
    one, two = ask(asked()), ask(asked(), workers=2, folder=Path("two").resolve())
    for name in ("ranking", "indices", "spread", "draws"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


def test_a_study_is_stored_and_read_again(ask, tmp_path):
    study = ask(asked())
    again = study_folder.load(study_folder.save(study, tmp_path / "study"))
    assert isinstance(again, Sensitivity)
    assert again.method == "morris"
    assert again.against == "no_support"
    pd.testing.assert_frame_equal(again.ranking, study.ranking)


def test_a_plot_has_the_strongest_factors_of_each_headline_outcome(ask):
    study = ask(asked())
    assert len(study.plot(lang="en").to_dict()["concat"]) == 3
    figure, _ = plt.subplots(1, 3)
    study.plot(ax=figure.axes)
    plt.close(figure)
    assert [axes.get_title() for axes in figure.axes] == ["survival_rate", "resumption_rate", "loss_share"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["bad", "good", "idle"]


def test_assumptions_and_levers_are_given_together_and_a_range_that_is_stated_goes_before():
    patience = "parameters.firm.patience_beyond_min_months"
    everything = {factor.path: factor for factor in varied("assumptions")}
    together = {
        factor.path: factor for factor in varied({"rent.months": [0, 6], "assumptions": "all", patience: [3.0, 4.0]})
    }
    assert set(together) == {*everything, "rent.months"}
    assert (together[patience].low, together[patience].high) == (3.0, 4.0)
    assert varied({patience: "assumed"}) == [everything[patience]]


def test_priors_are_every_number_and_date_that_is_not_fixed():
    everything = {factor.path: factor for factor in varied("priors")}
    entries = {f"parameters.{entry.path}": entry for entry in load().paths()}
    assert set(everything) == {path for path, entry in entries.items() if not entry.prior.is_fixed}
    assert {factor.path for factor in varied("assumptions")} < set(everything)
    assert everything["parameters.world.wave.peak"].at(0.0) == entries["parameters.world.wave.peak"].prior.low
    sourced = next(path for path, entry in entries.items() if not entry.assumption and not entry.prior.is_fixed)
    assert varied({sourced: "prior"}) == [everything[sourced]]
    stated = {factor.path: factor for factor in varied({"priors": "all", sourced: [1.0, 2.0]})}
    assert set(stated) == set(everything) and stated[sourced].high == 2.0
    with pytest.raises(ScenarioError, match="prior for one of the calibration that is not fixed"):
        varied({sourced: "assumed"})


@pytest.mark.parametrize("over", [{"parameters.firm.patience_month_mean": "assumed"}, {"assumptions": [0, 1]}])
def test_what_is_not_assumed_has_no_assumed_range(over):
    with pytest.raises(ScenarioError) as caught:
        varied(over)
    [error] = caught.value.errors
    assert "assumptions: all" in str(error)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": "sobol", "draws": 24}, "a power of two from 8 on, not 24"),
        ({"second_order": True}, "second_order is for method: sobol"),
        ({"against": "plan"}, "against itself"),
        ({"draws": 1}, "greater than or equal to 2"),
        ({"method": "given_data", "draws": 15}, "given_data needs at least 16 worlds"),
        ({"method": "given_data", "draws": 32, "second_order": True}, "second_order is for method: sobol"),
    ],
)
def test_each_mistake_of_a_question_is_told(changes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        asked(**changes)


@pytest.mark.parametrize(
    ("method", "draws", "sentence"),
    [("sobol", 24, "power of two"), ("morris", 1, "at least 2"), ("given_data", 8, "at least 16")],
)
def test_a_number_of_draws_that_the_method_does_not_take_is_one_sentence(method, draws, sentence):
    with pytest.raises(StudyError, match=sentence):
        asked(method=method, draws=16).with_draws(draws)


def test_what_is_shipped_is_the_default_and_more():
    assert sensitivity.DEFAULT in shipped("sensitivity")
    assert {"indices", "posterior"} <= {*shipped("sensitivity")}


def test_a_range_beyond_what_is_allowed_is_told_before_any_run(runner):
    question = asked(scenario="full_plan", over={"loan_extension.delivery.refusal_share": [0.0, 1.5]})
    with pytest.raises(ScenarioError, match="refusal_share"):
        sensitivity.answer(question, Setting(firms=50), runner())


def test_of_the_real_model_what_the_plan_does_not_reach_does_exactly_nothing(tmp_path):
    from sim.study.answering import ask

    over = {
        "all.delivery.refusal_share": [0.0, 0.6],
        "rent_waiver.months": [0, 12],
        "travel_agency_deposit.share": [0, 1],
    }
    question = {"title": WORDS, "method": "morris", "over": over, "draws": 2, "replications": 1}
    study = ask("sensitivity", question, firms=200, folder=tmp_path / "study")
    assert study.failures.empty
    assert set(study.ranking["factor"]) == set(over)
    verdicts = study.ranking.set_index(["outcome", "factor"])["verdict"]
    assert verdicts["money_given", "all.delivery.refusal_share"] != "nothing"
    assert verdicts["stopped", "travel_agency_deposit.share"] == "nothing"
    levels = study.runs[study.runs["scenario"] == "no_support"]
    assert levels["survival_rate"].nunique() == 1  # no lever of the plan touches the world without it
