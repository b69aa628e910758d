"""The synthetic province beside every published margin: one row an entity, on the first day."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.parameters import Parameters
from sim.population.cells import cells_of
from sim.population.counties import Counties
from sim.population.fitting import BASES, fitted
from sim.population.margins import Margin, Part, margins
from sim.population.synthesis import BIRTH_MARGIN, Population, on_record
from sim.units import FEN_PER_YUAN
from sim.vocabulary import SECTORS, SIZES, Status

YEAR: Final = 365.25
DAYS: Final = (CLASSIFICATION.record.last - CLASSIFICATION.record.first).days + 1


class Beside(NamedTuple):
    """A margin and the same of the synthetic province: NaN of a share where nobody is here of whom it is one."""

    margin: Margin
    here: float

    @property
    def difference(self) -> float:
        """Relative: 0.1 where there is a tenth more here than is published; NaN where one of the two says nothing."""
        return _ratio(self.here, self.margin.published) - 1.0


class PlaceTotals(NamedTuple):
    """What a place of the fitting has, and how much of it rests on what is published there."""

    code: str
    entities: int
    basis: dict[str, int]  # entities by what is published of their cell, see BASES


def beside(parameters: Parameters, counties: Counties, seed: int = 1) -> list[Beside]:
    """Every margin with what the synthetic province has, one row an entity, in the order of the file."""
    counted = _counted(parameters, counties, on_record(parameters, counties, seed, None))
    return [
        Beside(
            margin,
            _ratio(
                _sum(counted[margin.measure], counties, margin.part),
                _sum(counted[margin.measure], counties, margin.whole) if margin.whole else 1.0,
            ),
        )
        for margin in margins()
    ]


def place_totals(parameters: Parameters, counties: Counties) -> list[PlaceTotals]:
    """Every place of the fitting, prefectures first."""
    entities = round(parameters["population.registered_entities"] * parameters["population.active_share"])
    cells = cells_of(parameters, counties, entities, born=False).sum(axis=2)
    found = fitted(parameters, counties)
    return [
        PlaceTotals(
            str(code),
            int(cells[:, :, place].sum()),
            {name: int(cells[:, :, place][found.basis[:, :, place] == k].sum()) for k, name in enumerate(BASES)},
        )
        for place, code in enumerate(found.places.code)
    ]


def _counted(parameters: Parameters, counties: Counties, population: Population) -> dict[str, NDArray[np.float64]]:
    """Each measure by county, sector and size."""
    firms = population.firms
    shape = (len(counties), len(SECTORS), len(SIZES))
    cell = np.ravel_multi_index((firms.county, firms.sector, firms.size), shape)
    alive = (firms.status == Status.OPEN) * firms.weight.astype(np.float64)

    def total(of_each: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(cell, of_each, int(np.prod(shape))).astype(np.float64).reshape(shape)

    industry = CLASSIFICATION.industry_above_scale
    above = np.isin(firms.sector, [SECTORS.index(name) for name in industry.sectors]) & (firms.size > 0)
    above &= firms.usual_sales * 12 >= industry.yearly_sales_yuan * FEN_PER_YUAN
    insured = alive * firms.insured_share
    entities = total(alive)
    born = total((firms.status == Status.UNBORN) * firms.weight.astype(np.float64))
    return {
        "entities": entities,
        "registered": entities / parameters["population.active_share"],
        "persons": total(alive * (firms.staff + 1.0)),
        "insured_units": total(alive * ((firms.insured_share > 0) & (firms.staff > 0))),
        "insured_persons": total(insured * firms.staff),
        "above_scale": total(alive * above),
        "births": born / BIRTH_MARGIN * YEAR / DAYS,
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _sum(counted: NDArray[np.float64], counties: Counties, part: Part) -> float:
    """What a part of the population has."""
    inside = [
        county
        for county, (code, prefecture) in enumerate(zip(counties.code, counties.prefecture, strict=True))
        if part.place in ("", code, counties.prefecture_code[prefecture])
    ]
    return float(counted[np.ix_(inside, list(part.sectors), list(part.sizes))].sum())
