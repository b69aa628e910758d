"""The record of what happened, read once from ``calibration/world/``: listings, demand by month, rules.

Dates are ordinals (``date.toordinal``) here; ``sim/world/world.py`` turns them into days of a run.
"""

import csv
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.places import calibration_folder
from sim.vocabulary import SECTORS

# The ninth edition of the national protocol took effect: risk areas became buildings and courts instead of streets.
NINTH_EDITION: Final = date(2022, 6, 28)


class Spell(NamedTuple):
    """Days in a row on which a place had the same number of risk areas, both days included."""

    county: str
    first: int
    last: int
    high: float
    medium: float


class National(NamedTuple):
    """Counties of China listed, mean of a period, both days included."""

    first: int
    last: int
    counties: float


class TourRule(NamedTuple):
    """What a listing bans: tours across provinces into the ``province`` or into the ``county``."""

    first: int
    last: int
    banned: str


class Testing(NamedTuple):
    """A period in which the staff of a prefecture (code of 4 digits) or county had to be tested."""

    place: str
    first: int
    last: int


class Demand(NamedTuple):
    """Published demand by month and sector, 1 = monthly mean of 2021."""

    first_month: int  # months since year 0
    by_month: NDArray[np.float64]  # (months, sectors)


def _rows(name: str) -> list[dict[str, str]]:
    with (calibration_folder() / "world" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@cache
def spells() -> tuple[Spell, ...]:
    """Every listing of a county of Yunnan from 2021-12-25 to 2023-01-08, as listed on the day."""
    return tuple(
        Spell(
            row["county_code"],
            _day(row["from"]),
            _day(row["to"]),
            float(row["high_places"]),
            float(row["medium_places"]),
        )
        for row in _rows("listings.csv")
    )


@cache
def national() -> tuple[National, ...]:
    """Counties of China listed, week by week from 2022-04-15."""
    return tuple(
        National(_day(row["from"]), _day(row["to"]), float(row["counties_listed"]))
        for row in _rows("national_listings.csv")
    )


@cache
def tour_rules() -> tuple[TourRule, ...]:
    """National rules that tied tours across provinces to the risk listing."""
    return tuple(TourRule(_day(row["from"]), _day(row["to"]), row["banned"]) for row in _rows("tour_rules.csv"))


@cache
def testing() -> tuple[Testing, ...]:
    """Periods in which staff had to be tested without their county being listed."""
    return tuple(Testing(row["place"], _day(row["from"]), _day(row["to"])) for row in _rows("testing.csv"))


@cache
def demand() -> Demand:
    """The table of ``demand.csv``: months in a row from January 2022, every sector."""
    rows = _rows("demand.csv")
    months = sorted({row["month"] for row in rows})
    by_month = np.full((len(months), len(SECTORS)), np.nan)
    for row in rows:
        by_month[months.index(row["month"]), SECTORS.index(row["sector"])] = float(row["index"])
    year, month = (int(part) for part in months[0].split("-"))
    return Demand(year * 12 + month - 1, by_month)
