"""The desk in a real browser: move a lever, see numbers change, compare, undo, save, reopen, export."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.desk.served import Served
from tests.desk.windows import FIRST, Window

pytestmark = pytest.mark.slow
GRANT = "shop_grant.amount_yuan"
RENT = "shop_rent.months"  # which moves an outcome by more than what is rounded off


def test_a_lever_is_moved_and_the_numbers_change_in_place(window: Window) -> None:
    window.settled()
    before = window.numbers()
    assert len(before) == 3 * 4, "no support, the nation's rules, the plan, the what-if"
    assert before[2::4] == before[3::4], "nothing is changed yet"
    window.set(RENT, "12")
    expect(window.differs).to_have_count(1)
    expect(window.differs).to_contain_text("12")
    after = window.settled_anew(before)
    assert after[3::4] != after[2::4], "the plan stays as it is, the what-if does not"


def test_first_numbers_are_grey_until_there_is_an_interval(window: Window) -> None:
    window.set(GRANT, "150000")
    expect(window.status).to_have_text(FIRST)
    window.settled()
    expect(window.page.locator(".results")).not_to_have_class(re.compile("is-first"))
    assert window.page.locator("table.headline small").count() > 0, "intervals"


def test_nothing_is_asked_of_another_machine_and_nothing_fails(window: Window) -> None:
    window.settled()
    assert {re.match(r"\w+:(//[^/]*)?", url)[0] for url in window.requests} <= {  # type: ignore[index]
        window.desk.origin, window.desk.origin.replace("http", "ws"), "data:", "blob:",
    }  # fmt: skip
    assert window.complaints == []


def test_the_page_is_not_fetched_again_when_its_address_changes(window: Window) -> None:
    """A browser fetches what a drawing names by an address that is no longer the page's, and runs would be its own."""
    window.settled()
    expect(window.page.locator(".section-places svg [fill^='url(']").first).to_be_attached()
    window.set(GRANT, "200000")
    window.settled()
    assert not [url for url in window.requests if "?state=" in url]


def test_charts_and_tiles_are_drawn(window: Window) -> None:
    window.settled()
    charts = window.page.locator("figure.chart svg.marks")
    expect(charts.first).to_be_visible()
    for place in ("Ford", "Hill"):  # prefectures of the case
        if window.page.get_by_text(place).count():
            break
    assert charts.count() >= 4
    tiles = window.page.locator(".section-places svg .mark-rect path")
    assert tiles.count() >= 3


def test_two_what_ifs_are_compared_with_each_other(window: Window) -> None:
    window.set(GRANT, "200000")
    window.button("Add another").click()
    expect(window.page.get_by_role("tab")).to_have_count(2)
    window.button("Back to the plan").click()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()
    window.settled()
    assert len(window.numbers()) == 3 * 5
    first = window.page.get_by_role("tab").first.inner_text()
    window.page.get_by_label("Compared with").click()
    window.page.get_by_role("option", name=first).click()
    table = window.page.locator(".section-difference table")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table).to_contain_text("pp")


def test_what_was_done_is_undone_and_done_again(window: Window) -> None:
    assert window.button("Undo").is_disabled()
    window.set(GRANT, "200000")
    window.set("shop_rent.months", "6")
    expect(window.differs).to_have_count(2)
    window.button("Undo").click()
    expect(window.differs).to_have_count(1)
    window.button("Undo").click()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()
    window.button("Redo").click()
    window.button("Redo").click()
    expect(window.differs).to_have_count(2)
    assert window.button("Redo").is_disabled()


def test_an_action_is_switched_off_and_on(window: Window) -> None:
    switch = window.page.get_by_role("switch", name="Fiscal support: in force")
    switch.click()
    expect(window.differs).to_have_count(1)
    expect(switch).not_to_be_checked()
    switch.click()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()
    expect(switch).to_be_checked()


def test_a_value_that_is_not_allowed_is_told_beside_the_lever(window: Window) -> None:
    field = window.lever("shop_rent.share")
    field.fill("7")
    expect(window.page.locator(".lever .fault").first).to_be_visible()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()


def test_a_what_if_is_saved_as_the_file_that_compare_takes_and_opened_again(window: Window, tmp_path: Path) -> None:
    window.set(GRANT, "200000")
    with window.page.expect_download() as given:
        window.button("Save as YAML").click()
    file = tmp_path / given.value.suggested_filename
    given.value.save_as(file)
    assert file.suffix == ".yaml"
    said = yaml.safe_load(file.read_text("utf-8"))
    assert said == {"extends": "full_plan", "levers": {GRANT: 200000}}
    other = file.rename(tmp_path / "from a file.yaml")
    window.button("Back to the plan").click()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()
    window.page.locator("input[type=file]").set_input_files(other)
    expect(window.page.get_by_role("tab", name="from a file")).to_be_visible()
    expect(window.differs).to_contain_text(["200,000"])


