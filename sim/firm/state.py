"""What the kernels of a firm's month read and write: groups of arrays with names, all in one state, and a clock.

Numba compiles against these groups, so their order and types are fixed here; what measures say stands in
:mod:`sim.firm.effects`. ``n`` firms, ``M`` measures, ``P`` prefectures, ``C`` counties, ``S`` sectors, ``Z`` sizes,
``D`` days.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns
from sim.ledger import Books
from sim.population.columns import Firms
from sim.vocabulary import BACK_WITHIN_DAYS

Int = NDArray[np.int64]
Float = NDArray[np.float64]

LEAD: Final = 31  # days before the horizon that the activity integral covers: the first settlement looks back a month
NEVER: Final = 32_767  # a day that never comes: the largest that a column of days can hold
LONGEST_PROCESSING: Final = 400  # working days that a case can take at most

# What a measure does to a firm; the instruments write it, the settlement reads it.
RELIEF: Final = 1
DEFERRAL: Final = 2
PAYMENT: Final = 3  # grants and refunds: money to the firm
CULTIVATION: Final = 4
COLLECTION: Final = 5  # of what is owed to the firm
CREDIT: Final = 6

# What a payment is a share or multiple of.
BASES: Final = (
    "firm", "head", "hire", "sales", "rent", "utilities", "owner_living", "unemployment_premiums_last_year",
    "vat_credit_stock", "vat_credit_increment", "quality_deposit",
)  # fmt: skip

(
    PER_FIRM, PER_HEAD, PER_HIRE, OF_SALES, OF_RENT, OF_UTILITIES, OF_LIVING, OF_PREMIUMS_LAST_YEAR,
    OF_CREDIT_STOCK, OF_CREDIT_INCREMENT, OF_DEPOSIT,
) = range(len(BASES))  # fmt: skip

# Positions in `Behaviour.premiums`.
PREMIUMS: Final = ("pension", "medical", "unemployment", "work_injury")
PENSION_PREMIUM, MEDICAL_PREMIUM, UNEMPLOYMENT_PREMIUM, WORK_INJURY_PREMIUM = range(len(PREMIUMS))

# Stations at which an application is counted: positions on the last axis of `Counts.firms` and `Counts.days`.
COUNTED_STATIONS: Final = ("applied", "decided", "refused", "paid", "withdrawn", "supervised")
APPLIED, DECIDED, REFUSED, PAID, WITHDRAWN, SUPERVISED = range(len(COUNTED_STATIONS))

FOUND, CLEARED = range(2)  # last axis of `Counts.undisputed`: became overdue in the month, was paid in it
FREED: Final = len(BACK_WITHIN_DAYS)  # position of all that were freed on the last axis of `Counts.restarts`

# What becomes of what was put off: positions on the last axis of `Counts.repayment_wall`.
DUE_AGAIN: Final = ("firms_due", "firms_short", "firms_closed")
FELL_DUE, FELL_SHORT, CLOSED_OWING = range(len(DUE_AGAIN))

# What may be true of what measures put off for a firm, bits of `Slots.put_off`.
PUT_OFF: Final = 1
MISSED: Final = 2

# What of the loans is counted in the evening of a month.
LOANS, BAD, GUARANTEED, INCLUSIVE = range(4)
LENT: Final = 4

# Lanes of a queue, positions on the last axis of `Queues.head`, and what `Queues.free` holds.
LANES: Final = ("listed", "unlisted")
LISTED, UNLISTED = range(len(LANES))
OWN_HANDLER: Final = -1  # in place of a lane
FIRST_FREE, FREE_RECORDS = range(2)
# What is counted of those who wait: weighted firms, and their days so far.
WAITING, DAYS_SO_FAR = range(2)


# Whose turn it is, where several threads settle: see `sim.firm.turns`.
AT_ANY_TIME, IN_TURN = range(2)
EVERYBODY: Final = -1


class Span(NamedTuple):
    """Firms ``first`` to ``last - 1``, all or those of a turn."""

    first: int
    last: int
    turn: int = EVERYBODY


class Clock(NamedTuple):
    """What day it is."""

    day: int  # since the start of the horizon
    previous: int  # the same day of the month before
    month: int  # calendar month, counted from the first of the horizon
    month_of_year: int  # 1 to 12


@columns
class Behaviour(NamedTuple):
    """How firms behave: the calibrated parameters in the form that kernels read. Shares of sales unless said."""

    utilities: Float  # (S,)
    tolls: Float  # (S,)
    commission: Float  # (S,) of firms on a platform
    fees: Float  # (S,)
    vat_general: Float  # (S,)
    sales_sigma: Float  # (S,)
    materials_fixed: Float  # (S,) share of materials that follows expected sales
    depreciation: Float  # (S,)
    falling_due: Float  # (S,) share of open bills of suppliers that falls due in a month
    margin_of_year: Float  # (S, Z) standard deviation of what changes from year to year
    income_tax: Float  # (Z,) of positive profit
    usual_loan: Float  # (Z,) months of usual sales
    retirement: Float  # (Z,) share of owners that retire or move on in a year
    retention_limit: Float  # (Z,) share of usual staff that may go before a retention condition is broken
    apply_share: Float  # (Z,)
    premiums: Float  # (PREMIUMS,) of insured wages
    vat_small: Float  # (D,) levy rate of small-scale taxpayers
    vat_exempt: Float  # (D,) fen of monthly sales up to which they pay none
    testing_fen: Float  # (S,) a head and day of testing
    credit_share: Float  # (4,) of sales, by CUSTOMERS
    collected_per_month: Float  # (4,) of receivables
    ticket_incidence: Float  # (4,) by TICKETS; funds: unused
    ticket_days: Float  # (4,) mean
    days_spread: float  # of these days, standard deviation of the logarithm
    missing_staff: float  # share of the staff that a firm which lacks labour must find
    patience_days: float  # after which an applicant withdraws
    complaint_share: float
    trend_sigma: float
    hit_threshold: float
    utilities_fixed: float
    wage_when_suspended: float
    staff_fixed: float  # share that does not follow sales
    labour_elasticity: float  # percent of staff for a percent of wages that somebody else bears
    dismissed: float  # share of surplus staff a month
    dismissed_when_short: float
    hired: float  # share of missing staff a month
    hiring_cost_months: float  # of wage
    horizon: float  # months over which an owner looks ahead
    closing_hazard: float  # a month, of who expects nothing of what he asks for
    most_hazards: float
    margin_unit: float  # loss, share of usual sales, that counts as one gap where no owner lives on the firm
    months_before_closing: float  # of life
    closure_days_least: float
    closure_days_most: float
    trust: float  # weight of what is announced
    claims_sold: float
    overdue_claims_sold: float
    equipment_months: float  # of depreciation that equipment brings
    supplier_credit: float  # share of materials bought on credit
    cash_only_months: float  # of materials overdue, beyond which suppliers deliver for cash only
    stop_months: float  # beyond which they deliver for what cash there is
    tight_share: float  # of the target for cash
    stretch_share: float  # of what is due to suppliers that a tight firm puts off
    living_least: float  # share of his living that the owner of a tight firm takes
    distress_months: float  # of outlays overdue, beyond which creditors press
    expectation_weight: float
    year_weight: float  # of the year's draw in the margin of a year
    last_year_weight: float
    drawings_share: float
    injection_share: float
    injection_months: float
    patience_beyond: float
    patience_min: float
    overdue_per_month: float
    overdue_paid: float
    disputed_share: float
    difficult_share: float
    debt_fen: float  # mean
    debt_spread: float
    private_default: float
    confirmed_share: float  # of the firms whose debtors confirm what they owe
    advance_rate: float  # share of confirmed claims that is lent on them
    contract_delivery: float  # of the backlog a month
    contract_capacity: float  # months of usual sales that a firm can sell and deliver in a month
    prepayment_share: float  # of a contract
    never_applies: float
    expansion: float  # probability a month that a firm which is not short asks for a loan to expand
    asset_turnover: float  # sales of a year for each fen invested
    loan_months: float  # of outlays, for a firm that is short
    short_share: float  # of new loans
    short_months: float
    long_months: float
    restructure_span: float  # points below 0 down to which a bank restructures
    run_off_months: int  # equal parts in which a restructured loan is repaid
    bad_after_months: int
    foreclosure_months: int
    score_base: float
    margin_weight: float
    leverage_weight: float
    collateral_bonus: float
    record_malus: float
    score_noise: float
    guarantee_fee: float  # a year, of what is guaranteed
    guarantee_most: Float  # (Z,) fen guaranteed a borrower at most
    guarantee_risk: float  # share of a bank's loss that guarantors bear
    penalty_rate: float  # a year, on top
    ticket_funds_months: float
    outlays_materials: float  # share of materials in the outlays that cash must last for
    recovery_share: float  # of a closed firm's loan
    credit_build_up_months: float  # over which the stock of VAT credits grew
    vat_credit_months: Float  # (S,) of sales
    applications_max: int  # a month
    birth_thinning: float  # probability that a birth slot opens when no measure raises entry


@columns
class Market(NamedTuple):
    """What surrounds the firms: activity, and the sums that they make together."""

    integral: Float  # (LEAD + D + 1, C, S) running integral of the activity index, in days
    testing: Float  # (LEAD + D + 1, C) running count of days on which staff are tested
    away: Float  # (D, S) share of the staff of firms that is away on a day
    incomes: Int  # (C,) weighted fen of wages and owners' living settled this month
    capacity: Int  # (C, S) weighted usual sales of open firms settled this month
    sales: Int  # (P * S * Z,) weighted fen of sales settled this month
    sold: Int  # (P, S) weighted fen sold beside public contracts, of the settlements of this month
    lost_share: Float  # (P, S) share of claims on other firms lost this month through customers that failed
    firms_pay: Float  # (P, S) of what firms usually pay on claims in a month, the part that they pay in this one
    payables_lost: Int  # (P, S) weighted fen of payables written off this month
    dismissed: Int  # (P,) weighted persons let go this month, also by firms that left
    hired: Int  # (P,) weighted persons taken on this month, also by firms that opened
    places: Int  # (P,) weighted persons that firms would have taken on this month
    hireable: Float  # (P,) share of the places that can be filled this month
    repaid: Int  # (P,) weighted fen of principal repaid this month
    due_by_large: Int  # (P,) weighted fen that large firms had to pay on time this month
    extra_by_large: Int  # (P,) weighted fen that they paid on arrears for measures
    large_room: Int  # (P,) weighted fen that they can still find for that this month
    large_pays: Float  # (P,) share that they pay of what is due on time this month


# Columns of `Market` that the settlements of a month add to.
SUMS_OF_MONTH: Final = (
    "incomes", "capacity", "sales", "sold", "payables_lost", "dismissed", "hired", "places", "repaid", "due_by_large",
    "extra_by_large",
)  # fmt: skip


def forget_month(market: Market) -> None:
    """Begin a month in which nobody has settled yet."""
    for name in SUMS_OF_MONTH:
        getattr(market, name)[:] = 0


@columns
class Slots(NamedTuple):
    """What measures have promised and given to each firm."""

    months_left: NDArray[np.uint8]  # (K, n)
    deferred: Int  # (L, n) fen
    given: Int  # (groups, n) fen of bills borne by others and of payments, by group of measures (`Terms.group`)
    put_off: NDArray[np.uint8]  # (n,) bits: PUT_OFF, MISSED
    # Written where fates are wanted, else without a row.
    last_helped: NDArray[np.int16]  # (n,) or (0,) month of the last help that ends within the horizon, -1 for none
    unpaid: Int  # (n,) or (0,) fen of debts that it left when it closed


@columns
class Treasury(NamedTuple):
    """The day's cheque book of the funds: what is left and what was drawn, by slot."""

    slot: NDArray[np.int32]  # (funds, P) slot that a firm of the prefecture draws on
    level: Int  # (slots,) fen
    drawn: Int  # (slots,) fen since the funds last settled
    unmet: Int  # (slots,) fen asked for in the month and not got, each time that it was tried


