"""How each firm stands on the first day: every column a draw of its own from the parameters, by one kernel.

A firm's usual costs, what its owner could earn elsewhere among them, leave it its own margin of its usual sales: the
margin is drawn around the mean that the evidence states, and materials are what is left of sales after the margin and
all other usual costs. So whatever is varied, the margins of the population stay those of ``costs.net_margin`` and
``costs.loss_share``.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.classification import CLASSIFICATION
from sim.kernels import inlined, kernel, outermost
from sim.parameters import Parameters
from sim.population.cells import GROUPS, flag_shares
from sim.population.contracts import usual_contracts
from sim.random_numbers import Purpose, bits, exponential, normal, uniform
from sim.units import FEN_PER_YUAN, MONTH_DAYS
from sim.vocabulary import CUSTOMERS, FACTS, FLAGS, LANDLORDS, OWNER_RUN, SECTORS, SIZES, Status, bit

# Sizes whose owner lives on the business: who has a salary in a larger one is paid as staff.
_IS_OWNER_RUN: Final = np.array([size in OWNER_RUN for size in SIZES])
_USUAL: Final = CLASSIFICATION.record.first - timedelta(1)  # usual costs are those before the days on record

# What each draw of a firm is for: the period of its draws for Purpose.SYNTHESIS. Never used again for anything else.
_STAFF, _ROUNDING, _SALES, _MARGIN, _CASH, _LANDLORD, _CUSTOMER, _AGE, _LOAN, _LOAN_SIZE = range(10)
_MATURITY, _RATE, _INSURED, _OVERDUE, _VAT, _BORN, _FLAGS = range(10, 17)  # _FLAGS takes three
_PAY, _TERM, _GUARANTEE = 19, 20, 21


class Tables(NamedTuple):
    """The parameters as the kernel reads them: arrays by (sector, size), and money in fen."""

    staff: NDArray[np.float64]
    staff_spread: NDArray[np.float64]
    staff_level: NDArray[np.float64]  # keeps the mean whatever the spread, like the other levels
    sales_per_head: NDArray[np.float64]  # beside public contracts
    sales_spread: NDArray[np.float64]
    sales_level: NDArray[np.float64]
    wage: NDArray[np.float64]
    wage_level: NDArray[np.float64]
    wage_elasticity: float
    net_margin: NDArray[np.float64]
    margin_for_life: NDArray[np.float64]  # standard deviation of the part of the margin that a firm keeps
    depreciation: NDArray[np.float64]
    outside: NDArray[np.float64]  # fen a month that an owner could earn elsewhere, mean by size; 0 where none is asked
    outside_spread: float
    outside_level: float
    reservation_least: float
    living_in_margin: float
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
    guaranteed_share: float
    guarantee_most: NDArray[np.float64]  # fen a borrower, by size
    short_share: float
    short_months: float
    long_months: float
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
    payables_months: NDArray[np.float64]  # months of materials owed, by sector
    vat_credit_months: NDArray[np.float64]
    quality_deposit: float


def _level(spread: Any) -> NDArray[np.float64]:
    """Factor that gives exp(spread x :func:`sim.random_numbers.normal`) the mean 1.

    Its moment function is (sinh a / a)**4.
    """
    a = np.asarray(spread, np.float64) * np.sqrt(3) / 2
    safe = np.where(a > 0, a, 1.0)
    return np.where(a > 0, (safe / np.sinh(safe)) ** 4, 1.0)


@lru_cache(maxsize=8)
def tables_of(parameters: Parameters) -> Tables:
    """Everything that :func:`draw` needs of the parameters; it is made once in a process and only read."""
    by_sector, by_size = parameters.by_sector, parameters.by_size
    elasticity = parameters["population.wage_elasticity"]
    sales_spread = by_size("population.sales_spread")
    insured = np.minimum(by_size("premiums.insured_share"), 1.0)
    cover = np.maximum(insured, parameters["premiums.insured_cover"])
    ages = parameters.table("population.age_share")
    cash = parameters.table("population.cash_months")
    by_customer = np.array([parameters.by(f"population.customer_share.{sector}", CUSTOMERS) for sector in SECTORS])
    credit = np.minimum(parameters.by("receivables.credit_share", CUSTOMERS), 1.0)
    official = np.array([name in ("public_bodies", "large_firms") for name in CUSTOMERS])
    leaving = parameters.by("receivables.collected_per_month", CUSTOMERS) + np.where(
        official, parameters["receivables.overdue_per_month"], parameters["receivables.private_default_per_month"]
    )
    loan_spread = parameters["population.loan_spread"]
    cash_upto = np.maximum.accumulate(np.minimum(np.array(list(cash.values()), np.float64), 1.0))
    cash_upto[-1] = 1.0
    return Tables(
        staff=parameters.by_sector_and_size("population.staff"),
        staff_spread=by_size("population.staff_spread"),
        staff_level=_level(by_size("population.staff_spread")),
        sales_per_head=by_sector("population.sales_per_head_yuan") * FEN_PER_YUAN * (1.0 - usual_contracts(parameters)),
        sales_spread=sales_spread,
        sales_level=_level(sales_spread),
        wage=by_sector("population.wage_yuan") * FEN_PER_YUAN,
        wage_level=_level(sales_spread * elasticity),
        wage_elasticity=elasticity,
        net_margin=parameters.by_sector_and_size("costs.net_margin"),
        margin_for_life=margin_spread(parameters) * np.sqrt(parameters["costs.margin_permanent_share"]),
        depreciation=by_sector("costs.depreciation"),
        outside=np.where(_IS_OWNER_RUN, parameters["owner.outside_yuan"] * FEN_PER_YUAN, 0.0),
        outside_spread=parameters["owner.outside_spread"],
        outside_level=float(_level(parameters["owner.outside_spread"])),
        reservation_least=parameters["owner.reservation_least"],
        living_in_margin=parameters["owner.living_in_margin"],
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
        flags=flag_shares(parameters),
        loan_share=np.minimum(by_size("population.loan_share"), 1.0),
        loan_months=by_size("population.loan_to_sales"),
        loan_spread=loan_spread,
        loan_level=float(_level(loan_spread)),
        guaranteed_share=parameters["credit.guaranteed_share"],
        guarantee_most=by_size("credit.guarantee_most_yuan") * FEN_PER_YUAN,
        short_share=parameters["credit.short_share"],
        short_months=float(round(parameters["credit.short_months"])),
        long_months=float(round(parameters["credit.long_months"])),
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
        payables_months=parameters["suppliers.credit_share"]
        * np.maximum(by_sector("suppliers.term_days") / MONTH_DAYS, 1.0),
        vat_credit_months=by_sector("population.vat_credit_months"),
        quality_deposit=parameters["population.quality_deposit_yuan"] * FEN_PER_YUAN,
    )


def margin_spread(parameters: Parameters) -> NDArray[np.float64]:
    """Standard deviation of margins around the mean of their cell, share of sales, shape (sectors, sizes).

    It is that at which the share ``costs.loss_share`` of a size's firms has a negative margin. Who prints the one
    prints the other, so whether the owner has been paid is read alike in both (``owner.living_in_margin``).
    """
    mean = parameters.by_sector_and_size("costs.net_margin")
    return np.asarray(mean / ndtri(1.0 - parameters.by_size("costs.loss_share")))


_GROUP_BITS: Final = np.array([0, *(bit(FLAGS, name) for name in GROUPS[1:])], np.uint16)
_IS_GROUP: Final = np.array([name in GROUPS for name in FLAGS])
_KEY_FARM, _CANDIDATE = FLAGS.index("key_agricultural"), GROUPS.index("srdi_candidate")
_TRAVEL = np.uint16(bit(FLAGS, "travel_agency"))
_PLATFORM, _VAT_GENERAL = np.uint16(bit(FLAGS, "on_platform")), np.uint16(bit(FLAGS, "vat_general"))
_COLLATERAL = np.uint16(bit(FLAGS, "collateral"))
_NO_LANDLORD, _STATE, _PRIVATE = (LANDLORDS.index(name) for name in ("none", "state", "private"))
_PUBLIC_BODIES, _LARGE_FIRMS = CUSTOMERS.index("public_bodies"), CUSTOMERS.index("large_firms")
_HAS_LOAN, _IS_INSURED, _HAS_OVERDUE, _KEPT_STAFF = (
    np.uint16(bit(FACTS, name)) for name in ("has_loan", "insured", "overdue_receivables", "kept_staff")
)
# Columns that may be given instead of drawn, in the order of `Given.columns`.
GIVEN: Final = (
    "landlord", "customer", "age_months", "staff", "usual_sales", "wage", "insured_share", "rent", "loan", "loan_rate",
    "loan_due_on", "materials_share", "cash", "receivables", "overdue", "payables", "vat_credit", "quality_deposit",
)  # fmt: skip
(
    _G_LANDLORD, _G_CUSTOMER, _G_AGE, _G_STAFF, _G_SALES, _G_WAGE, _G_INSURED, _G_RENT, _G_LOAN, _G_LOAN_RATE,
    _G_LOAN_DUE, _G_MATERIALS, _G_CASH, _G_RECEIVABLES, _G_OVERDUE, _G_PAYABLES, _G_VAT, _G_DEPOSIT,
) = range(len(GIVEN))  # fmt: skip


class Given(NamedTuple):
    """What of firms is given and not to be drawn."""

    own: bool  # whether they are somebody's own: their flags then hold flags, where those of the synthesis hold a group
    flags: np.uint16  # bits over FLAGS that are given
    columns: NDArray[np.bool_]  # over GIVEN


NOTHING_GIVEN: Final = Given(False, np.uint16(0), np.zeros(len(GIVEN), np.bool_))

MOST_MATERIALS: Final = 0.98  # of sales, whatever the margin drawn
LEAST_MATERIALS: Final = 0.02
_LARGEST_PAY: Final = 2**31 - 1  # as the column of reservations can hold


@outermost
def draw(firms, tables, given, seed, days):  # type: ignore[no-untyped-def]
    """Fill the columns of every row with draws of its own. Money in fen, days since the start of the horizon.

    What is given stays, and the rest is drawn as what follows from it: sales from the staff that is given, cash from
    the sales.
    """
    purpose = Purpose.SYNTHESIS
    known = given.columns
    for row in range(len(firms.key)):
        key, s, z = firms.key[row], firms.sector[row], firms.size[row]
        born = firms.status[row] == Status.UNBORN

        # Traits
        group = firms.flags[row]
        flags = group if given.own else _GROUP_BITS[group]
        word = np.uint64(0)
        for f in range(len(FLAGS)):
            if f % 4 == 0:
                word = bits(seed, purpose, key, _FLAGS + f // 4)
            drawn = np.float64(word & np.uint64(0xFFFF)) / 65536.0
            word >>= np.uint64(16)
            if given.own:
                is_open = given.flags & np.uint16(1 << f) == 0
            else:
                is_open = not _IS_GROUP[f] or (f == _KEY_FARM and group == _CANDIDATE)
            if is_open and drawn < tables.flags[f, s, z]:
                flags |= np.uint16(1 << f)
        firms.flags[row] = flags
        lot = uniform(seed, purpose, key, _LANDLORD)
        if lot < tables.no_landlord[z]:
            landlord = _NO_LANDLORD
        elif (lot - tables.no_landlord[z]) < (1.0 - tables.no_landlord[z]) * tables.state_landlord:
            landlord = _STATE
        else:
            landlord = _PRIVATE
        if known[_G_LANDLORD]:
            landlord = firms.landlord[row]
        firms.landlord[row] = landlord
        lot = uniform(seed, purpose, key, _CUSTOMER)
        customer = 0
        while customer < len(CUSTOMERS) - 1 and lot >= tables.customers[s, customer]:
            customer += 1
        if known[_G_CUSTOMER]:
            customer = firms.customer[row]
        firms.customer[row] = customer
        lot = uniform(seed, purpose, key, _AGE)
        if not born and not known[_G_AGE]:
            age, below = 0, 0.0
            while age < len(tables.age_upto) - 1 and lot >= tables.age_upto[age]:
                below = tables.age_upto[age]
                age += 1
            within = (lot - below) / (tables.age_upto[age] - below)
            firms.age_months[row] = np.int16(tables.ages[age] + within * (tables.ages[age + 1] - tables.ages[age]))

        # Trade: staff, then sales a head of the staff and the owner; firms that sell more a head pay more
        mean = tables.staff[s, z] * tables.staff_level[z]
        mean *= np.exp(tables.staff_spread[z] * normal(seed, purpose, key, _STAFF))
        staff = np.int64(np.floor(mean + uniform(seed, purpose, key, _ROUNDING)))
        if known[_G_STAFF]:
            staff = np.int64(firms.staff[row])
        better = tables.sales_spread[z] * normal(seed, purpose, key, _SALES)
        sales = tables.sales_per_head[s] * (staff + 1) * tables.sales_level[z] * np.exp(better)
        if known[_G_SALES]:
            better += np.log(firms.usual_sales[row] / sales)
            sales = float(firms.usual_sales[row])
        wage = tables.wage[s] * tables.wage_level[z] * np.exp(tables.wage_elasticity * better)
        insured = 0.0
        if uniform(seed, purpose, key, _INSURED) < tables.insured_firms[z]:
            insured = tables.insured_cover[z]
        if known[_G_WAGE]:
            wage = float(firms.wage[row])
        if known[_G_INSURED]:
            insured = float(firms.insured_share[row])
        rent = tables.rent[s] * sales if landlord != _NO_LANDLORD else 0.0
        if known[_G_RENT]:
            rent = float(firms.rent[row])
        rate = max(tables.loan_rate_mean + tables.loan_rate_sd * normal(seed, purpose, key, _RATE), 0.0)
        loan = 0.0
        if not born and uniform(seed, purpose, key, _LOAN) < tables.loan_share[z]:
            drawn = np.exp(tables.loan_spread * normal(seed, purpose, key, _LOAN_SIZE))
            loan = tables.loan_months[z] * sales * tables.loan_level * drawn
        if known[_G_LOAN]:
            loan = float(firms.loan[row])
        if known[_G_LOAN_RATE]:
            rate = float(firms.loan_rate[row])
        firms.usual_staff[row] = staff
        firms.staff[row] = staff
        firms.usual_sales[row] = np.int64(np.rint(sales))
        firms.first_sales[row] = firms.usual_sales[row]
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
        taxes = vat * (1.0 + tables.surcharge)
        other = _other_costs(s, flags, taxes, (payroll + rent + loan * rate / 12.0) / sales, tables)
        pay = (
            tables.outside[z] * tables.outside_level * np.exp(tables.outside_spread * normal(seed, purpose, key, _PAY))
        )
        margin = tables.net_margin[s, z] + tables.margin_for_life[s, z] * normal(seed, purpose, key, _MARGIN)
        margin += tables.living_in_margin * pay / sales
        other += tables.depreciation[s]
        materials = min(max(1.0 - margin - other, LEAST_MATERIALS), MOST_MATERIALS)
        if known[_G_MATERIALS]:
            materials = float(firms.materials_share[row])
        firms.materials_share[row] = materials
        # Who stays in trade earns at least what he asks for: the living have chosen to stay. It is what the columns
        # say, so that a firm that is given by its columns asks for the same.
        usual, share = float(firms.usual_sales[row]), float(firms.insured_share[row])
        payroll = float(staff) * firms.wage[row] * (1.0 + tables.premiums * share)
        fixed = (payroll + firms.rent[row] + np.rint(loan) * firms.loan_rate[row] / 12.0) / usual
        other_costs = _other_costs(s, flags, taxes, fixed, tables) + tables.depreciation[s]
        earned = usual * (1.0 - firms.materials_share[row] - other_costs)
        reservation = max(min(pay, earned), tables.reservation_least * pay)
        firms.reservation[row] = np.int32(min(np.rint(reservation), _LARGEST_PAY))
        firms.expected[row] = 1.0
        buffer = _cash_months(uniform(seed, purpose, key, _CASH), tables.cash_months, tables.cash_upto)
        firms.buffer_months[row] = buffer

        # Where it stands
        outlays = _outlays(sales, other - tables.depreciation[s], taxes, materials, tables) + firms.reservation[row]
        if born:
            months = tables.founding_months
            firms.born_on[row] = np.int16(uniform(seed, purpose, key, _BORN) * days)
            firms.open_from[row] = firms.born_on[row]
        else:
            months = buffer
            firms.born_on[row] = -1
            owed = np.int64(np.rint(sales * tables.receivable_months[customer]))
            if known[_G_RECEIVABLES]:  # whoever owes them: one of the two is nothing
                owed = firms.receivables_public[row] + firms.receivables_private[row]
            if customer in (_PUBLIC_BODIES, _LARGE_FIRMS):
                firms.receivables_public[row], firms.receivables_private[row] = owed, 0
                # Some have none, the others share theirs evenly between nothing and twice the mean.
                lot = uniform(seed, purpose, key, _OVERDUE) / tables.overdue_firms
                if lot < 1.0 and not known[_G_OVERDUE]:
                    overdue = 2.0 * lot * sales * tables.overdue_months[customer] / tables.overdue_firms
                    firms.overdue_public[row] = np.int64(np.rint(overdue))
            else:
                firms.receivables_public[row], firms.receivables_private[row] = 0, owed
            if not known[_G_PAYABLES]:
                firms.payables[row] = np.int64(np.rint(tables.payables_months[s] * materials * sales))
            if general and not known[_G_VAT]:  # few hold much of it
                much = exponential(seed, purpose, key, _VAT)
                firms.vat_credit[row] = np.int64(np.rint(tables.vat_credit_months[s] * sales * much))
        if not known[_G_CASH]:
            firms.cash[row] = np.int64(np.rint(months * outlays))
        firms.loan[row] = np.int64(np.rint(loan))
        if not known[_G_LOAN_DUE]:
            firms.loan_due_on[row] = -1
        if loan > 0.0:
            short = uniform(seed, purpose, key, _TERM) < tables.short_share
            if known[_G_LOAN_DUE] and firms.loan_due_on[row] > tables.short_months * 365.0 / 12.0:
                short = False  # so far off, it can only be a long one
            months = tables.short_months if short else tables.long_months
            firms.loan_term[row] = np.int8(months)
            if not known[_G_LOAN_DUE]:
                days_left = uniform(seed, purpose, key, _MATURITY) * np.floor(months * 365.0 / 12.0)
                firms.loan_due_on[row] = np.int16(days_left)
            if flags & _COLLATERAL == 0 and uniform(seed, purpose, key, _GUARANTEE) < tables.guaranteed_share:
                firms.guaranteed[row] = min(firms.loan[row], np.int64(tables.guarantee_most[z]))
        if flags & _TRAVEL != 0 and not known[_G_DEPOSIT]:
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


@inlined
def _other_costs(s, flags, taxes, fixed, tables):  # type: ignore[no-untyped-def]
    """A usual month's costs beside materials, as a share of sales; ``fixed``: payroll, rent and interest as such."""
    other = tables.utilities[s] + tables.freight_and_fees[s] + taxes
    if flags & _PLATFORM != 0:
        other += tables.commission[s]
    return other + fixed