def test_a_link_restores_everything_in_another_browser(window: Window, browser: Browser, desk: Served) -> None:
    window.set(GRANT, "200000")
    window.page.get_by_label("Name", exact=True).fill("Large grant")
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("tab", name="Large grant")).to_be_visible()
    link = window.page.url
    assert desk.token not in link
    other = Window(browser, desk, path=link.removeprefix(desk.origin))
    expect(other.page.get_by_role("tab", name="Large grant")).to_be_visible()
    expect(other.differs).to_contain_text(["200,000"])
    other.button("Open link").click()
    other.page.get_by_label("Paste the link here").fill(link.replace(str(desk.port), "9"))
    other.page.keyboard.press("Enter")
    expect(other.differs).to_contain_text(["200,000"])
    other.close()


def test_a_name_that_is_being_typed_outlives_a_lever_that_comes_to_count(window: Window) -> None:
    window.lever(GRANT).fill("200000")
    name = window.page.get_by_label("Name", exact=True)
    name.fill("Large grant")
    expect(window.differs).to_contain_text(["200,000"])
    expect(name).to_have_value("Large grant")
    name.press("Enter")
    expect(window.page.get_by_role("tab", name="Large grant")).to_be_visible()
    expect(window.differs).to_contain_text(["200,000"])


def test_two_windows_have_their_own_scenarios(window: Window, browser: Browser, desk: Served) -> None:
    other = Window(browser, desk)
    window.set(GRANT, "200000")
    other.set(RENT, "12")
    for one, words in ((window, "200,000"), (other, "12")):
        one.settled()
        expect(one.differs).to_have_count(1)
        expect(one.differs).to_contain_text(words)
    assert window.numbers()[3::4] != other.numbers()[3::4]
    other.close()


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_comparison_is_exported_and_kept_as_a_study(window: Window, form: str) -> None:
    window.set(GRANT, "200000")
    window.page.get_by_label("Name", exact=True).fill(f"to {form}")
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("tab", name=f"to {form}")).to_be_visible()
    window.settled()
    window.button("Export").click()
    with window.page.expect_download() as given:
        window.page.get_by_text(form, exact=True).click()
    kept = window.desk.folder / "results" / "desk" / f"to_{form}"
    assert (kept / "manifest.json").is_file()
    assert given.value.suggested_filename == f"to_{form}.{form}"
    with zipfile.ZipFile(given.value.path()) as packed:
        assert packed.testzip() is None


def test_the_page_speaks_both_languages(window: Window) -> None:
    window.settled()
    window.page.get_by_role("button", name="切换为中文").click()
    expect(window.page.get_by_role("heading", name="方案测算台")).to_be_visible()
    expect(window.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(window.page.locator("table.headline")).to_contain_text("存活率")
    window.page.get_by_role("button", name="Switch to English").click()
    expect(window.page.get_by_role("heading", name="The planner's desk")).to_be_visible()
    expect(window.page.locator("table.headline")).to_contain_text("Survival")


def test_the_keyboard_alone_is_enough(window: Window) -> None:
    page = window.page
    window.settled()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the results")
    page.keyboard.press("Enter")
    expect(page.locator(".right")).to_be_focused()
    window.lever(GRANT)
    page.locator(f'.lever[data-path="{GRANT}"] .q-slider [tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    expect(window.differs).to_have_count(1)
    window.button("Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing differs from the plan.")).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_is_wide_enough(browser: Browser, desk: Served, lang: str) -> None:
    window = Window(browser, desk, width=390)
    window.set(GRANT, "200000")
    if lang == "zh":
        window.page.get_by_role("button", name="切换为中文").click()
    window.settled()
    window.page.locator("svg.marks").first.wait_for()
    assert window.page.evaluate("document.documentElement.scrollWidth") == 390
    beyond = window.page.evaluate(
        "[...document.querySelectorAll('.desk *')].filter(one => !one.closest('.scroll, .q-tabs, svg, .unseen')"
        " && one.getBoundingClientRect().right > 391).map(one => one.className || one.tagName)"
    )
    assert beyond == []
    window.close()


def test_it_brings_its_chinese_letters(window: Window) -> None:
    """As a machine without a Chinese font needs them."""
    assert window.page.evaluate(
        "document.fonts.load('16px Carried', '纾').then(all => all.map(one => one.status))"
    ) == ["loaded"]


def test_every_control_has_a_name_for_screen_readers(window: Window) -> None:
    window.lever(GRANT)
    nameless = window.page.evaluate(
        """[...document.querySelectorAll('button, input, [role=slider], [role=switch], [role=tab]')]
        .filter(one => !one.closest('.unseen, [aria-hidden=true]'))
        .filter(one => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.labels?.length
          || one.innerText?.trim() || one.closest('label, [aria-label]') ))
        .map(one => one.outerHTML.slice(0, 200))"""
    )
    assert nameless == []


def test_a_run_that_cannot_be_done_says_why(window: Window) -> None:
    """The small case has kept no posterior of its parameters."""
    window.settled()
    window.page.get_by_label("Uncertainty").click()
    window.page.get_by_role("option", name=re.compile("posterior")).click()
    expect(window.page.locator(".results [role=alert]").first).to_contain_text(re.compile("posterior"))
    window.button("Undo").click()
    window.settled()
