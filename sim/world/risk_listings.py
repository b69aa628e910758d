"""The record of what happened, read from ``world/`` in the folder of calibration: listings, demand by month, rules.

Dates are ordinals (``date.toordinal``) here; ``sim/world/world.py`` turns them into days of a run.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION, read
from sim.data_folders import calibration_file, of_calibration, project_calibration_folder
from sim.population.counties import counties
from sim.record_table import Check, Column, Misfit, as_it_is, day, number, period, rows
from sim.refusal import Refusal, nearest
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


def _rows(folder: Path, name: str, columns: Mapping[str, Column], check: Check = as_it_is) -> list[dict[str, Any]]:
    return rows(calibration_file(folder, f"world/{name}"), columns, check)


BANNED: Final = ("province", "county")
PERIOD: Final[Mapping[str, Column]] = {"from": day, "to": day}


@of_calibration
def spells(folder: Path) -> tuple[Spell, ...]:
    """Every listing of a county, as listed on the day; listings of the days before the record may still hold in it.

    Raises :class:`Refusal` for a county that there is not.
    """
    columns: dict[str, Column] = {"county_code": str, **PERIOD, "high_places": number, "medium_places": number}
    known = counties().code

    def check(line: int, cells: Mapping[str, Any]) -> Iterator[Misfit]:
        code = cells["county_code"]
        if code not in known:
            zh, en = f"{known[0]} 至 {known[-1]} 中的县级代码", f"a county's code, from {known[0]} to {known[-1]}"
            yield Misfit("county_code", code, zh, en, nearest(code, known))
        yield from period(line, cells)

    return tuple(Spell(*row.values()) for row in _rows(folder, "listings.csv", columns, check))


@of_calibration
def national(folder: Path) -> tuple[National, ...]:
    """Counties of China listed, week by week."""
    return tuple(
        National(*row.values())
        for row in _rows(folder, "national_listings.csv", {**PERIOD, "counties_listed": number}, period)
    )


@of_calibration
def tour_rules(folder: Path) -> tuple[TourRule, ...]:
    """National rules that tied tours across provinces to the risk listing."""

    def check(line: int, cells: Mapping[str, Any]) -> Iterator[Misfit]:
        if cells["banned"] not in BANNED:
            near = nearest(cells["banned"], BANNED)
            yield Misfit("banned", cells["banned"], " 或 ".join(BANNED), " or ".join(BANNED), near)
        yield from period(line, cells)

    return tuple(TourRule(*row.values()) for row in _rows(folder, "tour_rules.csv", {**PERIOD, "banned": str}, check))


@of_calibration
def testing(folder: Path) -> tuple[Testing, ...]:
    """Periods in which staff had to be tested without their county being listed."""
    table = counties()
    known = (*table.prefecture_code, *table.code)

    def check(line: int, cells: Mapping[str, Any]) -> Iterator[Misfit]:
        if cells["place"] not in known:
            zh = f"州（市）代码（{'、'.join(table.prefecture_code)}）或县级代码"
            en = f"the code of a prefecture ({', '.join(table.prefecture_code)}) or of a county"
            yield Misfit("place", cells["place"], zh, en, nearest(cells["place"], known))
        yield from period(line, cells)

    return tuple(Testing(*row.values()) for row in _rows(folder, "testing.csv", {"place": str, **PERIOD}, check))


@of_calibration
def demand(folder: Path) -> Demand:
    """The table of ``demand.csv``: every sector in every month of the record, or a :class:`Refusal`."""
    elsewhere = read(project_calibration_folder()).sectors  # rows of another province's sectors may stay
    lines: dict[tuple[str, str], int] = {}

    def check(line: int, cells: Mapping[str, Any]) -> Iterator[Misfit]:
        month, sector = cells["month"], cells["sector"]
        if sector not in SECTORS and sector not in elsewhere:
            yield Misfit("sector", sector, "、".join(SECTORS), ", ".join(SECTORS), nearest(sector, SECTORS))
        if lines.setdefault((month, sector), line) != line:
            on = lines[month, sector]
            yield Misfit("month", f"{month} {sector}", f"每月每行业一行；第 {on} 行已有", f"one row; line {on} has it")

    found = _rows(folder, "demand.csv", {"month": str, "sector": str, "index": number}, check)
    first, last = RECORD.start, RECORD.end
    months = {name: month for month, name in enumerate(RECORD.month_names)}
    by_month = np.full((len(months), len(SECTORS)), np.nan)
    for row in found:
        if row["month"] in months and row["sector"] in SECTORS:
            by_month[months[row["month"]], SECTORS.index(row["sector"])] = row["index"]
    strange = {row["month"] for row in found} - set(months)
    missing = [f"{name} {SECTORS[s]}" for name, m in months.items() for s in np.flatnonzero(np.isnan(by_month[m]))]
    if strange or missing:
        path = calibration_file(folder, "world/demand.csv")
        raise Refusal(
            zh=f"{path} 应有 {first} 至 {last} 各月各行业的数：{'、'.join(sorted(strange) + missing[:3])}",
            en=f"{path} must have every sector in every month from {first} to {last}, and no other month: "
            f"{', '.join(sorted(strange) + missing[:3])}",
        )
    return Demand(first.year * 12 + first.month - 1, by_month)
