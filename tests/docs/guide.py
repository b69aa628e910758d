"""Pages of `docs/` whose commands and Python are executed, and whose printed output is what really comes.

`python -m tests.docs.guide` executes them anew and writes what they print into them: the way to bring them up to date
after a change of the model. Each page is worked through in a folder of its own; a page in Chinese goes on in the folder
of the English one, so that its runs are there already.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from typer.testing import CliRunner

from sim.cli import app

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
QUESTIONS: Final = {"en": DOCS / "questions.md", "zh": DOCS / "questions.zh-CN.md"}
STORE: Final = {"en": DOCS / "store.md"}
REACTIONS: Final = {"en": DOCS / "reactions.md"}
DECISIONS: Final = {"en": DOCS / "decisions.md", "zh": DOCS / "decisions.zh-CN.md"}
PROVINCE: Final = {"en": DOCS / "second_province.md", "zh": DOCS / "second_province.zh-CN.md"}
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNS_NOTHING: Final = ("check", "clauses", "diff", "levers")  # commands without workers
WIDTH: Final = "110"  # characters of the terminal


class Step(NamedTuple):
    """A block of a page, what it printed, what the page says that it prints, and where that stands."""

    kind: str
    text: str
    printed: str
    said: str | None
    place: tuple[int, int] | None


def blocks(page: Path) -> list[tuple[str, str]]:
    """Kind and text of each block that is executed."""
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind != "text"]


def work_through(pages: Mapping[str, Path]) -> Iterator[tuple[Path, Step]]:
    """Execute every block of each page, by language, in the present folder."""
    for language, page in pages.items():
        found = [*BLOCK.finditer(page.read_text("utf-8")), None]
        for block, after in pairwise(found):
            assert block is not None
            kind, text = block.groups()
            if kind == "text":
                continue
            told = after if after is not None and after[1] == "text" else None
            printed = {"yaml": _write, "sh": _type, "python": _execute}[kind](text, language)
            yield page, Step(kind, text, printed, told and told[2], told and told.span(2))


def _write(text: str, language: str) -> str:
    """Write a file, which the first line names."""
    Path(text.splitlines()[0].removeprefix("# ")).write_text(text, encoding="utf-8")
    return ""


def _type(text: str, language: str) -> str:
    """Type commands; what they print on standard output. One process: it changes nothing but the time."""
    printed = ""
    for line in text.splitlines():
        program, *words = shlex.split(line)
        assert program == ".venv/bin/shukun", line
        alone = () if words[0] in RUNS_NOTHING else ("--workers", "1")
        answer = CliRunner(env={"COLUMNS": WIDTH}).invoke(app, [*words, *alone, "--lang", language])
        assert answer.exit_code == 0, f"{line}: {answer.output}{answer.exception!r}"
        printed += answer.stdout
    return _tidy(printed)


def _execute(text: str, language: str) -> str:
    """Execute Python; what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "page", "exec"), {"__name__": "page"})
    return _tidy(printed.getvalue())


def _tidy(printed: str) -> str:
    """Without blanks at the ends of lines, and without empty lines around."""
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()) + "\n"


def _bring_up_to_date(pages: Mapping[str, Path]) -> None:
    steps: dict[Path, list[Step]] = {page: [] for page in pages.values()}
    for page, step in work_through(pages):
        steps[page].append(step)
    for page, done in steps.items():
        text = page.read_text("utf-8")
        for step in reversed(done):
            if step.place is not None:
                text = text[: step.place[0]] + step.printed + text[step.place[1] :]
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for room in (QUESTIONS, STORE, REACTIONS, PROVINCE, DECISIONS):
        with TemporaryDirectory() as folder, contextlib.chdir(folder):
            os.environ["COLUMNS"] = WIDTH
            _bring_up_to_date(room)
