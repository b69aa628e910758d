"""A run whose tables are looked at."""

from __future__ import annotations

import pytest

from sim.engine import Run
from tests.engine.conftest import live, scenario_of


@pytest.fixture(scope="session")
def full_plan() -> Run:
    """The world with the whole plan."""
    return live(scenario_of("full_plan"))
