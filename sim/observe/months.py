"""The rates of firms month by month, from a panel: the same definitions, read on the last day of each month."""

from __future__ import annotations

from typing import Final

import pandas as pd

from sim.observe.outcomes import RATES as OF_COUNTS
from sim.vocabulary import INDIVIDUAL

HEADLINES: Final = ("survival_rate", "resumption_rate", "loss_share")
RATES: Final = (*HEADLINES, "loss_share_with_owner")  # that are counted of each universe


def rates_by_month(panel: pd.DataFrame) -> pd.DataFrame:
    """Rates of firms on the last day of each month, as shares, of a panel or of the table ``universes``.

    Of a panel they are of all firms that it counts: :func:`of_enterprises` leaves those that headlines are of.

    Returns its ``scenario``, ``replication``, month, ``universe`` and ``by`` (as far as it has them), survival_rate,
    resumption_rate, loss_share, loss_share_with_owner; a rate without anybody in its denominator is missing.
    """
    by = [name for name in ("scenario", "replication", "month", "universe", "by") if name in panel]
    sums = panel.groupby(by, sort=False, observed=True).sum(numeric_only=True)
    counts = [{str(name): number for name, number in row.items()} for row in sums.to_dict("records")]
    rates = pd.DataFrame({name: [OF_COUNTS[name].of(month) for month in counts] for name in RATES}, index=sums.index)
    return rates.reset_index()


def of_enterprises(panel: pd.DataFrame) -> pd.DataFrame:
    """The rows of a panel, or of another table with sizes, that are of enterprises: whom headlines are of."""
    return panel[panel["size"] != INDIVIDUAL]
