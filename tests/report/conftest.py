"""The comparison of made-up numbers: no simulation runs here."""

from pathlib import Path

import pytest

from sim.report.pages.comparison_page import page
from sim.study.questions.comparison import Comparison
from tests.made_up_comparison import comparison, made_up  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def body(comparison: Comparison) -> str:  # noqa: F811
    """Its page, which is drawn once."""
    return page(comparison)


@pytest.fixture(scope="session")
def report(body: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of that page."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(body, "utf-8")
    return file
