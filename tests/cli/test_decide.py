"""`shukun decide`, typed in the small province: what it prints, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

SMALL = ("--firms", "60", "--draws", "8", "--replications", "2", "--workers", "1")


def type_in(*words: str, lang: str = "en"):
    return CliRunner().invoke(app, ["decide", *words, "--lang", lang])


@pytest.fixture(autouse=True)
def here(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_answers_in_words_first_in_either_language_and_keeps_its_runs(here: Path) -> None:
    asked = ("full_plan", "--against", "national_rules", "--worth", "200000", "--worth", "50000", *SMALL)
    answer = type_in(*asked)
    assert answer.exit_code == 0, answer.output
    assert "To choose between: the baseline, “The nation's rules alone”, and plans beside it: 1." in " ".join(
        answer.stdout.split()
    )
    assert "Best on average, by the value of a firm kept:" in answer.stdout
    folder = here / "results" / "decide_full_plan-against=national_rules-firms=60"
    assert (folder / "report.html").is_file() and (folder / "benefits.parquet").is_file()
    found = json.loads(type_in(*asked, "--json").stdout)
    assert [row["worth_yuan"] for row in found["tables"]["worths"]] == [50_000.0, 200_000.0]
    assert found["settings"] == {"draws": 8, "uncertainty": "assumptions", "worths_yuan": [50_000.0, 200_000.0]}
    chinese = type_in(*asked, lang="zh")
    assert "平均净效益最大的" in chinese.stdout and "最优的概率" in chinese.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--worth", "0"), "--worth 0: give a number from 1"),
        (("--draws", "1"), "--draws 1: give a whole number from 2 to 10000"),
        (
            ("--uncertainty", "posterier"),
            "uncertainty: posterier; allowed: posterior, assumptions; did you mean posterior?",
        ),
        (("--uncertainty", "none"), "uncertainty: none; allowed: posterior, assumptions"),
        (("full_plam",), "did you mean full_plan"),
        (("no_support",), "There is nothing to choose beside no_support"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    answer = type_in(*words, *SMALL[:2])
    assert answer.exit_code == 2, answer.output
    assert said in answer.stderr and answer.stderr.count("\n") == 1
