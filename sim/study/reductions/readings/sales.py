"""Readings of sales by month."""

from __future__ import annotations

from typing import Literal

from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import Cells, Months, Of
from sim.study.reductions.readings.choice import ALL_CELLS, firms, meant, ratio
from sim.study.reductions.readings.registry import START, reading


@reading(days=(START,))
def sales_index(
    result: Result, month: Months, of: Cells = ALL_CELLS, against: Literal["usual"] | Months = "usual"
) -> float:
    """Sales settled in a month, the mean of several, over the same in other months (ratio).

    ``against: usual`` stands for the usual monthly sales of the entities that were there at the start.
    """
    sales = _mean_of_months(result, month, of)
    return ratio(sales, _usual(result, of) if isinstance(against, str) else _mean_of_months(result, against, of))


def _mean_of_months(result: Result, months: Months, of: Cells) -> float:
    panel = result.panel
    rows = panel["month"].isin(months).to_numpy() & meant(panel, of)
    return float(panel["sales_fen"].to_numpy(float)[rows].sum()) / len(months)


def _usual(result: Result, of: Cells) -> float:
    """Fen a month of the founders."""
    start = result.snapshots["date"].min().date()
    there = firms(result, start, Of(**of.model_dump(), founder=True))
    return float((there["entities"].to_numpy(float) * there["usual_sales_fen"].to_numpy(float)).sum())
