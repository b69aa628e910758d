"""Every command and every Python block of the guides prints what the pages say; the Chinese one asks the same."""

import math
import re
from pathlib import Path

import pytest

from sim.scenario import load
from sim.study import answering
from sim.study.designs.design import Draws
from sim.study.questions import attribute, questions, sensitivity
from tests.docs import guide


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", guide.WIDTH)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "pages",
    [guide.QUESTIONS, guide.STORE, guide.REACTIONS, guide.PROVINCE, guide.DECISIONS],
    ids=["questions", "store", "reactions", "province", "decisions"],
)
def test_every_block_prints_what_the_page_says(pages: dict[str, Path]) -> None:
    compared = 0
    for page, step in guide.work_through(pages):
        if step.said is not None:
            assert step.printed == step.said, f"{page.name}: {step.text}\nrefresh with python -m tests.docs.guide"
            compared += 1
        else:
            assert step.printed.strip() == "", f"{page.name}: {step.text} prints what the page does not say"
    assert compared >= sum(len(guide.blocks(page)) for page in pages.values()) / 2


@pytest.mark.parametrize(
    "pages", [guide.QUESTIONS, guide.PROVINCE, guide.DECISIONS], ids=["questions", "province", "decisions"]
)
def test_both_languages_ask_the_same(pages: dict[str, Path]) -> None:
    assert guide.blocks(pages["zh"]) == guide.blocks(pages["en"])


@pytest.mark.parametrize("page", guide.QUESTIONS.values(), ids=lambda page: page.name)
def test_every_kind_of_question_is_asked_by_command_and_from_python(page: Path) -> None:
    asked = guide.blocks(page)
    for kind in questions():
        assert any(code == "sh" and f"shukun {kind} " in text for code, text in asked), kind
        assert any(code == "python" and f"sim.{kind}(" in text for code, text in asked), kind


@pytest.mark.parametrize("page", guide.QUESTIONS.values(), ids=lambda page: page.name)
def test_what_the_shipped_questions_cost_is_told(page: Path) -> None:
    told = {int(number.replace(",", "")) for number in re.findall(r"\d(?:[\d,]*\d)?", page.read_text("utf-8"))}
    for kind in questions():
        if kind == "reach":  # which ends as soon as it knows
            continue
        for name in answering.shipped(kind):
            if kind != "sweep" or f"shukun sweep {name}" in page.read_text("utf-8"):
                assert runs(kind, name) in told, (kind, name, runs(kind, name))


def runs(kind: str, name: str) -> int:
    """How many runs a shipped question takes, at most."""
    asked, place = answering.question(kind, name)
    if kind == "sweep":
        return len(Draws(asked, place.folder)) * asked.replications
    if kind == "attribute":
        return len(attribute.game(asked, load(asked.scenario))) * asked.replications
    if kind == "sensitivity":
        factors = len(sensitivity.varied(asked.over))
        of_each = {"morris": factors + 1, "sobol": factors + 2, "given_data": 1}[asked.method]
        return math.prod((asked.draws, of_each, asked.replications, 2))
    if kind == "discover":
        return asked.draws * asked.replications
    looked_at = (asked.plans + 2) * (asked.fresh_replications + asked.robust.draws * asked.robust.replications)
    return asked.replications * (2 + asked.population * asked.generations) + looked_at
