"""The lesson of docs/measures.md works as written: its files, its commands, and what it says comes out."""

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from sim import data_folders
from sim.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# Smaller where the size is no part of what the lesson says; one process, for others would read another `scenarios/`.
SMALL = {"compare": ("--firms", "1000", "--workers", "1", "--clause-replications", "0"), "run": ("--workers", "1")}


class Step(NamedTuple):
    """A block of the page, what it printed, and what the page says that it prints (empty for nothing)."""

    kind: str
    text: str
    printed: str
    said: str


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Path:
    """The folder in which the lesson is done."""
    return tmp_path_factory.mktemp("lesson")


@pytest.fixture(scope="module")
def lesson(here) -> list[Step]:
    """The lesson done once, in a folder of its own with its own copy of ``scenarios/``."""
    folders = {"scenarios": here / "scenarios", "calibration": ROOT / "calibration"}
    shutil.copytree(ROOT / "scenarios", folders["scenarios"])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setattr(data_folders, "_folder", folders.__getitem__)
        return list(_done())


def _done() -> Iterator[Step]:
    act = {"yaml": write, "sh": type_in, "python": execute}
    for (kind, text), (next_kind, next_text) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True):
        if kind != "text":
            yield Step(kind, text, act[kind](text), next_text if next_kind == "text" else "")


def write(text: str) -> str:
    """Write a YAML block into the file that its first line names."""
    Path(text.splitlines()[0].removeprefix("# ")).write_text(text, encoding="utf-8")
    return ""


def type_in(text: str) -> str:
    """Type the commands of a block; what they print on standard output."""
    printed = ""
    for line in text.splitlines():
        program, *words = shlex.split(line)
        assert program == ".venv/bin/shukun"
        answer = CliRunner().invoke(app, [*words, *SMALL.get(words[0], ()), "--lang", "en"])
        assert answer.exit_code == 0, f"{line}: {answer.output}"
        printed += answer.stdout
    return printed


def execute(text: str) -> str:
    """Execute a Python block; what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "docs/measures.md", "exec"), {})
    return printed.getvalue()


def form(printed: str) -> list[list[str]]:
    """Words of each line, numbers without their value; months stand for themselves."""
    return [
        [word if not re.fullmatch(r"-?[\d.,]+", word) else "#" for word in line.split()]
        for line in printed.splitlines()
    ]


def test_every_block_prints_what_the_page_says(lesson):
    told = [step for step in lesson if step.said]
    assert len(told) == sum(kind == "text" for kind, _ in BLOCKS)
    for step in told:
        if 'sim.load("results/cold_chain")' in step.text:  # of a comparison that is smaller here than on the page
            assert form(step.printed) == form(step.said), step.printed
        else:
            assert step.printed == step.said


def test_the_measure_and_its_fund_are_all_that_differs_from_the_baseline(lesson):
    printed = next(step for step in lesson if "shukun diff" in step.text).printed
    assert re.findall(r"[a-z_]+\.[a-z_.]+", printed) == ["measures.cold_chain_rebate", "funds.cold_chain"], printed


def test_the_measure_is_in_the_report(lesson, here):
    page = (here / "results" / "cold_chain" / "report.html").read_text(encoding="utf-8")
    assert "Power rebate for cold chains" in page
    assert "冷链用电补贴" in page


def test_the_fund_runs_dry_in_the_sample_and_gives_all_it_has(lesson):
    printed = next(step for step in lesson if "20_000" in step.text).printed
    july, _, september = (int(line.split()[1]) for line in printed.splitlines()[1:4])
    assert september < july, printed
    assert 19.5 <= float(printed.split()[-1]) <= 20, printed


def test_with_many_rows_twenty_million_are_enough_and_twelve_are_not(lesson):
    enough = next(step for step in lesson if "200_000" in step.text).printed
    assert 12 < float(enough.split()[-1]) < 20, enough
    short = next(step for step in lesson if "twelve_million" in step.text and step.kind == "python").printed
    july, august, *_ = (int(line.split()[1]) for line in short.splitlines()[1:])  # in September next to nothing is left
    assert august < july, short
