"""Which rows of a table are meant, what each of them counts, and shares of sums."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.observe.universes import OF_UNIVERSE
from sim.study.reductions.readings.arguments import By, Cells, Of, Stops
from sim.units import FEN_PER_YUAN
from sim.vocabulary import SECTOR_GROUPS

if TYPE_CHECKING:
    from sim.observe.tables import Result

OWN_PREMISES: Final = "none"  # the landlord of who has none
LIVING: Final = ("open", "suspended", "paused")
EVERYBODY: Final = Of()
ALL_STOPS: Final = Stops()
ALL_CELLS: Final = Cells()


def firms(result: Result, on: date, of: Of) -> pd.DataFrame:
    """The firms meant, as they stood on a day at its end, those among them that had left.

    Raises ``LookupError`` for a day on which nobody looked at the run.
    """
    table = result.snapshots
    day = table[(table["date"] == pd.Timestamp(on)).to_numpy()]
    if day.empty:
        raise LookupError(f"nobody looked at the firms on {on}")
    return day[meant(day, of)]


def living(result: Result, on: date, of: Of) -> pd.DataFrame:
    """Those of :func:`firms` that were alive."""
    table = firms(result, on, of)
    return table[table["status"].isin(LIVING)]


def meant(table: pd.DataFrame, of: Cells) -> NDArray[np.bool_]:
    """Which rows of a table of cells, stops or firms meet every condition that is given."""
    sectors = [one for name in of.sector for one in SECTOR_GROUPS.get(name, (name,))]
    found = np.ones(len(table), np.bool_)
    for column, names in (("size", of.size), ("sector", sectors), ("prefecture", of.prefecture)):
        if names:
            found &= table[column].isin(names).to_numpy()
    if isinstance(of, Stops) and of.universe:
        strata = [one for name in of.universe for one in OF_UNIVERSE.get(name, (name,))]
        found &= table["universe"].isin(strata).to_numpy()
    return found & _meant_firms(table, of) if isinstance(of, Of) else found


def _meant_firms(table: pd.DataFrame, of: Of) -> NDArray[np.bool_]:
    found = np.ones(len(table), np.bool_)
    for wanted, facts in (
        (of.founder, lambda: table["founder"]),
        (of.insured, lambda: table["insured"]),
        (of.owes, lambda: table["loan_fen"] > 0),
        (of.renting, lambda: table["landlord"] != OWN_PREMISES),
    ):
        if wanted is not None:
            found &= facts().to_numpy(np.bool_) == wanted
    for column, names in (("customer", of.customer), ("landlord", of.landlord)):
        if names:
            found &= table[column].isin(names).to_numpy()
    if of.age_years is not None:
        age = table["age_years"].to_numpy(np.float64)
        found &= (age >= of.age_years[0]) & (age < of.age_years[1])
    return found


def weights(table: pd.DataFrame, by: By = "firms") -> NDArray[np.float64]:
    """What each row counts: its entities, or the jobs that they usually have, owners excluded."""
    entities = table["entities"].to_numpy(np.float64)
    return entities if by == "firms" else entities * table["usual_staff"].to_numpy(np.float64)


def numbers(table: pd.DataFrame, variable: str) -> NDArray[np.float64]:
    """A column in its unit, money in yuan, true and false as 1 and 0."""
    values = table[variable].to_numpy(np.float64)
    return values / FEN_PER_YUAN if variable.endswith("_fen") else values


def ratio(part: float, whole: float) -> float:
    """A part of a whole, missing of nothing."""
    return part / whole if whole else float("nan")


def share(is_so: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """Weighted share of rows of which something holds, missing where nothing weighs anything."""
    return ratio(float(weight[is_so].sum()), float(weight.sum()))


def quantile(values: NDArray[np.float64], weight: NDArray[np.float64], q: float) -> float:
    """The least value that at least the share ``q`` of all weight does not exceed; missing of nothing."""
    if not weight.sum():
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    place = int(np.searchsorted(reached, q * reached[-1]))
    return float(values[order][min(place, len(values) - 1)])


def years(since: date, until: date) -> float:
    """Years between the ends of two days."""
    return (until - since).days / 365.25
