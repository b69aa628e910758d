"""The model held against a few targets: what is run, what is said of each, and what makes kept runs stale."""

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.evidence import evidence
from sim.study import StudyError, answering, study_folder
from sim.study.answering import Asked
from sim.study.designs.factors import at, priors
from sim.study.designs.posterior import Draw, write
from sim.study.keywords import Execution
from sim.study.questions import validate
from sim.study.questions.validate import Question, Validation
from sim.study.runs.specification import Setting
from sim.study.statistics.interval_score import interval_score, overlap
from sim.study.statistics.intervals import confidence_limits, quantile, weighted_quantiles
from sim.study.validation import releases
from sim.study.validation.targets import read_targets, targets


def ask(*names: str, folder: Path | None = None, replications: int = 2, draws: int = 2) -> Validation:
    asked = Asked("validate", Question(names, replications, draws), Setting(firms=150))
    study = answering.kept(asked, Execution(folder=folder))
    assert isinstance(study, Validation)
    return study


def test_the_interval_score_is_the_width_and_twenty_times_the_distance_outside() -> None:
    assert interval_score(2.0, 5.0, 3.0) == 3.0
    assert interval_score(2.0, 5.0, 1.5) == pytest.approx(3.0 + 20 * 0.5)
    assert interval_score(2.0, 5.0, 5.25) == pytest.approx(3.0 + 20 * 0.25)
    assert isnan(interval_score(np.nan, 5.0, 1.0))


def test_intervals_overlap_when_they_have_a_value_in_common() -> None:
    assert overlap([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.1, np.nan], [2.0, 2.0, 2.0]).tolist() == [
        True,
        False,
        False,
    ]


@pytest.mark.usefixtures("few_targets")
def test_every_target_has_a_verdict_and_no_miss_is_hidden() -> None:
    study = ask()
    table = study.targets.set_index("target")
    assert table["verdict"].to_dict() == {
        "losing": "hit",
        "old": "miss",
        "nobody": "no_value",  # nobody is stopped in an ordinary year
        "unanswerable": "not_answerable",
    }
    assert study.failures.empty
    # Two worlds, each twice at the values as they are and once under two draws.
    assert study.runs.groupby(["scenario", "draw"]).size().to_dict() == {
        (world, draw): 2 if draw == 0 else 1 for world in ("as_it_was", "ordinary_year") for draw in range(3)
    }
    at_values = study.readings[(study.readings["target"] == "losing") & (study.readings["draw"] == 0)]["value"]
    half = float(quantile(2, 0.9)) * at_values.std(ddof=1) / 2**0.5
    losing = table.loc["losing"]
    assert losing["model"] == pytest.approx(at_values.mean())
    low, high = confidence_limits(at_values.mean(), half, 0.0, 1.0)  # a share
    assert (losing["model_low"], losing["model_high"]) == (pytest.approx(low), pytest.approx(high))
    drawn = study.readings[(study.readings["target"] == "losing") & (study.readings["draw"] > 0)]["value"]
    assert losing["prior_low"] == pytest.approx(drawn.min() + 0.05 * (drawn.max() - drawn.min()))
    assert losing["prior_middle"] == pytest.approx(drawn.mean())
    # In units of half the width of the published interval, 10 years.
    old = table.loc["old"]
    width = old["model_high"] - old["model_low"]
    assert old["score"] == pytest.approx((width + 20 * (90 - old["model_high"])) / 10)
    assert not old["covered_by_prior"]
    assert table["sharp"].isna().all()
    assert not study.is_fitted


@pytest.mark.usefixtures("few_targets")
def test_scores_count_every_target_once_in_its_group_and_in_all() -> None:
    scores = ask(draws=0).scores.set_index(["group", "use"])
    everything = scores.loc[("all", "all")]
    assert everything[["targets", "answerable", "no_value", "not_answerable", "hits"]].tolist() == [4, 2, 1, 1, 1]
    assert everything["share"] == 0.5
    assert scores.loc[("losses", "all"), ["targets", "answerable"]].tolist() == [2, 1]
    assert scores.loc[("all", "fitted"), "share"] == 1.0
    assert isnan(everything["score_before"])


@pytest.mark.usefixtures("few_targets")
def test_only_the_worlds_that_are_needed_are_run() -> None:
    study = ask("losses", draws=0)
    assert set(study.runs["scenario"]) == {"as_it_was"}
    assert list(study.targets["target"]) == ["losing", "unanswerable"]
    with pytest.raises(StudyError, match="answer none of these"):
        ask("unanswerable")
    with pytest.raises(StudyError, match="did you mean losses"):
        ask("loses")


@pytest.mark.usefixtures("few_targets")
def test_what_is_said_stands_in_the_study_itself(tmp_path: Path) -> None:
    study = ask(folder=tmp_path / "study", draws=1)
    loaded = study_folder.load(tmp_path / "study")
    assert isinstance(loaded, Validation)
    words = loaded.words.set_index(["target", "field"])
    assert words.loc[("losing", "title")].tolist() == ["losing：中文", "losing in words"]
    assert ("losing", "not_answerable") not in words.index
    assert words.loc[("unanswerable", "not_answerable"), "en"] == "there is no such state"
    assert loaded.evidence.set_index("target").loc["losing", "source_address"] == "stats.example.cn/a"
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(loaded.tables()[name], table, check_dtype=False)


