"""What is said of a calibration: what is left, what is told and what is not, hits, what is out of reach, a page."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.report.answers import calibrate as told
from sim.report.charts.picture import Picture
from sim.report.pages import answer_page
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import load
from sim.study.questions.calibrate import Calibration
from sim.study.runs.manifest import manifest

TARGETS = ("cash_runway_mean_2022q1", "cash_runway_mean_2023q3", "reached_by_finance")
TITLES = {TARGETS[0]: "Runway", TARGETS[1]: "Runway later", TARGETS[2]: "Reached by finance"}


@pytest.fixture
def study() -> Calibration:
    """Made up: a target that is fitted and hit, one that is only checked and missed, one out of reach."""
    base = pd.DataFrame(
        {
            "target": TARGETS, "group": ["cash", "cash", "delivery"], "use": ["fitted", "checked", "fitted"],
            "unit": ["months", "months", "share"], "published": [2.4, 2.9, 0.15], "published_low": [2.2, 2.6, 0.1],
            "published_high": [2.7, 3.2, 0.2], "state": ["used", "checked", "out_of_reach"],
        }
    )  # fmt: skip
    screened = base.assign(
        world="as_it_was", scale="amount", explained=[0.95, 0.8, np.nan], emulator_error=0.05, chance=0.02,
        published_below=0.1, published_above=0.1, discrepancy=0.1, nearest=[0.1, 0.2, 4.5], middle=[1.0, 2.0, 6.0],
    )  # fmt: skip
    predictive = base.assign(
        prior_low=[2.0, 2.1, 0.0], prior_middle=[3.0, 3.1, 0.01], prior_high=[4.4, 4.6, 0.02],
        posterior_low=[2.3, 3.3, 0.0], posterior_middle=[2.5, 3.5, 0.01], posterior_high=[2.7, 3.7, 0.02],
        hit=pd.array([True, False, False], "boolean"), covered=pd.array([True, False, False], "boolean"),
        sharp=pd.array([True, False, False], "boolean"), score_prior=[9.0, 7.0, 30.0], score=[2.0, 28.0, 30.0],
    )  # fmt: skip
    parameters = pd.DataFrame(
        [
            ["population.cash_months", "months", False, 1.0, 0.69, 0.9, 1.1, 0.95, 1.0, 1.05, 0.7, True],
            ["world.wave.peak", "date", True, 738508.0, 738504.0, 738508.0, 738512.0, 738504.0, 738508.0, 738512.0,
             0.01, False],
        ],
        columns=["parameter", "unit", "is_date", "value", "prior_low", "prior_middle", "prior_high", "posterior_low",
                 "posterior_middle", "posterior_high", "shrinkage", "is_identified"],
    )  # fmt: skip
    waves = pd.DataFrame(
        {
            "wave": [1, 2, 3], "stage": ["prior", "posterior", "kept"], "draws": [60, 60, 4], "runs": [120, 60, 8],
            "share_left": [2.5e-7, np.nan, np.nan], "level": [3.0, np.nan, np.nan], "explained": [0.8, 0.9, 0.9],
            "fitted_far": [20.0, 2.0, 1.0], "checked_far": [9.0, 7.0, 6.0], "power": [np.nan, np.nan, 0.5],
        }
    )  # fmt: skip
    coverage = pd.DataFrame(
        [
            ["emulators", "", 50, 0.51, 0.89, 0.4, True],
            ["emulators", "population.cash_months", 50, 0.51, 0.89, 0.4, True],
            ["runs", "", 50, 0.48, 0.86, 0.2, True],
        ],
        columns=["data", "parameter", "sets", "covered_50", "covered_90", "uniform_p", "is_identified"],
    )
    left_out = pd.DataFrame(
        {
            "level": ["low", "value", "high"] * 3, "group": [""] * 3 + ["cash"] * 3 + ["delivery"] * 3,
            "targets": [2] * 3 + [1] * 6, "log_density": [-9.0, -4.0, -5.0, -5.0, -1.0, -2.0, -4.0, -3.0, -3.0],
            "is_used": [False] * 3 + [False, True, False] + [False, False, True],
        }
    )  # fmt: skip
    rows = [(target, "title", f"中文{title}", title) for target, title in TITLES.items()]
    runs = pd.DataFrame({"scenario": "as_it_was", "draw": range(5), "replication": 0, "seed": 1, "reason": ""})
    made_of = manifest("calibrate", [replace(load("full_plan"), firms=5_000)], 1, 1)
    return Calibration(
        made_of, runs, screened, pd.DataFrame({"target": [TARGETS[0]], "parameter": ["population.cash_months"],
        "share": [0.9]}), waves, parameters, pd.DataFrame({"draw": [1, 2, 3, 4], "weight": [0.4, 0.2, 0.2, 0.2]}),
        predictive, coverage, left_out, pd.DataFrame(rows, columns=["target", "field", "zh", "en"]),
    )  # fmt: skip


def test_the_findings_say_what_is_left_what_is_told_and_what_the_model_lacks(study: Calibration) -> None:
    said = " ".join(told.findings(study, "en"))
    assert "Of 3 targets 1 are used to fit and 1 only checked; 1 are outside the prior's range" in said
    assert "2.5e-07 of the prior is left" in said
    assert (
        "1 are identified (narrowed by a fifth or more by the evidence), most of all Firms by months that cash" in said
    )
    assert "never fitted: meets 0, holds 0, sharply 0; the median interval score goes from 7 to 28" in said
    assert "the model lacks something there, and they rule out no world: Reached by finance" in said
    assert "4 draws are kept, equivalent to 3.57 of equal weight; 50.0 %" in said
    assert "simulated by the emulators with known parameters, 90 % intervals cover 89.0 %" in said
    assert "simulated by runs of the model" in said and "cover 86.0 %" in said
    assert (
        "takes the discrepancy that predicts it best: the low end of what is assumed –; the value Cash; the high"
        in said
    )
    assert "证据几乎没有信息" in " ".join(told.findings(study, "zh"))


def test_targets_that_were_fitted_and_those_that_are_checked_stand_apart(study: Calibration) -> None:
    by_title = {table.title: table for table in told.tables(study, "en")}
    fitted, checked = by_title["Targets that were used to fit"], by_title["Targets that are only checked"]
    assert [row[0] for row in fitted.rows] == ["Runway"]
    assert fitted.rows[0][5] == "sharp"
    assert checked.rows[0][:2] == ["Runway later", "checked only"]
    assert checked.rows[0][5] == "miss"
    parameters = by_title["Parameters: prior and posterior (90 %)"].rows
    assert parameters[0][0] == "Firms by months that cash lasts (factor)\nparameters.population.cash_months"
    assert parameters[1][1] == "2022-12-19"  # a day is a day
    assert parameters[1][-1] == "not identified"


def test_there_is_a_page_in_both_languages_and_a_picture(study: Calibration) -> None:
    page = answer_page.written(study)
    for words in ("Reached by finance", "中文Reached by finance", "population.cash_months", "history matching"):
        assert words in page
    for lang in LANGUAGES:
        bars, *of_groups = told.charts(study, lang)
        assert len(of_groups) == 2
        named = {"zh": "现金可维持月数的企业分布（倍数）", "en": "Firms by months that cash lasts (factor)"}
        assert bars.specification["data"]["values"][0]["parameter"] == named[lang]
    assert isinstance(study.plot(lang="en"), Picture)
    with pytest.raises(ValueError, match="there is no chart losses; there are parameters, cash, delivery"):
        study.plot("losses")
