"""Firms that closed in one run, by month, sector and size, and how many of them had something put off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.vocabulary import INSOLVENT, SECTORS, SIZES

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.reductions.endings import Endings
    from sim.timeline import Timeline

COUNTED: Final = ("exits", "exits_insolvent", "exits_put_off", "exits_missed", "exits_harmed")


def exits_of(
    fates: pd.DataFrame, baseline: Endings, place: NDArray[np.int64], timeline: Timeline
) -> NDArray[np.float64]:
    """Entities that closed, shape (months, SECTORS, SIZES, COUNTED).

    Counted are all; those that left creditors unpaid; those that had something put off; of these, those that had missed
    an instalment, and those that live in the baseline's world. ``place``: each firm's row in the baseline's ends, -1
    for one never born there.
    """
    gone = np.flatnonzero(~fates["alive"].to_numpy())
    put_off, missed = (fates[name].to_numpy()[gone] for name in ("put_off", "missed_instalment"))
    insolvent = fates["exit_cause"].isin(INSOLVENT).to_numpy()[gone]
    lives_there = (place[gone] >= 0) & baseline.alive[place[gone]]
    shape = (timeline.months, len(SECTORS), len(SIZES))
    of_row = (
        timeline.month[fates["exited_on"].to_numpy()[gone]],
        fates["sector"].cat.codes.to_numpy()[gone],
        fates["size"].cat.codes.to_numpy()[gone],
    )
    cell = np.ravel_multi_index(of_row, shape)
    weight = fates["entities"].to_numpy()[gone].astype(np.float64)
    which = (np.ones(len(gone), np.bool_), insolvent, put_off, put_off & missed, put_off & lives_there)
    counted = [np.bincount(cell[rows], weight[rows], int(np.prod(shape))).reshape(shape) for rows in which]
    return np.stack(counted, axis=-1)


def to_table(exits: NDArray[np.float64]) -> pd.DataFrame:
    """Exits as a table, a row for each cell, to be kept; :func:`from_table` is the way back."""
    import pandas as pd

    return pd.DataFrame(exits.reshape(-1, len(COUNTED)), columns=list(COUNTED))


def from_table(table: pd.DataFrame, timeline: Timeline) -> NDArray[np.float64]:
    """What :func:`exits_of` gave for a run over these months."""
    return table.to_numpy().reshape(timeline.months, len(SECTORS), len(SIZES), len(COUNTED))
