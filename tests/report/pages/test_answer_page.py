"""The page of a study of any kind in a real browser: offline, in both languages, with hostile names and failed runs."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

import sim
from sim.report import answers
from sim.report.pages import answer_page
from sim.report.terminal import tables
from sim.report.words.catalogue import both
from sim.study.questions import questions
from sim.study.questions.sweep import Sweep
from sim.study.runs.study import Study
from sim.vocabulary import UNIVERSES
from tests.report.pages.test_comparison_page import HOSTILE, Opened

TITLE = {"zh": "免租几个月", "en": "Months of rent waived"}


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    asked = {
        "title": TITLE,
        "levers": {"grid": {"rent_waiver.months": [0, 12]}},
        "uncertainties": {"list": {"world.outbreak_factor": [1.0, 2.0]}},
        "replications": 2,
    }
    return sim.sweep(asked, firms=300)


@pytest.fixture(scope="module")
def asked(sweep: Sweep) -> dict[str, Study]:
    """A small study of each kind whose rates can be of several universes."""
    of_two = {"title": TITLE, "players": "measures", "among": ["rent_waiver", "loan_extension"], "replications": 2}
    over = {"title": TITLE, "method": "morris", "draws": 2, "replications": 1, "over": {"rent_waiver.months": [1, 6]}}
    return {
        "sweep": sweep,
        "attribute": sim.attribute(of_two, firms=300),
        "sensitivity": sim.sensitivity(over, firms=300),
    }


@pytest.fixture(scope="module")
def broken(sweep: Sweep) -> Sweep:
    """The same with a run that failed, and names that somebody means badly."""
    runs = sweep.runs.copy()
    runs.loc[1, "reason"] = f"ValueError: {HOSTILE}"
    settings = {**sweep.manifest.settings, "title": {"zh": HOSTILE, "en": HOSTILE}}
    return replace(sweep, runs=runs, manifest=sweep.manifest.model_copy(update={"settings": settings}))


def test_every_kind_of_question_has_an_answer_for_people():
    assert set(questions()) <= set(answers.kinds())


def test_it_needs_nothing_but_itself_and_speaks_both_languages(browser: Browser, sweep: Sweep, tmp_path: Path):
    file = answer_page.write(sweep, tmp_path)
    assert file.name == "report.html"
    opened = Opened(browser, file, "#en")
    for lang, survival in (("en", "Survival"), ("zh", "存活率")):
        opened.drawn(lang)
        assert TITLE[lang] in opened.page.locator("h1").inner_text()
        assert survival in opened.texts("answer-0")
        for section in ("findings", "charts", "tables", "method", "reproduce"):
            assert opened.page.locator(f"#{section} h2").inner_text().strip(), section
        opened.page.locator("#language").click()
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith("data:")] == [file.as_uri()]


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, sweep: Sweep, tmp_path: Path):
    opened = Opened(browser, answer_page.write(sweep, tmp_path), width=390)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_failed_runs_are_told_and_no_name_runs_as_a_script(browser: Browser, broken: Sweep, tmp_path: Path):
    opened = Opened(browser, answer_page.write(broken, tmp_path), "#en")
    assert opened.page.title() == HOSTILE
    assert opened.complaints == []
    assert "1 of 8 runs failed" in opened.page.locator("#failures").inner_text()
    assert "ValueError" in opened.page.locator("#failures").inner_text()
    assert any("1 of 8 runs failed" in sentence for sentence in answers.of("sweep").findings(broken, "en"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_terminal_prints_findings_and_the_first_table(sweep: Sweep, capsys: pytest.CaptureFixture[str], lang: str):
    tables.show_answer(sweep, lang)
    said = capsys.readouterr().out
    assert TITLE[lang] in said
    findings, shown = answers.of("sweep").findings(sweep, lang), answers.of("sweep").tables(sweep, lang)
    assert all(sentence in said for sentence in findings)
    assert shown[0].title in said


def test_a_difference_over_worlds_is_the_mean_of_the_paired_ones(sweep: Sweep):
    survival = sweep.outcomes[sweep.outcomes["outcome"] == "survival_rate"]
    worlds = sweep.worlds[sweep.worlds["outcome"] == "survival_rate"].set_index("lever_draw")
    pd.testing.assert_series_equal(
        survival.groupby("lever_draw")["difference"].mean(), worlds["difference"], check_names=False
    )


def test_of_whom_the_rates_are_can_be_chosen_with_the_keyboard(browser: Browser, sweep: Sweep, tmp_path: Path):
    opened = Opened(browser, answer_page.write(sweep, tmp_path), "#en")
    shown = opened.page.locator("#tables > div:visible table").first
    assert "Survival" in shown.inner_text()
    assert "individual businesses" not in shown.inner_text()
    opened.page.locator("#universe").focus()
    opened.page.keyboard.type("Ind")  # of the words of the page's language
    opened.page.wait_for_selector("#chart-answer-0-individual_businesses svg")
    assert "Survival (individual businesses)" in opened.texts("answer-0-individual_businesses")
    assert opened.page.locator("#chart-answer-0").is_hidden()
    assert "Survival (individual businesses)" in shown.inner_text()
    opened.page.locator("#language").click()
    opened.drawn("zh")
    assert "存活率（个体工商户）" in opened.texts("answer-0-individual_businesses")
    assert opened.complaints == []


@pytest.mark.parametrize("kind", ["sweep", "attribute", "sensitivity"])
def test_every_chart_and_table_of_rates_has_a_version_for_each_universe(kind: str, asked: dict[str, Study]):
    told, study = answers.of(kind), asked[kind]
    universes = answers.universes(study)
    assert set(universes) == set(UNIVERSES)
    for universe in universes[1:]:
        whom = both(f"outcome.whom.{universe}").en
        for tell in (told.charts, told.tables):
            first, other = tell(study, "en"), tell(study, "en", universe)
            assert len(first) == len(other)
            changed = [json.dumps(two, default=str) for one, two in zip(first, other, strict=True) if one != two]
            assert changed
            assert all(whom in said for said in changed)
