"""Readings of money and contracts, and any outcome of a run."""

from __future__ import annotations

from datetime import date

from sim.observe.outcomes import OUTCOMES
from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import OutcomeName, UntilMonth, Winners
from sim.study.reductions.readings.choice import EVERYBODY, living, ratio
from sim.study.reductions.readings.registry import reading
from sim.units import FEN_PER_YUAN

MONTHS_A_YEAR = 12
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
def outcome(result: Result, name: OutcomeName) -> float:
    """An outcome of the run by its name (unit of the outcome, money in yuan)."""
    return result.value(name) / (FEN_PER_YUAN if OUTCOMES[name].unit == "fen" else 1)


def _number(month: str) -> int:
    """Months since the beginning of our era."""
    year, of_year = month.split("-")
    return int(year) * MONTHS_A_YEAR + int(of_year)
