"""When replications suffice: the confidence-interval method of Hoad, Robinson and Davies (2010).

J. Oper. Res. Soc. 61, 1632-1644: after each replication the half-width of the mean's 95 % interval, its wider side, is
looked at; the replications suffice when it is small enough and stays so for as many replications more as their rule
looks ahead, so that a lucky streak does not end them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.intervals import confidence_limits, quantile

LOOK_AHEAD: Final = 5  # kLimit of the paper, the value that it recommends


def enough(
    values: NDArray[np.float64], half_width: float, fewest: int = 3, least: float = -np.inf, most: float = np.inf
) -> int | None:
    """How many of the values, in order, were enough; None when they are not yet. ``least``, ``most``: what they can be.

    They were at ``n`` when the half-width is at most ``half_width`` at ``n`` and for all of the values that the rule
    looks ahead: LOOK_AHEAD, of more than a hundred values ``LOOK_AHEAD * n / 100`` (the paper's rule).
    """
    widths = half_widths(values, least, most)
    for n in range(fewest, len(values) + 1):
        ahead = LOOK_AHEAD if n <= 100 else LOOK_AHEAD * n // 100
        if n + ahead <= len(values) and np.all(widths[n - 1 : n + ahead] <= half_width):
            return n
    return None


def expected(values: NDArray[np.float64], half_width: float, fewest: int = 3) -> int | None:
    """How many values :func:`enough` will have looked at in the end, if they go on to vary as they do.

    None where fewer than two say nothing of that. Never fewer than there are.
    """
    if len(values) < 2:
        return None
    spread = float(np.std(values, ddof=1))

    def is_narrow(count: int) -> bool:
        return bool(quantile(count) * spread / np.sqrt(count) <= half_width)

    # Twice as many until it is narrow, then the least between.
    high = 2
    while not is_narrow(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_narrow(middle) else (middle, high)
    high = max(high, fewest)
    return max(len(values), high + (LOOK_AHEAD if high <= 100 else LOOK_AHEAD * high // 100))


def half_widths(values: NDArray[np.float64], least: float = -np.inf, most: float = np.inf) -> NDArray[np.float64]:
    """Wider side of the 95 % interval of the mean of the first 1, 2, ... values; missing for one."""
    count = np.arange(1, len(values) + 1, dtype=np.float64)
    mean = np.cumsum(values) / count
    centred = values - values[0]  # large numbers that differ little keep their digits
    square = np.cumsum(centred**2) - count * (mean - values[0]) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.maximum(square, 0.0) / (count - 1.0))
        half = np.where(count > 1, quantile(count) * spread / np.sqrt(count), np.nan)
    low, high = confidence_limits(mean, half, least, most)
    return np.maximum(high - mean, mean - low)
