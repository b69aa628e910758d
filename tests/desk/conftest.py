"""A desk of the small case and a browser, shared by the tests that need them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.desk.served import CASE, PATIENCE, Served


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk of the small case, in English, with few rows and one worker."""
    folder = tmp_path_factory.mktemp("desk")
    served = Served(folder, "--case", str(CASE), "--firms", "400", "--workers", "1", "--lang", "en")
    yield served
    if served.process.poll() is None:
        served.stop(signal.SIGINT)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no chromium on this machine: the desk was not opened in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE * 1000
        )
        yield started
        started.close()
