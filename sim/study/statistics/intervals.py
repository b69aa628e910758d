"""Means and their intervals: at 95 %, Student's t on a scale that holds nothing impossible.

A value that does not exist (nothing was ever stopped, so there is no resumption rate) is left out and not counted. What
is possible for a mean is handed in, as the least and the most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CONFIDENCE: Final = 0.95
Range = tuple[Any, Any]  # the least and the most that is possible, infinite where there is no limit


def quantile(count: NDArray[np.float64] | int, confidence: float = CONFIDENCE) -> NDArray[np.float64]:
    """Quantile of Student's t for the mean of ``count`` values."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(np.asarray(count) - 1, 1), (1 + confidence) / 2))


def confidence_limits(mean: Any, half: Any, least: Any, most: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high of an interval that lies within what is possible and holds the mean.

    ``half``: half-width of Student's interval. Between two limits the interval is Student's on the scale of the
    logit, its half-width carried over by the delta method, and from a single limit on that of the logarithm (as for
    proportions and for counts in surveys: Korn and Graubard 1999, Analysis of Health Surveys, ch. 3.2). Far from the
    limits that is Student's interval itself; near them the side towards the limit is the shorter.
    """
    from scipy.special import expit, logit

    mean, half, least, most = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (mean, half, least, most)))
    with np.errstate(all="ignore"):
        width, above = most - least, mean - least
        place = above / width
        on_logit = half / (width * place * (1.0 - place))
        on_log = half / above
        found = []
        for sign in (-1.0, 1.0):
            between = least + width * expit(logit(place) + sign * on_logit)
            beyond = least + above * np.exp(sign * on_log)
            end = np.select([np.isfinite(width), np.isfinite(least)], [between, beyond], mean + sign * half)
            found.append(np.where((half == 0.0) | (mean == least) | (mean == most), mean, end))
    low, high = found
    is_known = ~np.isnan(half)
    return np.where(is_known, np.minimum(low, mean), np.nan), np.where(is_known, np.maximum(high, mean), np.nan)


def interval(
    values: NDArray[np.float64], least: Any = -np.inf, most: Any = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, low and high over the first axis, as in :func:`summarise`; all missing where there is no value.

    ``least`` and ``most``: what is possible, see :func:`confidence_limits`.
    """
    count = len(values)
    if not count:
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    mean = np.asarray(values.mean(axis=0))
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = quantile(count) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return mean, *confidence_limits(mean, half, least, most)


def summarise(values: pd.DataFrame, by: list[str], within: Callable[[pd.DataFrame], Range]) -> pd.DataFrame:
    """Mean, interval and count of ``value`` in each group, groups in order of appearance.

    ``within``: what is possible for the mean of each row of the table of means, which has the columns ``by``, mean and
    replications. With fewer than two values there is no interval: ``low`` and ``high`` are missing.
    """
    groups = values.groupby(by, sort=False, observed=True)["value"]
    table = groups.agg(mean="mean", spread="std", replications="count").reset_index()
    count = table["replications"].to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = quantile(count) * table.pop("spread").to_numpy() / np.sqrt(count)
    table["low"], table["high"] = confidence_limits(table["mean"].to_numpy(), half, *within(table))
    return table


def weighted_quantiles(
    values: NDArray[np.float64], weights: NDArray[np.float64], at: tuple[float, ...]
) -> tuple[float, ...]:
    """Quantiles of weighted values, without those that are missing; missing where none is left."""
    is_there = ~np.isnan(values)
    if not is_there.any():
        return tuple(np.nan for _ in at)
    found = np.quantile(values[is_there], at, weights=weights[is_there], method="inverted_cdf")
    return tuple(float(one) for one in found)
