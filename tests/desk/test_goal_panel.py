"""A goal sought on the page of a desk: it is answered, and what runs for it ends with the desk."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.desk.served import CASE, Served, alive
from tests.desk.windows import Window

pytestmark = pytest.mark.slow
RENT = "shop_rent.months"


def sought(window: Window) -> Locator:
    """The panel, once it is being sought how losses could end by the lever that was moved."""
    panel = window.page.locator(".goal")
    panel.get_by_text("Seek a goal").click()
    panel.get_by_label("Outcome").click()
    window.page.get_by_role("option", name="loss-making share").click()
    panel.get_by_role("spinbutton", name="Goal").fill("0")
    panel.get_by_role("button", name="Seek", exact=True).click()
    return panel


def test_what_cannot_be_reached_is_told_with_where_it_is_short(window: Window) -> None:
    window.set(RENT, "1")
    panel = sought(window)
    expect(panel.locator("li", has_text="Nothing within the ranges reaches it")).to_be_visible()
    expect(panel.locator("table").first).to_be_visible()
    expect(panel.get_by_role("button", name="Seek", exact=True)).to_be_enabled()


def test_without_a_lever_that_may_move_it_says_so(window: Window) -> None:
    sought(window)
    expect(window.note("at least one lever")).to_be_visible()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_search_ends_with_the_desk(browser: Browser, tmp_path: Path, number: signal.Signals) -> None:
    served = Served(tmp_path, "--case", str(CASE), "--firms", "20000", "--workers", "1", "--lang", "en")
    window = Window(browser, served)
    window.set(RENT, "1")
    before = len(served.family())
    panel = sought(window)
    expect(panel.get_by_role("progressbar")).to_be_visible()
    while len(family := served.family()) <= before:
        assert panel.locator("li").count() == 0, "it was over before it was stopped"
        window.page.wait_for_timeout(100)
    assert served.stop(number) == 128 + number
    assert not alive(family)
    window.close()
