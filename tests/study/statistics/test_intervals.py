"""Intervals: of what is possible, as sharp as Student's where no limit is near, and as sure as they say near one."""

from math import exp, inf, log

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, qmc

from sim.study.outcomes import paired_differences, possible_means
from sim.study.statistics.intervals import confidence_limits, interval, quantile, summarise, weighted_quantiles


def test_an_interval_between_two_limits_is_students_on_the_scale_of_the_logit():
    low, high = confidence_limits(0.9, 0.09, 0.0, 1.0)
    odds = log(0.9 / 0.1)
    assert low == pytest.approx(1 / (1 + exp(-(odds - 1))))  # 0.09 / (0.9 x 0.1) = 1
    assert high == pytest.approx(1 / (1 + exp(-(odds + 1))))


def test_an_interval_above_a_limit_is_students_on_the_scale_of_the_logarithm():
    low, high = confidence_limits(100.0, 50.0, 0.0, inf)
    assert (low, high) == (pytest.approx(100 * exp(-0.5)), pytest.approx(100 * exp(0.5)))


@pytest.mark.parametrize(("least", "most"), [(0.0, 1.0), (-1.0, 1.0), (0.0, inf)])
def test_far_from_limits_it_is_students_interval(least: float, most: float):
    low, high = confidence_limits(0.5, 0.001, least, most)
    assert (low, high) == (pytest.approx(0.499, abs=2e-6), pytest.approx(0.501, abs=2e-6))


@pytest.mark.parametrize("values", [[0.97, 0.99, 1.0], [0.0, 0.0, 0.01], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.1, 0.99]])
def test_no_interval_of_a_share_leaves_0_and_1_and_all_hold_the_mean(values: list[float]):
    mean, low, high = interval(np.array(values), 0.0, 1.0)
    assert 0.0 <= low <= mean <= high <= 1.0
    assert (low == high) == (len(set(values)) == 1)


def test_near_a_limit_intervals_are_as_sure_as_they_say():
    # 16,384 studies of ten replications of 60 firms, of whom each works again with a chance of 96.7 %.
    spread = qmc.Sobol(10, rng=1).random_base2(14).T
    shares = binom.ppf(spread, 60, 0.967) / 60
    mean, low, high = interval(shares, 0.0, 1.0)
    told = ((low <= 0.967) & (high >= 0.967)).mean()
    half = quantile(10) * shares.std(axis=0, ddof=1) / 10**0.5
    cut = ((mean - half <= 0.967) & (np.minimum(mean + half, 1.0) >= 0.967)).mean()
    assert 0.935 < told < 0.965
    assert told > cut


def _values(rows: dict[str, list[float]], outcome: str, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, r, outcome, value, unit) for name, values in rows.items() for r, value in enumerate(values)],
        columns=["scenario", "replication", "outcome", "value", "unit"],
    )


def test_a_difference_from_nothing_is_not_below_nothing():
    values = _values({"baseline": [0.0, 0.0], "plan": [1.0, 9.0]}, "money_given", "fen")
    row = paired_differences(values, ["scenario"], values["scenario"] == "baseline").iloc[1]
    assert 0 < row["low"] < 5 < row["high"]
    values.loc[values["scenario"] == "baseline", "value"] = 0.5
    row = paired_differences(values, ["scenario"], values["scenario"] == "baseline").iloc[1]
    assert row["low"] < 0


def test_a_difference_of_shares_lies_within_1_of_zero():
    values = _values({"baseline": [0.1, 0.0], "plan": [0.9, 1.0]}, "survival_rate", "share")
    row = paired_differences(values, ["scenario"], values["scenario"] == "baseline").iloc[1]
    assert -1 < row["low"] < 0.9 < row["high"] < 1


def test_no_more_firms_live_or_close_than_there_are():
    outcomes = {"survival_rate_of_all": ([0.97, 0.99], "share"), "survivors": ([9_700.0, 9_900.0], "entities")}
    outcomes |= {"births": ([100.0, 120.0], "entities"), "exits": ([10_000.0, 9_000.0], "entities")}
    values = pd.concat([_values({"plan": found}, name, unit) for name, (found, unit) in outcomes.items()])
    table = summarise(values, ["scenario", "outcome", "unit"], possible_means).set_index("outcome")
    assert table.loc["survivors", "high"] < 10_000
    assert table.loc["survivors", "high"] == pytest.approx(10_000 * table.loc["survival_rate_of_all", "high"])
    assert table.loc["exits", "high"] < 10_110


def test_a_growth_is_no_share_and_may_be_negative():
    values = _values({"plan": [-0.02, -0.01, 0.2]}, "inclusive_loan_growth_gap", "share")
    row = summarise(values, ["scenario", "outcome", "unit"], possible_means).iloc[0]
    assert row["low"] < 0
    assert (row["low"] + row["high"]) / 2 == pytest.approx(row["mean"])


def test_weighted_quantiles_leave_out_what_is_missing():
    values = np.array([1.0, 2.0, np.nan, 4.0])
    assert weighted_quantiles(values, np.array([0.6, 0.1, 0.2, 0.1]), (0.5, 1.0)) == (1.0, 4.0)
    assert np.isnan(weighted_quantiles(np.array([np.nan]), np.array([1.0]), (0.5,))[0])
