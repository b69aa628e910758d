"""One or two levers over a grid of values, everything else equal, under the same lucks."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import pandas as pd
from pydantic import Field

from sim.measure import Strict, Words
from sim.scenario import ScenarioError, load
from sim.scenario.checking import Source, check
from sim.scenario.document import read
from sim.study import StudyError
from sim.study.ensemble import ensembles, paired_differences, summarise
from sim.study.manifest import Manifest, manifest
from sim.study.runs import Firms, Progress, sized

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.study.kept import Kept


class Design(Strict):
    """A design file in ``scenarios/sweeps/``: which levers of which scenario take which values."""

    title: Words
    scenario: str
    levers: Annotated[dict[str, Annotated[list[Any], Field(min_length=1)]], Field(min_length=1, max_length=2)]
    replications: Annotated[int, Field(ge=1)] = 10


@dataclass(frozen=True)
class Sweep:
    """Outcomes at every point of a grid.

    ``outcomes``: point (0 for the first), one column for each lever by its dotted path, outcome, mean, low, high, unit,
    replications, and difference, difference_low, difference_high from point 0, paired by replication.
    ``values``: point, replication, outcome, value, unit.
    ``runs``: point, replication, seed, firms, months, ledger_residual_fen, reason (why it failed, else empty).
    """

    manifest: Manifest
    outcomes: pd.DataFrame
    values: pd.DataFrame
    runs: pd.DataFrame

    @property
    def levers(self) -> list[str]:
        """Dotted paths of the levers that vary."""
        return list(self.manifest.design)

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of ``runs`` that failed."""
        return self.runs[self.runs["reason"] != ""]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return {name: getattr(self, name) for name in TABLES}

    def plot(self) -> Figure:
        """Headline outcomes with intervals against the first lever, a line for each value of the second."""
        from sim.study.plots import sweep

        return sweep(self.outcomes, self.levers)


TABLES: Final = ("outcomes", "values", "runs")


def sweep(
    scenario: str | Path,
    grid: Mapping[str, Sequence[Any]],
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 10,
    workers: int = 1,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> Sweep:
    """Run a scenario at every combination of the values of one or two levers (dotted path to values).

    ``firms``: as in :func:`sim.study.comparison.compare`. ``levers`` hold at every point.
    ``kept``: finished runs that are not done again, see ``sim.study.store.at_work``. Raises ``ScenarioError`` when
    a lever or a value is not understood and :class:`StudyError` when the grid does not have one or two levers or no run
    of the first point succeeded.
    """
    if not 1 <= len(grid) <= 2 or not all(grid.values()):
        raise StudyError(
            zh=f"一次遍历改动一或两个取值，每个至少给一个值；这里是 {len(grid)} 个。",
            en=f"A sweep varies one or two levers with at least one value each; here there are {len(grid)}.",
        )
    points = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    scenarios = sized([load(scenario, levers={**(levers or {}), **point}) for point in points], firms)

    values, runs = [], []
    for place, part in enumerate(ensembles(scenarios, seed, replications, workers, progress, kept=kept)):
        values.append(part.values.drop(columns="scenario").assign(point=place))
        runs.append(part.runs.drop(columns="scenario").assign(point=place))
    if values[0].empty:
        reason = runs[0]["reason"].iloc[0]
        raise StudyError(
            zh=f"第一个格点没有一次运行成功：{reason}", en=f"No run of the first point succeeded: {reason}"
        )
    long = pd.concat(values, ignore_index=True)
    long.insert(0, "point", long.pop("point"))
    all_runs = pd.concat(runs, ignore_index=True)
    all_runs.insert(0, "point", all_runs.pop("point"))
    return Sweep(
        manifest=manifest("sweep", scenarios[:1], seed, replications, {p: list(v) for p, v in grid.items()}),
        outcomes=_outcomes(long, points),
        values=long,
        runs=all_runs,
    )


def design(path: Path) -> Design:
    """Read a design file; ``ScenarioError`` holds everything that is wrong with it."""
    document = read(path)
    content, faults = check(Design, document.data, Source(document))
    if content is None or document.faults:
        raise ScenarioError([*document.faults, *faults])
    return content


def _outcomes(values: pd.DataFrame, points: list[dict[str, Any]]) -> pd.DataFrame:
    by = ["point", "outcome", "unit"]
    table = summarise(values, by)
    difference = paired_differences(values, ["point"], values["point"] == 0)
    difference = difference.rename(
        columns={"mean": "difference", "low": "difference_low", "high": "difference_high"}
    ).drop(columns="replications")
    table = table.merge(difference, on=by, how="left", sort=False)
    for place, lever in enumerate(points[0]):
        # A value that is itself a table (by date) stands in its cell as JSON.
        cells = [point[lever] for point in points]
        if any(isinstance(cell, dict | list) for cell in cells):
            cells = [json.dumps(cell, ensure_ascii=False, default=str) for cell in cells]
        table.insert(1 + place, lever, [cells[point] for point in table["point"]])
    figures = ["mean", "low", "high", "unit", "replications", "difference", "difference_low", "difference_high"]
    return table[["point", *points[0], "outcome", *figures]]
