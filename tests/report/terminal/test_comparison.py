"""The order in which the terminal tells a comparison."""

from collections.abc import Callable

import pytest

from sim.report.terminal.tables import show_comparison
from sim.study.questions.comparison import Comparison
from tests.made_up_comparison import made_up  # noqa: F401 - a fixture


def test_of_whom_the_headlines_are_stands_right_below_them(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_comparison(made_up(nation=True), "en")
    printed = capsys.readouterr().out
    places = [printed.index(said) for said in ("by firms; means of 8", "The rates by universe", "Both differences of")]
    assert places == sorted(places)
