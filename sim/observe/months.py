"""The headline outcomes month by month, from a panel: the same definitions, read on the last day of each month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.observe.outcomes import OUTCOMES, Seen

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADLINES: Final = ("survival_rate", "resumption_rate", "loss_share")


def rates_by_month(panel: pd.DataFrame) -> pd.DataFrame:
    """Headline outcomes on the last day of each month, as shares, of a panel or of the table ``universes``.

    Returns its ``scenario``, ``universe`` and ``by`` (as far as it has them), month, survival_rate, resumption_rate,
    loss_share; a rate without anybody in its denominator is missing.
    """
    by = [name for name in ("scenario", "universe", "by", "month") if name in panel]
    sums = panel.groupby(by, sort=False, observed=True).sum(numeric_only=True)
    nothing = pd.DataFrame()
    counts = [{str(name): number for name, number in row.items()} for row in sums.to_dict("records")]
    seen = [Seen(month, month, nothing, {}, {}, (0, 0), 0.0) for month in counts]
    rates = pd.DataFrame({name: [OUTCOMES[name].of(month) for month in seen] for name in HEADLINES}, index=sums.index)
    return rates.reset_index()


def plot(panel: pd.DataFrame) -> Figure:
    """One panel for each headline outcome, a line over the months; labels are the names that tables use."""
    import matplotlib.pyplot as plt

    rates = rates_by_month(panel).set_index("month")
    figure, row = plt.subplots(1, len(HEADLINES), figsize=(11, 3), layout="constrained")
    plt.close(figure)  # a notebook shows it once, as a value
    for axes, name in zip(row, HEADLINES, strict=True):
        rates[name].plot(ax=axes, title=name, xlabel="", rot=45)
    return figure
