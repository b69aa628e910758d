"""One scenario over the ranges of what is only assumed: a Latin hypercube of the calibration's assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.study.designs.design import sample
from sim.study.designs.factors import assumptions, at
from sim.study.outcomes import values_of
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec

if TYPE_CHECKING:
    from sim.scenario import Scenario

COLUMNS: Final = ("draw", "outcome", "value")


def drawn(scenario: Scenario, seed: int, draws: int) -> list[Scenario]:
    """The scenario once for each draw. What it says itself about a parameter stays as it says."""
    factors = assumptions()
    prefix = len("parameters.")
    return [
        replace(
            scenario,
            parameter_changes={
                **{path[prefix:]: value for path, value in at(factors, point).items()},
                **scenario.parameter_changes,
            },
        )
        for point in sample("latin_hypercube", factors, draws, seed)
    ]


def table(scenarios: Sequence[Scenario], seed: int, draws: int, runner: Runner) -> pd.DataFrame:
    """Outcomes of each draw of the one scenario, if any, under the random numbers of ``seed``: draw, outcome, value.

    A draw whose run failed is left out.
    """
    runs = runner.run(
        RunSpec(variation, seed, draw=draw)
        for scenario in scenarios
        for draw, variation in enumerate(drawn(scenario, seed, draws))
    )
    return values_of(runs, ["draw"])[list(COLUMNS)] if len(runs) else pd.DataFrame(columns=list(COLUMNS))
