"""A search whose best plans are known: what a plan gains is x - (y - 0.5)², what it costs x² billions."""

import dataclasses
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import sim.study.questions.search as room
from sim.data_folders import scenarios_folder
from sim.scenario import ScenarioError
from sim.scenario import load as really_load
from sim.study import StudyError, answering, study_folder
from sim.study.designs import factors
from sim.study.designs.posterior import Draw, Posterior
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting
from sim.study.search.plans import DEADWEIGHT, GIVEN, NO_BASELINE, WASTED, Plan, Plans, judge
from sim.study.statistics.pareto_front import hypervolume, pareto_optimal
from tests.study.conftest import FakeScenario, make_simulate

QUESTION = {
    "title": {"zh": "试", "en": "Trial"},
    "scenario": "plan",
    "over": {"x": [0.0, 1.0], "y": [0.0, 1.0], "z": {"of": ["good", "bad"]}},
    "objectives": {"survival_rate": "up", "public_cost": "down"},
    "budget_yuan": 0.36e9,
    "population": 12,
    "generations": 12,
    "replications": 2,
    "plans": 4,
    "fresh_replications": 3,
}
ROBUST = {"draws": 4, "over": {"w": [0.5, 1.5]}}


def known(fails_above=2.0, fails_at=()):
    """An engine of which the front is known. Everything it needs is inside, so that a worker can be sent it."""
    base = make_simulate()

    def simulate(scenario, *, firms=None, seed=1, follow=(), fates=False, tables=True, **rest):
        import dataclasses

        import pandas as pd

        levers = scenario.levers
        x, y = levers.get("x", 0.0), levers.get("y", 0.5)
        if x > fails_above or (scenario.name == "no_support" and seed in fails_at):
            raise ArithmeticError("the ledger does not balance: 1 fen")
        result = base(scenario, firms=firms, seed=seed, follow=follow, fates=fates, **rest)
        gain = levers.get("w", 1.0) * (x - (y - 0.5) ** 2) - 0.2 * (levers.get("z") == "bad")
        chance = 0.001 * (seed * 7 % 5)
        numbers = {"survival_rate": 0.5 + 0.1 * gain + chance, "resumption_rate": 0.9 + 0.1 * x, "loss_share": 0.2}
        outcomes = result.outcomes.assign(
            value=[numbers.get(n, v) for n, v in zip(result.outcomes["outcome"], result.outcomes["value"], strict=True)]
        )
        fen = int(x * x * 1e11)
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

    load_by(monkeypatch, load)


def load_by(monkeypatch, load):
    for place in ("search.plans", "designs.design", "questions.search"):
        monkeypatch.setattr(f"sim.study.{place}.load", load)


def ask(folder: Path, simulate, seconds=None, workers=1, **changed):
    content, _ = answering.question("search", {**QUESTION, **changed})
    folder.mkdir(exist_ok=True)
    runner = Runner(RunStore(folder, simulate), workers, seconds=seconds)
    return room.answer(content, Setting(firms=100), runner)


def same(one, other):
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name], obj=name)


def test_the_front_that_is_known_is_found_and_the_budget_kept(tmp_path):
    study = ask(tmp_path / "a", known(), population=16, generations=15)
    front = study.front
    assert len(front) >= 10
    assert (front["public_cost"] <= 0.36e11).all()
    reached = hypervolume(np.column_stack([10 * front["survival_rate"], -front["public_cost"] / 1e11]), [0.0, -0.36])
    assert reached > 0.95 * (0.36 * 0.6 - 0.6**3 / 3)  # of what the known front x against x² covers
    assert pareto_optimal(np.column_stack([front["survival_rate"], -front["public_cost"]])).all()
    assert study.generations["hypervolume"].is_monotonic_increasing


def test_a_plan_beyond_the_budget_is_told_and_never_on_the_front(tmp_path):
    study = ask(tmp_path / "a", known(), generations=2)
    beyond = study.evaluations[study.evaluations["public_cost"] > 0.36e11]
    assert len(beyond)
    assert not beyond["is_within_budget"].any()
    assert not beyond["is_on_front"].any()


def test_the_same_answer_for_one_worker_and_two(tmp_path):
    changed = {"generations": 3, "population": 6, "robust": ROBUST}
    same(ask(tmp_path / "a", known(), **changed), ask(tmp_path / "b", known(), workers=2, **changed))


def test_a_search_that_was_broken_off_ends_as_one_that_was_not(tmp_path):
    changed = {"population": 6, "robust": ROBUST}
    calls = 0
    engine = known()

    def breaks(scenario, **asked):
        nonlocal calls
        calls += 1
        if calls == 40:
            raise KeyboardInterrupt
        return engine(scenario, **asked)

    with pytest.raises(KeyboardInterrupt):
        ask(tmp_path / "a", breaks, generations=4, **changed)
    ask(tmp_path / "a", engine, generations=4, **changed)
    grown = ask(tmp_path / "a", engine, generations=6, **changed)
    same(grown, ask(tmp_path / "b", engine, generations=6, **changed))


