"""Calls every kernel that Python calls, as runs do, so that each is compiled: for the columns and numbers of a run.

    python -m shipping.every_kernel    in a process of its own

A kernel is compiled for the types of the arguments of its first call in a process and refuses others, so one run of
each kind compiles all that there is. Whoever ships them asks whether :func:`outermost` has one that none of them calls.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import FunctionType
from typing import Any

import sim
from sim import kernels
from sim.engine import Run, simulate
from sim.kernels import threads as kernels_threads
from sim.observe.inside import Inside
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.population.synthesis import synthesise
from sim.scenario import load
from sim.timeline import horizon

FIRMS = 500
SEED = 1


def call() -> list[Any]:
    """Live through small provinces with all that can be asked of a run; their results."""
    inside = Inside(days="month-ends", sample=50, distributions=True, stops=True)
    plan = simulate(load("full_plan"), firms=FIRMS, seed=SEED, fates=True, inside=inside)
    followed = [int(identity) for identity in plan.fates["firm"][:3]]
    journeys = simulate(load("full_plan"), firms=FIRMS, seed=SEED, follow=followed)
    reacting = simulate(load("help_where_stopped"), firms=FIRMS, seed=SEED, tables=False)
    scenario, kernels_threads.LEAST_ROWS = load("full_plan"), 1  # so that few firms are divided
    parameters = load_parameters(changed=scenario.parameter_changes)
    people = synthesise(parameters, counties(), horizon(scenario.world.start, scenario.world.end), SEED, FIRMS)
    Run(scenario, parameters, people, SEED, threads=2, careful=True).live(lambda share: None)
    return [plan, journeys, reacting]


def outermost() -> dict[str, Any]:
    """Every kernel that Python calls, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        for name, value in vars(import_module(module.name)).items():
            if (
                isinstance(value, FunctionType)
                and value.__code__.co_filename == kernels.__file__
                and hasattr(value, "__wrapped__")
            ):
                found[f"{value.__module__}.{name}"] = value
    return found


if __name__ == "__main__":
    call()
