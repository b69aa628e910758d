"""The presentation, made into slides by the command of the Makefile, in a real browser that reaches no network."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import sim

ROOT = Path(__file__).resolve().parents[2]
TARGET = re.search(r"^slides:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
TOPICS = ("What the plan changes", "alone", "due", "saved", "cliff", "Which plan", "published", "cannot say")
STORED, RUN_HERE = 300, 200  # rows of firms


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, of one study that is there and others that are run for it."""
    folder = tmp_path_factory.mktemp("slides")
    sim.compare(["baseline", "full_plan"], firms=STORED, replications=2, folder=folder / "results" / "comparison")
    assert TARGET is not None
    command = TARGET[1].replace("\\\n", "").replace("@$(BIN)", str(Path(sys.executable).parent)).split()
    command[command.index("results")] = str(folder)
    small = {"SHUKUN_FIRMS": str(RUN_HERE), "SHUKUN_REPLICATIONS": "2", "SHUKUN_STUDIES": str(folder / "results")}
    kept = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "SHUKUN_LANG")}
    subprocess.run(command, cwd=ROOT, check=True, env=kept | small, timeout=300)
    return folder / "presentation.slides.html"


class Opened:
    """The slides in a browser, and everything that they asked for or complained about."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.requests, self.complaints = page, [], []
        page.context.set_offline(True)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector(".reveal.ready")

    def shown(self) -> str:
        """The text of the slide that is seen."""
        return self.page.locator(".slides > section.present > section.present").inner_text()

    def after(self, key: str) -> str:
        """The text of the slide that a key leads to."""
        self.page.keyboard.press(key)
        return self.shown()


@pytest.fixture(scope="module")
def opened(slides: Path, browser: Browser) -> Opened:
    return Opened(browser.new_page(viewport={"width": 1280, "height": 720}), slides)


def test_nothing_leaves_for_the_network(opened: Opened, slides: Path) -> None:
    assert [url for url in opened.requests if not url.startswith("data:")] == [slides.as_uri()]
    assert opened.complaints == []
    linked = opened.page.locator("[src], [href]").evaluate_all(
        "all => all.map(one => one.getAttribute('src') ?? one.getAttribute('href'))"
    )
    assert linked and not [link for link in linked if not link.startswith(("data:", "#"))]


def test_the_keyboard_moves_through_every_topic_and_back(opened: Opened) -> None:
    opened.page.keyboard.press("Home")
    assert "The relief plan" in opened.shown()
    for number, topic in enumerate(TOPICS, 1):
        text = opened.after("ArrowRight")
        assert topic in text and text.startswith("一二三四五六七八"[number - 1]), text
    assert TOPICS[-1] in opened.after("ArrowRight"), "the last one is the end"
    assert TOPICS[-2] in opened.after("ArrowLeft")


def test_pictures_are_whole_and_large(opened: Opened) -> None:
    opened.page.keyboard.press("Home")
    seen = 0
    for _ in TOPICS:
        opened.page.keyboard.press("ArrowRight")
        for picture in opened.page.locator("section.present > section.present img").all():
            box = picture.bounding_box()
            assert picture.evaluate("image => image.complete && image.naturalWidth > 1000")
            assert box is not None and box["width"] > 1000 and box["height"] > 350, box
            assert box["x"] >= 0 and box["x"] + box["width"] <= 1280 and box["y"] + box["height"] <= 720, box
            assert picture.get_attribute("alt"), "a picture is said in words too"
            seen += 1
    assert seen == 6


def test_a_slide_says_on_how_many_firms_it_rests(opened: Opened) -> None:
    opened.page.keyboard.press("Home")
    said = [opened.after("ArrowRight") for _ in TOPICS]
    assert f"{STORED} 户样本企业，2 次重复" in said[3], "the study that was there is shown"
    assert f"{RUN_HERE} 户样本企业，2 次重复" in said[6], "what was not there was run"


def test_chinese_is_set_in_the_font_that_the_file_carries(opened: Opened) -> None:
    assert opened.page.evaluate("document.fonts.check('1em Carried', '纾困')")
    assert opened.page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]
