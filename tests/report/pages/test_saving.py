"""Buttons of a page that save what a browser can without a network: charts as pictures, tables as CSV."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.report.pages.test_comparison_page import Opened


@pytest.mark.parametrize(("form", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_a_chart_is_saved_by_keyboard_as_a_picture(
    browser: Browser,
    report: Path,
    tmp_path: Path,
    form: str,
    begins: bytes,
) -> None:
    opened = Opened(browser, report, "#en")
    button = opened.page.locator("#chart-actions-survival_rate .save button", has_text=form)
    assert button.get_attribute("aria-label") == f"Save this chart as {form}: Survival"
    button.focus()
    with opened.page.expect_download() as download:
        opened.page.keyboard.press("Enter")
    assert download.value.suggested_filename == f"Survival.{form.lower()}"
    download.value.save_as(tmp_path / "chart")
    assert (tmp_path / "chart").read_bytes().startswith(begins)
    assert opened.complaints == []


def test_a_table_is_saved_in_the_language_of_the_page(browser: Browser, report: Path, tmp_path: Path) -> None:
    opened = Opened(browser, report, "#zh")
    button = opened.page.locator("#actions .save button", has_text="CSV").last
    assert str(button.get_attribute("aria-label")).startswith("把此表存为 CSV: 各情景三项结果")
    with opened.page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "table")
    rows = list(csv.reader(io.StringIO((tmp_path / "table").read_text("utf-8-sig"), newline="")))
    assert rows[0][:2] == ["情景", "存活率"]
    assert {len(row) for row in rows[2:]} == {7}
    assert "整个方案" in [row[0] for row in rows]
    assert not any("No plan" in cell for row in rows for cell in row)
    assert opened.complaints == []


def test_a_button_is_hidden_with_what_it_saves(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    shown = opened.page.locator("#places .save[data-scenario]:not([hidden])")
    hidden = opened.page.locator("#places .save[data-scenario][hidden]")
    assert shown.count() == 2
    assert hidden.count() > 2
