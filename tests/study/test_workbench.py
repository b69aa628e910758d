"""Both ends of the EMA Workbench: `sim` as its model, run by the real workbench, and its PRIM behind our boxes."""

import pickle
import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from ema_workbench import Policy, Samplers, SequentialEvaluator

import sim
from sim.scenario import ScenarioError
from sim.study import StudyError, workbench
from sim.study.answering import ask
from sim.study.designs.factors import WORLD, assumptions


@pytest.fixture(autouse=True)
def loaded() -> None:
    """Scenarios are the real ones here."""


def test_experiments_of_the_workbench_give_the_same_numbers_as_runs():
    model = workbench.model(
        "full_plan",
        levers={"rent_waiver.months": [0, 6], "rent_waiver.start": [date(2022, 3, 1), date(2022, 6, 1)]},
        firms=200,
        seed=3,
    )
    policies = [
        Policy("none", **{"rent_waiver.months": 0, "rent_waiver.start": date(2022, 3, 1)}),
        Policy("six", **{"rent_waiver.months": 6, "rent_waiver.start": date(2022, 6, 1)}),
    ]
    # The workbench draws worlds from NumPy's global numbers; in some of them no firm is left that could be helped.
    np.random.seed(11)  # noqa: NPY002, TID251
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(4, policies, uncertainty_sampling=Samplers.LHS)
    assert len(experiments) == 8
    varied = [factor.path for factor in assumptions()] + list(WORLD)
    for place, row in experiments.iterrows():
        given = {path: row[path] for path in varied}
        given |= dict(next(policy for policy in policies if policy.name == row["policy"]))
        alone = sim.run("full_plan", levers=given, firms=200, seed=3).outcomes
        seen = [outcomes[name][place] for name in alone["outcome"]]
        np.testing.assert_array_equal(seen, alone["value"].to_numpy())
    assert len(set(outcomes["money_given"])) == 8  # the worlds and the policies differ


def test_a_mean_over_replications_is_the_mean_of_its_runs():
    varied = {"world.wave_factor": [0.5, 1.5]}
    experiment = workbench.model(uncertainties=varied, firms=150, seed=5, replications=2).function
    seen = experiment()["jobs"]
    runs = [sim.run("full_plan", firms=150, seed=seed).outcomes.set_index("outcome")["value"] for seed in (5, 6)]
    assert seen == pytest.approx(np.mean([run["jobs"] for run in runs]), rel=1e-15)


def test_a_question_is_answered_by_real_runs():
    asked = {
        "title": {"zh": "问", "en": "Asked"},
        "misses": {"loss_share_of_all": {"more_than": 0.21}, "resumption_rate": "target"},
        "over": {"parameters.world.demand_level": [0.95, 1.05], "world.wave_factor": [0.5, 1.5]},
        "draws": 16,
        "replications": 1,
    }
    study = ask("discover", asked, firms=200)
    assert len(study.runs) == len(study.draws) == 16
    loss = study.worlds[study.worlds["outcome"] == "loss_share_of_all"].merge(study.draws, on="draw")
    assert loss["value"].corr(loss["parameters.world.demand_level"]) < -0.5
    assert (loss["misses"] == (loss["value"] > 0.21)).all()


def test_every_uncertainty_has_its_range_and_every_outcome_its_direction():
    model = workbench.model(levers={"rent_waiver.months": [0, 6], "funds.tourism.when_dry": {"of": ["refuse", "wait"]}})
    ranges = {entry.name: (entry.lower_bound, entry.upper_bound) for entry in model.uncertainties}
    assert ranges == {entry.path: (entry.low, entry.high) for entry in assumptions()} | {
        path: (prior.low, prior.high) for path, prior in WORLD.items()
    }
    assert [type(lever).__name__ for lever in model.levers] == ["IntegerParameter", "CategoricalParameter"]
    kinds = {outcome.name: outcome.kind for outcome in model.outcomes}
    assert (kinds["survival_rate"], kinds["loss_share"]) == (1, -1)


def test_a_lever_with_one_value_is_a_constant():
    model = workbench.model(levers={"rent_waiver.months": {"of": [3]}}, uncertainties={"world.wave_factor": [0.5, 1.5]})
    assert len(model.levers) == 0
    assert [(constant.name, constant.value) for constant in model.constants] == [("rent_waiver.months", 3)]


def test_the_model_can_be_sent_to_processes():
    again = pickle.loads(pickle.dumps(workbench.model(firms=100)))
    assert again.function == workbench.model(firms=100).function


def test_a_run_that_fails_leaves_missing_outcomes_and_says_why(monkeypatch):
    def broken(*_):
        raise ArithmeticError("the ledger does not balance: 1 fen")

    monkeypatch.setattr(workbench, "once", broken)
    with pytest.warns(UserWarning, match="the ledger does not balance"):
        seen = workbench.model(firms=100).function()
    assert pd.isna(list(seen.values())).all()


def test_what_is_not_understood_is_said_before_any_experiment():
    with pytest.raises(ScenarioError, match="rent_waiver"):
        workbench.model(levers={"rent_waver.months": [0, 6]})
    with pytest.raises(StudyError, match="no outcome survival"):
        workbench.model(outcomes=["survival"])
