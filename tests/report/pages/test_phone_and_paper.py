"""A report on a phone and on A4 paper: words stay whole, nothing is wider than its place, the paper says what it is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from sim.report.pages import answer_page
from tests.made_up_comparison import FEW_ACTIONS
from tests.report.answers import test_attribute as attributions
from tests.report.pages.printed import problems

LETTERS = Path(__file__).with_name("letters.js").read_text("utf-8")
A4 = (595.3, 841.9)  # points
TITLES = {"zh": "云南中小微企业纾困方案：情景比较", "en": "Relief for Yunnan's small firms: scenarios compared"}


@pytest.fixture(scope="module")
def reports(report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    answer = attributions.study(attributions.ACTIONS, pairs={("fiscal", "tax"): 0.3})
    return {
        "comparison": report,
        "answer": answer_page.write(answer, tmp_path_factory.mktemp("answer")),
    }


def opened(browser: Browser, file: Path, lang: str, width: int) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{file.as_uri()}#{lang}")
    page.wait_for_selector("html[data-drawn]")
    return page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("kind", ["comparison", "answer"])
def test_on_a_phone_no_word_is_broken_and_the_page_does_not_scroll_sideways(
    browser: Browser,
    reports: dict[str, Path],
    kind: str,
    width: int,
    lang: str,
) -> None:
    page = opened(browser, reports[kind], lang, width)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(LETTERS) == []
    page.close()


def test_a_word_that_is_broken_into_letters_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<p style='width: 0; overflow-wrap: anywhere'>Survival</p>")
    assert page.evaluate(LETTERS) == ["Survival: 8 lines"]
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_paper_is_a4_and_says_on_every_page_what_it_is(
    browser: Browser,
    reports: dict[str, Path],
    tmp_path: Path,
    lang: str,
) -> None:
    page = opened(browser, reports["comparison"], lang, 1280)
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    closed = page.locator("details.matters").evaluate_all("all => all.filter((details) => details.open).length")
    page.close()
    assert closed == 0, "what is opened for the paper is closed again"
    pages = PdfReader(tmp_path / "report.pdf").pages
    texts = [_plain(one.extract_text()) for one in pages]
    for number, (one, text) in enumerate(zip(pages, texts, strict=True), start=1):
        assert (float(one.mediabox.width), float(one.mediabox.height)) == pytest.approx(A4, abs=1)
        assert _plain(TITLES[lang]) in text, number
        assert f"{number}/{len(pages)}" in text, number
    # Tables that matter are there though they are closed on the screen, controls are not.
    whole = "".join(texts)
    for heading in {
        "zh": ("各情景达标的概率", "各年年末与基准之差"),
        "en": ("Probabilityofmeetingeachtarget", "Differencesfromthebaselineattheendofeachyear"),
    }[lang]:
        assert heading in whole
    assert not re.search("跳到正文|Skiptothecontent", whole)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_paper_nothing_is_wider_than_the_paper(browser: Browser, reports: dict[str, Path], lang: str) -> None:
    assert {kind: problems(browser, file, lang) for kind, file in reports.items()} == {"comparison": [], "answer": []}


def test_a_failed_target_has_not_the_colour_of_one_that_is_met(browser: Browser, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["comparison"], "en", 1280)
    colours = {}
    for verdict in ("met", "missed", "unsure"):
        row = page.locator(f"#targets tr.{verdict}").first
        word = row.locator(".verdict").evaluate("one => getComputedStyle(one).color")
        meter = row.locator(".meter i").first.evaluate("one => getComputedStyle(one).backgroundColor")
        colours[verdict] = (word, meter)
    page.close()
    for place in (0, 1):
        assert len({pair[place] for pair in colours.values()}) == 3, colours


def test_the_boxes_of_the_lines_show_colour_and_dashes(browser: Browser, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["comparison"], "en", 1280)
    shown = page.locator("#shown i:not([lang])").evaluate_all("all => all.map((one) => one.style.background)")
    page.close()
    assert len(shown) > len(FEW_ACTIONS)
    assert len(set(shown)) == len(shown)