def test_more_plans_go_on_with_generations():
    content, _ = answering.question("search", QUESTION)
    assert content.with_draws(25).generations == 3
    assert content.with_draws(24).generations == 2


def test_plans_that_fail_are_told_and_never_on_the_front(tmp_path):
    study = ask(tmp_path / "a", known(fails_above=0.4), generations=4)
    failed = study.evaluations[study.evaluations["failed"] > 0]
    assert len(failed)
    assert (failed["x"] > 0.4).all()
    assert failed["survival_rate"].isna().all()
    assert not failed["is_on_front"].any()
    assert study.front["x"].max() <= 0.4
    assert "does not balance" in study.failures["reason"].iloc[0]
    assert study.generations["failed"].sum() == len(failed)


def test_a_replication_whose_baseline_fails_counts_for_no_plan(tmp_path):
    study = ask(tmp_path / "a", known(fails_at=(2,)), generations=2)
    assert (study.evaluations["replications"] == 1).all()
    assert (study.evaluations["failed"] == 0).all()
    assert study.evaluations["is_on_front"].any()


def test_without_any_baseline_there_is_no_answer(tmp_path):
    with pytest.raises(StudyError, match="No run of the baseline succeeded: ArithmeticError"):
        ask(tmp_path / "a", known(fails_at=(1, 2)), generations=2)


def test_without_time_there_is_no_answer(tmp_path):
    with pytest.raises(StudyError, match="too short for the first generation"):
        ask(tmp_path / "a", known(), seconds=0.0)


def test_nothing_within_the_budget_is_an_answer_with_an_empty_front(tmp_path):
    study = ask(tmp_path / "a", known(), generations=1, over={"x": [0.7, 1.0]}, robust=ROBUST)
    assert study.front.empty
    assert study.choices.empty
    assert set(study.confirmed["plan"]) == {"plan"}


def test_the_front_is_run_again_in_replications_that_chose_nothing(tmp_path):
    study = ask(tmp_path / "a", known(), generations=3)
    fresh = study.runs[study.runs["stage"] == "fresh"]
    assert set(fresh["seed"]) == {3, 4, 5}
    looked_at = study.front[study.front["is_looked_at"]]
    assert len(looked_at) == 4
    assert looked_at["holds"].all()  # here chance makes no difference between plans
    assert study.front.loc[~study.front["is_looked_at"], "holds"].isna().all()
    assert set(study.confirmed["plan"]) == {*looked_at["plan"], "plan"}
    pair = study.differences.iloc[0]
    means = study.confirmed.set_index(["plan", "quantity"])["mean"]
    assert pair["mean"] == pytest.approx(
        means[pair["plan"], pair["objective"]] - means[pair["other"], pair["objective"]]
    )


def test_worlds_change_plan_and_baseline_alike(tmp_path):
    study = ask(tmp_path / "a", known(), generations=2, robust=ROBUST)
    one = study.worlds[study.worlds["plan"] == study.worlds["plan"].iloc[0]].merge(study.drawn, on="world")
    first = study.front.set_index("plan").loc[one["plan"].iloc[0]]
    gain = first["x"] - (first["y"] - 0.5) ** 2
    assert one["survival_rate"].to_numpy() == pytest.approx(0.1 * one["w"].to_numpy() * gain)
    assert set(study.requirements["requirement"]) == {"resumption_rate", "loss_share", "budget", "all"}
    assert (study.robustness["worlds"] == 4).all()


def test_worlds_of_a_posterior_are_told_by_its_parameters_and_no_plan_can_choose_them(tmp_path, monkeypatch):
    draws = [Draw(0.25, {"firm.crowding": x}) for x in (0.1, 0.2, 0.3, 0.4)]
    monkeypatch.setattr(factors, "posterior", lambda: Posterior(tuple(draws), {}))
    study = ask(tmp_path / "a", known(), generations=1, robust={"draws": 4, "over": "posterior"})
    assert sorted(study.drawn["parameters.firm.crowding"]) == [0.1, 0.2, 0.3, 0.4]
    assert answering.question("search", {**QUESTION, "robust": {}})[0].robust.over == "worlds"
    with pytest.raises(StudyError, match="here each varies by itself"):
        ask(tmp_path / "b", known(), over={"posterior": "all"})


def test_an_answer_is_stored_and_read_again(tmp_path):
    study = ask(tmp_path / "a", known(), generations=2, robust=ROBUST)
    study_folder.save(study, tmp_path / "kept")
    same(study_folder.load(tmp_path / "kept"), study)


