"""The way to a decision or to money, station by station: how many get there, and after how many days."""

from __future__ import annotations

from typing import Final

import pandas as pd

from sim.vocabulary import STATIONS

STOCKS: Final = ("eligible", "aware", "queued")  # counted at the end of each month
DAYS: Final = ("aware", "applied", "decided", "refused", "paid")  # stations that take days to reach, the last by money


def passed(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Firms at each of STATIONS (stocks by their largest month, flows summed) and mean days at each of DAYS.

    ``rows``: month, ``by``, station, firms, days of one scenario.
    """
    keys = [by, "station"]
    firms = rows.groupby(keys, observed=True)["firms"].agg(["sum", "max"])
    is_stock = firms.index.get_level_values("station").isin(STOCKS)
    table = firms["max"].where(is_stock, firms["sum"]).unstack().reindex(columns=list(STATIONS))
    waited = rows.dropna(subset=["days"])
    # The days of a stock are of everybody in it: those of the last month tell all.
    earlier = waited["station"].isin(STOCKS) & waited.duplicated(keys, keep="last")
    waited = waited[~earlier]
    weighted = (waited["days"] * waited["firms"]).groupby([waited[c] for c in keys], observed=True).sum()
    heads = waited.groupby(keys, observed=True)["firms"].sum()
    days = (weighted / heads.where(heads > 0)).unstack().reindex(index=table.index, columns=list(DAYS))
    return table.join(days.add_prefix("days_"))
