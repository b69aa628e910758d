"""Every kind of result, and what it is made of, in a console, in a notebook and as a picture."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim import scenario as scenarios
from sim.drawing import Told
from sim.observe.tables import Result
from sim.report.notebook.as_html import LONGEST_CELL, MOST_ROWS, as_html
from sim.report.notebook.in_short import MOST_CHARACTERS, MOST_LINES, in_short
from sim.report.words.catalogue import LANGUAGES, Language
from sim.study import answering
from sim.study.keywords import Execution
from sim.study.questions import kinds, run, study_class
from sim.study.questions.comparison import Comparison
from sim.study.runs.specification import Setting
from sim.study.runs.study import Study, StudyOfAnotherVersion
from tests.made_up_comparison import make
from tests.report.answers.test_calibrate import study as calibration  # noqa: F401 - a fixture
from tests.report.answers.test_search import QUESTION
from tests.report.charts.test_plots import MADE

REFERENCE = Path(__file__).resolve().parents[3] / "results" / "reference"
FIRMS = 150
HOSTILE = "<script>alert(1)</script>&"
REAL: dict[str, Callable[[], Any]] = {
    "result": lambda: sim.run("full_plan", firms=FIRMS),
    "run": lambda: answering.kept(
        answering.Asked("run", run.Question("full_plan", 2), Setting(firms=FIRMS)), Execution()
    ),
    "validate": lambda: sim.load(REFERENCE / "validation"),
    "comparison": lambda: make(nation=True),
    "search": lambda: sim.search(SMALL, firms=FIRMS),
    "journey": lambda: sim.journey(where={"sector": "catering"}, rows=FIRMS, most=2),
    "live_run": lambda: sim.begin("full_plan", firms=FIRMS).step(months=2),
    "scenario": lambda: scenarios.load("full_plan"),
    "clause": lambda: sim.clause("II.1.b"),
}
SMALL = {name: said for name, said in QUESTION.items() if name != "robust"} | {
    "generations": 1, "replications": 1, "plans": 1,
}  # fmt: skip
EVERY = {**MADE, **REAL}
DRAWN = [name for name in EVERY if name not in ("live_run", "scenario", "clause")]
SAID = {  # a part of the title, of what came out, and of the table
    "result": ("Result: full_plan", "Survival: ", "Contracts of small and micro firms"),
    "comparison": ("Comparison: The whole plan", "survival is", "+"),
    "validate": ("Validation: ", "158", "Population of entities"),
    "journey": ("Journey: 2 firms", "", "Catering"),
    "scenario": ("Scenario: The whole plan (full_plan)", "2022-01-01 to 2023-12-31", "problems_closed"),
    "clause": ("II.1.b", "6 months", "months"),
    "live_run": ("On its way: The whole plan", "2022-02-28 has passed; months left: 22", "2022-02"),
    "decide": ("Decision: ", "", ""),
}


@pytest.fixture(scope="module")
def every() -> Callable[[str], Any]:
    """An object by name, made once."""
    return cache(lambda name: EVERY[name]())


class Elements(HTMLParser):
    """What a fragment of HTML is made of; whether everything that is opened is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert {name for name, _ in attributes} <= {"style", "lang"}
        assert not re.search(r"#|rgb|url|background|\bcolor", " ".join(value or "" for _, value in attributes))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_a_console_shows_a_few_lines(every: Callable[[str], Any], name: str, lang: Language) -> None:
    said = in_short(every(name), lang)
    assert len(said) <= MOST_CHARACTERS and said.count("\n") < MOST_LINES, said
    assert not re.search(r"\bnan\b|None|DataFrame|\{|\}|dtype", said), said
    for part in SAID.get(name, ())[:2] if lang == "en" else ():
        assert part in said, said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_a_notebook_shows_the_lines_and_a_table(every: Callable[[str], Any], name: str, lang: Language) -> None:
    html = as_html(every(name), lang)
    found = Elements(html)
    assert found.open == [] and not {"script", "link", "img", "style"} & {*found.seen}
    assert len(html.encode()) < 60_000
    assert found.seen.count("table") == 1 and found.seen.count("tr") > 1, "the table that a person wants"
    assert found.seen.count("tr") <= MOST_ROWS + 1
    assert in_short(every(name), lang).split("\n")[0] == found.words[0]
    for part in SAID.get(name, ()) if lang == "en" else ():
        assert part in "".join(found.words)


