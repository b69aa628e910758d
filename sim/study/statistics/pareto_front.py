"""Plans with several aims: which no other beats in everything, which of them to look at, how much they reach.

Everywhere ``values`` has a row for each plan and a column for each aim, and more is better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def pareto_optimal(values: Values) -> NDArray[np.bool_]:
    """Which rows no other beats: is at least as good in everything and better in something.

    Of rows that are alike only the first counts; a row with a missing value does not.
    """
    kept = np.zeros(len(values), np.bool_)
    for place, row in enumerate(values):
        others_reach = (values >= row).all(axis=1)
        beaten = others_reach & (values > row).any(axis=1)
        alike_before = (values[:place] == row).all(axis=1).any()
        kept[place] = not (np.isnan(row).any() or beaten.any() or alike_before)
    return kept


def spread(values: Values, count: int) -> list[int]:
    """At most ``count`` rows that stand for all: the best in each aim, then whichever is furthest from those chosen.

    Distances over the ranges of the aims, all with the same weight (Gonzalez 1985, Theor. Comput. Sci. 38, 293-306).
    Indices in order.
    """
    if len(values) <= count:
        return list(range(len(values)))
    width = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(width > 0, width, 1.0)
    chosen = list(dict.fromkeys(int(place) for place in scaled.argmax(axis=0)))[:count]
    nearest = np.min([np.linalg.norm(scaled - scaled[place], axis=1) for place in chosen], axis=0)
    while len(chosen) < count:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(scaled - scaled[chosen[-1]], axis=1))
    return sorted(chosen)


def hypervolume(values: Values, reference: Any) -> float:
    """Volume that the rows reach beyond a reference point, each aim an edge; a row that is not beyond it adds nothing.

    Slices along the last aim (Zitzler and Thiele 1999, IEEE Trans. Evol. Comput. 3, 257-271): exact, and quick for the
    few aims that a planner can weigh.
    """
    beyond = np.asarray(values, np.float64) - np.asarray(reference, np.float64)
    beyond = beyond[(beyond > 0).all(axis=1)]
    beyond = beyond[pareto_optimal(beyond)]
    if not len(beyond):
        return 0.0
    if beyond.shape[1] == 1:
        return float(beyond.max())
    beyond = beyond[np.argsort(-beyond[:, -1], kind="stable")]
    heights = np.append(beyond[:, -1], 0.0)
    slices = heights[:-1] - heights[1:]
    below = np.zeros(beyond.shape[1] - 1)
    return float(sum(
        thick * hypervolume(beyond[: row + 1, :-1], below) for row, thick in enumerate(slices.tolist()) if thick > 0
    ))  # fmt: skip
