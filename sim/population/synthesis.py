"""Who there is on the first day: a population of firms with the margins of the evidence.

:mod:`sim.population.cells` says which rows there are and what each stands for, :mod:`sim.population.draws` fills their
columns. One firm more or fewer somewhere changes nothing of any other firm, whatever the seed.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Parameters
from sim.population.cells import Blocks, blocks_of, cells_of, enumerate_rows, sampled
from sim.population.columns import Firms, new_columns
from sim.population.counties import Counties
from sim.population.draws import draw, tables_of
from sim.timeline import COHORTS, Timeline

BIRTH_MARGIN: Final = 1.25  # unborn rows over expected births; the engine thins them by chance to the rate of the world


@dataclass(frozen=True, eq=False)
class Population:
    """The firms and where to find them."""

    firms: Firms  # sorted by cohort, county, sector and size
    cohort_start: NDArray[np.int64]  # first row of each cohort, shape (29,)
    entities: int  # active entities of the province at the start
    alive: int  # rows alive at the start
    scale: float  # what institutions multiply their size by: 1 unless the province was enlarged

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
    """
    if firms is not None and firms < 1:
        raise ValueError(f"a population needs at least one firm, not {firms}")
    blocks, entities, total = _blocks(parameters, counties, timeline.days, firms)
    columns = new_columns(int(blocks.rows.sum()))
    cohort_start = enumerate_rows(columns, blocks, counties.prefecture)
    draw(columns, tables_of(parameters), seed, timeline.days)
    return Population(columns, cohort_start, entities, total if firms is None else firms, total / entities)


@lru_cache(maxsize=4)
def _blocks(parameters: Parameters, counties: Counties, days: int, firms: int | None) -> tuple[Blocks, int, int]:
    """The blocks, the active entities of the province and those of the world, which may be enlarged.

    Two thirds of the work of a sample do not depend on the seed and are done once for all runs of a process.
    """
    entities = round(parameters["population.registered_entities"] * parameters["population.active_share"])
    total = entities if firms is None else max(entities, firms)
    rows = total if firms is None else firms
    cells = cells_of(parameters, counties, total, born=False)
    expected_births = total * parameters["population.births_per_year"] * (days / 365.25) * BIRTH_MARGIN
    births = cells_of(parameters, counties, round(expected_births), born=True)

    blocks = blocks_of(counties, *sampled(cells, rows), born=0)
    newborn = blocks_of(counties, *sampled(births, max(1, round(expected_births * rows / total))), born=1)
    blocks = Blocks(*(np.concatenate(pair) for pair in zip(blocks, newborn, strict=True)))
    # Rows are written cohort by cohort along the blocks, so that they come out sorted.
    order = np.lexsort((blocks.born, blocks.group, blocks.size, blocks.sector, blocks.county))
    return Blocks(*(column[order] for column in blocks)), entities, total
