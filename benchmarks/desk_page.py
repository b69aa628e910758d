"""How soon a reader of the planner's desk sees numbers after a change, in a browser beside it on the same machine.

    python -m benchmarks.desk_page [--changes 10] [--workers 2]

Prints, in seconds, the median and the worst of so many changes of a lever until its levels stand in the table of the
three outcomes: from the moment the change counts (the address holds it), and from when it was typed, which the desk
waits a little after. Each change is one that nobody has made before, and comes while runs of the change before it are
under way. Needs the browser that the tests of pages need.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep
from typing import Final

from playwright.sync_api import sync_playwright

from sim.report.words.catalogue import text
from tests.desk.served import Served
from tests.desk.windows import Window

LEVER: Final = "rent_waiver.share"
READING: Final = 2.5  # seconds between two changes, in which runs of the first are refined
# When the last change counted, and when numbers of it stood in the table, by the clock of the page.
WATCH: Final = """working => {
    const status = () => document.querySelector('.status').innerText;
    window.watched = { href: location.href, counted: 0, isWorking: false, told: 0, typed: performance.now() };
    const look = () => {
        const it = window.watched;
        if (!it.counted && location.href !== it.href) it.counted = performance.now();
        if (it.counted && status() === working) it.isWorking = true;
        if (it.isWorking && status() !== working) it.told = performance.now();
        if (!it.told) requestAnimationFrame(look);
    };
    look();
}"""


def times(changes: int, workers: int) -> list[tuple[float, float]]:
    """Seconds of each change until numbers of it stand on the page: since it counted, and since it was typed."""
    found = []
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        desk = Served(Path(folder), "--workers", str(workers), "--lang", "en")
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            window = Window(browser, desk)
            window.page.locator("table.headline b").first.wait_for()
            field = window.lever(LEVER)
            for number in range(changes + 1):
                sleep(READING)
                window.page.evaluate(WATCH, text("desk.right.working", "en"))
                field.fill(f"{0.5 + number / (3 * changes):.4f}")
                window.page.wait_for_function("window.watched.told > 0")
                seen = window.page.evaluate("window.watched")
                found.append(((seen["told"] - seen["counted"]) / 1000, (seen["told"] - seen["typed"]) / 1000))
        finally:
            browser.close()
            desk.stop()
    return found[1:]  # the first one reads what all others have in common


def main() -> None:
    """Time the page and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    for since, found in zip(
        ("it counted", "it was typed"), zip(*times(asked.changes, asked.workers), strict=True), strict=True
    ):
        print(f"first numbers of a change since {since}: median {median(found):.2f} s, worst {max(found):.2f} s")


if __name__ == "__main__":
    main()
