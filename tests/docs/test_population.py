"""The documents on the population say what the command prints."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
MADE = re.compile(r"<!-- shukun (population .*?) -->\n(.*?)\n?<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("name", ["population.md", "population.zh-CN.md"])
def test_the_document_is_what_the_command_prints(name):
    (found,) = MADE.finditer((DOCS / name).read_text("utf-8"))
    answer = CliRunner().invoke(app, found[1].split())
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.strip() == found[2].strip(), f"write it again: shukun {found[1]}"
