"""Who there is on the first day: a population of firms with the margins of the evidence.

The province is cut into *cells*: prefecture x sector x size x small group. Every cell has a whole number of entities
and, when fewer rows than entities are asked for, a number of rows whose whole weights add up to it exactly. The small
groups (candidates for specialised and innovative, travel agencies, key farm firms) get about ten times their share of
the rows. Rows of a cell are spread over the prefecture's counties and then over the settlement cohorts.

A row's identity is its place in this order, never the seed; its columns are draws of its own. So one firm more or
fewer somewhere changes nothing of any other firm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.luck import Purpose, bits, normal, uniform
from sim.parameters import Parameters
from sim.population.columns import Firms, new_columns
from sim.population.places import Counties
from sim.timeline import COHORTS, Timeline
from sim.units import FEN_PER_YUAN
from sim.vocabulary import CUSTOMERS, FACTS, FLAGS, LANDLORDS, SECTORS, SIZES, Status, bit

GROUPS: Final = ("none", "srdi_candidate", "travel_agency", "key_agricultural")  # names of flags but for the first
OVERSAMPLING: Final = 10.0  # rows of a small group for each row that an ordinary firm would get
BIRTH_MARGIN: Final = 1.25  # unborn rows over expected births; the engine thins them by luck to the rate of the world
_USUAL: Final = date(2021, 12, 31)  # usual costs are those before the plan

# What each draw of a firm is for: the period of its draws for Purpose.SYNTHESIS. Never used again for anything else.
_STAFF, _ROUNDING, _SALES, _MARGIN, _CASH, _LANDLORD, _CUSTOMER, _AGE, _LOAN, _LOAN_SIZE = range(10)
_MATURITY, _RATE, _INSURED, _OVERDUE, _VAT, _BORN, _FLAGS = range(10, 17)  # _FLAGS takes three
# What the hashes of a cell are for.
_KEY, _SHIFT, _FIRST_COHORT = range(3)

_INDIVIDUAL: Final = SIZES.index("individual")
_MICRO: Final = SIZES.index("micro")


@dataclass(frozen=True, eq=False)
class Population:
    """The firms and where to find them."""

    firms: Firms  # sorted by cohort, county, sector and size
    cohort_start: NDArray[np.int64]  # first row of each cohort, shape (29,)
    by_county: NDArray[np.int32]  # the rows of each county, ascending, shape (n,)
    county_start: NDArray[np.int64]  # where each county begins in by_county, shape (counties + 1,)
    entities: int  # active entities of the province at the start
    alive: int  # rows alive at the start
    scale: float  # what institutions multiply their size by: 1 unless the province was enlarged


def synthesise(
    parameters: Parameters, counties: Counties, timeline: Timeline, seed: int, firms: int | None = None
) -> Population:
    """The firms of the province at the start of the horizon, and those that may be born during it.

    ``firms`` is the number of rows alive at the start: None for one row an entity; up to the number of entities a
    weighted sample; beyond it a province enlarged in proportion, one row an entity. Raises ``ValueError`` below 1.
    """
    if firms is not None and firms < 1:
        raise ValueError(f"a population needs at least one firm, not {firms}")
    entities = round(parameters["population.registered_entities"] * parameters["population.active_share"])
    total = entities if firms is None else max(entities, firms)
    rows = total if firms is None else firms
    cells = _cells(parameters, counties, total, born=False)
    years = timeline.days / 365.25
    expected_births = total * parameters["population.births_per_year"] * years * BIRTH_MARGIN
    births = _cells(parameters, counties, round(expected_births), born=True)

    blocks = _blocks(counties, *_sampled(cells, rows), born=0)
    newborn = _blocks(counties, *_sampled(births, round(expected_births * rows / total)), born=1)
    blocks = _Blocks(*(np.concatenate(pair) for pair in zip(blocks, newborn, strict=True)))
    # Rows are written cohort by cohort along the blocks, so that they come out sorted.
    order = np.lexsort((blocks.born, blocks.group, blocks.size, blocks.sector, blocks.county))
    blocks = _Blocks(*(column[order] for column in blocks))

    columns = new_columns(int(blocks.rows.sum()))
    cohort_start = _enumerate(columns, blocks, counties.prefecture)
    _draw(columns, _tables(parameters), seed, timeline.days)
    by_county, county_start = _by_county(columns.county, len(counties))
    return Population(columns, cohort_start, by_county, county_start, entities, rows, total / entities)


# Cells and samples -------------------------------------------------------------------------------------------------


def _cells(parameters: Parameters, counties: Counties, total: int, born: bool) -> NDArray[np.int64]:
    """Entities of each cell, shape (sectors, sizes, groups, prefectures); they add up to ``total``.

    New firms are individual businesses or micro firms and belong to no small group.
    """
    individual = parameters.by_sector("population.sector_share.individual")
    enterprise = parameters.by_sector("population.sector_share.enterprise")
    by_size = parameters.table("population.size_share")
    share = np.zeros((len(SECTORS), len(SIZES), len(GROUPS)))
    share[:, _INDIVIDUAL, 0] = individual / individual.sum() * (1 - parameters["population.enterprise_share"])
    for index, sector in enumerate(SECTORS):
        sizes = by_size.get(sector, by_size["default"])
        classes = np.array([sizes[size] for size in SIZES[1:]])
        share[index, 1:, 0] = (
            classes / classes.sum() * enterprise[index] / enterprise.sum() * parameters["population.enterprise_share"]
        )
    if born:
        share[:, _MICRO, 0] = share[:, _MICRO:, 0].sum(axis=1)
        share[:, _MICRO + 1 :, 0] = 0
    else:
        flagged = _flag_shares(parameters)
        for group, name in enumerate(
            GROUPS[1:], 1
        ):  # a candidate may also be a key farm firm; the row is a candidate's
            share[:, :, group] = share[:, :, 0] * flagged[FLAGS.index(name)]
            share[:, :, 0] -= share[:, :, group]
    province = _whole(share.ravel() * total, total)
    # Spread each over the prefectures, whole, and carry what rounding owes a prefecture to the next cell.
    weight = counties.prefecture_weight
    owed = np.zeros(len(weight))
    cells = np.zeros((len(province), len(weight)), np.int64)
    for index in np.flatnonzero(province):
        expected = province[index] * weight
        cells[index] = np.floor(expected)
        owed += expected - cells[index]
        extra = np.argsort(-owed, kind="stable")[: province[index] - cells[index].sum()]
        cells[index, extra] += 1
        owed[extra] -= 1
    return cells.reshape(*share.shape, len(weight))


def _whole(expected: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers near the expected ones that add up to ``total``, by largest remainder."""
    whole = np.floor(expected).astype(np.int64)
    room = np.argsort(whole - expected, kind="stable")
    missing = total - int(whole.sum())
    whole[room[:missing]] += 1
    return whole


