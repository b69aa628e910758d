"""Readings of money and contracts, and any outcome of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Unpack

from sim.observe.outcomes import OUTCOMES
from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import (
    Flow,
    Lines,
    Of,
    OutcomeName,
    SinceMonth,
    UntilMonth,
    Variable,
    Winners,
)
from sim.study.reductions.readings.choice import EVERYBODY, living, ratio
from sim.study.reductions.readings.firms import total_of
from sim.study.reductions.readings.registry import reading, stated
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

MONTHS_A_YEAR = 12
DAYS_A_YEAR = 365
CONTRACTS = {
    "small_micro": "contracts_of_small_firms",
    "medium": "contracts_of_medium_firms",
    "large": "contracts_of_large_firms",
}


@reading()
def procurement_share(result: Result, winner: Winners) -> float:
    """Of the money of public contracts over the horizon, the share that winners of these kinds won (share)."""
    won = {name: result.value(outcome) for name, outcome in CONTRACTS.items()}
    return ratio(sum(won[name] for name in {*winner}), sum(won.values()))


@reading(days=("since",))
def bad_loans(result: Result, since: date, until: UntilMonth) -> float:
    """Loans that banks wrote off from a day's month to the end of another, over loans on that day, a year (share)."""
    table = living(result, since, EVERYBODY)
    lent = float((table["entities"].to_numpy(float) * table["loan_fen"].to_numpy(float)).sum())
    first = f"{since:%Y-%m}"
    rows = result.ledger
    rows = rows[(rows["month"] >= first) & (rows["month"] <= until)]
    lost = rows[(rows["payee"] == "banks") & (rows["kind"] == "written_off") & (rows["flow"] == "loan")]
    return ratio(float(lost["amount_fen"].sum()), lent) * MONTHS_A_YEAR / (_number(until) - _number(first) + 1)


@reading()
def ledger_amount(result: Result, since: SinceMonth, until: UntilMonth, **lines: Unpack[Lines]) -> float:
    """Yuan on the lines of the ledger that are meant, in these months."""
    rows = result.ledger
    rows = rows[((rows["month"] >= since) & (rows["month"] <= until)).to_numpy()]
    return float(_lines(rows, lines)["amount_fen"].sum()) / FEN_PER_YUAN


@reading(days=("on",))
def days_of_flow(result: Result, on: date, variable: Variable, flow: Flow, of: Of = EVERYBODY) -> float:
    """The sum of a column over living firms on a day, over a day's mean on ledger lines of the year before (days).

    The year are the twelve months that end with the month of the day; the lines are those of all firms.
    """
    last = f"{on:%Y-%m}"
    months = [month for month in result.ledger["month"].unique() if 0 <= _number(last) - _number(month) < MONTHS_A_YEAR]
    rows = _lines(result.ledger[result.ledger["month"].isin(months)], stated(flow))
    a_day = float(rows["amount_fen"].sum()) / FEN_PER_YUAN / (len(months) * DAYS_A_YEAR / MONTHS_A_YEAR or 1)
    return ratio(total_of(result, on, variable, of), a_day)


@reading()
def outcome(result: Result, outcome: OutcomeName) -> float:
    """An outcome of the run by its name (unit of the outcome, money in yuan)."""
    return result.value(outcome) / (FEN_PER_YUAN if OUTCOMES[outcome].unit == "fen" else 1)


def _lines(ledger: pd.DataFrame, wanted: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of the ledger that are of one of the names given, in every column of which names are given."""
    for column, names in wanted.items():
        ledger = ledger[ledger[column].isin(names).to_numpy()]
    return ledger


def _number(month: str) -> int:
    """Months since the beginning of our era."""
    year, of_year = month.split("-")
    return int(year) * MONTHS_A_YEAR + int(of_year)
