"""Readings of work resumed: after one stop, and of all that were ever stopped."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import Days, Of, Share, Stops
from sim.study.reductions.readings.choice import ALL_STOPS, EVERYBODY, firms, meant, quantile, share, weights
from sim.study.reductions.readings.registry import reading
from sim.vocabulary import WHILE_STOPPED


class Closures(TypedDict, total=False):
    """Which closures are meant: how many days they lasted, and when they ended."""

    closed_at_least: Days
    closed_at_most: Days
    since: date
    until: date


@reading(needs_stops=True)
def back_at_work(result: Result, days_after: Days, of: Stops = ALL_STOPS, **closures: Unpack[Closures]) -> float:
    """Of stops whose closure ended, the share of entities that worked again so many days after being freed (share).

    Who left before has not come back.
    """
    days, weight = _days_to_return(result, of, closures)
    return share(days <= days_after, weight)


@reading(needs_stops=True)
def quantile_of_return(result: Result, q: Share, of: Stops = ALL_STOPS, **closures: Unpack[Closures]) -> float:
    """Days after being freed by which the share ``q`` of stopped entities worked again; missing if they never did."""
    days, weight = _days_to_return(result, of, closures)
    found = quantile(days, weight, q)
    return found if np.isfinite(found) else float("nan")


@reading(days=("on",))
def resumed(result: Result, on: date, of: Of = EVERYBODY) -> float:
    """Of entities stopped at least once by a day, the share that has worked again, gone since or not (share)."""
    table = firms(result, on, of)
    table = table[table["stopped"].to_numpy(np.bool_)]
    is_back = (table["status"] != "suspended") & ~table["exit_cause"].isin(WHILE_STOPPED)
    return share(is_back.to_numpy(), weights(table))


def _days_to_return(result: Result, of: Stops, closures: Closures) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each stop whose closure ended, days from then to work (infinite where it never came), and its entities."""
    table = result.stops
    table = table[table["freed_on"].notna().to_numpy() & meant(table, of)]
    closed = (table["freed_on"] - table["stopped_on"]).dt.days.to_numpy(np.float64)
    freed = table["freed_on"].dt.date.to_numpy()
    is_meant = (closed >= closures.get("closed_at_least", 0)) & (closed <= closures.get("closed_at_most", np.inf))
    is_meant &= (freed >= closures.get("since", date.min)) & (freed <= closures.get("until", date.max))
    table = table[is_meant]
    days = (table["working_on"] - table["freed_on"]).dt.days.to_numpy(np.float64)
    return np.where(np.isnan(days), np.inf, days), table["entities"].to_numpy(np.float64)
