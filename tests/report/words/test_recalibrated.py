"""Whoever changes a calibrated parameter is told so wherever the result is shown; whoever moves a lever is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.data_folders import CALIBRATION_VARIABLE
from sim.parameters import load as parameters
from sim.recalibration import changed_parameters, other_calibration
from sim.report.notebook.in_short import MOST_CHARACTERS, in_short
from sim.report.pages import answer_page, comparison_page
from sim.report.words.recalibrated import remarks
from sim.scenario import load
from sim.study.designs.factors import assumptions
from sim.study.questions.comparison import Comparison
from sim.study.runs.study import Study
from sim.study.summaries import calibration
from tests.conftest import CASE

FIRMS = 200
KNOWN = {setting.path: setting for setting in parameters().settings()}
CROWDING = {"parameters.firm.crowding": 0.5}
TITLE = load("full_plan").title.model_copy(update={"zh": "另一个模型", "en": "Another model"})
OLD, LOW, HIGH = (f"{getattr(KNOWN['firm.crowding'], end):.6g}" for end in ("value", "low", "high"))
SAID = {
    "en": "This result is not the model as calibrated: “Absent competitors' demand taken over” is 0.5 instead of "
    f"{OLD} (prior: {LOW} to {HIGH}; ",
    "zh": "本结果并非按校准值运行的模型：“停业对手的需求转向在营企业的比例” 取 0.5，"
    f"校准值为 {OLD}（先验范围 {LOW} 至 {HIGH}；",
}


@pytest.fixture(scope="module")
def changed() -> Comparison:
    return sim.compare(["full_plan"], levers=CROWDING, firms=FIRMS, replications=1)


@pytest.fixture(scope="module")
def plain() -> Comparison:
    return sim.compare(["full_plan"], levers={"rent_waiver.months": 6}, firms=FIRMS, replications=1)


def said(study: Study) -> list[str]:
    return [remark.en for remark in remarks(calibration.of_study(study))]


def test_a_change_has_its_value_the_calibrated_one_and_the_ends_of_its_prior():
    as_it_is = {"restart.mean_days": KNOWN["restart.mean_days"].value}
    inside_table, whole_table, number = changed_parameters(
        {"firm.crowding": 0.5, "costs.rent.catering": 0.1, "costs.tolls": 1.1} | as_it_is
    )
    told = KNOWN["firm.crowding"]
    assert (number.parameter, number.value, number.unit, number.is_factor) == ("firm.crowding", 0.5, told.unit, False)
    assert (number.calibrated, number.low, number.high) == (told.value, told.low, told.high)
    assert inside_table.parameter == "costs.rent.catering"
    assert inside_table.calibrated == parameters()["costs.rent.catering"] != inside_table.value
    assert whole_table.parameter == "costs.tolls" and whole_table.is_factor and whole_table.calibrated == 1.0


def test_what_changes_nothing_is_not_told():
    assert changed_parameters({"firm.crowding": KNOWN["firm.crowding"].value, "costs.rent": 1.0}) == ()
    assert other_calibration() is None


def test_a_plain_lever_says_nothing(plain: Comparison):
    found = calibration.of_study(plain)
    assert found.is_as_calibrated and remarks(found) == []
    assert found.plain() == {
        "as_calibrated": True, "changed": [], "varied": [], "varies_all_assumptions": False, "posterior": None,
        "other_calibration": None,
    }  # fmt: skip
    page = comparison_page.page(plain)
    assert "not the model as calibrated" not in page and 'class="note remark"' not in page
    assert "calibrated" not in in_short(plain, "en")


def test_a_changed_parameter_is_told_on_the_page_and_by_the_object_in_both_languages(changed: Comparison):
    page = comparison_page.page(changed)
    for lang in ("en", "zh"):
        assert SAID[lang] in page
        assert SAID[lang] in in_short(changed, lang)
    assert SAID["en"].partition(":")[0] in repr(changed) or SAID["zh"].partition("：")[0] in repr(changed)
    assert len(repr(changed)) <= MOST_CHARACTERS


def test_a_stored_study_still_says_so_when_it_is_read_again(changed: Comparison, tmp_path: Path):
    sim.save(changed, tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["scenarios"][0]["changed_parameters"] == [
        change.model_dump(mode="json") for change in changed_parameters({"firm.crowding": 0.5})
    ]
    again = sim.load(tmp_path)
    assert calibration.of_study(again) == calibration.of_study(changed)
    assert SAID["en"] in said(again)[0]


def test_scenarios_that_leave_the_calibration_alone_are_told_from_those_that_do_not():
    study = sim.compare(["full_plan", load("full_plan", CROWDING).with_measures([], name="other", title=TITLE)],
                        against=["no_support"], firms=FIRMS, replications=1)  # fmt: skip
    [sentence] = said(study)
    assert sentence.startswith(
        "“Another model” is not the model as calibrated: “Absent competitors' demand taken over” is 0.5 instead of "
    )
    [group] = calibration.of_study(study).changed
    assert [name for name, _ in group.scenarios] == ["other"] and not group.is_everywhere


def test_a_run_and_a_journey_say_so_too():
    run = sim.run("full_plan", firms=FIRMS, levers=CROWDING)
    assert SAID["en"] in in_short(run, "en") and SAID["zh"] in in_short(run, "zh")
    assert "calibrated" not in in_short(sim.run("full_plan", firms=FIRMS, levers={"world.outbreak_factor": 0.5}), "en")
    lives = sim.journey(where={"size": "micro"}, rows=FIRMS, most=1, levers=CROWDING)
    assert SAID["en"] in in_short(lives, "en")


def test_what_a_question_varies_is_its_subject_and_no_change():
    study = sim.sweep("full_plan", {"parameters.firm.crowding": [0.1, 0.5]}, firms=FIRMS, replications=1)
    found = calibration.of_study(study)
    assert found.is_as_calibrated and found.varied == ("firm.crowding",)
    assert said(study) == ["This question varies calibrated parameters: “Absent competitors' demand taken over”."]
    page = answer_page.written(study)
    assert said(study)[0] in page and "本题让校准参数变动：“停业对手的需求转向在营企业的比例”。" in page


def test_a_fixed_parameter_beside_a_varied_lever_is_told_as_changed():
    study = sim.sweep("full_plan", {"rent_waiver.months": [0, 3]}, levers=CROWDING, firms=FIRMS, replications=1)
    found = calibration.of_study(study)
    assert found.varied == () and [p.parameter for group in found.changed for p in group.parameters] == [
        "firm.crowding"
    ]


def test_all_assumptions_are_one_calm_sentence(changed: Comparison):
    varied = tuple(factor.path.removeprefix("parameters.") for factor in assumptions())
    manifest = changed.manifest.model_copy(update={"varied_parameters": varied})
    found = calibration.of_study(replace(changed, manifest=manifest))
    assert found.varies_all and found.varied == ()
    assert remarks(found)[-1].en.startswith("This question draws all assumptions of the calibration")


def test_a_posterior_is_one_calm_sentence_that_says_what_it_is_worth(changed: Comparison):
    kept = {"draws": 150, "effective": 37.54, "fingerprint": "", "beside": ["parameters.firm.crowding"]}
    varied = ("firm.crowding", "costs.rent")
    settings = {**changed.manifest.settings, "from_posterior": kept}
    noted = {"varied_parameters": varied, "settings": settings}
    study = replace(changed, manifest=changed.manifest.model_copy(update=noted))
    assert said(study) == [
        "This question draws parameters together from the saved posterior (150 draws, equivalent to 37.5 of equal "
        "weight), and varies “Absent competitors' demand taken over” besides."
    ]
    assert calibration.of_study(study).plain()["posterior"] == {"draws": 150, "effective": 37.54}
    settings["from_posterior"] = {**kept, "beside": []}
    assert said(study)[-1].startswith("This question draws all parameters together from the saved posterior")


COMMANDS = [
    ["run", "full_plan"],
    ["compare", "full_plan", "--replications", "1", "--draws", "0", "--clause-replications", "0"],
    ["sweep", "full_plan", "--lever", "rent_waiver.months=0,3", "--replications", "1"],
]


@pytest.mark.parametrize("words", COMMANDS)
def test_commands_tell_people_and_programs(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    lever = ["--lever", "parameters.firm.crowding=0.5", "--firms", str(FIRMS), "--workers", "1"]
    answer = CliRunner().invoke(app, [*words, *lever, "--json"])
    assert answer.exit_code == 0, answer.stderr
    told = json.loads(answer.stdout)["calibration"]
    assert told["as_calibrated"] is False
    assert {(c["parameter"], c["value"], c["calibrated"]) for c in told["changed"]} == {
        ("firm.crowding", 0.5, KNOWN["firm.crowding"].value)
    }
    printed = CliRunner().invoke(app, [*words, *lever]).stdout
    assert SAID["en"][:60] in " ".join(printed.split())


def test_a_calibration_of_ones_own_is_told(monkeypatch):
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(CASE / "calibration"))
    found = calibration.of_scenarios([])
    assert found.other is not None and not found.is_as_calibrated
    assert "population/counties.csv" in found.other.files and found.other.parameters
    [sentence] = remarks(found)
    assert sentence.en.startswith("The calibration is not the case's own: parameters that differ:")
