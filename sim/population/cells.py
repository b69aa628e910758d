"""Which rows there are: the province cut into cells, cells into rows with weights, rows spread over counties.

A *cell* is place x sector x size x small group (and whether its firms are alive or may be born); a place is a
prefecture, or a county with published figures of its own (:mod:`sim.population.fitting`). Every cell has a
whole number of entities and, when fewer rows than entities are asked for, a number of rows whose whole weights add up
to it exactly. Larger firms and the small groups get more than their share of the rows. A *block* is the rows of a cell
in one county. Nothing here depends on the seed: a row's identity is its place in this order.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.kernels import allocating, inlined
from sim.parameters import Parameters
from sim.population.counties import Counties
from sim.population.fitting import fitted, places_of, province_shares
from sim.random_numbers import Purpose, bits, uniform
from sim.timeline import COHORTS
from sim.vocabulary import FLAGS, SECTORS, SIZES, Status

GROUPS: Final = ("none", "srdi_candidate", "travel_agency", "key_agricultural")  # names of flags but for the first
# Rows of a sample for each row that an individual business would get.
OVERSAMPLING_OF_SIZES: Final = np.array([size.rows for size in CLASSIFICATION.sizes.values()])
OVERSAMPLING_OF_GROUPS: Final = 10.0

_MICRO: Final = SIZES.index("micro")
_KEY, _SHIFT, _FIRST_COHORT = range(3)  # what the hashes of a cell are for


def cells_of(parameters: Parameters, counties: Counties, total: int, born: bool) -> NDArray[np.int64]:
    """Entities of each cell, shape (sectors, sizes, groups, places); they add up to ``total``.

    New firms are individual businesses or micro firms and belong to no small group.
    """
    share = np.zeros((len(SECTORS), len(SIZES), len(GROUPS)))
    share[:, :, 0] = province_shares(parameters)
    if born:
        share[:, _MICRO, 0] = share[:, _MICRO:, 0].sum(axis=1)
        share[:, _MICRO + 1 :, 0] = 0
    else:
        flagged = flag_shares(parameters)
        # A candidate may also be a key farm firm; its row is a candidate's.
        for group, name in enumerate(GROUPS[1:], 1):
            share[:, :, group] = share[:, :, 0] * flagged[FLAGS.index(name)]
            share[:, :, 0] -= share[:, :, group]
    province = _whole(share.ravel() * total, total)
    # Spread each over the places, whole, and carry what rounding owes a place to the next cell.
    found = fitted(parameters, counties)
    where = np.repeat(
        (found.where_born if born else found.where).reshape(-1, len(found.places.code)), len(GROUPS), axis=0
    )
    owed = np.zeros(where.shape[1])
    cells = np.zeros(where.shape, np.int64)
    for cell, entities in enumerate(province):
        expected = entities * where[cell]
        cells[cell] = np.floor(expected)
        owed = owed + (expected - cells[cell])
        extra = np.argsort(-owed, kind="stable")[: entities - cells[cell].sum()]
        cells[cell, extra] += 1
        owed[extra] -= 1
    return cells.reshape(*share.shape, where.shape[1])


def entities_of(parameters: Parameters) -> int:
    """Active entities of the province at the start."""
    return round(parameters["population.registered_entities"] * parameters["population.active_share"])


def flag_shares(parameters: Parameters) -> NDArray[np.float64]:
    """Share of firms with each flag, shape (flags, sectors, sizes)."""
    shares = np.zeros((len(FLAGS), len(SECTORS), len(SIZES)))
    for index, flag in enumerate(FLAGS):
        entry = parameters.table(f"population.flag_share.{flag}")
        named = [SECTORS.index(sector) for sector in entry.get("sectors", SECTORS)]
        shares[index, named] = [entry["share"][size] for size in SIZES]
    return np.minimum(shares, 1.0)


def _whole(expected: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers near the expected ones that add up to ``total``, by largest remainder."""
    whole = np.floor(expected).astype(np.int64)
    room = np.argsort(whole - expected, kind="stable")
    missing = total - int(whole.sum())
    whole[room[:missing]] += 1
    return whole


