import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.designs.design import Precision
from sim.study.designs.replications import replicate
from sim.study.statistics.intervals import interval
from sim.study.statistics.stopping import LOOK_AHEAD, enough, half_widths

RULE = Precision(half_width={"survival_rate": 0.002}, most=40)


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


def test_draws_are_run_until_each_is_precise(scenario, runner):
    # The stand-in's luck is 0.001 x (7 seed mod 5): a mean known to 0.002 takes some replications, but not 40.
    rows = replicate(2, lambda draw: scenario("rent", {"months": draw}), RULE, 1, runner())
    for _, of_one in rows.groupby("draw"):
        assert RULE.least + LOOK_AHEAD <= len(of_one) < RULE.most
        assert list(of_one["replication"]) == list(range(len(of_one)))
        _, low, high = interval(of_one["survival_rate"].to_numpy())
        assert (high - low) / 2 <= 0.002


def test_a_precision_out_of_reach_ends_at_the_most(scenario, runner):
    rule = Precision(half_width={"survival_rate": 1e-9}, most=12)
    assert len(replicate(1, lambda _: scenario("rent"), rule, 1, runner())) == 12


def test_when_the_time_is_spent_every_draw_has_as_many_replications_as_another(scenario, runner, monkeypatch):
    clock = iter(range(10_000))
    monkeypatch.setattr("sim.study.runs.runner.monotonic", lambda: next(clock))
    rows = replicate(3, lambda draw: scenario("rent", {"months": draw}), 50, 1, runner(seconds=12.0))
    counts = rows.groupby("draw").size()
    assert 0 < counts.max() < 50
    assert counts.max() - counts.min() <= 1
