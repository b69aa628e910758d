"""Chosen firms judged against the next in rank, over replications: the difference of two differences.

What is taken of each run is in ``sim/study/reductions/chosen.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from sim.study.outcomes import Pair
from sim.study.reductions.chosen import SUMS
from sim.study.statistics.intervals import summarise

COLUMNS: Final = (
    "scenario", "against", "measure", "outcome", "group", "mean", "low", "high", "unit", "replications", "without",
    "entities", "rows",
)  # fmt: skip
CHOSEN_FIRMS, NEXT_IN_RANK, DIFFERENCE = GROUPS = ("chosen", "next_in_rank", "difference")


def table(pairs: Iterable[tuple[Pair, list[pd.DataFrame]]]) -> pd.DataFrame:
    """What ``Comparison.chosen`` holds, from the sums of each replication, columns COLUMNS.

    ``pairs``: (scenario, against) and these sums.
    """
    rows = [
        (*pair, str(measure), replication, *found)
        for pair, replications in pairs
        for replication, sums in enumerate(replications)
        for measure, of in sums.groupby("measure", sort=False)
        for found in _changes(of.set_index("chosen"))
    ]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = ["scenario", "against", "measure", "outcome", "group"]
    values = pd.DataFrame(rows, columns=[*keys[:3], "replication", *keys[3:], "value", "without", "entities", "rows"])
    means = values.groupby(keys, sort=False)[["without", "entities", "rows"]].mean().reset_index()

    def within(table: pd.DataFrame) -> tuple[float, float]:
        return -np.inf, np.inf

    found = summarise(values, keys, within)
    return found.assign(unit="share", **{name: means[name] for name in ("without", "entities", "rows")})[list(COLUMNS)]


def _changes(sums: pd.DataFrame) -> Iterator[tuple[str, str, float, float, float, float]]:
    """Of one replication: outcome, group, what the measure changed, the level without it, entities and rows."""
    groups = {
        name: sums.loc[is_chosen].to_dict() if is_chosen in sums.index else dict.fromkeys(SUMS, 0.0)
        for name, is_chosen in ((CHOSEN_FIRMS, True), (NEXT_IN_RANK, False))
    }
    for outcome, amount, of_what in (("survival", "alive", "entities"), ("staff", "staff", "staff_without")):
        changes = []
        for name, of in groups.items():
            base = of[of_what]
            changes.append((of[amount] - of[f"{amount}_without"]) / base if base else np.nan)
            level = of[f"{amount}_without"] / of["entities"] if of["entities"] else np.nan
            yield outcome, name, changes[-1], level, of["entities"], of["rows"]
        fewest = min(of["rows"] for of in groups.values())
        yield outcome, DIFFERENCE, changes[0] - changes[1], np.nan, np.nan, fewest
