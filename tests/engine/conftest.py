"""Small worlds for the engine's tests: runs that keep every firm's row to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import Run, Wanted
from sim.parameters import load as load_parameters
from sim.population.columns import Firms
from sim.population.counties import counties
from sim.population.synthesis import Population, synthesise
from sim.scenario import Scenario, load
from sim.timeline import Timeline

FIRMS = 3_000


def population_of(scenario: Scenario, firms: int = FIRMS, seed: int = 1) -> Population:
    """The population that a scenario starts from."""
    parameters = load_parameters(changed=scenario.parameter_changes)
    return synthesise(parameters, counties(), Timeline(scenario.world.start, scenario.world.end), seed, firms)


def live(scenario: Scenario, population: Population | None = None, seed: int = 1, firms: int = FIRMS) -> Run:
    """A finished run."""
    parameters = load_parameters(changed=scenario.parameter_changes)
    run = Run(scenario, parameters, population or population_of(scenario, firms, seed), seed, Wanted(fates=True))
    run.live(lambda share: None)
    return run


def scenario_of(name: str, levers: Mapping[str, Any] | None = None) -> Scenario:
    """A shipped scenario with levers changed."""
    return load(name, levers or {})


def differing(one: Firms, other: Firms) -> np.ndarray:
    """Rows in which any column differs, shape (n,)."""
    apart = np.zeros(len(one.key), np.bool_)
    for a, b in zip(one, other, strict=True):
        unequal = a != b
        apart |= unequal.any(axis=1) if unequal.ndim == 2 else unequal
    return apart


@pytest.fixture(scope="session")
def baseline() -> Run:
    """The world without the plan."""
    return live(scenario_of("baseline"))


@pytest.fixture(scope="session")
def full_plan() -> Run:
    """The world with the whole plan."""
    return live(scenario_of("full_plan"))


def written(folder: Path, text: str) -> Scenario:
    """A scenario from the text of its file, without the two lines that every file must have."""
    path = folder / "own.yaml"
    path.write_text("title: {zh: 试验, en: Test}\ndescription: {zh: 试验, en: Test}\n" + text, encoding="utf-8")
    return load(path)
