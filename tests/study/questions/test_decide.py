"""A decision in the small province: its tables, the same again from its folder, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.study import StudyError, study_folder
from sim.study.comparison import parameter_uncertainty
from sim.study.comparison.scenarios import ADDED, default_choice
from sim.study.designs.posterior import Draw, Posterior
from sim.study.questions.decide import WORTHS

SMALL = {"firms": 60, "replications": 2, "draws": 9}
KEPT = Posterior(
    (Draw(0.5, {"firm.crowding": 0.1}), Draw(0.25, {"firm.crowding": 0.2}), Draw(0.25, {"firm.crowding": 0.4})), {}
)


@pytest.fixture(autouse=True)
def loaded(case: Path) -> None:
    """Scenarios are those of the small province."""


@pytest.mark.slow
def test_it_weighs_every_plan_in_every_draw_and_comes_to_the_same_again(tmp_path: Path) -> None:
    study = sim.decide(folder=tmp_path / "study", **SMALL)  # type: ignore[arg-type]
    assert study.failures.empty and study.uncertainty == "assumptions"
    plans = [asked.name for asked in study.manifest.scenarios]
    assert plans == ["no_support", "national_rules", "full_plan"] and study.baseline == "no_support"
    assert len(study.runs) == 3 * 9 * 2 and set(study.runs["seed"]) == {1, 2}  # the same random numbers in every draw
    assert study.worths["worth_yuan"].tolist() == list(WORTHS)
    assert len(study.plans) == 3 * len(WORTHS) and len(study.choices) == 3 * len(WORTHS)
    found = study.benefits.groupby("plan")[["kept", "public_cost"]].mean().loc["full_plan"]
    of_plan = study.plans[study.plans["plan"] == "full_plan"].set_index("worth_yuan")["mean"]
    for worth in WORTHS:
        assert of_plan[worth] == pytest.approx(100 * worth * found["kept"] - found["public_cost"])
    regret = study.plans.set_index(["worth_yuan", "plan"])["regret_mean"]
    for row in study.worths.itertuples():
        assert row.evpi == pytest.approx(regret[row.worth_yuan, row.plan], abs=1.0)
        assert row.lead >= 0.0
    drawn = set(study.drawn.columns) - {"draw", "same_as"}
    assert set(study.parameters["parameter"]) == drawn and len(study.parameters) == len(drawn) * len(WORTHS)
    assert (study.parameters["evppi"] >= 0).all()
    again = sim.decide(folder=tmp_path / "study", workers=2, **SMALL)  # type: ignore[arg-type]
    kept = study_folder.load(tmp_path / "study")
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table)
        pd.testing.assert_frame_equal(kept.tables()[name], table, check_dtype=False)


def test_a_draw_of_much_weight_stands_more_than_once_and_runs_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameter_uncertainty, "posterior", lambda: KEPT)
    small = {**SMALL, "draws": 4, "replications": 1}
    study = sim.decide(["full_plan"], worths=[50_000], against="no_outbreak", folder=tmp_path / "study", **small)  # type: ignore[arg-type]
    assert study.uncertainty == "posterior" and study.baseline == "no_outbreak"
    assert study.drawn["same_as"].tolist() == [0, 0, 2, 3]
    assert study.drawn["firm.crowding"].tolist() == [0.1, 0.1, 0.2, 0.4]
    assert len(study.runs) == 8 and study.runs["run"].nunique() == 6
    assert np.isnan(study.worths["lead_low"]).all() and np.isnan(study.worths["evpi_apart"]).all()
    assert study.plans["sd_luck"].isna().all()


def test_nominal_actions_are_no_choice_and_the_nations_rules_are() -> None:
    with sim.case():
        found = default_choice()
    assert found == (
        "national_rules", "added_fiscal", "added_tax", "added_finance", "added_logistics", "added_arrears",
        "added_resumption", "full_plan",
    )  # fmt: skip
    # Of the others nothing but factors was added.
    assert {*ADDED} - {*found} == {"added_jobs", "added_innovation", "added_cultivation", "added_integration"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"plans": ["no_support"]}, "nothing to choose beside no_support"),
        ({"draws": {"priors": 8}}, "uncertainty: priors; allowed: posterior, assumptions"),
        ({"draws": {"posterior": 8}}, "run shukun calibrate --keep first"),
        ({"draws": 1}, "The argument draws is 1; it takes a whole number from 2"),
        ({"worths": [0]}, "The argument worths is [0]; it takes a list of amounts in yuan"),
        ({"worths": []}, "at least one"),
        ({"plans": "full_plan"}, "a list of scenarios"),
    ],
)
def test_what_cannot_be_decided_is_refused_before_anything_runs(
    asked: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.runs.runner.do", lambda *given: pytest.fail("a run was begun"))
    with pytest.raises(StudyError) as refused:
        sim.decide(**asked)  # type: ignore[arg-type]
    assert said in str(refused.value)
