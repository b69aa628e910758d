"""What the kernels of a firm's month read and write, as groups of arrays with names.

Numba compiles against these groups, so their order and types are fixed here; what measures say stands in
:mod:`sim.firm.effects`. ``n`` firms, ``M`` measures, ``P`` prefectures, ``C`` counties, ``S`` sectors, ``Z`` sizes,
``D`` days.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns

Int = NDArray[np.int64]
Float = NDArray[np.float64]

LEAD: Final = 31  # days before the horizon that the activity integral covers: the first settlement looks back a month
MONTH_DAYS: Final = 365.25 / 12  # days of a month at activity 1

# What a measure does to a firm; the instruments write it, the settlement reads it.
RELIEF: Final = 1
DEFERRAL: Final = 2
PAYMENT: Final = 3  # grants and refunds: money to the firm
CULTIVATION: Final = 4
COLLECTION: Final = 5  # of what is owed to the firm
CREDIT: Final = 6

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
    repayment_wall: (
        Int  # (months, M, 3) weighted firms: something fell due again, was not paid in full, was owed on closing
    )


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
