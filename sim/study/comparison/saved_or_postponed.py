"""Firms that a plan kept at first and firms that close anyway, over replications.

What is taken of each run is in ``sim/study/reductions/saved_or_postponed.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.study.outcomes import Pair
from sim.study.reductions.saved_or_postponed import CLOSED_ANYWAY, FOUNDERS, KEPT, LATER
from sim.study.statistics.intervals import Range, summarise

COLUMNS: Final = ("scenario", "against", "group", "quantity", "mean", "low", "high", "unit", "replications", "rows")
UNITS: Final = {"given_fen": "fen", "unpaid_fen": "fen"}  # of shares ``share``, of everything else ``entities``


def table(pairs: Iterable[tuple[Pair, list[pd.DataFrame]]]) -> pd.DataFrame:
    """What ``Comparison.saved_or_postponed`` holds, from the sums of each replication, columns COLUMNS.

    ``pairs``: (scenario, against) and these sums.
    """
    rows = [
        (*pair, replication, group, *quantity)
        for pair, replications in pairs
        for replication, sums in enumerate(replications)
        for group, found in _quantities(sums.set_index("group").to_dict("index"))
        for quantity in found
    ]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    names = ["scenario", "against", "replication", "group", "quantity", "value", "rows", "firms"]
    values = pd.DataFrame(rows, columns=names)
    values["unit"] = np.where(
        values["quantity"].str.contains("share"), "share", values["quantity"].map(UNITS).fillna("entities")
    )
    keys = ["scenario", "against", "group", "quantity", "unit"]
    means = values.groupby(keys, sort=False)[["rows", "firms"]].mean().reset_index()

    def within(table: pd.DataFrame) -> Range:
        most = table["unit"].map({"share": 1.0, "fen": np.inf}).fillna(means["firms"])
        return np.zeros(len(table)), most.to_numpy(np.float64)

    return summarise(values, keys, within).assign(rows=means["rows"])[list(COLUMNS)]


def _quantities(sums: dict[Any, dict[Any, float]]) -> Iterable[tuple[str, list[tuple[str, float, float, float]]]]:
    """Of one replication by group: quantity, its value, rows of the sample behind it, founders that there are."""
    founders, given_to_all = (sums[FOUNDERS][name] for name in ("entities", "given_fen"))
    for group in KEPT:
        of = sums[group]
        found = [(name, of[name], of["rows"], founders) for name in ("entities", "alive_at_end")]
        for months in LATER:
            known, alive, rows = (of[f"{what}_{months}"] for what in ("known", "alive", "known_rows"))
            found += [
                (f"alive_{months}", alive, rows, founders),
                (f"gone_{months}", known - alive, rows, founders),
                (f"not_known_{months}", of["entities"] - known, of["rows"] - rows, founders),
                (f"alive_share_{months}", alive / known if known else np.nan, rows, founders),
            ]
        yield group, found
    of = sums[CLOSED_ANYWAY]
    found = [(name, of[name], of["rows"], founders) for name in ("entities", "given_fen", "unpaid_fen")]
    found.append(("given_share", of["given_fen"] / given_to_all if given_to_all else np.nan, of["rows"], founders))
    yield CLOSED_ANYWAY, found
