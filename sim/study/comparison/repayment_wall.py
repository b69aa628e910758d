"""The cliff: who falls when what was only put off falls due, month by month.

The money side of it is the table ``cliff`` of a run, averaged over replications in ``sim/study/ensemble.py``. The
last instalments of the plan fall due on the last day of the usual horizon; whoever fails on them does so later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.study.comparison.fates import Ends
from sim.vocabulary import SECTORS, SIZES
from sim.world.spec import LONGEST_YEARS

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario
    from sim.timeline import Timeline

FOLLOWED_DAYS: Final = 365  # past the horizon: patience with a firm that cannot pay runs out within a year
COUNTED: Final = ("exits", "exits_put_off", "exits_missed", "exits_harmed")
COLUMNS: Final = ("scenario", "month", "sector", "size", *COUNTED)


def beyond(scenario: Scenario) -> Scenario:
    """The same scenario, followed ``FOLLOWED_DAYS`` past the end of its horizon, or to the longest horizon there is."""
    world = scenario.world
    latest = world.start + timedelta(days=LONGEST_YEARS * 366 - 1)
    end = max(world.end, min(world.end + timedelta(days=FOLLOWED_DAYS), latest))
    return replace(scenario, world=world.model_copy(update={"end": end}))


def exits(fates: pd.DataFrame, baseline: Ends, place: NDArray[np.int64], timeline: Timeline) -> NDArray[np.float64]:
    """Entities that closed, shape (months, SECTORS, SIZES, COUNTED).

    Counted are all; those that had something put off; of these, those that had missed an instalment, and those that
    live in the baseline's world. ``place``: each firm's row in the baseline's ends, -1 for one never born there.
    """
    gone = np.flatnonzero(~fates["alive"].to_numpy())
    put_off, missed = (fates[name].to_numpy()[gone] for name in ("put_off", "missed_instalment"))
    lives_there = (place[gone] >= 0) & baseline.alive[place[gone]]
    shape = (timeline.months, len(SECTORS), len(SIZES))
    of_row = (
        timeline.month[fates["exited_on"].to_numpy()[gone]],
        fates["sector"].cat.codes.to_numpy()[gone],
        fates["size"].cat.codes.to_numpy()[gone],
    )
    cell = np.ravel_multi_index(of_row, shape)
    weight = fates["entities"].to_numpy()[gone].astype(np.float64)
    which = (np.ones(len(gone), np.bool_), put_off, put_off & missed, put_off & lives_there)
    counted = [np.bincount(cell[rows], weight[rows], int(np.prod(shape))).reshape(shape) for rows in which]
    return np.stack(counted, axis=-1)


def to_table(exits: NDArray[np.float64]) -> pd.DataFrame:
    """Exits as a table, a row for each cell, to be kept; :func:`from_table` is the way back."""
    import pandas as pd

    return pd.DataFrame(exits.reshape(-1, len(COUNTED)), columns=list(COUNTED))


def from_table(table: pd.DataFrame, timeline: Timeline) -> NDArray[np.float64]:
    """What :func:`exits` gave for a run over these months."""
    return table.to_numpy().reshape(timeline.months, len(SECTORS), len(SIZES), len(COUNTED))


def table(scenarios: Iterable[tuple[str, list[str], list[NDArray[np.float64]]]]) -> pd.DataFrame:
    """Exits by month, sector and size, means over replications: what ``Comparison.cliff_exits`` holds.

    ``scenarios``: name, months and the exits of each replication. Cells without any exit are left out.
    """
    import pandas as pd

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
