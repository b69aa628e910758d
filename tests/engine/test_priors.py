"""Priors do not contradict each other: no draw from all of them, and no corner of two, kills the province.

The months are those of an ordinary year: no outbreak, demand as usual, no measure. A draw may make firms poor; it may
not start them beyond what their creditors let stand, nor end half of them within the year.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest

from sim.engine import Run, Wanted
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.population.synthesis import synthesise
from sim.scenario import load
from sim.study.designs.design import sample
from sim.study.designs.factors import at, priors
from sim.timeline import horizon
from sim.vocabulary import EXIT_CAUSES, Status

PRIORS = {factor.path.removeprefix("parameters."): factor for factor in priors()}
DRAWS, ROWS = 200, 400
AT_ONCE = 0.15  # most firms that may be unable to pay in full at their first settlements
ALIVE = 0.5  # fewest firms of the first day that are left after a year
# What a firm owes, holds and earns at the start, and what it may owe, spend and wait: the pairs that could contradict.
TOGETHER = (
    "suppliers.term_days", "suppliers.cash_only_months", "suppliers.stop_beyond_cash_only_months",
    "firm.distress_months",
    "firm.patience_months_min", "firm.patience_beyond_min_months", "population.cash_months",
    "population.outlays_materials_share", "population.sales_spread", "costs.net_margin", "credit.renewal_share",
    "credit.run_off_months",
)  # fmt: skip


def lived(changes: dict[str, object], until: date) -> Run:
    """An ordinary world under these parameters, lived until a day."""
    ordinary = {"outbreak": "none", "logistics_factor": 0.0, "wave_factor": 0.0, "demand_index": "usual", "end": until}
    baseline = load("baseline")
    scenario = replace(baseline, world=baseline.world.model_copy(update=ordinary), parameter_changes=changes)
    parameters = load_parameters(changed=changes)
    timeline = horizon(scenario.world.start, until)
    run = Run(scenario, parameters, synthesise(parameters, counties(), timeline, 1, ROWS), 1, Wanted(tables=False))
    run.live(lambda share: None)
    return run


def shares(run: Run) -> tuple[float, float, float]:
    """Of the entities of the first day those that left by chance or for losses, are short of cash, are there.

    Short are those that left for want of cash or could not pay in full at their last settlement.
    """
    firms = run.state.firms
    founders = firms.born_on < 0
    weight = firms.weight[founders] / firms.weight[founders].sum()
    gone = firms.status[founders] == Status.EXITED
    illiquid = gone & (firms.exit_cause[founders] == EXIT_CAUSES.index("illiquid"))
    short = ~gone & (firms.distressed_months[founders] > 0)
    return weight[gone & ~illiquid].sum(), weight[illiquid | short].sum(), weight[~gone].sum()


def assert_province_lives(changes: dict[str, object]) -> None:
    """Within the first month no more leave than the yearly rates say, few are short, and most live for a year."""
    p = load_parameters(changed=changes)
    churn = max(p.table("firm.churn_per_year").values()) * max(p.table("firm.churn_size_factor").values())
    left, short, _ = shares(lived(changes, date(2022, 1, 31)))
    rate = (churn + p["firm.hopeless_hazard_per_year"]) / 12
    assert left <= rate + 3 * (rate / ROWS) ** 0.5, changes  # few rows stand for all: three standard errors
    assert short <= AT_ONCE, changes
    assert shares(lived(changes, date(2022, 12, 31)))[2] >= ALIVE, changes


def test_no_draw_from_all_priors_kills_the_province_on_its_first_days_or_within_an_ordinary_year():
    factors = list(PRIORS.values())
    for point in sample("latin_hypercube", factors, DRAWS, 1):
        drawn = at(factors, point)
        assert_province_lives({path.removeprefix("parameters."): value for path, value in drawn.items()})


@pytest.mark.parametrize(("one", "other"), list(combinations(TOGETHER, 2)))
def test_no_corner_of_two_priors_does(one, other):
    for ends in product((0.0, 1.0), repeat=2):
        corner = zip((one, other), ends, strict=True)
        assert_province_lives({path: PRIORS[path].at(end) for path, end in corner if path in PRIORS})


def test_the_wave_rises_before_it_falls_in_every_draw():
    known = {entry.path: entry.prior for entry in load_parameters().paths()}
    start, peak, end = (known[f"world.wave.{name}"] for name in ("start", "peak", "end"))
    assert start.high < peak.low and peak.high < end.low
