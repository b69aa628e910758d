"""What single actions do without their nominal measures, whose effect is only a factor of assumed size.

Actions are ranked by this alone: with these measures a rank would partly repeat what was assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.study.comparison.scenarios import ALONE
from sim.study.outcomes import values_of
from sim.study.runs.specification import replicated

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs.runner import Runner

COLUMNS: Final = ("scenario", "replication", "outcome", "value", "unit")


def without_nominal(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The single actions that have nominal measures, without these; named as they are.

    One that has no other measures is not among them.
    """
    found = []
    for scenario in scenarios:
        nominal = [measure.id for measure in scenario.measures if measure.nominal is not None]
        if scenario.name in ALONE and 0 < len(nominal) < len(scenario.measures):
            found.append(scenario.without_measures(nominal, name=scenario.name, title=scenario.title))
    return found


def table(
    asked: Sequence[Scenario], without: Sequence[Scenario], values: pd.DataFrame, seed: int, replications: int,
    runner: Runner,
) -> pd.DataFrame:  # fmt: skip
    """Run what :func:`without_nominal` made of ``asked``; returns what ``Comparison.ranked_actions`` holds.

    ``values``: scenario, replication, outcome, value, unit of those asked for. An action without nominal measures is
    ranked by its own; one of nothing else is left out, and so are replications whose run failed.
    """
    runs = runner.run(spec for scenario in without for spec in replicated(scenario, seed, replications))
    known = [values_of(runs, ["scenario", "replication"])] if without else []
    plain = [one.name for one in asked if one.name in ALONE and all(m.nominal is None for m in one.measures)]
    known.append(values[values["scenario"].isin(plain)])
    filled = [rows for rows in known if not rows.empty]
    found = pd.concat(filled, ignore_index=True) if filled else values.iloc[:0]
    return found[list(COLUMNS)]