def _sampled(cells: NDArray[np.int64], rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Entities and rows of each cell; no cell has entities without a row, so some cells may join a neighbour."""
    entities = cells.ravel().copy()
    if rows >= entities.sum():
        return cells, cells
    boost = np.ones(cells.shape)
    boost[:, :, 1:] = OVERSAMPLING
    wanted = entities * boost.ravel()
    filled = entities > 0
    least = filled.astype(np.int64) if rows >= np.count_nonzero(filled) else np.zeros_like(entities)
    # Rows in proportion to what is wanted, between the least and one row an entity: find the factor by halving.
    low, high = 0.0, 1.0
    for _ in range(60):
        factor = (low + high) / 2
        low, high = (factor, high) if np.clip(wanted * factor, least, entities).sum() < rows else (low, factor)
    expected = np.clip(wanted * high, least, entities)
    sampled = np.floor(expected).astype(np.int64)
    room = np.argsort(sampled - expected, kind="stable")
    room = room[sampled[room] < entities[room]]
    sampled[room[: rows - int(sampled.sum())]] += 1
    # With fewer rows than cells: a cell without rows joins the next one that has some (the same sector and size first).
    without = np.flatnonzero(filled & (sampled == 0))
    if len(without):
        holders = np.flatnonzero(sampled)
        nearest = holders[np.minimum(np.searchsorted(holders, without), len(holders) - 1)]
        np.add.at(entities, nearest, entities[without])
        entities[without] = 0
    return entities.reshape(cells.shape), sampled.reshape(cells.shape)


class _Blocks(NamedTuple):
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


def _blocks(counties: Counties, entities: NDArray[np.int64], rows: NDArray[np.int64], born: int) -> _Blocks:
    """The blocks of all cells: the rows of a cell, in order, lie along the counties in proportion to their weights.

    A hash of the cell shifts the grid of rows, so that small cells do not all land in the same county.
    """
    place = counties.prefecture
    share = counties.weight / counties.prefecture_weight[place]
    upper = np.array([share[: c + 1][place[: c + 1] == place[c]].sum() for c in range(len(counties))])
    last = np.append(place[1:] != place[:-1], True)
    upper[last] = 1.0
    lower = np.where(np.append(True, place[1:] != place[:-1]), 0.0, np.append(0.0, upper[:-1]))
    sector, size, group, county = np.nonzero((rows > 0)[..., place])
    cell = (sector, size, group, place[county])
    codes = np.array([int(code) for code in counties.code], np.int64)
    prefectures = np.array([int(code) for code in counties.prefecture_code], np.int64)
    shift = _shifts(prefectures[place[county]], sector, size, group, born)
    first = np.ceil(rows[cell] * lower[county] - shift).astype(np.int64)
    after = np.ceil(rows[cell] * upper[county] - shift).astype(np.int64)
    used = after > first
    blocks = _Blocks(
        county, codes[county], sector, size, group, np.full_like(sector, born), after - first, first, rows[cell],
        entities[cell],
    )  # fmt: skip
    return _Blocks(*(column[used] for column in blocks))


@njit(cache=True, inline="always")
def _identity(code, sector, size, group, born):  # type: ignore[no-untyped-def]
    """A cell as one word: 20 bits of county code, then sector, size, group, born, leaving 32 bits for the index."""
    word = (((np.uint64(code) << np.uint64(4)) | np.uint64(sector)) << np.uint64(2)) | np.uint64(size)
    word = (((word << np.uint64(2)) | np.uint64(group)) << np.uint64(1)) | np.uint64(born)
    return word << np.uint64(32)


@njit(cache=True)
def _shifts(code, sector, size, group, born):  # type: ignore[no-untyped-def]
    """Shift of the grid of rows of each cell, from [0, 1); the same for every seed."""
    shift = np.empty(len(code))
    for b in range(len(code)):
        shift[b] = uniform(0, Purpose.SEED, _identity(code[b], sector[b], size[b], group[b], born), _SHIFT)
    return shift


@njit(cache=True)
def _enumerate(firms, blocks, prefecture):  # type: ignore[no-untyped-def]
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


@njit(cache=True)
def _by_county(county, counties):  # type: ignore[no-untyped-def]
    """Rows of each county, ascending, and where each county begins."""
    start = np.zeros(counties + 1, np.int64)
    for row in range(len(county)):
        start[county[row] + 1] += 1
    for c in range(counties):
        start[c + 1] += start[c]
    after = start[:-1].copy()
    rows = np.empty(len(county), np.int32)
    for row in range(len(county)):
        rows[after[county[row]]] = row
        after[county[row]] += 1
    return rows, start


# Columns -----------------------------------------------------------------------------------------------------------


class _Tables(NamedTuple):
    """The parameters as the kernel reads them: arrays by (sector, size), and money in fen."""

    staff: NDArray[np.float64]
    staff_spread: NDArray[np.float64]
    staff_level: NDArray[np.float64]  # keeps the mean whatever the spread, like the other levels
    sales_per_head: NDArray[np.float64]
    sales_spread: NDArray[np.float64]
    sales_level: NDArray[np.float64]
    wage: NDArray[np.float64]
    wage_level: NDArray[np.float64]
    wage_elasticity: float
    net_margin: NDArray[np.float64]
    margin_spread: NDArray[np.float64]
    utilities: NDArray[np.float64]
    rent: NDArray[np.float64]
    freight_and_fees: NDArray[np.float64]
    commission: NDArray[np.float64]
    premiums: float
    insured_firms: NDArray[np.float64]
    insured_cover: NDArray[np.float64]
    vat_general: NDArray[np.float64]
    vat_small: float
    vat_threshold: float
    surcharge: float
    no_landlord: NDArray[np.float64]
    state_landlord: float
    customers: NDArray[np.float64]  # cumulative
    flags: NDArray[np.float64]  # share by flag, sector and size
    loan_share: NDArray[np.float64]
    loan_months: NDArray[np.float64]
    loan_spread: float
    loan_level: float
    loan_rate_mean: float
    loan_rate_sd: float
    ages: NDArray[np.float64]  # first month of each age class, and the end of the last
    age_upto: NDArray[np.float64]  # cumulative
    cash_months: NDArray[np.float64]
    cash_upto: NDArray[np.float64]  # cumulative
    founding_months: float
    materials_in_outlays: float
    receivable_months: NDArray[np.float64]  # months of sales by main customer
    overdue_months: NDArray[np.float64]
    overdue_firms: float
    payables_months: float
    vat_credit_months: NDArray[np.float64]
    quality_deposit: float


def _flag_shares(parameters: Parameters) -> NDArray[np.float64]:
    """Share of firms with each flag, shape (flags, sectors, sizes)."""
    shares = np.zeros((len(FLAGS), len(SECTORS), len(SIZES)))
    for index, flag in enumerate(FLAGS):
        entry = parameters.table(f"population.flag_share.{flag}")
        named = [SECTORS.index(sector) for sector in entry.get("sectors", SECTORS)]
        shares[index, named] = [entry["share"][size] for size in SIZES]
    return np.minimum(shares, 1.0)


def _level(spread: Any) -> NDArray[np.float64]:
    """Factor that gives exp(spread x :func:`sim.luck.normal`) the mean 1: its moment function is (sinh a / a)**4."""
    a = np.asarray(spread, np.float64) * np.sqrt(3) / 2
    safe = np.where(a > 0, a, 1.0)
    return np.where(a > 0, (safe / np.sinh(safe)) ** 4, 1.0)


def _tables(parameters: Parameters) -> _Tables:
    """Everything that :func:`_draw` needs of the parameters."""
    by_sector, by_size = parameters.by_sector, parameters.by_size
    elasticity = parameters["population.wage_elasticity"]
    sales_spread = by_size("population.sales_spread")
    insured = np.minimum(by_size("premiums.insured_share"), 1.0)
    cover = np.maximum(insured, parameters["premiums.insured_cover"])
    ages = parameters.table("population.age_share")
    cash = parameters.table("population.cash_months")
    customers = parameters.table("population.customer_share")
    by_customer = np.array([[customers[sector][name] for name in CUSTOMERS] for sector in SECTORS])
    credit = np.minimum(parameters.by("receivables.credit_share", CUSTOMERS), 1.0)
    official = np.array([name in ("public_bodies", "large_firms") for name in CUSTOMERS])
    leaving = parameters.by("receivables.collected_per_month", CUSTOMERS) + np.where(
        official, parameters["receivables.overdue_per_month"], parameters["receivables.private_default_per_month"]
    )
    loan_spread = parameters["population.loan_spread"]
    cash_upto = np.minimum(np.array(list(cash.values()), np.float64), 1.0)
    cash_upto[-1] = 1.0
    return _Tables(
        staff=parameters.by_sector_and_size("population.staff"),
        staff_spread=by_size("population.staff_spread"),
        staff_level=_level(by_size("population.staff_spread")),
        sales_per_head=by_sector("population.sales_per_head_yuan") * FEN_PER_YUAN,
        sales_spread=sales_spread,
        sales_level=_level(sales_spread),
        wage=by_sector("population.wage_yuan") * FEN_PER_YUAN,
        wage_level=_level(sales_spread * elasticity),
        wage_elasticity=elasticity,
        net_margin=parameters.by_sector_and_size("costs.net_margin"),
        margin_spread=by_sector("costs.margin_spread"),
        utilities=by_sector("costs.utilities"),
        rent=by_sector("costs.rent"),
        freight_and_fees=by_sector("costs.tolls") + by_sector("costs.fees"),
        commission=by_sector("costs.commission"),
        premiums=sum(parameters[f"premiums.{name}"] for name in ("pension", "medical", "unemployment", "work_injury")),
        insured_firms=insured / cover,
        insured_cover=cover,
        vat_general=by_sector("tax.vat_general"),
        vat_small=parameters.dated("tax.vat_small_scale").on(_USUAL) or 0.0,
        vat_threshold=(parameters.dated("tax.vat_exempt_monthly_yuan").on(_USUAL) or 0.0) * FEN_PER_YUAN,
        surcharge=parameters["tax.surcharge_share"],
        no_landlord=by_size("population.landlord_share.none"),
        state_landlord=parameters["population.landlord_share.state"],
        customers=np.cumsum(by_customer / by_customer.sum(axis=1, keepdims=True), axis=1),
        flags=_flag_shares(parameters),
        loan_share=np.minimum(by_size("population.loan_share"), 1.0),
        loan_months=by_size("population.loan_to_sales"),
        loan_spread=loan_spread,
        loan_level=float(_level(loan_spread)),
        loan_rate_mean=parameters["population.loan_rate_mean"],
        loan_rate_sd=parameters["population.loan_rate_sd"],
        ages=12.0 * np.array([*ages, 2 * max(ages)], np.float64),
        age_upto=np.cumsum(list(ages.values())) / sum(ages.values()),
        cash_months=np.array([0.0, *cash]),
        cash_upto=np.array([0.0, *cash_upto]),
        founding_months=parameters["population.founding_months"],
        materials_in_outlays=parameters["population.outlays_materials_share"],
        receivable_months=credit / leaving,
        overdue_months=np.where(official, credit * parameters["receivables.overdue_start_months"], 0.0),
        overdue_firms=parameters["receivables.overdue_firms_share"],
        payables_months=parameters["population.payables_months"],
        vat_credit_months=by_sector("population.vat_credit_months"),
        quality_deposit=parameters["population.quality_deposit_yuan"] * FEN_PER_YUAN,
    )


_GROUP_BITS: Final = np.array([0, *(bit(FLAGS, name) for name in GROUPS[1:])], np.uint16)
_IS_GROUP: Final = np.array([name in GROUPS for name in FLAGS])
_KEY_FARM, _CANDIDATE = FLAGS.index("key_agricultural"), GROUPS.index("srdi_candidate")
_TRAVEL = np.uint16(bit(FLAGS, "travel_agency"))
_PLATFORM, _VAT_GENERAL = np.uint16(bit(FLAGS, "on_platform")), np.uint16(bit(FLAGS, "vat_general"))
_NO_LANDLORD, _STATE, _PRIVATE = (LANDLORDS.index(name) for name in ("none", "state", "private"))
_PUBLIC_BODIES, _LARGE_FIRMS = CUSTOMERS.index("public_bodies"), CUSTOMERS.index("large_firms")
_HAS_LOAN, _IS_INSURED, _HAS_OVERDUE, _KEPT_STAFF = (
    np.uint16(bit(FACTS, name)) for name in ("has_loan", "insured", "overdue_receivables", "kept_staff")
)
_MOST_MATERIALS: Final = 0.98  # of sales, whatever the margin drawn
_LEAST_MATERIALS: Final = 0.02


@njit(cache=True)
def _draw(firms, tables, seed, days):  # type: ignore[no-untyped-def]
    """Fill the columns of every row with draws of its own. Money in fen, days since the start of the horizon."""
    luck = Purpose.SYNTHESIS
    for row in range(len(firms.key)):
        key, s, z = firms.key[row], firms.sector[row], firms.size[row]
        born = firms.status[row] == Status.UNBORN

        # Traits
        group = firms.flags[row]
        flags = _GROUP_BITS[group]
        word = np.uint64(0)
        for f in range(len(FLAGS)):
            if f % 4 == 0:
                word = bits(seed, luck, key, _FLAGS + f // 4)
            drawn = np.float64(word & np.uint64(0xFFFF)) / 65536.0
            word >>= np.uint64(16)
            if (not _IS_GROUP[f] or (f == _KEY_FARM and group == _CANDIDATE)) and drawn < tables.flags[f, s, z]:
                flags |= np.uint16(1 << f)
        firms.flags[row] = flags
        lot = uniform(seed, luck, key, _LANDLORD)
        if lot < tables.no_landlord[z]:
            landlord = _NO_LANDLORD
        elif (lot - tables.no_landlord[z]) < (1.0 - tables.no_landlord[z]) * tables.state_landlord:
            landlord = _STATE
        else:
            landlord = _PRIVATE
        firms.landlord[row] = landlord
        lot = uniform(seed, luck, key, _CUSTOMER)
        customer = 0
        while customer < len(CUSTOMERS) - 1 and lot >= tables.customers[s, customer]:
            customer += 1
        firms.customer[row] = customer
        lot = uniform(seed, luck, key, _AGE)
        if not born:
            age, below = 0, 0.0
            while age < len(tables.age_upto) - 1 and lot >= tables.age_upto[age]:
                below = tables.age_upto[age]
                age += 1
            within = (lot - below) / (tables.age_upto[age] - below)
            firms.age_months[row] = np.int16(tables.ages[age] + within * (tables.ages[age + 1] - tables.ages[age]))

        # Trade: staff, then sales a head of the staff and the owner; firms that sell more a head pay more
        mean = tables.staff[s, z] * tables.staff_level[z]
        mean *= np.exp(tables.staff_spread[z] * normal(seed, luck, key, _STAFF))
        staff = np.int64(np.floor(mean + uniform(seed, luck, key, _ROUNDING)))
        better = tables.sales_spread[z] * normal(seed, luck, key, _SALES)
        sales = tables.sales_per_head[s] * (staff + 1) * tables.sales_level[z] * np.exp(better)
        wage = tables.wage[s] * tables.wage_level[z] * np.exp(tables.wage_elasticity * better)
        insured = 0.0
        if uniform(seed, luck, key, _INSURED) < tables.insured_firms[z]:
            insured = tables.insured_cover[z]
        rent = tables.rent[s] * sales if landlord != _NO_LANDLORD else 0.0
        rate = max(tables.loan_rate_mean + tables.loan_rate_sd * normal(seed, luck, key, _RATE), 0.0)
        loan = 0.0
        if not born and uniform(seed, luck, key, _LOAN) < tables.loan_share[z]:
            drawn = np.exp(tables.loan_spread * normal(seed, luck, key, _LOAN_SIZE))
            loan = tables.loan_months[z] * sales * tables.loan_level * drawn
        firms.usual_staff[row] = staff
        firms.staff[row] = staff
        firms.usual_sales[row] = np.int64(np.rint(sales))
        firms.wage[row] = np.int32(np.rint(wage))
        firms.insured_share[row] = insured
        firms.rent[row] = np.int64(np.rint(rent))
        firms.loan_rate[row] = rate

        # Usual costs: materials are what the other costs and the firm's own margin leave of its sales
        payroll = staff * wage * (1.0 + tables.premiums * insured)
        general = flags & _VAT_GENERAL != 0
        vat = 0.0
        if general:
            vat = tables.vat_general[s]
        elif sales > tables.vat_threshold:
            vat = tables.vat_small
        other = tables.utilities[s] + tables.freight_and_fees[s] + vat * (1.0 + tables.surcharge)
        if flags & _PLATFORM != 0:
            other += tables.commission[s]
        other += (payroll + rent + loan * rate / 12.0) / sales
        margin = tables.net_margin[s, z] + tables.margin_spread[s] * normal(seed, luck, key, _MARGIN)
        materials = min(max(1.0 - margin - other, _LEAST_MATERIALS), _MOST_MATERIALS)
        firms.materials_share[row] = materials

        # Where it stands
        outlays = sales * (other - vat * (1.0 + tables.surcharge) + tables.materials_in_outlays * materials)
        if born:
            months = tables.founding_months
            firms.born_on[row] = np.int16(uniform(seed, luck, key, _BORN) * days)
            firms.open_from[row] = firms.born_on[row]
        else:
            months = _cash_months(uniform(seed, luck, key, _CASH), tables.cash_months, tables.cash_upto)
            firms.born_on[row] = -1
            owed = np.int64(np.rint(sales * tables.receivable_months[customer]))
            if customer in (_PUBLIC_BODIES, _LARGE_FIRMS):
                firms.receivables_public[row] = owed
                # Some have none, the others share theirs evenly between nothing and twice the mean.
                lot = uniform(seed, luck, key, _OVERDUE) / tables.overdue_firms
                if lot < 1.0:
                    overdue = 2.0 * lot * sales * tables.overdue_months[customer] / tables.overdue_firms
                    firms.overdue_public[row] = np.int64(np.rint(overdue))
            else:
                firms.receivables_private[row] = owed
            firms.payables[row] = np.int64(np.rint(tables.payables_months * materials * sales))
            if general:  # few hold much of it
                much = -np.log(1.0 - uniform(seed, luck, key, _VAT))
                firms.vat_credit[row] = np.int64(np.rint(tables.vat_credit_months[s] * sales * much))
        firms.cash[row] = np.int64(np.rint(months * outlays))
        firms.loan[row] = np.int64(np.rint(loan))
        firms.loan_due_on[row] = np.int16(uniform(seed, luck, key, _MATURITY) * 365.0) if loan > 0.0 else -1
        if flags & _TRAVEL != 0:
            firms.quality_deposit[row] = np.int64(np.rint(tables.quality_deposit))
        firms.suspended_on[row] = -1
        facts = _KEPT_STAFF
        if loan > 0.0:
            facts |= _HAS_LOAN
        if insured > 0.0 and staff > 0:
            facts |= _IS_INSURED
        if firms.overdue_public[row] > 0:
            facts |= _HAS_OVERDUE
        firms.facts[row] = facts


@njit(cache=True)
def _cash_months(lot, months, upto):  # type: ignore[no-untyped-def]
    """Months of outlays that cash lasts, for a place in the distribution from 0 to 1; straight between its points."""
    point = 1
    while point < len(upto) - 1 and lot >= upto[point]:
        point += 1
    within = (lot - upto[point - 1]) / (upto[point] - upto[point - 1])
    return months[point - 1] + min(within, 1.0) * (months[point] - months[point - 1])
