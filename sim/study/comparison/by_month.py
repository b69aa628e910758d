"""What a scenario changes month by month, in each universe: when an effect comes, and whether it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from sim.observe.months import RATES, rates_by_month
from sim.study.outcomes import Pair, differences_of_pairs, unit_of

AT: Final = ["month", "universe", "by"]  # where a rate is read
COLUMNS: Final = ("scenario", "against", *AT, "outcome", "mean", "low", "high", "replications")


def rates(scenario: str, universes: Sequence[tuple[int, pd.DataFrame]]) -> pd.DataFrame:
    """The rates of firms in each run of a scenario: scenario, replication, month, universe, by, one column each.

    ``universes``: replication and the table ``universes`` of each run that succeeded.
    """
    counted = [table.assign(scenario=scenario, replication=replication) for replication, table in universes]
    if not counted:
        return pd.DataFrame(columns=["scenario", "replication", *AT, *RATES])
    return rates_by_month(pd.concat(counted, ignore_index=True))


def table(found: pd.DataFrame, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Each scenario minus the one that it is compared with, paired by replication (columns: COLUMNS).

    ``found``: :func:`rates` of all scenarios; ``pairs``: (scenario, against). A month in which an outcome does not
    exist (nobody was stopped yet) is left out.
    """
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    values = found.melt(["scenario", "replication", *AT], list(RATES), "outcome", "value")
    values = values.dropna(subset=["value"]).assign(unit=unit_of(RATES[0]))
    differences = differences_of_pairs(values, pairs, AT)
    return differences.loc[differences["replications"] > 0, list(COLUMNS)].reset_index(drop=True)
