"""Shukun: which firms a relief plan would save, before the money is spent.

Five calls are all that a notebook needs. What they return has tidy pandas tables (columns and units in
``sim.observe.tables``) and, where a person would look rather than read, a ``plot()``::

    import sim

    result = sim.run("full_plan", firms=2_000)
    study = sim.compare(["baseline", "full_plan"], firms=2_000, replications=4)
    lives = sim.journey(where={"fate": "saved", "sector": "catering"})
    months = sim.sweep("full_plan", {"rent_waiver.months": [0, 3, 6]}, firms=2_000, replications=4)
    study = sim.load("results/comparison")

``import sim`` itself is light: heavy libraries are imported by the call that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sim.observe.tables import Result
    from sim.scenario import Scenario
    from sim.study.comparison import Comparison
    from sim.study.journey import Journey, Where
    from sim.study.runs import Firms
    from sim.study.store import Study
    from sim.study.sweep import Sweep

__all__ = ["compare", "journey", "load", "run", "save", "sweep"]


def run(
    scenario: str | Path | Scenario,
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    follow: Sequence[int] = (),
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Simulate one scenario once.

    ``scenario``: a shipped name, a file, or a loaded scenario. ``levers``: dotted path to value, on top of the file.
    ``firms``: rows alive at the start, or ``"province"`` for one row a firm; None for what the scenario says, else
    20,000. ``follow``: identities of firms whose journeys are kept. ``progress`` is called with the share done.
    Raises ``ScenarioError`` when the scenario or a lever is not understood.
    """
    from sim.study.runs import once

    return once(scenario, levers or {}, firms, seed, follow, progress)


def compare(
    scenarios: Iterable[str | Path | Scenario] | None = None,
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 10,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Compare scenarios with the baseline under the same lucks; see :func:`sim.study.comparison.compare`.

    None stands for no plan, each of the ten actions alone, and the whole plan.
    """
    from sim.study import comparison

    return comparison.compare(
        comparison.DEFAULT if scenarios is None else scenarios,
        levers=levers, firms=firms, seed=seed, replications=replications, workers=workers, progress=progress,
    )  # fmt: skip


def sweep(
    scenario: str | Path,
    grid: Mapping[str, Sequence[Any]],
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 10,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Sweep:
    """Run a scenario over a grid of one or two levers; see :func:`sim.study.sweep.sweep`."""
    from sim.study import sweep as room

    return room.sweep(
        scenario, grid, levers=levers, firms=firms, seed=seed, replications=replications, workers=workers,
        progress=progress,
    )  # fmt: skip


def journey(
    firms: Iterable[int] = (),
    *,
    where: Where | None = None,
    scenario: str | Path | Scenario = "full_plan",
    against: str | Path | Scenario = "baseline",
    levers: Mapping[str, Any] | None = None,
    rows: Firms = None,
    seed: int = 1,
    most: int = 3,
    progress: Callable[[float], None] | None = None,
) -> Journey:
    """Follow firms, or those that conditions pick, through two worlds; see :func:`sim.study.journey.journey`."""
    from sim.study import journey as room

    return room.journey(
        firms, where=where, scenario=scenario, against=against, levers=levers, rows=rows, seed=seed, most=most,
        progress=progress,
    )  # fmt: skip


def save(study: Study, folder: str | Path) -> Path:
    """Store a study as Parquet tables and a manifest, whole or not at all; see :func:`sim.study.store.save`."""
    from sim.study import store

    return store.save(study, folder)


def load(folder: str | Path) -> Study:
    """The study that a folder holds; see :func:`sim.study.store.load`."""
    from sim.study import store

    return store.load(folder)
