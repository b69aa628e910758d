"""Which way an outcome went, as far as its interval tells."""

from math import nan

import pytest

from sim.study.statistics.estimate import Estimate
from sim.study.summaries.direction import direction


@pytest.mark.parametrize(
    ("outcome", "mean", "low", "high", "expected"),
    [
        ("survival_rate", 0.01, 0.005, 0.015, "better"),
        ("loss_share", 0.01, 0.005, 0.015, "worse"),
        ("loss_share", -0.01, -0.02, 0.001, "same"),
        ("survival_rate", 0.0, 0.0, 0.0, "same"),
        ("survival_rate", 0.01, nan, nan, "no_interval"),
    ],
)
def test_directions(outcome: str, mean: float, low: float, high: float, expected: str) -> None:
    assert direction(outcome, Estimate(mean, low, high)) == expected