@pytest.mark.parametrize("kind", kinds())
def test_no_kind_of_study_shows_all_that_it_holds(kind: str) -> None:
    assert study_class(kind).__repr__ is Told.__repr__


def test_a_calibration_speaks_too(calibration: Study) -> None:  # noqa: F811 - the fixture
    assert len(in_short(calibration, "en")) <= MOST_CHARACTERS
    assert Elements(as_html(calibration, "zh")).seen.count("table") == 1


def test_what_python_calls_for_is_what_is_said(every: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for locale, lang in (("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en")):
        monkeypatch.setenv("LC_ALL", locale)
        monkeypatch.delenv("LANGUAGE", raising=False)
        scenario = every("scenario")
        assert repr(scenario) == in_short(scenario, lang) and scenario._repr_html_() == as_html(scenario, lang)


def test_names_from_files_are_escaped() -> None:
    html = as_html(make(hostile=HOSTILE), "en")
    assert HOSTILE not in html and "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in html
    assert "script" not in Elements(html).seen


def test_a_long_table_is_cut_and_says_so(every: Callable[[str], Any]) -> None:
    left = len(every("scenario").measures) - MOST_ROWS
    assert left > 0 and f"{left} more rows are not shown" in as_html(every("scenario"), "en")
    words = dict.fromkeys(LANGUAGES, "word " * LONGEST_CELL)
    measure = dataclasses.replace(every("clause").measures[0], title=words)
    html = as_html(dataclasses.replace(every("clause"), measures=(measure,)), "en")
    assert html.count("word ") <= LONGEST_CELL + len(measure.figures) * LONGEST_CELL / len("word ")


def test_runs_that_failed_are_told_first(every: Callable[[str], Any]) -> None:
    study = every("comparison")
    runs = study.runs.assign(reason=["lost power", *[""] * (len(study.runs) - 1)])
    said = in_short(dataclasses.replace(study, runs=runs), "en").split("\n")
    assert said[1].startswith(f"1 of {len(runs)} runs failed")


def test_a_study_of_another_version_names_its_tables(every: Callable[[str], Any]) -> None:
    study = every("comparison")
    other = StudyOfAnotherVersion(study.manifest, study.runs, {"old": pd.DataFrame()})
    assert in_short(other, "en").endswith("Tables: old") and "<table>" not in as_html(other, "en")


def test_what_a_study_is_made_of_is_short_too(every: Callable[[str], Any]) -> None:
    study: Comparison = every("comparison")
    assert len(repr(study.manifest)) < 20_000 and "contents" not in repr(study.manifest)
    assert len(repr(study.plot(lang="en"))) < 100


def axes(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every axis of numbers of a specification that is drawn."""
    for name in ("x", "y"):
        axis = part.get("encoding", {}).get(name)
        if isinstance(axis, dict) and axis.get("type") == "quantitative" and axis.get("axis", {}) is not None:
            yield axis
    for name in ("layer", "concat"):
        for inside in part.get(name, ()):
            yield from axes(inside)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_says_what_its_axes_measure_and_what_it_rests_on(
    every: Callable[[str], Any], name: str, lang: Language
) -> None:
    what = every(name)
    picture = what.plot(lang=lang)
    drawn = picture.to_dict()
    for axis in axes(drawn):
        title = axis.get("title") or axis.get("axis", {}).get("title")
        assert title or axis["field"] == "when", axis  # whose labels are days
    caption = drawn["title"]["text"] if "concat" in drawn else drawn["title"]["subtitle"][-1]
    seed = what.seed if isinstance(what, Result) or name == "journey" else None
    rests_on = str(seed) if seed else str(what.manifest.replications)
    assert rests_on in caption and ("seed" in caption or "replications" in caption or lang == "zh")
    charts = drawn.get("concat", [drawn])
    assert all(one["title"]["text"] for one in charts)
    assert lang == "zh" or name == "validate" or picture.svg().startswith("<svg")  # which takes long


def test_on_the_page_the_line_below_the_title_says_it_as_before(every: Callable[[str], Any]) -> None:
    study: Comparison = every("comparison")
    alone = study.plot("fates-sector", lang="en").to_dict()
    measured = alone["layer"][0]["encoding"]["x"]["title"]
    assert "per 1,000 firms" in measured and measured not in alone["title"]["subtitle"]
