"""One scenario over the ranges of what is only assumed: a Latin hypercube of the calibration's assumptions.

Half of the draws of a parameter lie on either side of its value, evenly between it and the bound of its range, so that
a range that reaches further up than down does not move the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sim import parameters
from sim.study.runs import Progress, RunSpec, run_all

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.kept import Kept

COLUMNS: Final = ("draw", "outcome", "value")


def varied() -> Iterator[tuple[str, float, float, float]]:
    """Path, value, low and high of every number that is an assumption with a range; of a table the factor on it."""
    for entry in parameters.load().paths():
        low, high = entry.low, entry.high
        if entry.assumed and not isinstance(low, date) and not isinstance(high, date) and low < high:
            yield entry.path, 1.0 if isinstance(entry.value, dict) else float(entry.value), float(low), float(high)


def drawn(scenario: Scenario, seed: int, draws: int) -> list[Scenario]:
    """The scenario once for each draw. What it says itself about a parameter stays as it says."""
    from scipy.stats import qmc

    paths = list(varied())
    value, low, high = (np.array([entry[k] for entry in paths]) for k in (1, 2, 3))
    unit = qmc.LatinHypercube(d=len(paths), seed=seed).random(draws)
    below = low + 2.0 * unit * (value - low)
    above = value + (2.0 * unit - 1.0) * (high - value)
    points = np.where(unit < 0.5, below, above)
    names = [path for path, *_ in paths]
    return [
        replace(scenario, parameter_changes={**dict(zip(names, point, strict=True)), **scenario.parameter_changes})
        for point in points.tolist()
    ]


def table(
    scenarios: Sequence[Scenario],
    seed: int,
    draws: int,
    workers: int = 1,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> pd.DataFrame:
    """Outcomes of each draw of the one scenario, if any, under the luck of ``seed``: draw, outcome, value.

    A draw whose run failed is left out. ``kept``: see ``sim.study.runs.run_all``.
    """
    specs = [
        RunSpec(variation, seed, draw)
        for scenario in scenarios
        for draw, variation in enumerate(drawn(scenario, seed, draws))
    ]
    rows = [
        run.result.outcomes[["outcome", "value"]].assign(draw=run.spec.replication)
        for run in (run_all(specs, workers, progress, kept=kept) if specs else ())
        if run.result is not None
    ]
    return pd.concat(rows, ignore_index=True)[list(COLUMNS)] if rows else pd.DataFrame(columns=list(COLUMNS))
