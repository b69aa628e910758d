"""Fates over replications, from the sums that were taken of each run (``sim/study/reductions/fates.py``)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.outcomes import Pair
from sim.study.reductions.fates import FATES, LOST_EITHER_WAY, QUANTITIES, Groups
from sim.study.statistics.intervals import interval


def table(pairs: Iterable[tuple[Pair, Groups, list[NDArray[np.float64]]]]) -> pd.DataFrame:
    """Fates by group, means over replications: what ``Comparison.fates`` holds.

    ``pairs``: (scenario, against), groups and the sums of each replication. Groups without any firm are left out.
    """
    tables = []
    for (name, against), groups, replications in pairs:
        stacked = np.stack(replications)  # (replications, groups, FATES, QUANTITIES)
        inhabited = np.flatnonzero(stacked[..., 0].any(axis=(0, 2)))
        stacked = stacked[:, inhabited]
        mean = stacked.mean(axis=0).reshape(-1, len(QUANTITIES))
        of_group = (
            stacked[..., 0].sum(axis=-1).max(axis=0)
        )  # firms; of those that money reached chance decides how many
        _, low, high = interval(stacked[..., 0], 0.0, of_group[:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            gained = mean[:, QUANTITIES.index("months_gained")] / mean[:, 0]
        fate = np.tile(np.arange(len(FATES)), len(inhabited))
        tables.append(
            pd.DataFrame(
                {
                    "scenario": name,
                    "against": against,
                    "by": np.repeat([groups[g][0] for g in inhabited], len(FATES)).astype(object),
                    "group": np.repeat([groups[g][1] for g in inhabited], len(FATES)).astype(object),
                    "fate": np.array(FATES, object)[fate],
                    "entities": mean[:, 0],
                    "low": low.ravel(),
                    "high": high.ravel(),
                    "staff": mean[:, 1],
                    "staff_baseline": mean[:, 2],
                    "given_fen": mean[:, 3],
                    "months_gained": np.where(fate == LOST_EITHER_WAY, gained, np.nan),
                    "rows": mean[:, QUANTITIES.index("rows")],
                }
            )
        )
    columns = ["scenario", "against", "by", "group", "fate", "entities", "low", "high", *QUANTITIES[1:]]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
