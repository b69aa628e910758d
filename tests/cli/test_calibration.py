"""The folder of calibration may be named on the command line, anywhere, and stays with the command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.data_folders import CALIBRATION_VARIABLE
from tests.conftest import CASE

ROOT = Path(__file__).resolve().parents[2]
ENTRY = """
population:
  active_share:
    value: 0.6
    unit: share of registered entities
    prior: {distribution: uniform, low: 0.5, high: 0.7}
    grade: D
    assumption: a guess for a test
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "parameters.yaml").write_text(ENTRY, "utf-8")
    return str(tmp_path / "mine")


@pytest.mark.parametrize("first", [True, False])
def test_the_folder_is_read_wherever_the_option_stands(mine, first):
    words, option = ["levers", "active_share", "--json"], ["--calibration", mine]
    answer = CliRunner().invoke(app, option + words if first else words + option)
    assert answer.exit_code == 0, answer.stderr
    (lever,) = json.loads(answer.stdout)
    assert (lever["path"], lever["value"]) == ("parameters.population.active_share", 0.6)
    assert CALIBRATION_VARIABLE not in os.environ


def test_a_result_says_that_its_calibration_is_not_the_projects(mine):
    answer = CliRunner().invoke(app, ["run", "baseline", "--firms", "100", f"--calibration={mine}", "--lang", "en"])
    assert answer.exit_code == 0, answer.stderr
    assert "parameters that differ: 1 (“Active share of registered entities”)" in answer.stdout


def test_another_province_may_have_other_lists(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main; main()"
    theirs = CASE / "calibration"
    lists = (theirs / "classification.toml").read_text("utf-8")
    other = tmp_path / "province"
    for path in (path for path in theirs.rglob("*") if path.is_file()):
        (other / path.relative_to(theirs)).parent.mkdir(parents=True, exist_ok=True)
        (other / path.relative_to(theirs)).write_bytes(path.read_bytes())
    (other / "classification.toml").write_text(lists.replace('en = "Catering"', 'en = "Eating out"'), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code, "levers", "individual.catering", "--calibration", str(other), "--json"],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--calibration"], "The option --calibration needs a value after it."),
        (["--calibration", "/nowhere"], "there is no folder of calibration /nowhere"),
    ],
)
def test_what_is_wrong_with_the_option_is_said(words, said):
    answer = CliRunner().invoke(app, ["--lang", "en", "levers", *words])
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_each_mistake_in_a_file_has_a_line_of_its_own(tmp_path):
    (tmp_path / "population").mkdir()
    rows = "530102,retail,micro,many\n" * 3
    (tmp_path / "population" / "firms.csv").write_text(f"county,sector,size,staff\n{rows}", "utf-8")
    words = ["run", "baseline", "--calibration", str(tmp_path), "--lang", "en"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    said = answer.stderr.splitlines()
    assert len(said) == 3
    assert all(f"firms.csv:{line}: staff: found many" in told for line, told in enumerate(said, 2))


@pytest.mark.parametrize(("lang", "said"), [("en", "--firms 7 is not used"), ("zh", "未采用 --firms 7")])
def test_that_firms_of_ones_own_decide_how_many_there_are_is_said(tmp_path, lang, said):
    rows = "530102,retail,micro\n" * 40
    (tmp_path / "population").mkdir()
    (tmp_path / "population" / "firms.csv").write_text(f"county,sector,size\n{rows}", "utf-8")
    words = ["run", "baseline", "--calibration", str(tmp_path), "--lang", lang]
    answer = CliRunner().invoke(app, [*words, "--firms", "7"])
    assert answer.exit_code == 0 and answer.stderr.startswith(said) and str(tmp_path) in answer.stderr
    assert said not in CliRunner().invoke(app, words).stderr


def test_evidence_that_there_is_not_is_said_with_file_and_parameter(mine):
    file = Path(mine) / "parameters.yaml"
    file.write_text(ENTRY.replace("    assumption: a guess for a test", "    evidence: [nothing_there]"), "utf-8")
    answer = CliRunner().invoke(app, ["parameters", "--calibration", mine, "--lang", "en"])
    assert answer.exit_code == 2
    said = f"{file}: population.active_share: evidence: there is no evidence nothing_there"
    assert said in answer.stderr
