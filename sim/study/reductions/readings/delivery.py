"""Readings of how help arrives: what firms ask banks and liaison officers for, and how measures are delivered.

The tables count by month, so that these readings begin with a month and end with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import Measures, Request, SinceMonth, UntilMonth
from sim.study.reductions.readings.choice import LIVING, ratio
from sim.study.reductions.readings.registry import reading
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

FIRST = "0000-00"  # before every month
Station = Literal["applied", "decided", "refused"]
Answered = Literal["decided", "refused"]
Reached = Literal["aware", "applied", "decided", "refused", "paid"]
Over = Literal["eligible", "aware", "applied", "entities", "none"]
WHOLE_HORIZON = ("eligible", "aware")  # stations that are counted once, of the whole horizon


@reading()
def requests(
    result: Result, kind: Request, station: Station, of_station: Station, since: SinceMonth, until: UntilMonth
) -> float:
    """Requests of a kind that reached one station in these months over those that reached another (ratio)."""
    rows = _months(result.requests, since, until)
    rows = rows[rows["kind"] == kind]
    return ratio(_reached(rows, station), _reached(rows, of_station))


@reading()
def request_days(
    result: Result,
    kind: Request,
    since: SinceMonth,
    until: UntilMonth,
    station: Answered = "decided",
) -> float:
    """Mean days from asking to a station, of the requests of a kind that reached it in these months (days)."""
    rows = _months(result.requests, since, until)
    return _mean_days(rows[(rows["kind"] == kind) & (rows["station"] == station)])


@reading()
def applied_share(result: Result, kind: Request, since: SinceMonth, until: UntilMonth) -> float:
    """Requests of a kind in these months over the entities that live at their end (ratio; some ask again)."""
    rows = _months(result.requests, since, until)
    return ratio(_reached(rows[rows["kind"] == kind], "applied"), _living(result, until))


@reading()
def measure_reached(
    result: Result, measure: Measures, station: Reached, until: UntilMonth, over: Over = "none"
) -> float:
    """Entities that reached a station of a measure, or of several together, by the end of a month.

    ``over``: those that reached another station by then, all that live then, or ``none`` for the entities themselves.
    Who is eligible and who is aware is counted once, of the whole horizon.
    """
    rows = result.delivery[result.delivery["measure"].isin(measure)]
    reached = _until(rows, station, until)
    if over == "none":
        return reached
    return ratio(reached, _living(result, until) if over == "entities" else _until(rows, over, until))


@reading()
def measure_amount(result: Result, measure: Measures, until: UntilMonth, since: SinceMonth = FIRST) -> float:
    """Yuan that a measure, or several together, paid, relieved or put off in these months."""
    rows = _months(result.delivery[result.delivery["measure"].isin(measure)], since, until)
    return float(rows["amount_fen"].sum()) / FEN_PER_YUAN


@reading()
def measure_days(
    result: Result,
    measure: Measures,
    until: UntilMonth,
    since: SinceMonth = FIRST,
    station: Literal["decided", "refused", "paid"] = "paid",
) -> float:
    """Mean days from applying to a station, of the entities that reached it in these months."""
    rows = _months(result.delivery[result.delivery["measure"].isin(measure)], since, until)
    return _mean_days(rows[rows["station"] == station])


def _mean_days(rows: pd.DataFrame) -> float:
    known = rows[rows["days"].notna()]
    return ratio(float((known["days"] * known["firms"]).sum()), float(known["firms"].sum()))


def _months(table: pd.DataFrame, since: str, until: str) -> pd.DataFrame:
    return table[(table["month"] >= since) & (table["month"] <= until)]


def _reached(rows: pd.DataFrame, station: str) -> float:
    return float(rows.loc[rows["station"] == station, "firms"].sum())


def _until(rows: pd.DataFrame, station: str, until: str) -> float:
    return _reached(rows if station in WHOLE_HORIZON else _months(rows, FIRST, until), station)


def _living(result: Result, month: str) -> float:
    panel = result.panel[result.panel["month"] == month]
    return float(panel[list(LIVING)].to_numpy().sum())
