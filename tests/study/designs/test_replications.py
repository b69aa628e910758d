from sim.study.designs.design import Precision
from sim.study.designs.replications import replicate
from sim.study.statistics.intervals import interval
from sim.study.statistics.stopping import LOOK_AHEAD

RULE = Precision(half_width={"survival_rate": 0.002}, most=40)


def test_draws_are_run_until_each_is_precise(scenario, runner):
    # The stand-in's chance is 0.001 x (7 seed mod 5): a mean known to 0.002 takes some replications, but not 40.
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
