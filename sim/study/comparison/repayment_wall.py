"""The repayment wall: who falls when what was only put off falls due, month by month.

The money side of it is the table ``repayment_wall`` of a run, averaged over replications in ``scenario_means.py``. The
last instalments of the plan fall due on the last day of the usual horizon; whoever fails on them does so later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.reductions.exits import COUNTED
from sim.vocabulary import SECTORS, SIZES
from sim.world.spec import LONGEST_YEARS

if TYPE_CHECKING:
    from sim.scenario import Scenario

FOLLOWED_DAYS: Final = 365  # past the horizon: patience with a firm that cannot pay runs out within a year
COLUMNS: Final = ("scenario", "month", "sector", "size", *COUNTED)


def beyond(scenario: Scenario) -> Scenario:
    """The same scenario, followed ``FOLLOWED_DAYS`` past the end of its horizon, or to the longest horizon there is."""
    world = scenario.world
    latest = world.start + timedelta(days=LONGEST_YEARS * 366 - 1)
    end = max(world.end, min(world.end + timedelta(days=FOLLOWED_DAYS), latest))
    return replace(scenario, world=world.model_copy(update={"end": end}))


def table(scenarios: Iterable[tuple[str, list[str], list[NDArray[np.float64]]]]) -> pd.DataFrame:
    """Exits by month, sector and size, means over replications: what ``Comparison.repayment_wall_exits`` holds.

    ``scenarios``: name, months and the exits of each replication. Cells without any exit are left out.
    """
    tables = []
    for name, months, replications in scenarios:
        mean = np.mean(replications, axis=0)
        month, sector, size = np.nonzero(mean[..., 0])
        cells = {
            "scenario": name,
            "month": np.array(months, object)[month],
            "sector": np.array(SECTORS, object)[sector],
            "size": np.array(SIZES, object)[size],
        }
        tables.append(pd.DataFrame(cells | {of: mean[month, sector, size, k] for k, of in enumerate(COUNTED)}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
