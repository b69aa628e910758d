"""The whole against the sum of its parts: does an action do more beside the others than alone?"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from sim.study.comparison.scenarios import ALONE, MAIN, WITHOUT
from sim.study.outcomes import possible_differences
from sim.study.statistics.intervals import Range, summarise

COLUMNS: Final = ("outcome", "quantity", "mean", "low", "high", "unit")


def table(values: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Effect of the whole plan, the sum of the actions' effects alone, and the sum of what removing each takes away.

    And how far the whole is from the actions alone, so that it is told from their sum by one paired interval.

    ``values``: scenario, replication, outcome, value, unit. A replication that any of the scenarios lacks is left out;
    so is a quantity whose scenarios were not compared. Returns outcome, quantity (whole, sum_alone,
    whole_less_alone, sum_removed), mean, low, high (95 %, paired), unit.
    """
    wide = values.pivot(index=["outcome", "unit", "replication"], columns="scenario", values="value")
    present = set(wide.columns)
    quantities: dict[str, pd.Series[float]] = {}
    if {baseline, MAIN} <= present:
        quantities["whole"] = wide[MAIN] - wide[baseline]
    if {baseline, *ALONE} <= present:
        quantities["sum_alone"] = wide[list(ALONE)].sum(axis=1, skipna=False) - len(ALONE) * wide[baseline]
    if {"whole", "sum_alone"} <= quantities.keys():
        quantities["whole_less_alone"] = quantities["whole"] - quantities["sum_alone"]
    if {MAIN, *WITHOUT} <= present:
        quantities["sum_removed"] = len(WITHOUT) * wide[MAIN] - wide[list(WITHOUT)].sum(axis=1, skipna=False)
    if not quantities:
        return pd.DataFrame(columns=list(COLUMNS))
    long = pd.concat(quantities, names=["quantity"]).rename("value").reset_index()
    order = {name: place for place, name in enumerate(dict.fromkeys(values["outcome"]))}
    long = long.sort_values("outcome", key=lambda column: column.map(order), kind="stable")
    return summarise(long, ["outcome", "quantity", "unit"], _within)[list(COLUMNS)]


def _within(table: pd.DataFrame) -> Range:
    """Of the whole what differences can be; of sums of as many differences as there are actions as much more."""
    parts = {"whole": 1.0, "whole_less_alone": len(ALONE) + 1.0}
    return possible_differences(
        table["outcome"], np.array([parts.get(quantity, len(ALONE)) for quantity in table["quantity"]], np.float64)
    )
