"""What commands print of firms of one's own choice, and what they refuse before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

FEW = ("--firms", "200", "--replications", "1", "--workers", "1")
COMPARE = ("compare", "full_plan", *FEW, "--draws", "0", "--clause-replications", "0")
CATERERS = ("--where", "sector=catering,accommodation", "--where", "universe=企业")


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_comparison_tells_people_and_programs() -> None:
    printed = CliRunner().invoke(app, [*COMPARE, *CATERERS, "--lang", "en"])
    assert printed.exit_code == 0, printed.stderr
    assert "Of these firms only: Catering, Accommodation; Enterprises" in printed.stdout
    assert "of these firms: too few to draw a conclusion" in printed.stdout
    assert (
        "Bank write-offs"
        in printed.stdout.partition("Left out are outcomes that are not defined for some firms only")[2]
    )
    answer = json.loads(CliRunner().invoke(app, [*COMPARE, *CATERERS, "--json"]).stdout)["some_firms"]
    assert answer["where"] == {"sector": ["catering", "accommodation"], "universe": ["enterprises"]}
    assert {row["scenario"] for row in answer["outcomes"]} == {"no_support", "national_rules", "full_plan"}
    assert "difference_low" in answer["outcomes"][0] and "bank_write_offs" in answer["left_out"]


def test_a_run_tells_them_too_and_says_nothing_without_conditions() -> None:
    run = ("run", "full_plan", *FEW)
    told = json.loads(CliRunner().invoke(app, [*run, "--where", "size=micro", "--json"]).stdout)["some_firms"]
    assert {"survivors", "jobs"} <= {row["outcome"] for row in told["outcomes"]} and "money_given" in told["left_out"]
    assert all(0 < row["rows"] < 200 for row in told["outcomes"])
    assert "some_firms" not in json.loads(CliRunner().invoke(app, [*run, "--json"]).stdout)
    few = CliRunner().invoke(app, [*run, *CATERERS, "--lang", "en"])
    assert "of these firms: too few to draw a conclusion" in few.stdout
    undivided, _, not_kept = few.stdout.partition("Left out are outcomes that the runs of one scenario do not keep")
    assert "Relief, grants and refunds" in not_kept
    assert (
        "Relieved, paid out"
        not in undivided.partition("Left out are outcomes that are not defined for some firms only")[2]
    )
    assert "其中：微型企业" in CliRunner().invoke(app, [*run, "--where", "size=micro", "--lang", "zh"]).stdout


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("sector:catering", "write condition=value"),
        ("sector=casinos", "has no value casinos"),
        ("fate=saved", "There is no condition fate"),
    ],
)
def test_what_is_not_understood_is_refused_before_anything_runs(where: str, says: str) -> None:
    answer = CliRunner().invoke(app, [*COMPARE, "--where", where, "--lang", "en"])
    assert answer.exit_code == 2 and says in answer.stderr and not Path("results").exists()
