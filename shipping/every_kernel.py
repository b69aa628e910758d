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
from sim.engine import simulate
from sim.observe.inside import Inside
from sim.scenario import load

FIRMS = 500
SEED = 1


def call() -> list[Any]:
    """Live through small provinces with all that can be asked of a run; their results."""
    inside = Inside(days="month-ends", sample=50, distributions=True, stops=True)
    plan = simulate(load("full_plan"), firms=FIRMS, seed=SEED, fates=True, inside=inside)
    followed = [int(identity) for identity in plan.fates["firm"][:3]]
    journeys = simulate(load("full_plan"), firms=FIRMS, seed=SEED, follow=followed)
    reacting = simulate(load("help_where_stopped"), firms=FIRMS, seed=SEED, tables=False)
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
