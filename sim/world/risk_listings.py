"""The record of what happened, read from ``world/`` in the folder of calibration: listings, demand by month, rules.

Dates are ordinals (``date.toordinal``) here; ``sim/world/world.py`` turns them into days of a run.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.data_folders import calibration_file, of_calibration
from sim.refusal import Refusal
from sim.timeline import Timeline
from sim.vocabulary import SECTORS

# Days that are known.
RECORD: Final = Timeline(CLASSIFICATION.record.first, CLASSIFICATION.record.last, CLASSIFICATION.calendar)


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


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with calibration_file(folder, f"world/{name}").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@of_calibration
def spells(folder: Path) -> tuple[Spell, ...]:
    """Every listing of a county, as listed on the day; listings of the days before the record may still hold in it."""
    return tuple(
        Spell(
            row["county_code"],
            _day(row["from"]),
            _day(row["to"]),
            float(row["high_places"]),
            float(row["medium_places"]),
        )
        for row in _rows(folder, "listings.csv")
    )


@of_calibration
def national(folder: Path) -> tuple[National, ...]:
    """Counties of China listed, week by week."""
    return tuple(
        National(_day(row["from"]), _day(row["to"]), float(row["counties_listed"]))
        for row in _rows(folder, "national_listings.csv")
    )


@of_calibration
def tour_rules(folder: Path) -> tuple[TourRule, ...]:
    """National rules that tied tours across provinces to the risk listing."""
    return tuple(TourRule(_day(row["from"]), _day(row["to"]), row["banned"]) for row in _rows(folder, "tour_rules.csv"))


@of_calibration
def testing(folder: Path) -> tuple[Testing, ...]:
    """Periods in which staff had to be tested without their county being listed."""
    return tuple(Testing(row["place"], _day(row["from"]), _day(row["to"])) for row in _rows(folder, "testing.csv"))


@of_calibration
def demand(folder: Path) -> Demand:
    """The table of ``demand.csv``: every sector in every month of the record, or a :class:`Refusal`."""
    rows = _rows(folder, "demand.csv")
    first, last = RECORD.start, RECORD.end
    months = {name: month for month, name in enumerate(RECORD.month_names)}
    by_month = np.full((len(months), len(SECTORS)), np.nan)
    for row in rows:
        if row["month"] in months and row["sector"] in SECTORS:
            by_month[months[row["month"]], SECTORS.index(row["sector"])] = float(row["index"])
    strange = {row["month"] for row in rows} - set(months)
    missing = [f"{name} {SECTORS[s]}" for name, m in months.items() for s in np.flatnonzero(np.isnan(by_month[m]))]
    if strange or missing:
        path = calibration_file(folder, "world/demand.csv")
        raise Refusal(
            zh=f"{path} 应有 {first} 至 {last} 各月各行业的数：{'、'.join(sorted(strange) + missing[:3])}",
            en=f"{path} must have every sector in every month from {first} to {last}, and no other month: "
            f"{', '.join(sorted(strange) + missing[:3])}",
        )
    return Demand(first.year * 12 + first.month - 1, by_month)
