"""Documents that a command makes say what it prints."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
MADE = re.compile(r"<!-- shukun (.*?) -->\n(.*?)\n?<!-- end -->", re.DOTALL)


MADE_BY_COMMANDS = ("parameters.md", "parameters.zh-CN.md", "population.md", "population.zh-CN.md")


@pytest.mark.parametrize("name", MADE_BY_COMMANDS)
def test_the_document_is_what_the_command_prints(name):
    (found,) = MADE.finditer((DOCS / name).read_text("utf-8"))
    answer = CliRunner().invoke(app, found[1].split())
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.strip() == found[2].strip(), f"write it again: shukun {found[1]}"
