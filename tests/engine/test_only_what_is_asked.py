"""A run does only what is asked of it, and runs of one process share what they do not write, without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine import simulate
from sim.observe.tables import TABLES, Result
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.population.synthesis import synthesise
from sim.scenario import load
from sim.study.reductions.costs import costs_of
from sim.timeline import horizon
from sim.world.world import build

FIRMS = 400
UNWANTED = ("panel", "universes", "delivery", "requests", "repayment_wall")


def same(one: Result, other: Result, *tables: str) -> bool:
    """Whether the tables of two runs agree to the last bit."""
    return all(getattr(one, name).equals(getattr(other, name)) for name in tables)


@pytest.mark.parametrize("name", ["full_plan", "baseline"])
def test_without_tables_outcomes_ledger_and_costs_are_the_same(name: str) -> None:
    with_all = simulate(load(name), firms=FIRMS, seed=2)
    without = simulate(load(name), firms=FIRMS, seed=2, tables=False)
    assert same(with_all, without, "outcomes", "ledger")
    pd.testing.assert_series_equal(costs_of(with_all), costs_of(without), check_exact=True)
    for table in UNWANTED:
        assert len(getattr(with_all, table)) or name == "baseline"
        assert len(getattr(without, table)) == 0
        assert list(getattr(without, table)) == list(TABLES[table])


def test_fates_and_journeys_can_be_had_without_tables() -> None:
    scenario = load("full_plan")
    fates = simulate(scenario, firms=FIRMS, seed=2, fates=True).fates
    followed = [int(fates["firm"].iloc[0])]
    with_all = simulate(scenario, firms=FIRMS, seed=2, follow=followed)
    without = simulate(scenario, firms=FIRMS, seed=2, follow=followed, tables=False)
    assert len(with_all.journeys) > 0
    assert same(with_all, without, "fates", "journeys")


@contextmanager
def unchanged(*groups: Any) -> Iterator[None]:
    """Every array of some groups is after this what it was before."""
    arrays = [x for group in groups for x in vars(group).values() if isinstance(x, np.ndarray)]
    assert arrays
    before = [x.copy() for x in arrays]
    yield
    assert all((x == y).all() for x, y in zip(arrays, before, strict=True))


def test_a_run_leaves_what_it_shares_with_others_as_it_was() -> None:
    """World, calendar and blocks are made once in a process; a run between two equal ones must not be seen in them."""
    scenario = load("full_plan", {"world.outbreak_factor": 2.0})
    days = horizon(scenario.world.start, scenario.world.end)
    world = build(scenario.world, load_parameters(), counties(), days)
    assert world is build(scenario.world, load_parameters(), counties(), days)
    first = simulate(scenario, firms=FIRMS, seed=3)
    with unchanged(world, counties()):
        simulate(load("baseline", {"world.outbreak_factor": 2.0}), firms=FIRMS, seed=4)
    assert same(first, simulate(scenario, firms=FIRMS, seed=3), *TABLES)


def test_populations_of_one_process_are_each_run_s_own() -> None:
    days = horizon(date(2022, 1, 1), date(2022, 12, 31))
    one = synthesise(load_parameters(), counties(), days, 5, FIRMS)
    cash = one.firms.cash.copy()
    other = synthesise(load_parameters(), counties(), days, 5, FIRMS)
    other.firms.cash[:] = 0
    assert (one.firms.cash == cash).all()
    assert cash.any()


def test_a_changed_parameter_changes_what_is_shared() -> None:
    """What is made once in a process is found by all that determines it."""
    days = horizon(date(2022, 1, 1), date(2022, 12, 31))
    changed = load_parameters(changed={"world.medium_weight": 0.3, "population.active_share": 0.66})
    usual = load_parameters()
    spec = load("baseline").world.model_copy(update={"end": date(2022, 12, 31)})
    assert (build(spec, usual, counties(), days).severity != build(spec, changed, counties(), days).severity).any()
    assert synthesise(usual, counties(), days, 1, 50).entities != synthesise(changed, counties(), days, 1, 50).entities
