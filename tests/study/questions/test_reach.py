"""A goal whose answer is known: x raises survival by a tenth of itself and costs x² billions, y does half of that."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

import sim.study.questions.reach as room
from sim.scenario import ScenarioError
from sim.study import StudyError, answering, study_folder
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting
from sim.study.search.wanted import CHANGE
from tests.study.conftest import FakeScenario, make_simulate

ONE = {
    "title": {"zh": "试", "en": "Trial"}, "scenario": "plan", "outcome": "survival_rate", "at_least": 0.55,
    "over": {"x": [0.0, 1.0]}, "replications": 4, "quick_firms": 50, "quick_replications": 2,
}  # fmt: skip
SEVERAL = ONE | {"over": {"x": [0.0, 1.0], "y": [0.0, 1.0]}, "population": 8, "generations": 5, "plans": 4}


def known(fails_above=2.0):
    """An engine of which the answer is known. Everything it needs is inside, so that a worker can be sent it."""
    base = make_simulate()

    def simulate(scenario, *, firms=None, seed=1, follow=(), fates=False, tables=True, **rest):
        import dataclasses

        import pandas as pd

        x, y = scenario.levers.get("x", 0.0), scenario.levers.get("y", 0.0)
        if x > fails_above:
            raise ArithmeticError("the ledger does not balance: 1 fen")
        result = base(scenario, firms=firms, seed=seed, follow=follow, fates=fates, **rest)
        chance = 0.002 * (seed * 7 % 5 - 2)
        numbers = {"survival_rate": 0.5 + 0.1 * x + 0.05 * y + chance, "loss_share": 0.2 - 0.1 * x}
        outcomes = result.outcomes.assign(
            value=[numbers.get(n, v) for n, v in zip(result.outcomes["outcome"], result.outcomes["value"], strict=True)]
        )
        fen = int(x * x * 1e11 + y * 1e9)
        paid = pd.DataFrame(
            [("2022-02", "province", "firms", "support", "m", "granted", fen)], columns=list(result.ledger.columns)
        )
        return dataclasses.replace(
            result, outcomes=outcomes, ledger=pd.concat([result.ledger, paid], ignore_index=True)
        )

    return simulate


@pytest.fixture(autouse=True)
def loaded(monkeypatch):
    def load(name, levers=None, drawn=None):
        return FakeScenario(str(name), {**(levers or {}), **(drawn or {})})

    for place in ("search.plans", "search.wanted", "designs.design", "questions.reach"):
        monkeypatch.setattr(f"sim.study.{place}.load", load)
    monkeypatch.setattr(room, "present", lambda path, scenario: scenario.levers.get(path, 0.0))
    nothing = pd.DataFrame(columns=list(room.GAPS))
    monkeypatch.setattr(room, "_gaps", lambda *asked: (nothing, pd.DataFrame()))


def ask(folder: Path, simulate=None, asked=ONE, levers=None, workers=1, seconds=None, progress=None, **changed):
    content, _ = answering.question("reach", {**asked, **changed})
    folder.mkdir(exist_ok=True)
    runner = Runner(RunStore(folder, simulate or known()), workers, progress=progress, seconds=seconds)
    return room.answer(content, Setting(levers or {}, firms=100), runner)


def answers(study):
    return dict(zip(study.answers["how"], study.answers["plan"], strict=True))


def value(study, how, lever="x"):
    return study.plans.set_index("plan").at[answers(study)[how], lever]


def same(one, other):
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name], obj=name)


def test_along_one_lever_the_least_value_that_reaches_the_goal_is_found_to_the_step(tmp_path):
    study = ask(tmp_path / "a")
    plans = study.plans.set_index("plan")
    # The mean of the chances of the seeds 1 to 4 is known, so the value is.
    chance = sum(0.002 * (seed * 7 % 5 - 2) for seed in range(1, 5)) / 4
    assert value(study, "mean") == pytest.approx((0.05 - chance) / 0.1, abs=0.0101)
    found = plans.loc[answers(study)["mean"]]
    assert found["level_survival_rate"] >= 0.55
    below = plans[plans["x"] < found["x"]]
    assert (below["level_survival_rate"] < 0.55).all()
    assert found["x"] - below["x"].max() == pytest.approx(0.01)
    assert found["public_cost"] == pytest.approx(found["x"] ** 2 * 1e11, rel=1e-6)
    assert found[CHANGE] == pytest.approx(found["x"])


def test_the_levers_interval_is_that_of_the_outcome(tmp_path):
    study = ask(tmp_path / "a")
    plans = study.plans.set_index("plan")
    possible, mean, certain = (value(study, how) for how in ("possible", "mean", "certain"))
    assert possible < mean < certain
    assert plans.loc[answers(study)["certain"], "level_survival_rate_low"] >= 0.55
    assert plans.loc[answers(study)["possible"], "level_survival_rate_high"] >= 0.55
    assert (plans[plans["x"] < possible]["level_survival_rate_high"] < 0.55).all()
    assert (plans[plans["x"] < certain]["level_survival_rate_low"] < 0.55).all()


def test_what_is_met_as_it_stands_moves_nothing(tmp_path):
    study = ask(tmp_path / "a", at_least=0.49)
    assert set(answers(study).values()) == {"plan"}


def test_the_cheapest_way_may_be_less_than_there_is(tmp_path):
    study = ask(tmp_path / "a", at_least=0.52, want="cheapest", levers={"x": 0.8})
    assert study.levers["x"]["present"] == 0.8
    assert value(study, "mean") == pytest.approx(0.2, abs=0.03)
    cost = study.plans.set_index("plan").at[answers(study)["mean"], "public_cost"]
    assert cost == pytest.approx((value(study, "mean") ** 2 - 0.64) * 1e11, rel=1e-6)


def test_where_less_is_better_the_goal_is_a_most(tmp_path):
    study = ask(tmp_path / "a", asked={**ONE, "at_least": None, "outcome": "loss_share", "at_most": 0.13})
    assert value(study, "mean") == pytest.approx(0.7)
    assert study.goal.bound == "at_most"


def test_the_plans_own_target_by_its_clause(tmp_path):
    study = ask(tmp_path / "a", asked={**ONE, "at_least": None, "outcome": "I.9.e"})
    assert (study.outcome, study.goal.bound, study.goal.limit, study.goal.clause) == (
        "loss_share", "at_most", 0.12, "I.9.e",
    )  # fmt: skip
    assert value(study, "mean") == pytest.approx(0.8)


def test_the_most_for_a_budget_spends_it_and_no_more(tmp_path):
    study = ask(tmp_path / "a", at_least=None, want="most", budget_yuan=0.36e9)
    assert value(study, "mean") == pytest.approx(0.6, abs=0.0101)
    assert (study.plans.set_index("plan").loc[answers(study)["mean"], "public_cost"]) <= 0.36e11
    assert study.goal is None


def test_where_nothing_reaches_it_the_nearest_is_told_with_what_the_levers_do(tmp_path):
    study = ask(tmp_path / "a", at_least=0.7)
    assert set(answers(study)) == {"nearest"}
    assert value(study, "nearest") == pytest.approx(1.0)
    assert list(study.bounds["lever"]) == ["x", "x"]


def test_of_several_levers_the_cheapest_way_takes_the_cheap_one_first(tmp_path):
    study = ask(tmp_path / "a", asked=SEVERAL, at_least=0.56, want="cheapest")
    plans = study.plans.set_index("plan")
    found = plans.loc[answers(study)["mean"]]
    assert found["level_survival_rate"] >= 0.56
    assert found["y"] >= 0.8  # which costs next to nothing
    assert found["x"] <= 0.35
    assert found["public_cost"] == plans[plans["mean_meets"]]["public_cost"].min()
    assert plans.loc[answers(study)["certain"], "level_survival_rate_low"] >= 0.56


def test_of_several_levers_that_do_not_suffice_all_are_tried_at_their_best_ends(tmp_path):
    study = ask(tmp_path / "a", asked=SEVERAL, at_least=0.9)
    nearest = study.plans.set_index("plan").loc[answers(study)["nearest"]]
    assert (nearest["x"], nearest["y"]) == (1.0, 1.0)
    assert "all_at_best" in set(study.plans["plan"])


def test_values_that_lie_on_no_line_are_tried_one_by_one(tmp_path):
    study = ask(tmp_path / "a", over={"x": {"of": [0.9, 0.2, 0.6]}})
    assert list(study.plans["x"]) == [0.0, 0.9, 0.2, 0.6]
    assert value(study, "mean") == 0.6


@pytest.mark.parametrize("asked", [ONE, SEVERAL], ids=["one", "several"])
def test_the_same_answer_for_one_worker_and_two_and_from_its_folder(tmp_path, asked):
    first = ask(tmp_path / "a", asked=asked)
    same(first, ask(tmp_path / "b", asked=asked, workers=2))
    study_folder.save(first, tmp_path / "kept")
    same(first, study_folder.load(tmp_path / "kept"))


def test_one_that_was_stopped_goes_on_where_it_was(tmp_path):
    class Stopped(Exception):
        pass

    def stop(share):
        if share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        ask(tmp_path / "a", progress=stop)
    done = len(RunStore(tmp_path / "a", known()))
    assert done
    calls = []

    def counting(scenario, **asked):
        calls.append(scenario)
        return known()(scenario, **asked)

    study = ask(tmp_path / "a", counting)
    same(study, ask(tmp_path / "b"))
    assert len(calls) == len(RunStore(tmp_path / "b", known())) - done


def test_progress_never_says_more_than_all(tmp_path):
    told = []
    ask(tmp_path / "a", progress=told.append)
    assert told[0] == 0.0
    assert max(told) <= 1.0


def test_a_plan_that_fails_answers_nothing(tmp_path):
    study = ask(tmp_path / "a", known(fails_above=0.6), at_least=0.57)
    assert set(answers(study)) == {"nearest", "possible"} - ({"possible"} - set(answers(study)))
    assert value(study, "nearest") <= 0.6
    assert (study.plans[study.plans["failed"] > 0]["x"] > 0.6).all()


def test_no_time_at_all_is_said(tmp_path):
    with pytest.raises(StudyError, match="too short"):
        ask(tmp_path / "a", seconds=0.0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": "loss_shar"}, "did you mean loss_share"),
        ({"outcome": "I.8.b"}, "may be srdi_growth_firms"),
        ({"at_least": 12}, "no value that survival_rate can have"),
        ({"at_most": 0.1}, "not both"),
        ({"want": "most"}, "so no at_least or at_most"),
        ({"over": {}}, "over"),
        ({"over": {"firms": [100, 200]}}, "firms cannot move"),
        ({"over": {"x": [0, 1], "x.values": "allowed", "values": 1}, "replications": 1}, "replications"),
        ({"over": {"rent_waiver.months": [0, 1], "rent_waiver.values.months": [0, 2]}}, "the same lever is set twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_run(changed, said):
    with pytest.raises(ScenarioError, match=said):
        answering.question("reach", {**ONE, **changed})


def test_an_outcome_without_a_target_needs_a_value(tmp_path):
    with pytest.raises(StudyError, match="say at_least or at_most"):
        ask(tmp_path / "a", at_least=None)


def test_more_plans_are_more_generations_and_along_one_lever_there_are_none_to_draw():
    content, _ = answering.question("reach", SEVERAL)
    assert content.with_draws(17).generations == 3
    with pytest.raises(StudyError, match="8 plans"):
        content.with_draws(7)
    single, _ = answering.question("reach", ONE)
    assert single.with_draws(40) is None


def test_the_study_is_a_dataclass_of_tables(tmp_path):
    study = ask(tmp_path / "a")
    assert [field.name for field in dataclasses.fields(study)][2:] == [
        "plans", "answers", "bounds", "tried", "generations", "gaps",
    ]  # fmt: skip