def test_kept_runs_are_stale_when_readings_change_and_not_when_texts_do(
    few_targets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, folder = few_targets / "targets.yaml", tmp_path / "study"

    def done(old: str = "", new: str = "") -> set[str]:
        """Names of the runs, under targets that are changed so."""
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        monkeypatch.setattr(validate, "targets", lambda: read_targets(file, evidence()))
        return set(ask(folder=folder, draws=0).runs["run"])

    before = done()
    assert done("as published", "as it was published") == before
    assert done("value: 0.3\n", "value: 0.35\n") == before
    assert done("use: checked", "use: fitted") == before
    changed = done("loss_share, on: 2022-12-31", "loss_share, on: 2023-06-30")
    assert len(changed & before) == 2  # of the other world
    assert len(changed) == 4


def test_a_release_is_kept_and_the_next_one_is_held_against_it(few_targets: Path) -> None:
    study = ask(draws=0)
    assert study.before == ""
    file = releases.keep("0.0.9", study.targets)
    releases.keep("9.0.0", study.targets)  # of a later version: not before
    assert file == few_targets / "validated" / "0.0.9.csv"
    again = ask(draws=0)
    assert again.before == "0.0.9"
    found = again.targets.set_index("target")
    assert found.loc["losing", "score_before"] == pytest.approx(found.loc["losing", "score"], rel=1e-4)
    assert isnan(found.loc["nobody", "score_before"])


def test_versions_are_ordered_as_numbers(few_targets: Path) -> None:
    table = ask(draws=0).targets
    for version in ("0.9.0", "0.10.0", "0.2.0"):
        releases.keep(version, table)
    (few_targets / "validated" / "notes.csv").write_text("", encoding="utf-8")
    assert list(releases.kept()) == ["0.2.0", "0.9.0", "0.10.0"]
    found = releases.before("0.10.0")
    assert found is not None
    assert found.version == "0.9.0"
    assert releases.before("0.2.0") is None


@pytest.mark.usefixtures("few_targets")
def test_it_is_asked_from_python_and_what_cannot_be_meant_is_refused() -> None:
    study = sim.validate(["losing"], firms=100, replications=2, draws=0)
    assert list(study.targets["target"]) == ["losing"]
    with pytest.raises(StudyError, match="The argument replications is 1; it takes a whole number from 2 to"):
        sim.validate(["losing"], replications=1)
    with pytest.raises(StudyError, match="The argument targets is 'losing'"):
        sim.validate("losing")


def test_a_folder_that_holds_only_what_differs_has_the_projects_targets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    own = own_calibration_folder()
    (folder / "parameters.yaml").write_bytes((own / "parameters.yaml").read_bytes())
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    assert list(targets().by_id) == list(read_targets(own / "targets.yaml", evidence()).by_id)
    assert releases.release(sim.__version__) is not None


def test_where_a_posterior_is_kept_its_interval_is_the_models_and_sharp_is_told(few_targets: Path) -> None:
    # Three draws in the middle of every prior, of unequal weight: what they say is narrower than the prior.
    factors = priors()
    drawn = [at(factors, [unit] * len(factors)) for unit in (0.48, 0.5, 0.52)]
    changes = [{path.removeprefix("parameters."): value for path, value in levers.items()} for levers in drawn]
    write([Draw(weight, one) for weight, one in zip((0.25, 0.5, 0.25), changes, strict=True)], {"fingerprint": "abc"})
    # By weight: of two of equal weight one is the second, whose half begins within it, and one the third.
    assert ask(draws=2).draws["weight"].tolist() == [0.5] * 4
    study = ask(draws=4)
    assert study.is_fitted
    assert study.manifest.settings["posterior"] == "abc"
    assert study.draws["drawn_from"].tolist() == ["prior"] * 4 + ["posterior"] * 3
    assert study.draws["weight"].tolist() == [0.25] * 4 + [0.25, 0.5, 0.25]
    months = study.draws["parameters.population.cash_months"].tolist()[4:]
    assert months == [one["parameters.population.cash_months"] for one in drawn]
    table = study.targets.set_index("target")
    of = study.readings[(study.readings["target"] == "old") & (study.readings["draw"] > 4)]["value"].tolist()
    found = weighted_quantiles(np.array(of), np.array([0.25, 0.5, 0.25]), (0.05, 0.5, 0.95))
    assert table.loc["old", ["model_low", "model", "model_high"]].tolist() == pytest.approx(found)
    assert not table.loc["old", "sharp"]  # no firm is 90 years old
    assert pd.isna(table.loc["nobody", "sharp"])
    assert table["draws"]["old"] == 4  # of the prior
    assert not ask(draws=0).is_fitted  # chance alone, at the values as they are