@columns
class Scarce(NamedTuple):
    """Money that may be gone before the day is over."""

    measures: NDArray[np.uint64]  # (P, MASK_WORDS) bits of the measures whose fund is scarce
    large: NDArray[np.bool_]  # (P,) whether what large firms can find is


@columns
class Counts(NamedTuple):
    """Delivery, counted at the stations, weighted."""

    firms: Int  # (months, items, COUNTED_STATIONS)
    days: Int  # (months, items, COUNTED_STATIONS) firm-days since applying; of APPLIED since the measure began
    holders: Int  # (M + 1, P) weighted firms that have it
    repayment_wall: Int  # (months, M + 1, DUE_AGAIN) weighted firms
    restarts: Int  # (CLOSURE_DAYS and longer, BACK_WITHIN_DAYS and FREED) weighted firms
    undisputed: Int  # (months, FOUND and CLEARED) weighted fen of arrears to enterprises that nobody disputes


@columns
class Queues(NamedTuple):
    """All queues in one pool of linked records: first in, first out, by item and prefecture, listed firms first."""

    firm: NDArray[np.int32]  # (pool,)
    item: NDArray[np.int16]  # measure, or M for a loan, or M + 1 + ticket for a restart problem
    applied_on: NDArray[np.int16]
    ready_on: NDArray[np.int16]
    next: NDArray[np.int32]
    head: NDArray[np.int32]  # (items, P, LANES) the lane of key firms, and of all others; -1 for nobody
    tail: NDArray[np.int32]  # (items, P, LANES)
    waiting: Int  # (items, P, LANES) weighted firms in the queue, or with a handler of their own
    # Cases with a handler of their own by the working day on which they are decided; the last is beyond the horizon.
    due_head: NDArray[np.int32]  # (D + 1,)
    due_tail: NDArray[np.int32]  # (D + 1,)
    free: NDArray[np.int32]  # (2,) FIRST_FREE: head of the free list; FREE_RECORDS: how many there are


