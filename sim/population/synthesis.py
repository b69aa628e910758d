"""Who there is on the first day: a population of firms with the margins of the evidence.

:mod:`sim.population.cells` says which rows there are and what each stands for, :mod:`sim.population.draws` fills their
columns. One firm more or fewer somewhere changes nothing of any other firm, whatever the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.parameters import Parameters
from sim.population.cells import GROUPS, Blocks, blocks_of, cells_of, entities_of, enumerate_rows, sampled
from sim.population.columns import Firms, new_columns
from sim.population.counties import Counties
from sim.population.draws import NOTHING_GIVEN, draw, tables_of
from sim.population.own_firms import OwnFirms, own_firms
from sim.timeline import COHORTS, Timeline
from sim.vocabulary import FLAGS, Status, bit

BIRTH_MARGIN: Final = 1.25  # unborn rows over expected births; the engine thins them by chance to the rate of the world


@dataclass(frozen=True, eq=False)
class Population:
    """The firms and where to find them."""

    firms: Firms  # sorted by cohort, county, sector and size
    cohort_start: NDArray[np.int64]  # first row of each cohort, shape (29,)
    entities: int  # active entities at the start
    alive: int  # rows alive at the start
    scale: float  # what institutions multiply their size by: 1 but for a province enlarged, or somebody's own firms

    def county_rows(self, counties: int) -> NDArray[np.int64]:
        """First row of each county in each cohort, shape (COHORTS, counties + 1): rows are sorted by both."""
        starts = self.cohort_start
        return np.array(
            [
                starts[k] + np.searchsorted(self.firms.county[starts[k] : starts[k + 1]], np.arange(counties + 1))
                for k in range(COHORTS)
            ],
            np.int64,
        )


def synthesise(
    parameters: Parameters, counties: Counties, timeline: Timeline, seed: int, firms: int | None = None
) -> Population:
    """The firms of the province at the start of the horizon, and those that may be born during it.

    ``firms`` is the number of rows alive at the start: None for one row an entity; up to the number of entities a
    weighted sample; beyond it a province enlarged in proportion, one row an entity. Raises ``ValueError`` below 1.
    Where the folder of calibration has firms of its own, all of these and no others are alive at the start.
    """
    if firms is not None and firms < 1:
        raise ValueError(f"a population needs at least one firm, not {firms}")
    own = own_firms()
    if own is not None:
        return _of_own(own, parameters, counties, timeline, seed)
    blocks, entities, total = _blocks(parameters, counties, timeline.days, firms)
    columns, cohort_start = _drawn(blocks, parameters, counties, timeline, seed)
    return Population(columns, cohort_start, entities, total if firms is None else firms, total / entities)


def on_record(parameters: Parameters, counties: Counties, seed: int, firms: int | None) -> Population:
    """The same over the days on record."""
    record = CLASSIFICATION.record
    return synthesise(parameters, counties, Timeline(record.first, record.last), seed, firms)


def _of_own(own: OwnFirms, parameters: Parameters, counties: Counties, timeline: Timeline, seed: int) -> Population:
    """Somebody's own firms, and those of the synthesis that may be born among them."""
    rows, total = len(own.firms.key), int(own.firms.weight.sum(dtype=np.int64))
    alive = new_columns(rows)
    _fill(alive, [own.firms])
    draw(alive, tables_of(parameters), own.given, seed, timeline.days)
    blocks = _newborn(parameters, counties, timeline.days, rows, total)
    newborn, starts = _drawn(blocks, parameters, counties, timeline, seed)
    cohort = np.concatenate([own.cohort, np.repeat(np.arange(COHORTS), np.diff(starts))])
    columns = new_columns(len(cohort))
    _fill(columns, [alive, newborn])
    born = columns.status == Status.UNBORN
    order = np.lexsort((born, _groups(columns), columns.size, columns.sector, columns.county, cohort))
    _fill(columns, [alive, newborn], order)
    cohort_start = np.searchsorted(cohort[order], np.arange(COHORTS + 1)).astype(np.int64)
    return Population(columns, cohort_start, total, rows, total / entities_of(parameters))


def _fill(columns: Firms, parts: Sequence[Firms], order: NDArray[np.int64] | None = None) -> None:
    """Write firms one part after the other, in an order, into columns that are there."""
    for name in columns._fields:
        values = np.concatenate([getattr(part, name) for part in parts])
        getattr(columns, name)[:] = values if order is None else values[order]


def _groups(firms: Firms) -> NDArray[np.int64]:
    """The small group of each firm by its flags; a candidate is one whatever else it is."""
    group = np.zeros(len(firms.key), np.int64)
    for index in range(len(GROUPS) - 1, 0, -1):
        group[firms.flags & np.uint16(bit(FLAGS, GROUPS[index])) > 0] = index
    return np.where(firms.status == Status.UNBORN, 0, group)


def _drawn(
    blocks: Blocks, parameters: Parameters, counties: Counties, timeline: Timeline, seed: int
) -> tuple[Firms, NDArray[np.int64]]:
    """The rows of blocks with everything drawn, and the first row of each cohort."""
    columns = new_columns(int(blocks.rows.sum()))
    cohort_start = enumerate_rows(columns, blocks, counties.prefecture)
    draw(columns, tables_of(parameters), NOTHING_GIVEN, seed, timeline.days)
    return columns, cohort_start


@lru_cache(maxsize=4)
def _blocks(parameters: Parameters, counties: Counties, days: int, firms: int | None) -> tuple[Blocks, int, int]:
    """The blocks, the active entities of the province and those of the world, which may be enlarged.

    Two thirds of the work of a sample do not depend on the seed and are done once for all runs of a process.
    """
    entities = entities_of(parameters)
    total = entities if firms is None else max(entities, firms)
    rows = total if firms is None else firms
    cells = cells_of(parameters, counties, total, born=False)
    blocks = blocks_of(counties, *sampled(cells, rows), born=0)
    newborn = _newborn(parameters, counties, days, rows, total)
    return _sorted(Blocks(*(np.concatenate(pair) for pair in zip(blocks, newborn, strict=True)))), entities, total


@lru_cache(maxsize=4)
def _newborn(parameters: Parameters, counties: Counties, days: int, rows: int, total: int) -> Blocks:
    """The blocks of those that may be born among ``total`` entities, of which each row stands for as many."""
    expected = total * parameters["population.births_per_year"] * (days / 365.25) * BIRTH_MARGIN
    births = cells_of(parameters, counties, round(expected), born=True)
    return _sorted(blocks_of(counties, *sampled(births, max(1, round(expected * rows / total))), born=1))


def _sorted(blocks: Blocks) -> Blocks:
    """Rows are written cohort by cohort along the blocks, so that they come out sorted."""
    order = np.lexsort((blocks.born, blocks.group, blocks.size, blocks.sector, blocks.county))
    return Blocks(*(column[order] for column in blocks))
