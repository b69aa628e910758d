"""The worlds that the model is held against evidence in: they load, stay apart, and do what they are for."""

from datetime import date

import numpy as np
import pytest

from sim import scenario
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.scenario import Scenario
from sim.study.comparison.scenarios import DEFAULT
from sim.study.validation.targets import worlds
from sim.timeline import horizon
from sim.vocabulary import SECTORS
from sim.world.world import World, build

WANTED = {
    "as_it_was",
    "without_the_plan",
    "ordinary_year",
    "sales_down_20",
    "sales_down_40",
    "sales_down_60",
    "closed_once",
    "early_2020",
}


def loaded(name: str) -> Scenario:
    return scenario.load(worlds()[name])


def world_of(name: str) -> tuple[World, list[date]]:
    spec = loaded(name).world
    timeline = horizon(spec.start, spec.end)
    return build(spec, load_parameters(), counties(), timeline), [timeline.date(day) for day in range(timeline.days)]


@pytest.mark.parametrize("name", sorted(WANTED))
def test_it_loads_and_is_no_scenario_that_is_compared(name: str) -> None:
    assert loaded(name).name == name
    assert loaded(name).unused == ()
    assert name not in scenario.names()
    assert name not in DEFAULT


def test_there_are_these_worlds() -> None:
    assert set(worlds()) == WANTED


def test_the_years_as_they_were_are_the_whole_plan_and_without_it_the_baseline() -> None:
    assert loaded("as_it_was").fingerprint() == scenario.load("full_plan").fingerprint()
    assert loaded("without_the_plan").fingerprint() == scenario.load("baseline").fingerprint()


def test_nothing_happens_in_an_ordinary_year() -> None:
    world, _ = world_of("ordinary_year")
    assert not world.severity.any()
    assert not world.friction.any()
    assert not world.testing.any()
    assert np.ptp(world.demand, axis=0).max() == 0.0
    assert loaded("ordinary_year").measures == ()


@pytest.mark.parametrize(("name", "left"), [("sales_down_20", 0.8), ("sales_down_40", 0.6), ("sales_down_60", 0.4)])
def test_sales_fall_in_every_sector_for_a_quarter(name: str, left: float) -> None:
    (world, days), (ordinary, _) = world_of(name), world_of("ordinary_year")
    in_quarter = np.array([date(2022, 4, 1) <= day <= date(2022, 6, 30) for day in days])
    expected = np.where(in_quarter, left, 1.0)[:, None] * np.ones(len(SECTORS))
    np.testing.assert_allclose(world.demand / ordinary.demand, expected)


def test_every_county_is_closed_fully_once_and_freed() -> None:
    world, days = world_of("closed_once")
    closed = np.array([date(2022, 3, 1) <= day <= date(2022, 3, 28) for day in days])
    np.testing.assert_array_equal(world.severity, np.where(closed, 1.0, 0.0)[:, None] * np.ones(len(counties())))
