"""What the kernels of a firm's month read and write, as groups of arrays with names.

Numba compiles against these groups, so their order and types are fixed here and nowhere else. ``n`` firms, ``M``
measures, ``P`` prefectures, ``C`` counties, ``S`` sectors, ``Z`` sizes, ``D`` days.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bits = NDArray[np.uint64]

LEAD: Final = 31  # days before the horizon that the activity integral covers: the first settlement looks back a month
MONTH_DAYS: Final = 365.25 / 12  # days of a month at activity 1

# What a measure does to a firm; the instruments write it, the settlement reads it.
RELIEF: Final = 1
DEFERRAL: Final = 2
PAYMENT: Final = 3  # grants and refunds: money to the firm
CULTIVATION: Final = 4

# What a payment is a share or multiple of.
BASES: Final = (
    "firm", "head", "hire", "sales", "rent", "utilities", "unemployment_premiums_last_year", "vat_credit_stock",
    "vat_credit_increment", "quality_deposit",
)  # fmt: skip

# Stations at which an application is counted, as columns of `Counts`.
APPLIED: Final = 0
DECIDED: Final = 1
REFUSED: Final = 2
PAID: Final = 3


# What may be true of what measures put off for a firm, bits of `Slots.put_off`, and what is counted of it.
PUT_OFF: Final = 1
MISSED: Final = 2
FELL_DUE: Final = 0
FELL_SHORT: Final = 1
CLOSED_OWING: Final = 2


@columns
class Behaviour(NamedTuple):
    """How firms behave: the calibrated parameters in the form that kernels read. Shares of sales unless said."""

    utilities: Float  # (S,)
    tolls: Float  # (S,)
    commission: Float  # (S,) of firms on a platform
    fees: Float  # (S,)
    vat_general: Float  # (S,)
    sales_sigma: Float  # (S,)
    income_tax: Float  # (Z,) of positive profit
    usual_loan: Float  # (Z,) months of usual sales
    size_churn: Float  # (Z,) factor
    apply_share: Float  # (Z,)
    premiums: Float  # (4,) of insured wages: pension, medical, unemployment, work injury
    churn_by_age: Float  # (years,) a year; the last holds for older firms
    vat_small: Float  # (D,) levy rate of small-scale taxpayers
    vat_exempt: Float  # (D,) fen of monthly sales up to which they pay none
    testing_fen: Float  # (S,) a head and day of testing
    credit_share: Float  # (4,) of sales, by CUSTOMERS
    collected_per_month: Float  # (4,) of receivables
    ticket_incidence: Float  # (4,) by TICKETS; funds: unused
    ticket_days: Float  # (4,)
    trend_sigma: float
    hit_threshold: float
    utilities_fixed: float
    wage_when_suspended: float
    shed_share: float
    shed_threshold: float
    rehire_share: float
    payables_limit_months: float
    payables_paid: float
    supplier_credit: float  # share of materials bought on credit
    drawings_share: float
    buffer_months: float
    injection_share: float
    injection_months: float
    patience_mean: float
    patience_min: float
    hopeless_hazard: float  # a year
    closed_too_long_hazard: float  # a month
    overdue_per_month: float
    overdue_paid: float
    disputed_share: float
    private_default: float
    contract_delivery: float  # of the backlog a month
    never_applies: float
    expansion: float  # probability a month that a firm which is not short asks for a loan to expand
    asset_turnover: float  # sales of a year for each fen invested
    loan_months: float  # of outlays, for a firm that is short
    loan_term_days: int
    renewal_share: float
    run_off_months: int  # equal parts in which a loan that is not renewed is repaid
    guarantee_fee: float  # a year
    guaranteed_share: float
    penalty_rate: float  # a year, on top
    ticket_funds_months: float
    outlays_materials: float  # share of materials in the outlays that cash must last for
    recovery_share: float  # of a closed firm's loan
    credit_build_up_months: float  # over which the stock of VAT credits grew
    vat_credit_months: Float  # (S,) of sales
    applications_max: int  # a month
    birth_thinning: float  # probability that a birth slot opens when no measure raises entry


@columns
class Terms(NamedTuple):
    """What the measures in force say today. Arrays over measures unless said."""

    kind: NDArray[np.int8]
    group: NDArray[np.int16]  # row of `Slots.given` in which its money is counted
    started: NDArray[np.int32]  # day on which it begins, negative when before the horizon
    identity: NDArray[np.uint32]  # hash of the measure's id: luck must not depend on which other measures there are
    aware_salt: NDArray[np.uint64]  # of the draws that decide when a firm knows of it
    apply_salt: NDArray[np.uint64]  # of the draws that decide who asks for it
    flows: NDArray[np.uint32]  # bits over FLOWS
    share: Float
    months: NDArray[np.int16]  # bills relieved
    month_slot: NDArray[np.int16]  # row of `Slots.months_left`, -1 for none
    deferral_slot: NDArray[np.int16]  # row of `Slots.deferred`, -1 for none
    tops_up: NDArray[np.int16]  # measure whose months are counted in, -1 for none
    rate_cap: Float  # a year
    deferral_until: NDArray[np.int32]  # last day on which a bill may be put off
    repay_from: NDArray[np.int32]
    instalments: NDArray[np.int16]
    loan_months: NDArray[np.int16]
    base: NDArray[np.int8]  # index into BASES
    unit: Float  # share, or fen a unit, of the base
    cap: Int  # fen a payment
    monthly: NDArray[np.bool_]  # paid every month while it lasts
    fund: NDArray[np.int16]  # row of `Treasury.slot`, -1 without a fund
    fund_share: Float  # part of the measure's money that its fund pays; other bearers pay the rest
    waits: NDArray[np.bool_]  # an empty fund lets the queue wait instead of refusing
    agency: NDArray[np.int16]
    processing: NDArray[np.int16]  # working days
    refusal: Float
    list_first: NDArray[np.bool_]
    demand: Float  # factor on sales of firms that have it
    materials: Float  # factor on materials of firms that have it
    young_churn: Float  # factor
    clearance: Float  # share of undisputed arrears to the firm a month
    ceiling: Int  # fen
    cleared_by: NDArray[np.int32]  # day, -1 for none
    loan_processing: Float  # factor on the bank's working days
    screening_error: Float  # factor on the noise of its judgement
    approval: Float  # added to the score
    collateral_waiver: Float
    rate_cut: Float
    advance: Float  # share of public receivables that can be borrowed on
    # Bits over measures, (words,)
    active: Bits  # in force today
    automatic: Bits  # in force and delivered without application
    open_to_apply: Bits
    reliefs: Bits  # in force, or with months that outlast the measure
    defers: Bits  # deferrals in force
    deferrals: Bits  # all deferrals, in force or not: what was put off falls due later
    recurring: Bits  # payments in force that are made every month
    collects: Bits
    lends: Bits
    cultivates: Bits
    unmet: NDArray[np.uint64]  # (2, 256, words) measures that a firm lacks a fact for: `entitlements.barred`
    # Over places
    new_arrears: Float  # (P, S, Z) factor
    entry: Float  # (P, S) factor
    restart_delay: Float  # (C,) factor
    ticket_deadline: NDArray[np.int32]  # (1,) days
    aware: Float  # (M, P, Z) share of firms that know of it


@columns
class Market(NamedTuple):
    """What surrounds the firms: activity, and the sums that they make together."""

    integral: Float  # (LEAD + D + 1, C, S) running integral of the activity index, in days
    testing: Float  # (LEAD + D + 1, C) running count of days on which staff are tested
    wages: Int  # (C,) weighted fen of wages settled this month
    capacity: Int  # (C, S) weighted usual sales of open firms settled this month
    sales: Int  # (P * S * Z,) weighted fen of sales settled this month
    supplier_loss: Float  # (P,) share of private trade receivables lost this month through closed customers
    payables_lost: Int  # (P,) weighted fen of payables written off this month


@columns
class Slots(NamedTuple):
    """What measures have promised and given to each firm."""

    months_left: NDArray[np.uint8]  # (K, n)
    deferred: Int  # (L, n) fen
    given: Int  # (groups, n) fen of bills borne by others and of payments, by group of measures (`Terms.group`)
    put_off: NDArray[np.uint8]  # (n,) bits: PUT_OFF, MISSED


@columns
class Treasury(NamedTuple):
    """The day's cheque book of the funds: what is left and what was drawn, by slot."""

    slot: NDArray[np.int32]  # (funds, P) slot that a firm of the prefecture draws on
    level: Int  # (slots,) fen
    drawn: Int  # (slots,) fen since the funds last settled


@columns
class Counts(NamedTuple):
    """Delivery, counted at the stations, weighted."""

    firms: Int  # (months, M + 1, 4)
    days: Int  # (months, M + 1, 4) firm-days since applying; of APPLIED since the measure began
    holders: Int  # (M + 1, P) weighted firms that have it
    cliff: Int  # (months, M, 3) weighted firms: something fell due again, was not paid in full, was owed on closing


@columns
class Queues(NamedTuple):
    """All queues in one pool of linked records: first in, first out, by item and prefecture, listed firms first."""

    firm: NDArray[np.int32]  # (pool,)
    item: NDArray[np.int16]  # measure, or M for a loan, or M + 1 + ticket for a restart problem
    applied_on: NDArray[np.int16]
    ready_on: NDArray[np.int16]
    next: NDArray[np.int32]
    head: NDArray[np.int32]  # (items, P, 2), lane 0 for firms on the list of key firms, 1 for all others; -1 for nobody
    tail: NDArray[np.int32]  # (items, P, 2)
    waiting: Int  # (items, P, 2) weighted firms in the queue
    free: NDArray[np.int32]  # (2,) head of the free list, number of free records
