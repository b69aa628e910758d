import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.statistics.intervals import interval, quantile
from sim.study.statistics.stopping import LOOK_AHEAD, enough, expected, half_widths


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=30))
def test_half_widths_are_those_of_the_interval_of_the_first_values(values):
    numbers = np.array(values)
    widths = half_widths(numbers)
    for n in range(2, len(values) + 1):
        mean, _, high = interval(numbers[:n])
        assert widths[n - 1] == pytest.approx(high - mean, rel=1e-6, abs=1e-5 * (1 + abs(numbers).max()))


def test_a_lucky_streak_does_not_end_the_replications():
    calm, wild = [1.0, 1.0, 1.0], [3.0, -1.0]
    values = np.array(calm + wild + [1.0] * 60)
    n = enough(values, 0.5)
    assert n is not None and n > 3 + len(wild)
    assert (half_widths(values)[n - 1 : n + LOOK_AHEAD] <= 0.5).all()


def test_as_many_values_as_the_rule_looks_ahead_must_follow():
    assert enough(np.ones(3 + LOOK_AHEAD - 1), 0.1) is None
    assert enough(np.ones(3 + LOOK_AHEAD), 0.1) == 3


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=20), st.floats(0.05, 5.0))
def test_as_many_values_are_expected_as_make_the_interval_of_this_spread_narrow(values, wished):
    numbers = np.array(values)
    spread = float(np.std(numbers, ddof=1))
    count = expected(numbers, wished)
    assert count is not None and count >= max(len(values), 3 + LOOK_AHEAD)
    looked_ahead = next(ahead for ahead in (LOOK_AHEAD, *range(LOOK_AHEAD, count)) if _ahead(count - ahead) == ahead)
    last = count - looked_ahead
    assert quantile(last) * spread / np.sqrt(last) <= wished
    if count > max(len(values), 3 + LOOK_AHEAD):
        assert quantile(last - 1) * spread / np.sqrt(last - 1) > wished


def _ahead(count):
    return LOOK_AHEAD if count <= 100 else LOOK_AHEAD * count // 100


def test_a_single_value_says_nothing_of_how_many_are_needed():
    assert expected(np.array([1.0]), 0.1) is None
