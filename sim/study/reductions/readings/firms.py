"""Readings of firms on a day: shares, means, quantiles and sums, weighted by the entities that a row stands for.

``variable`` is a column of ``TABLES['snapshots']``, in its unit but for money, which is in yuan here. A firm without a
value in it counts neither in the part nor in the whole. All are of the firms meant by ``of`` that are alive at the end
of the day.
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import By, Of, Share, Variable, Variables
from sim.study.reductions.readings.choice import EVERYBODY, living, numbers, quantile, ratio, share, weights
from sim.study.reductions.readings.registry import reading

DAY = ("on",)
ENTITIES = "entities"  # the variable whose total is a count


class Limits(TypedDict, total=False):
    """Between which values something lies."""

    at_least: float
    at_most: float
    above: float
    below: float


LIMITS = tuple(Limits.__annotations__)


@reading(days=DAY, one_of=LIMITS)
def share_of_firms(
    result: Result, on: date, variable: Variable, of: Of = EVERYBODY, by: By = "firms", **limits: Unpack[Limits]
) -> float:
    """Of living firms on a day, the share whose value lies within the limits (share; by firms or by their jobs)."""
    values, weight = _known(result, on, variable, of, by)
    is_inside = np.ones(len(values), np.bool_)
    for limit, holds in (
        ("at_least", np.greater_equal), ("at_most", np.less_equal), ("above", np.greater), ("below", np.less),
    ):  # fmt: skip
        if limit in limits:
            is_inside &= holds(values, limits[limit])  # type: ignore[literal-required]
    return share(is_inside, weight)


@reading(days=DAY)
def mean_of_firms(result: Result, on: date, variable: Variable, of: Of = EVERYBODY, by: By = "firms") -> float:
    """Mean over living firms on a day (unit of the column; by firms or by their jobs)."""
    values, weight = _known(result, on, variable, of, by)
    return ratio(float((values * weight).sum()), float(weight.sum()))


@reading(days=DAY)
def quantile_of_firms(result: Result, on: date, variable: Variable, q: Share, of: Of = EVERYBODY) -> float:
    """The value that the share ``q`` of living firms on a day does not exceed (unit of the column)."""
    return quantile(*_known(result, on, variable, of, "firms"), q)


@reading(days=DAY)
def weighted_mean(result: Result, on: date, variable: Variable, weight: Variable, of: Of = EVERYBODY) -> float:
    """Mean over living firms on a day, each as often as another of its columns says (unit of the first column)."""
    table = living(result, on, of)
    values, often = (numbers(table, name) for name in (variable, weight))
    is_known = ~np.isnan(values) & ~np.isnan(often)
    times = often[is_known] * weights(table)[is_known]
    return ratio(float((values[is_known] * times).sum()), float(times.sum()))


@reading(days=DAY)
def total(result: Result, on: date, variable: Variables, of: Of = EVERYBODY) -> float:
    """Sum over living firms on a day (unit of the column), of several columns together; of ``entities`` a count."""
    return sum(total_of(result, on, name, of) for name in variable)


@reading(days=DAY)
def ratio_of_totals(result: Result, on: date, numerator: Variable, denominator: Variable, of: Of = EVERYBODY) -> float:
    """The sum of one column over that of another, of living firms on a day (ratio of their units)."""
    return ratio(total_of(result, on, numerator, of), total_of(result, on, denominator, of))


@reading(days=("since", "until"))
def growth(result: Result, variable: Variable, since: date, until: date, of: Of = EVERYBODY) -> float:
    """The sum over firms living on a later day over that of firms living on an earlier one, minus 1 (share)."""
    return ratio(total_of(result, until, variable, of), total_of(result, since, variable, of)) - 1.0


def _known(result: Result, on: date, variable: str, of: Of, by: By) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of the living firms that have one, and what each counts."""
    table = living(result, on, of)
    values = numbers(table, variable)
    is_known = ~np.isnan(values)
    return values[is_known], weights(table, by)[is_known]


def total_of(result: Result, on: date, variable: str, of: Of) -> float:
    """Sum of a column over living firms on a day."""
    values, weight = _known(result, on, variable, of, "firms")
    return float(weight.sum() if variable == ENTITIES else (values * weight).sum())
