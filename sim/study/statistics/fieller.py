"""The ratio of two means that are paired, with an interval that does not pretend to know more than the pairs do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.intervals import quantile


def fieller(above: NDArray[Any], below: NDArray[Any]) -> tuple[float, float, float]:
    """Ratio of two paired means with its 95 % interval after Fieller (1954, J. R. Stat. Soc. B 16, 175-185).

    Missing when nothing is gained on the whole (the mean below is not positive). When the sample cannot tell the mean
    below from 0, the interval has no upper end; when it cannot tell the mean above from 0 either, no end at all. With
    fewer than two pairs there is no interval.
    """
    count = len(above)
    x, y = float(np.mean(above)), float(np.mean(below))
    if not y > 0.0:
        return float("nan"), float("nan"), float("nan")
    if count < 2:
        return x / y, float("nan"), float("nan")
    spread = np.cov(above, below) / count * quantile(count) ** 2
    a, b, c = y * y - spread[1, 1], x * y - spread[0, 1], x * x - spread[0, 0]
    inside = b * b - a * c
    if a > 0.0:  # then the root is real
        root = float(np.sqrt(max(inside, 0.0)))
        return x / y, (b - root) / a, (b + root) / a
    if inside <= 0.0 or a == 0.0:
        return x / y, -np.inf, np.inf
    root = float(np.sqrt(inside))
    lower, upper = (b + root) / a, (b - root) / a  # a is negative
    return (x / y, upper, np.inf) if x / y >= upper else (x / y, -np.inf, lower)
