"""The pages of questions on A4 paper: nothing lies over anything and nothing is cut off; charts name apart points."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from sim.report.charts.style import thin_labels
from sim.report.pages import answer_page
from sim.study import answering, study_folder
from sim.study.questions import run
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting
from tests.report.answers import test_attribute as attributions
from tests.report.answers import test_decide as decisions
from tests.report.answers import test_discover as discoveries
from tests.report.answers import test_reach as reaches
from tests.report.answers import test_search as searches
from tests.report.answers import test_sensitivity as sensitivities
from tests.report.answers import test_sweep as sweeps
from tests.report.pages.printed import problems


def _run() -> Any:
    with study_folder.at_work(None) as stored:
        return run.answer(run.Question("full_plan", 2), Setting(firms=300), Runner(stored))


def _seeded(study: Any) -> Any:
    return replace(study, runs=study.runs.assign(seed=1))


MADE: dict[str, Callable[[], Any]] = {
    "run": _run,
    "sweep": lambda: sweeps.made({sweeps.LEVER: [0, 1, 4]}, [1.0, 2.0]),
    "attribute": lambda: attributions.study(attributions.ACTIONS, pairs={("fiscal", "tax"): 0.3}),
    "sensitivity": lambda: _seeded(sensitivities.study()),
    "discover": lambda: _seeded(discoveries.study()),
    "decide": decisions.study,
    "reach": reaches.missed,
    "search": lambda: answering.ask("search", searches.QUESTION, firms=200),
}


@pytest.mark.parametrize("kind", MADE)
def test_on_paper_nothing_lies_over_anything_and_nothing_is_cut_off(
    browser: Browser,
    tmp_path: Path,
    kind: str,
) -> None:
    file = answer_page.write(MADE[kind](), tmp_path)
    assert {lang: problems(browser, file, lang) for lang in ("zh", "en")} == {"zh": [], "en": []}


def test_of_points_that_lie_close_the_first_keeps_its_name() -> None:
    rows = [{"x": x, "y": y, "label": name} for x, y, name in ((0, 0, "a"), (1, 0, "b"), (10, 0, "c"), (0, 10, "d"))]
    thin_labels(rows, "x", "y", "label")
    assert [row["label"] for row in rows] == ["a", "", "c", "d"]
