"""A model that is known, fitted: what is ruled out, what the posterior is, and that intervals hold what they say."""

import numpy as np
import pytest
from scipy.stats import chisquare

from sim.study.calibration import posterior, tables
from sim.study.calibration.coverage import RANKS, coverage, coverage_of_runs
from sim.study.calibration.observed import Observed
from sim.study.calibration.posterior import effective, walked, weights
from sim.study.calibration.screening import out_of_reach, present
from sim.study.calibration.waves import not_ruled_out, worst_but
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream
from tests.study.calibration.toy import INPUTS, TRUE, emulators, model, published


@pytest.fixture(scope="module")
def fitted() -> Emulators:
    return emulators()


def test_what_is_left_holds_the_truth_and_is_as_large_as_it_is(fitted: Emulators) -> None:
    # Three targets, of which two may be missed: the least of three implausibilities decides, so many points are left.
    aims = published(0.02)
    left = not_ruled_out(fitted, aims, INPUTS, Stream(1, 1), particles=1_000)
    assert left.is_met
    even = Stream(1, 2).uniform(200_000, INPUTS)
    is_left = worst_but(aims.implausibility(model(even)[:, :3], fitted.errors)) <= 3.0
    assert left.share == pytest.approx(float(is_left.mean()), rel=0.2)
    assert worst_but(aims.implausibility(model(TRUE[None])[:, :3]))[0] < 1e-9


def test_two_targets_may_be_missed_and_a_third_may_not() -> None:
    implausibilities = np.array([[9.0, 8.0, 1.0, 0.5], [9.0, 8.0, 7.0, 0.5]])
    assert worst_but(implausibilities).tolist() == [1.0, 7.0]


def test_a_target_that_no_draw_comes_near_is_out_of_reach_and_one_without_values_is_missing() -> None:
    implausibilities = np.array([[5.0, 2.0, np.nan], [4.0, 9.0, np.nan]])
    assert out_of_reach(implausibilities).tolist() == [True, False, True]
    values = np.array([[1.0, 2.0, np.nan], [2.0, 2.0, np.nan], [3.0, 2.0, 1.0]])
    assert present(values).tolist() == [True, False, False]


def test_the_posterior_is_told_where_targets_tell_and_is_the_prior_elsewhere(fitted: Emulators) -> None:
    walk = walked(fitted, published(0.05), Stream(1, 3).uniform(100, INPUTS), Stream(1, 4), walkers=100)
    total = walk.points[:, 0] + walk.points[:, 1]
    assert total.mean() == pytest.approx(1.4, abs=0.02)
    assert total.std() < 0.08  # over the prior it is 0.41
    for untold in range(5, INPUTS):
        assert walk.points[:, untold].mean() == pytest.approx(0.5, abs=0.04)
        assert walk.points[:, untold].std() == pytest.approx(12**-0.5, abs=0.02)


@pytest.mark.slow
def test_ranks_are_uniform_and_intervals_cover(fitted: Emulators) -> None:
    ranks = coverage(fitted, published(0.1), INPUTS, 24, seed=1)
    assert ranks.shape == (24, INPUTS)
    inside = (ranks >= 0.05 * RANKS) & (ranks <= 0.95 * RANKS)
    assert inside.mean() == pytest.approx(0.9, abs=0.04)
    told = ranks[:, :5]
    assert ((told >= 0.05 * RANKS) & (told <= 0.95 * RANKS)).mean() == pytest.approx(0.9, abs=0.06)
    counts = np.histogram(ranks, bins=5, range=(0, RANKS))[0]
    assert chisquare(counts).pvalue > 0.01


@pytest.mark.slow
def test_intervals_cover_what_runs_were_made_with(fitted: Emulators) -> None:
    points = Stream(9, 1).uniform(24, INPUTS)
    values = model(points)[:, :3]
    values[::5, 1] = np.nan  # a run in which nobody was there to be counted
    ranks = coverage_of_runs(fitted, published(0.1), points, values, 24, seed=1)
    told = ranks[:, :5]
    assert ((told >= 0.05 * RANKS) & (told <= 0.95 * RANKS)).mean() == pytest.approx(0.9, abs=0.06)
    of_other_points = coverage_of_runs(fitted, published(0.02), points[::-1].copy(), values, 24, seed=1)[:, :2]
    assert ((of_other_points >= 0.05 * RANKS) & (of_other_points <= 0.95 * RANKS)).mean() < 0.9


@pytest.mark.slow
def test_too_little_uncertainty_is_found_out(fitted: Emulators, monkeypatch: pytest.MonkeyPatch) -> None:
    aims = published(0.3)

    def sure_of_itself(self: Observed, values: np.ndarray, errors: np.ndarray) -> np.ndarray:
        return np.asarray(-0.5 * (((values - self.published) / 0.05) ** 2).sum(axis=-1))  # in the place of 0.3

    monkeypatch.setattr(Observed, "log_likelihood", sure_of_itself)
    told = coverage(fitted, aims, INPUTS, 12, seed=1)[:, :5]
    assert ((told >= 0.05 * RANKS) & (told <= 0.95 * RANKS)).mean() < 0.85


def test_weights_say_what_runs_say_and_never_leave_a_few_draws() -> None:
    aims = published(0.1)
    places = Stream(1, 6).uniform(200, INPUTS)
    of_runs = model(places)[:, :3]
    same = weights(aims, of_runs, of_runs, np.zeros(3))
    assert same.power == 1.0
    assert same.each == pytest.approx(np.full(200, 1 / 200))
    off = weights(aims, of_runs, of_runs + 1.0, np.zeros(3))
    assert 0.0 < off.power < 1.0
    assert off.each.sum() == pytest.approx(1.0)
    assert effective(off.each) == pytest.approx(posterior.WORTH * 200, rel=0.01)


def test_coverage_counts_ranks_inside() -> None:
    ranks = np.linspace(0, RANKS, 101)
    sets, of_50, of_90, p = tables._covered(ranks, 101)
    assert (sets, of_50, of_90) == (101, pytest.approx(0.5, abs=0.02), pytest.approx(0.9, abs=0.02))
    assert p > 0.9
