"""A case is named on the command line, anywhere, by a call, or in the environment; results say whose they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.classification import calendar, province
from sim.cli import app
from sim.data_folders import CASE_VARIABLE, VARIABLES, calibration_folder, scenarios_folder
from sim.names import labels, meant
from sim.population.counties import counties
from sim.refusal import Refusal
from sim.report.pages import comparison_page
from sim.scenario.loader import names
from tests.conftest import CASE


def type_in(*words: str):
    return CliRunner().invoke(app, [*words, "--lang", "en"])


@pytest.mark.parametrize("first", [True, False])
def test_the_option_names_plan_and_province_wherever_it_stands(first: bool) -> None:
    words, option = ["clauses", "--json"], ["--case", str(CASE)]
    answer = type_in(*option, *words) if first else type_in(*words, *option)
    assert answer.exit_code == 0, answer.stderr
    assert [clause["id"] for clause in json.loads(answer.stdout)] == ["1.a", "1.b", "1.c", "1.d", "1.e", "2.a", "2.b"]
    assert not {*VARIABLES} & {*os.environ}


def test_a_call_reads_a_case_until_it_is_called_again_or_the_block_ends() -> None:
    with sim.case(CASE) as folder:
        assert folder == CASE / "scenarios" == scenarios_folder()
        assert (province().en, counties().prefecture_count) == ("Testland", 3)
        assert names() == ["no_support", "national_rules", "full_plan", "no_outbreak"]
    assert (province().en, counties().prefecture_count) == ("Yunnan", 16)
    sim.case(CASE)
    assert province().en == "Testland"
    sim.case()
    assert province().en == "Yunnan" and CASE_VARIABLE not in os.environ


def test_what_differs_is_read_over_the_case(case: Path, tmp_path: Path) -> None:
    entry = (CASE / "calibration" / "parameters.yaml").read_text("utf-8").split("  pension:")[1].splitlines()[0]
    (tmp_path / "parameters.yaml").write_text(f"premiums:\n  pension:{entry.replace('0.12', '0.2')}\n", "utf-8")
    answer = type_in("run", "no_support", "--firms", "100", "--calibration", str(tmp_path))
    assert answer.exit_code == 0, answer.stderr
    assert "The calibration is not the case's own: parameters that differ: 1 (“Pension premium rate”)" in answer.stdout
    assert calibration_folder() == case / "calibration"


def test_a_study_says_whose_it_is_and_joins_no_runs_of_another_case(case: Path, tmp_path: Path, monkeypatch) -> None:
    ours = sim.compare(["no_support"], firms=60, replications=1, folder=tmp_path / "study")
    assert ours.manifest.province.en == "Testland" and ours.manifest.other_calibration is None
    title = "Help for Testland's small shops: scenarios compared"
    assert title in comparison_page.write(ours, tmp_path / "page.html").read_text("utf-8")
    monkeypatch.delenv(CASE_VARIABLE)
    refused = type_in("verify", str(tmp_path / "study"))
    assert refused.exit_code == 2 and "another version of the model or of its calibration" in refused.stderr
    theirs = sim.compare(["no_support"], firms=60, replications=1)
    assert theirs.manifest.province.en == "Yunnan" and theirs.manifest.fingerprint != ours.manifest.fingerprint


def test_calendar_and_words_are_those_of_the_case(case: Path) -> None:
    days = sim.run("no_support", firms=60)  # read in the case's calendar
    assert days.value("survivors") > 0
    assert calendar().published == "none"
    assert labels()["party"]["prefectures"] == {"zh": "各市财政", "en": "Cities"}
    assert meant("Cities", "party") == "prefectures" and meant("各市财政", "party") == "prefectures"
    assert labels()["party"]["banks"]["en"] == "Banks"


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/nowhere", "there is no folder of a case /nowhere"),
        (str(CASE / "scenarios"), f"did you mean {CASE}?"),
        (str(CASE.parent), "lacks scenarios/plan.yaml, scenarios/funds.yaml"),
    ],
)
def test_a_folder_that_is_no_case_is_refused(folder: str, said: str) -> None:
    answer = type_in("clauses", "--case", folder)
    assert answer.exit_code == 2 and said in answer.stderr
    with pytest.raises(Refusal) as refused:
        sim.case(folder)
    assert said in refused.value.en
    assert CASE_VARIABLE not in os.environ


@pytest.mark.parametrize("kind", ["sweep", "attribute", "sensitivity", "discover", "search"])
def test_questions_that_a_case_does_without_are_told(case: Path, kind: str) -> None:
    answer = type_in(kind)
    assert answer.exit_code == 2 and "the case at hand has no question of its own in scenarios/" in answer.stderr


def test_targets_that_a_case_does_without_are_told(case: Path) -> None:
    answer = type_in("validate")
    assert answer.exit_code == 2 and "There is no targets.yaml" in answer.stderr
