"""A desk of the small case, shared by the tests that need them."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.desk.served import CASE, Served
from tests.desk.windows import Window


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk of the small case, in English, with few rows and replications and one worker."""
    folder = tmp_path_factory.mktemp("desk")
    small = ("--firms", "400", "--replications", "6", "--workers", "1")
    served = Served(folder, "--case", str(CASE), *small, "--lang", "en")
    yield served
    if served.process.poll() is None:
        served.stop(signal.SIGINT)


@pytest.fixture
def window(browser: Browser, desk: Served) -> Iterator[Window]:
    """A window of that desk."""
    opened = Window(browser, desk)
    yield opened
    opened.close()
