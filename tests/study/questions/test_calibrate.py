"""A calibration to one target of the province, small: its waves, its tables, the same again, and what it keeps."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.study import StudyError, study_folder
from sim.study.designs import posterior
from sim.study.designs.factors import priors
from sim.study.questions.calibrate import Calibration, kept_of
from tests.few_targets import few_targets  # noqa: F401 - a fixture

SMALL = {"draws": 36, "waves": 2, "kept": 8, "simulated": 1, "firms": 200}
CASH = """
runway:
  group: cash
  use: fitted
  title: {zh: 现金, en: cash in words}
  universe: {zh: 全部, en: everybody}
  definition: {zh: 定义, en: as published}
  value: 2.5
  low: 2.2
  high: 2.8
  unit: months
  evidence: [losers]
  world: as_it_was
  reading: {name: mean_of_firms, on: 2022-06-30, variable: cash_months}
"""


@pytest.fixture
def study(few_targets: Path, tmp_path: Path) -> Calibration:  # noqa: F811
    file = few_targets / "targets.yaml"
    file.write_text(file.read_text("utf-8") + CASH, "utf-8")
    return sim.calibrate(folder=tmp_path / "study", workers=2, **SMALL)  # type: ignore[arg-type]


@pytest.mark.slow
def test_it_runs_in_waves_fits_what_may_be_fitted_and_comes_to_the_same_again(
    study: Calibration, tmp_path: Path
) -> None:
    assert study.failures.empty
    state = study.targets.set_index("target")["state"]
    assert state[["old", "nobody"]].tolist() == ["checked", "checked"]
    assert state["runway"] == "used"
    assert study.waves["stage"].tolist() == ["prior", "matching", "posterior", "kept"]
    assert study.waves["draws"].tolist() == [36, 36, 36, 8]
    # Both worlds where all targets are read, and only that of the target to be fitted in between.
    assert study.waves["runs"].tolist() == [72, 36, 36, 16]
    assert study.runs["seed"][study.runs["draw"] > 0].unique().tolist() == [1]  # common random numbers
    assert (study.waves["share_left"].dropna() <= 1.0).all()
    told = study.posterior.set_index("parameter")["is_identified"]
    assert told["population.cash_months"]
    assert told.sum() < 60  # of most parameters one figure says nothing
    moved_by = study.influence[study.influence["target"] == "runway"]
    assert moved_by["parameter"].iloc[0] == "population.cash_months"
    runway = study.predictive.set_index("target").loc["runway"]
    assert runway["hit"]
    assert runway["posterior_high"] - runway["posterior_low"] < runway["prior_high"] - runway["prior_low"]
    assert len(study.posterior) == len(priors())
    assert len(study.draws) == 8
    assert study.draws["weight"].sum() == pytest.approx(1.0)
    assert list(study.draws.columns[2:]) == study.posterior["parameter"].tolist()
    nobody = study.predictive.set_index("target").loc["nobody"]
    assert np.isnan(nobody["posterior_low"]) and pd.isna(nobody["hit"])
    old = study.predictive.set_index("target").loc["old"]
    assert not old["hit"] and not old["sharp"]  # the model's firms are younger than 90 years
    again = sim.calibrate(folder=tmp_path / "study", **SMALL)  # type: ignore[arg-type]
    loaded = study_folder.load(tmp_path / "study")
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table)
        pd.testing.assert_frame_equal(loaded.tables()[name], table, check_dtype=False)
    folder = kept_of(study)
    kept = posterior.posterior()
    assert kept is not None
    assert [draw.weight for draw in kept.draws] == study.draws["weight"].tolist()
    for draw, row in zip(kept.draws, study.draws.to_dict("records"), strict=True):
        assert draw.changes == {name: row[name] for name in study.posterior["parameter"]}  # to the last bit
    made_of = json.loads((folder / posterior.MANIFEST).read_text("utf-8"))
    assert made_of["runs"] == len(study.runs)
    assert made_of["settings"]["used"] == study.targets.loc[study.targets["state"] == "used", "target"].tolist()
    assert made_of["calibration"] == study.manifest.calibration


@pytest.mark.usefixtures("few_targets")
def test_what_cannot_be_calibrated_is_refused_before_anything_runs() -> None:
    with pytest.raises(StudyError, match="None of these targets is one to be fitted"):
        sim.calibrate(["old"], draws=30, waves=1, kept=5)
    with pytest.raises(StudyError, match="did you mean losing"):
        sim.calibrate(["losings"])
    with pytest.raises(StudyError, match="The argument waves is 0; it takes a whole number from 1 to 20"):
        sim.calibrate(waves=0)