def test_money_that_goes_to_firms_that_live_either_way_is_deadweight():
    effects = pd.DataFrame(
        {"plan": "p", "world": 0, "replication": [0, 1], "reason": "", GIVEN: [100.0, 300.0], WASTED: [50.0, 250.0]}
    )
    judged = judge(effects, [DEADWEIGHT])
    assert judged[DEADWEIGHT].iloc[0] == pytest.approx(0.75)  # of all the money, as the report of a comparison has it
    nothing = judge(effects.assign(**{GIVEN: 0.0, WASTED: 0.0}), [DEADWEIGHT])
    assert nothing[DEADWEIGHT].iloc[0] == 0.0


def test_a_plan_is_judged_in_all_replications_or_not_at_all():
    effects = pd.DataFrame(
        {"plan": "p", "world": 0, "replication": [0, 1, 2], "reason": ["", NO_BASELINE, "why"], "gain": [1.0, 2.0, 3.0]}
    )
    judged = judge(effects, ["gain"])
    assert judged[["replications", "failed"]].iloc[0].tolist() == [2, 1]
    assert np.isnan(judged["gain"].iloc[0])


def plans(tmp_path, **changed):
    asked = {
        "scenario": "full_plan", "against": "baseline", "actions": ("fiscal", "tax"), "levers": {}, "firms": 100,
        "seed": 1, "with_fates": False, "runner": Runner(RunStore(tmp_path)),
    }  # fmt: skip
    return Plans(**{**asked, **changed})


def test_an_action_that_is_off_takes_its_measures_its_levers_and_its_funds_with_it(tmp_path, monkeypatch):
    load_by(monkeypatch, really_load)
    levers = {"fiscal": False, "tax": True, "rent_waiver.months": 6, "funds.tourism.amount_yuan": 10**9}
    off, same_off = Plan("off", levers), Plan("same", {**levers, "rent_waiver.months": 9})
    room_of = plans(tmp_path)
    assert {m.action for m in room_of.asked(off).measures}.isdisjoint({"fiscal"})
    assert room_of.asked(off).fingerprint() == room_of.asked(same_off).fingerprint()
    assert room_of.used(off) == {"fiscal": False, "tax": True}
    on = Plan("on", {**levers, "fiscal": True})
    assert {m.action for m in room_of.asked(on).measures} >= {"fiscal", "tax", "mechanisms"}
    assert room_of.used(on) == on.levers


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"over": {}}, "nothing to choose"),
        ({"actions": ["fiscla"]}, "found fiscla.*did you mean fiscal"),
        ({"objectives": {"survival": "up"}}, "no outcome survival; .*did you mean survival_rate"),
        ({"objectives": {}}, "objectives"),
        ({"budget_yuan": -1}, "more than 0"),
        ({"robust": {"draws": 1}}, "at least 2"),
    ],
)
def test_each_mistake_of_a_question_is_a_sentence(changed, sentence):
    with pytest.raises(ScenarioError, match=sentence):
        answering.question("search", {**QUESTION, **changed})


def test_a_lever_that_is_out_of_range_somewhere_is_told_before_any_run(tmp_path, monkeypatch):
    load_by(monkeypatch, really_load)
    with pytest.raises(ScenarioError, match=r"rent_waiver\.share"):
        ask(tmp_path / "a", known(), scenario="full_plan", over={"rent_waiver.share": [0.0, 3.0]})
    assert not list((tmp_path / "a").iterdir())


def test_the_shipped_question_is_understood(monkeypatch):
    load_by(monkeypatch, really_load)
    content, _ = answering.question("search", room.DEFAULT)
    assert (scenarios_folder() / room.FOLDER / f"{room.DEFAULT}.yaml").is_file()
    assert len(content.factors()) == 20


def test_a_figure_of_the_front(tmp_path):
    study = ask(tmp_path / "a", known(), generations=1)
    figure, axes = plt.subplots()
    study.plot(ax=axes)
    plt.close(figure)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("public_cost", "survival_rate")
    drawn = study.plot(lang="en").to_dict()["layer"][0]["encoding"]
    assert (drawn["x"]["field"], drawn["y"]["field"]) == ("public_cost", "survival_rate")


def test_a_real_search(tmp_path, monkeypatch):
    load_by(monkeypatch, really_load)
    small = {
        "title": {"zh": "试", "en": "Trial"}, "actions": "choose", "over": {"rent_waiver.months": [0, 6]},
        "objectives": {"survival_rate": "up", "public_cost": "down", "deadweight": "down"}, "budget_yuan": 2e9,
        "population": 4, "generations": 2, "replications": 1, "plans": 2, "fresh_replications": 2,
        "robust": {"draws": 2, "over": {"world.wave_factor": [0.5, 1.5]}},
    }  # fmt: skip
    study = answering.ask("search", small, firms=200, folder=tmp_path / "study")
    assert study.failures.empty
    assert study.evaluations["deadweight"].between(0, 1).all()
    fiscal_off = study.evaluations[~study.evaluations["fiscal"].astype(bool)]
    assert fiscal_off["rent_waiver.months"].isna().all()
    assert dataclasses.is_dataclass(study)