@columns
class Cases(NamedTuple):
    """What the firms of a settlement have filed, in the order of their rows, before it joins the queues."""

    firm: NDArray[np.int32]  # (room,)
    item: NDArray[np.int16]  # as in `Queues`
    ready_on: NDArray[np.int16]  # day on which it has been processed, or is decided by a handler of its own
    lane: NDArray[np.int8]  # of `LANES`, or OWN_HANDLER
    filed: Int  # (1,) how many there are


@columns
class Records(NamedTuple):
    """What is written down: what each firm was promised, what funds hold, every fen that moved, every case."""

    slots: Slots
    treasury: Treasury
    books: Books
    counts: Counts


@columns
class Bills(NamedTuple):
    """Room for the bills of the one firm whose month is being settled, by flow."""

    full: Int  # (FLOWS,) fen that fall due before any measure
    due: Int  # (FLOWS,) fen that are left for the firm to pay now


@columns
class State(NamedTuple):
    """All that the firms of a province are and have, and what acts on them today."""

    firms: Firms
    behaviour: Behaviour
    terms: Any  # `sim.firm.effects.Terms`
    market: Market
    records: Records
    queues: Queues
    cases: Cases
    bills: Bills
    ready_day: NDArray[np.int16]  # (D, LONGEST_PROCESSING + 1) day on which a case filed on a day has been processed
    loan_item: int  # item of loan applications in the queues
    ticket_item: int  # item of the first kind of restart problem; the others follow
    seed: int