@inlined
def _outlays(sales, other, taxes, materials, tables):  # type: ignore[no-untyped-def]
    """Fen of a month that cash must last for, the owner's living apart: no taxes, and part of the materials."""
    return sales * (other - taxes + tables.materials_in_outlays * materials)


@outermost
def outlays_of(firms, tables, found):  # type: ignore[no-untyped-def]
    """What a usual month takes of each firm as it stands now, in fen, into ``found`` (n,): see ``_outlays``."""
    for row in range(len(firms.key)):
        sales = max(float(firms.usual_sales[row]), 1.0)
        payroll = float(firms.staff[row]) * firms.wage[row] * (1.0 + tables.premiums * firms.insured_share[row])
        interest = float(firms.loan[row]) * firms.loan_rate[row] / 12.0
        fixed = (payroll + firms.rent[row] + interest) / sales
        other = _other_costs(firms.sector[row], firms.flags[row], 0.0, fixed, tables)
        outlays = _outlays(sales, other, 0.0, firms.materials_share[row], tables) + firms.reservation[row]
        found[row] = np.int64(np.rint(outlays))


@kernel
def _cash_months(lot, months, upto):  # type: ignore[no-untyped-def]
    """Months of outlays that cash lasts, for a place in the distribution from 0 to 1; straight between its points."""
    point = 1
    while point < len(upto) - 1 and lot >= upto[point]:
        point += 1
    within = (lot - upto[point - 1]) / (upto[point] - upto[point - 1])
    return months[point - 1] + min(within, 1.0) * (months[point] - months[point - 1])
