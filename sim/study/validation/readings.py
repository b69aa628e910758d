"""Runs of the worlds that targets are read in: at the values as they are, under draws, and what was read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.scenario import Scenario
from sim.study.keywords import Firms
from sim.study.reductions.readings import ReadingSpec
from sim.study.runs.specification import RunSpec
from sim.study.validation.scoring import AS_THEY_ARE

if TYPE_CHECKING:
    from sim.study.runs.runner import Runner

Read = Mapping[str, tuple[ReadingSpec, ...]]  # by world
PREFIX = "parameters."


def at_values(worlds: Sequence[Scenario], read: Read, replications: int, seed: int) -> Iterator[RunSpec]:
    """Runs at the values of the parameters as they are."""
    for world in worlds:
        for replication in range(replications):
            yield RunSpec(world, seed + replication, replication, AS_THEY_ARE, "readings", readings=read[world.name])


def under_draws(
    worlds: Sequence[Scenario], read: Read, drawn: Mapping[int, Mapping[str, Any]], rows: Firms, seed: int
) -> Iterator[RunSpec]:
    """Runs of each draw, the same in every world; ``drawn``: by number, dotted path of a lever to its value."""
    for draw, values in drawn.items():
        changes = {path.removeprefix(PREFIX): value for path, value in values.items()}
        for world in worlds:
            asked = replace(world, parameter_changes=changes | world.parameter_changes, firms=rows)
            yield RunSpec(asked, seed, 0, draw, "readings", readings=read[world.name])


def readings(runs: pd.DataFrame, runner: Runner) -> pd.DataFrame:
    """What was read of the runs that succeeded: world, draw, replication, target, value."""
    done = runs[runs["reason"] == ""]
    found = [
        runner.stored.table(row["run"], "readings").assign(
            world=row["scenario"], draw=row["draw"], replication=row["replication"]
        )
        for row in done.to_dict("records")
    ]
    columns = ["world", "draw", "replication", "target", "value"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)
