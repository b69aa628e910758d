"""`shukun reach`, typed in the small province: what it prints, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

SMALL = ("--firms", "60", "--replications", "2", "--workers", "1")


def type_in(*words: str, lang: str = "en"):
    return CliRunner().invoke(app, ["reach", *words, "--lang", lang])


@pytest.fixture(autouse=True)
def here(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_answers_in_words_first_in_either_language_and_keeps_its_runs(here: Path) -> None:
    asked = ("loss_share", "--at", "12%", "--lever", "rent_waiver.months=0:2", *SMALL)
    answer = type_in(*asked)
    assert answer.exit_code == 0, answer.output
    assert "Wanted: loss-making share at most 12.0 %." in " ".join(answer.stdout.split())
    [folder] = (here / "results").iterdir()
    assert folder.name.startswith("reach_loss_share-") and (folder / "report.html").is_file()
    found = json.loads(type_in(*asked, "--json").stdout)
    assert found["settings"]["goal"] == ["loss_share", "", "at_most", 0.12]
    assert {row["rent_waiver.months"] for row in found["tables"]["plans"]} <= {0, 1, 2, 3}
    assert "所求：亏损面不高于 12.0%" in type_in(*asked, lang="zh").stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("loss_share",), "No lever may move: give at least one with --lever PATH=LOW:HIGH."),
        (("loss_share", "--at", "a bit", "--lever", "rent_waiver.months"), "--at a bit: give a number or a percentage"),
        (("loss_share", "--at", "12", "--lever", "rent_waiver.months"), "12 is no value that loss_share can have"),
        (("loss_share", "--at", "12%", "--lever", "rent_waver.months"), "did you mean rent_waiver.months"),
        (("loss_shar", "--lever", "rent_waiver.months"), "there is no question loss_shar"),
        (("--lever", "rent_waiver.months"), "GOAL is missing"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    answer = type_in(*words, *SMALL[:2])
    assert answer.exit_code == 2, answer.output
    assert said in answer.stderr and answer.stderr.count("\n") == 1


def test_a_question_in_a_file_says_itself_what_options_would(here: Path) -> None:
    file = here / "goal.yaml"
    file.write_text("outcome: loss_share\nat_most: 0.1\nover: {rent_waiver.months: [0, 1]}\n", "utf-8")
    answer = type_in("goal.yaml", "--at", "12%")
    assert answer.exit_code == 2
    assert "goal.yaml is a question in a file: say --at there (at_least, at_most)." in answer.stderr