def sampled(cells: NDArray[np.int64], rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Entities and rows of each cell; no cell has entities without a row, so some cells may join a neighbour."""
    entities = cells.ravel().copy()
    if rows >= entities.sum():
        return cells, cells
    boost = np.broadcast_to(OVERSAMPLING_OF_SIZES[None, :, None, None], cells.shape).copy()
    boost[:, :, 1:] = np.maximum(boost[:, :, 1:], OVERSAMPLING_OF_GROUPS)
    wanted = entities * boost.ravel()
    filled = entities > 0
    least = filled.astype(np.int64) if rows >= np.count_nonzero(filled) else np.zeros_like(entities)
    # Rows in proportion to what is wanted, between the least and one row an entity: find the factor by halving.
    low, high = 0.0, 1.0
    for _ in range(60):
        factor = (low + high) / 2
        low, high = (factor, high) if np.clip(wanted * factor, least, entities).sum() < rows else (low, factor)
    expected = np.clip(wanted * high, least, entities)
    chosen = np.floor(expected).astype(np.int64)
    room = np.argsort(chosen - expected, kind="stable")
    room = room[chosen[room] < entities[room]]
    chosen[room[: rows - int(chosen.sum())]] += 1
    # With fewer rows than cells: a cell without rows joins the next one that has some (the same sector and size first).
    without = np.flatnonzero(filled & (chosen == 0))
    if len(without):
        holders = np.flatnonzero(chosen)
        nearest = holders[np.minimum(np.searchsorted(holders, without), len(holders) - 1)]
        np.add.at(entities, nearest, entities[without])
        entities[without] = 0
    return entities.reshape(cells.shape), chosen.reshape(cells.shape)


class Blocks(NamedTuple):
    """Rows of one cell in one county, one entry each."""

    county: NDArray[np.int64]  # index
    code: NDArray[np.int64]  # national code of the county
    sector: NDArray[np.int64]
    size: NDArray[np.int64]
    group: NDArray[np.int64]
    born: NDArray[np.int64]  # 1 for rows not yet alive
    rows: NDArray[np.int64]
    first: NDArray[np.int64]  # position of its first row among the rows of the cell
    cell_rows: NDArray[np.int64]
    cell_entities: NDArray[np.int64]


def blocks_of(counties: Counties, entities: NDArray[np.int64], rows: NDArray[np.int64], born: int) -> Blocks:
    """The blocks of all cells: the rows of a cell, in order, lie along the counties of its place by their weights.

    A hash of the cell shifts the grid of rows, so that small cells do not all land in the same county.
    """
    places = places_of(counties)
    place = places.of_county
    lower, upper = _along(counties.weight, place)
    # Of a single cell NumPy gives contiguous columns, of several it does not; a kernel is compiled for one kind.
    sector, size, group, county = map(np.ascontiguousarray, np.nonzero((rows > 0)[..., place]))
    cell = (sector, size, group, place[county])
    codes = np.array([int(code) for code in counties.code], np.int64)
    shift = _shifts(places.code[place[county]], sector, size, group, born)
    first = np.ceil(rows[cell] * lower[county] - shift).astype(np.int64)
    after = np.ceil(rows[cell] * upper[county] - shift).astype(np.int64)
    used = after > first
    blocks = Blocks(
        county, codes[county], sector, size, group, np.full_like(sector, born), after - first, first, rows[cell],
        entities[cell],
    )  # fmt: skip
    return Blocks(*(column[used] for column in blocks))


def _along(weight: NDArray[np.float64], place: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each county begins and ends on the line from 0 to 1 of its place."""
    order = np.argsort(place, kind="stable")
    sorted_place, sorted_weight = place[order], weight[order]
    begins = np.append(True, sorted_place[1:] != sorted_place[:-1])
    before = np.cumsum(sorted_weight) - sorted_weight
    start = before[begins][np.cumsum(begins) - 1]
    lower, upper = np.empty(len(place)), np.empty(len(place))
    lower[order] = (before - start) / np.bincount(place, weight)[sorted_place]
    upper[order] = np.append(lower[order][1:], 1.0)
    upper[order[np.append(begins[1:], True)]] = 1.0
    return lower, upper


@inlined
def _identity(code, sector, size, group, born):  # type: ignore[no-untyped-def]
    """A cell as one word: 20 bits of county code, then sector, size, group, born, leaving 32 bits for the index."""
    word = (((np.uint64(code) << np.uint64(4)) | np.uint64(sector)) << np.uint64(2)) | np.uint64(size)
    word = (((word << np.uint64(2)) | np.uint64(group)) << np.uint64(1)) | np.uint64(born)
    return word << np.uint64(32)


@allocating
def _shifts(code, sector, size, group, born):  # type: ignore[no-untyped-def]
    """Shift of the grid of rows of each cell, from [0, 1); the same for every seed."""
    shift = np.empty(len(code))
    for b in range(len(code)):
        shift[b] = uniform(0, Purpose.SEED, _identity(code[b], sector[b], size[b], group[b], born), _SHIFT)
    return shift


@allocating
def enumerate_rows(firms, blocks, prefecture):  # type: ignore[no-untyped-def]
    """Write who each row is, sorted by cohort, county, sector and size. Returns the first row of each cohort."""
    cell = np.empty(len(blocks.rows), np.uint64)
    offset = np.empty(len(blocks.rows), np.int64)
    for b in range(len(blocks.rows)):
        cell[b] = _identity(blocks.code[b], blocks.sector[b], blocks.size[b], blocks.group[b], blocks.born[b])
        offset[b] = bits(0, Purpose.SEED, cell[b], _FIRST_COHORT) % np.uint64(COHORTS)
    start = np.zeros(COHORTS + 1, np.int64)
    row = 0
    for cohort in range(COHORTS):
        start[cohort] = row
        for b in range(len(blocks.rows)):
            for j in range((cohort - offset[b]) % COHORTS, blocks.rows[b], COHORTS):
                i = blocks.first[b] + j
                before = i * blocks.cell_entities[b] // blocks.cell_rows[b]
                upto = (i + 1) * blocks.cell_entities[b] // blocks.cell_rows[b]
                firms.key[row] = bits(0, Purpose.SEED, cell[b] | np.uint64(j), _KEY)
                firms.weight[row] = upto - before
                firms.county[row] = blocks.county[b]
                firms.prefecture[row] = prefecture[blocks.county[b]]
                firms.sector[row] = blocks.sector[b]
                firms.size[row] = blocks.size[b]
                firms.flags[row] = blocks.group[b]  # for now: the draws below turn the group into flags
                firms.status[row] = Status.UNBORN if blocks.born[b] else Status.OPEN
                row += 1
    start[COHORTS] = row
    return start
