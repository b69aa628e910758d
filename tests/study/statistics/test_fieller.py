import numpy as np
import pytest
from scipy import stats

from sim.study.statistics.fieller import fieller


def test_at_the_ends_of_fiellers_interval_the_difference_is_just_significant():
    above, below = np.array([52.0, 61.0, 47.0, 55.0, 58.0, 50.0]), np.array([10.0, 13.0, 9.0, 12.0, 11.0, 12.0])
    mean, low, high = fieller(above, below)
    assert mean == pytest.approx(above.sum() / below.sum())
    assert low < mean < high
    for end in (low, high):  # Fieller's definition: the ratios that a t-test of above - ratio * below does not refuse
        assert stats.ttest_1samp(above - end * below, 0.0).pvalue == pytest.approx(0.05, abs=1e-9)


def test_a_ratio_without_spread_is_certain():
    assert fieller(np.array([6.0, 6.0]), np.array([2.0, 2.0])) == (3.0, 3.0, 3.0)


def test_firms_kept_that_cannot_be_told_from_none_leave_no_upper_end():
    mean, low, high = fieller(np.array([10.0, 11.0, 9.0, 10.0]), np.array([-1.0, 2.0, 0.5, 1.5]))
    assert 0 < low < mean
    assert high == np.inf
    assert stats.ttest_1samp(np.array([10.0, 11.0, 9.0, 10.0]) - low * np.array([-1.0, 2.0, 0.5, 1.5]), 0.0).pvalue == (
        pytest.approx(0.05)
    )


def test_nothing_told_from_nothing_leaves_no_end_at_all():
    assert fieller(np.array([1.0, -1.0, 2.0]), np.array([-1.0, 2.0, 0.5]))[1:] == (-np.inf, np.inf)


def test_no_price_where_nothing_is_kept():
    assert np.isnan(fieller(np.array([1.0, 2.0]), np.array([0.0, 0.0]))).all()
    assert np.isnan(fieller(np.array([1.0, 2.0]), np.array([-5.0, -6.0]))).all()


def test_one_pair_has_no_interval():
    mean, low, high = fieller(np.array([4.0]), np.array([2.0]))
    assert mean == 2.0
    assert np.isnan([low, high]).all()
