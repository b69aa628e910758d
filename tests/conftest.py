"""What every test shares: one thread a process, no window, nothing random in what Hypothesis tries."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # pytest-xdist already uses every core
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ["MPLBACKEND"] = "Agg"

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

# Derandomised: a test that passes here passes everywhere. No deadline: the first example may compile a kernel.
settings.register_profile(
    "shukun", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shukun")

CASE = Path(__file__).parent / "case"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser. Of one module: while it is open its loop runs in this thread, where a second one is refused."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: nothing was opened in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"], timeout=300_000
        )
        yield started
        started.close()


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Within the test the province and its plan are the small invented ones of ``tests/case/``; that folder."""
    monkeypatch.setenv("SHUKUN_CASE", str(CASE))
    return CASE
