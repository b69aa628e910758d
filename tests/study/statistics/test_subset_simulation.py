"""The share of a cube that meets a condition whose share is known."""

from math import factorial

import numpy as np
import pytest

from sim.study.statistics.streams import Stream
from sim.study.statistics.subset_simulation import meeting


def test_a_corner_of_a_hundred_dimensions_has_its_share() -> None:
    # The sum of six of the inputs is below 1 in one of 6! = 720 points.
    found = meeting(lambda points: points[:, :6].sum(axis=1), 100, 1.0, Stream(1, 1), particles=1_000)
    assert found.is_met
    assert found.share == pytest.approx(1 / factorial(6), rel=0.35)
    assert (found.points[:, :6].sum(axis=1) <= 1.0).all()
    # Evenly over it: each of the six has the mean of a simplex, the others that of the cube.
    assert found.points[:, :6].mean() == pytest.approx(1 / 7, abs=0.015)
    assert found.points[:, 6:].mean() == pytest.approx(0.5, abs=0.02)


def test_what_is_always_met_is_all_of_it() -> None:
    found = meeting(lambda points: points[:, 0], 3, 2.0, Stream(1, 2), particles=200)
    assert (found.share, found.is_met) == (1.0, True)


def test_what_is_never_met_says_how_near_it_came() -> None:
    found = meeting(lambda points: 1.0 + np.round(points[:, 0], 1), 2, 0.5, Stream(1, 3), particles=200)
    assert not found.is_met
    assert found.level == 1.0


def test_the_same_is_drawn_again() -> None:
    def asked() -> np.ndarray:
        return meeting(lambda points: points[:, 0], 4, 0.1, Stream(3, 1), particles=200).points

    assert asked().tobytes() == asked().tobytes()
