"""A page on A4 paper: what is laid over what, and what does not fit."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

A4_WIDTH = 688  # pixels between the margins of the style
OVERLAPS = Path(__file__).with_name("overlaps.js")


def problems(browser: Browser, file: Path, lang: str) -> list[Any]:
    """Pairs of texts that lie over each other in print, and what is wider than the paper."""
    page = browser.new_page(viewport={"width": A4_WIDTH, "height": 1_000})
    page.goto(f"{file.as_uri()}#{lang}")
    page.wait_for_selector("html[data-drawn]")
    page.emulate_media(media="print")
    found: list[Any] = page.evaluate(OVERLAPS.read_text("utf-8"))
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return [*found, *([f"{wide} pixels wide"] if wide > A4_WIDTH else [])]
