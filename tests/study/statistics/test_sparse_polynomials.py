"""Emulators of functions that are known: what they give back, what they say of inputs, and how far off they are."""

import numpy as np
import pytest

from sim.study.statistics.sparse_polynomials import Emulators, fit
from sim.study.statistics.streams import Stream

INPUTS = 30
POINTS = Stream(1, 1).uniform(250, INPUTS)
LUCK = Stream(1, 2).normal(250)


def curved(points: np.ndarray) -> np.ndarray:
    """Of three inputs alone, one of them curved and two of them as a pair."""
    x = 2.0 * points - 1.0
    return np.asarray(3.0 + 2.0 * x[:, 4] + x[:, 7] ** 2 + x[:, 4] * x[:, 9])


def test_a_function_of_few_inputs_is_given_back_at_points_that_were_not_seen() -> None:
    found = fit(POINTS, curved(POINTS))
    others = Stream(1, 3).uniform(400, INPUTS)
    assert np.abs(found(others) - curved(others)).max() < 0.15
    assert found.explained > 0.9  # in some folds the parabola is not found


def test_the_error_is_that_of_points_that_were_not_seen() -> None:
    found = fit(POINTS, curved(POINTS) + 0.5 * LUCK)
    others = Stream(1, 4).uniform(2_000, INPUTS)
    missed = found(others) - curved(others) - 0.5 * Stream(1, 5).normal(2_000)
    assert found.error == pytest.approx(float(missed.std()), rel=0.15)


def test_influence_is_the_share_of_the_variance_and_a_pair_counts_for_both() -> None:
    shares = fit(POINTS, curved(POINTS)).shares(INPUTS)
    # Variances over the cube: 4/3 of the line, 4/45 of the parabola, 1/9 of the pair.
    whole = 4 / 3 + 4 / 45 + 1 / 9
    assert shares[4] == pytest.approx((4 / 3 + 1 / 9) / whole, abs=0.02)
    assert shares[7] == pytest.approx(4 / 45 / whole, abs=0.02)
    assert shares[9] == pytest.approx(1 / 9 / whole, abs=0.02)
    assert shares.sum() - shares[[4, 7, 9]].sum() < 0.01


def test_what_no_input_moves_is_its_mean_and_explains_nothing() -> None:
    found = fit(POINTS, LUCK)
    assert found.explained < 0.1
    flat = fit(POINTS, np.full(len(POINTS), 2.5))
    assert flat(POINTS[:3]).tolist() == [2.5, 2.5, 2.5]
    assert (flat.error, flat.explained) == (0.0, 0.0)


def test_many_at_once_say_what_each_says() -> None:
    each = [fit(POINTS, curved(POINTS)), fit(POINTS, LUCK), fit(POINTS, curved(POINTS) ** 2)]
    together = Emulators(each)(POINTS[:20])
    assert together == pytest.approx(np.column_stack([one(POINTS[:20]) for one in each]))
    assert {4, 7, 9} <= set(Emulators(each).active)
