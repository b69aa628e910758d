"""A number that replications estimate: its mean, and the interval around it."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Estimate:
    """Mean and 95 % interval, which is missing (NaN) after a single replication."""

    mean: float
    low: float
    high: float


UNKNOWN: Final = Estimate(nan, nan, nan)


def of_row(row: Any) -> Estimate:
    """The estimate that a row of a table holds as its attributes mean, low and high."""
    return Estimate(float(row.mean), float(row.low), float(row.high))


def of_rows(table: pd.DataFrame, key: str) -> dict[str, Estimate]:
    """The estimates of a table's rows by what its column ``key`` says."""
    return {str(getattr(row, key)): of_row(row) for row in table.itertuples(index=False)}
