"""Priors do not contradict each other: no draw from all of them, and no corner of two, kills the province.

The months are those of an ordinary year: no outbreak, demand as usual, no measure. A draw may make firms poor; it may
not start them beyond what their creditors let stand, nor end half of them within the year.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import numpy as np
import pytest

from sim.engine import Run, Wanted
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.population.synthesis import synthesise
from sim.scenario import load
from sim.study.designs.design import sample
from sim.study.designs.factors import at, priors
from sim.timeline import horizon
from sim.vocabulary import EXIT_CAUSES, FACTS, Status, bit

PRIORS = {factor.path.removeprefix("parameters."): factor for factor in priors()}
ROWS = 400
AT_ONCE = 0.15  # most firms that may be unable to pay in full at their first settlements
INSOLVENT = [EXIT_CAUSES.index(cause) for cause in ("insolvent", "insolvent_while_stopped")]
ALIVE = 0.5  # fewest firms of the first day that are left after a year
# What a firm owes, holds and earns at the start, what its creditors bear and its owner asks for: the pairs that could
# contradict.
TOGETHER = (
    "suppliers.credit_share", "suppliers.term_days", "suppliers.cash_only_months",
    "suppliers.stop_beyond_cash_only_months",
    "firm.distress_months", "firm.patience_months_min", "firm.patience_beyond_min_months", "firm.tight_share",
    "population.cash_months", "population.outlays_materials_share", "population.sales_spread", "costs.net_margin",
    "costs.loss_share", "costs.margin_permanent_share", "owner.outside_yuan", "owner.living_in_margin",
    "leaving.hazard_per_month", "credit.run_off_months",
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
    """Of the entities of the first day those that left in good order, are short of cash, are there.

    Short are those that left insolvent or could not pay in full at their last settlement.
    """
    firms = run.state.firms
    founders = firms.born_on < 0
    weight = firms.weight[founders] / firms.weight[founders].sum()
    gone = firms.status[founders] == Status.EXITED
    insolvent = gone & np.isin(firms.exit_cause[founders], INSOLVENT)
    short = ~gone & (firms.facts[founders] & bit(FACTS, "short_of_cash") != 0)
    return weight[gone & ~insolvent].sum(), weight[insolvent | short].sum(), weight[~gone].sum()


def assert_province_lives(changes: dict[str, object]) -> None:
    """Within the first month few are short and no more leave in good order than retire and would close if all that
    lose money in a year lacked all that their owners ask for; most live for a year."""
    p = load_parameters(changed=changes)
    left, short, _ = shares(lived(changes, date(2022, 1, 31)))
    losing = max(p.table("costs.loss_share").values())
    rate = max(p.table("leaving.retirement_per_year").values()) / 12 + losing * p["leaving.hazard_per_month"]
    # Few rows stand for all; of 200 draws one in four sets would have one beyond three standard errors: four.
    assert left <= rate + 4 * (rate / ROWS) ** 0.5, changes
    assert short <= AT_ONCE, changes
    assert shares(lived(changes, date(2022, 12, 31)))[2] >= ALIVE, changes


@pytest.mark.parametrize("draws", [50, pytest.param(200, marks=pytest.mark.long)])
def test_no_draw_from_all_priors_kills_the_province_on_its_first_days_or_within_an_ordinary_year(draws):
    factors = list(PRIORS.values())
    for point in sample("latin_hypercube", factors, draws, 1):
        drawn = at(factors, point)
        assert_province_lives({path.removeprefix("parameters."): value for path, value in drawn.items()})


# Each with what firms hold, and in `make test-long` each with each.
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(one, other, marks=[] if "population.cash_months" in (one, other) else [pytest.mark.long])
        for one, other in combinations(TOGETHER, 2)
    ],
)
def test_no_corner_of_two_priors_does(one, other):
    for ends in product((0.0, 1.0), repeat=2):
        corner = zip((one, other), ends, strict=True)
        assert_province_lives({path: PRIORS[path].at(end) for path, end in corner})


def test_the_wave_rises_before_it_falls_in_every_draw():
    known = {entry.path: entry.prior for entry in load_parameters().paths()}
    start, peak, end = (known[f"world.wave.{name}"] for name in ("start", "peak", "end"))
    assert start.high < peak.low and peak.high < end.low
