"""The columns of the firms: one row a firm, structure of arrays.

Rows are sorted by settlement cohort, then county, sector and size, so that the firms that settle on a day are one
slice and a slice walks through memory in order. Money is int64 fen. Firms that may be born during the run have their
row from the start, with status ``unborn``: their identity does not depend on the scenario.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns

LINE: Final = 64  # bytes of a cache line
MASKS: Final = ("eligible", "applied", "waiting", "granted")
MASK_WORDS: Final = 2  # 64 measures a word: a scenario holds at most 128 measures that reach firms one by one


@columns
class Firms(NamedTuple):
    """Columns of n firms. Units: fen, persons, shares of sales, days since the start of the horizon."""

    # Who it is
    key: NDArray[np.uint64]  # identity, the same in every world
    weight: NDArray[np.int32]  # entities that the row stands for
    county: NDArray[np.int16]  # index into the county table
    prefecture: NDArray[np.int8]  # index into the prefectures of the county table
    sector: NDArray[np.int8]  # index into SECTORS
    size: NDArray[np.int8]  # index into SIZES
    landlord: NDArray[np.int8]  # index into LANDLORDS
    customer: NDArray[np.int8]  # index into CUSTOMERS
    flags: NDArray[np.uint16]  # bits over FLAGS
    born_on: NDArray[np.int16]  # day on which an unborn firm would open; -1 for firms alive at the start
    age_months: NDArray[np.int16]  # at the start of the horizon (0 for unborn)

    # How it trades
    usual_sales: NDArray[np.int64]  # fen a month when activity is 1; drifts with the firm's own trend
    first_sales: NDArray[np.float32]  # usual sales as at the start, grown with what the firm invested
    usual_staff: NDArray[np.int32]  # persons at those sales, owner excluded
    wage: NDArray[np.int32]  # fen a person and month
    rent: NDArray[np.int64]  # fen a month
    materials_share: NDArray[np.float32]  # of sales, at the margin that the firm has for life
    materials_now: NDArray[np.float32]  # of sales, in the present year of the firm; 0 before its first settlement
    expected: NDArray[np.float32]  # sales that it expects of a month, share of usual sales
    buffer_months: NDArray[np.float32]  # of outlays that it means to hold in cash
    reservation: NDArray[np.int32]  # fen a month that the owner could earn elsewhere, and lives on; 0: none asked
    insured_share: NDArray[np.float32]  # of staff
    loan_rate: NDArray[np.float32]  # a year

    # How it stands
    status: NDArray[np.int8]  # Status
    staff: NDArray[np.int32]
    cash: NDArray[np.int64]
    receivables_public: NDArray[np.int64]  # not yet overdue, owed by public bodies and large firms
    overdue_public: NDArray[np.int64]  # arrears owed to the firm by public bodies and large firms (I.6)
    receivables_private: NDArray[np.int64]
    payables: NDArray[np.int64]  # owed to suppliers
    overdue_payables: NDArray[np.int64]  # of these, what has fallen due and is not paid
    arrears_public: NDArray[np.int64]  # taxes and premiums not paid when due
    arrears_private: NDArray[np.int64]  # wages, rent, utilities, fees and interest not paid when due
    loan: NDArray[np.int64]  # principal
    guaranteed: NDArray[np.int64]  # of it, what a public guarantor stands behind
    advanced: NDArray[np.int64]  # of it, what is borrowed on claims
    loan_due_on: NDArray[np.int16]  # day of maturity, -1 without a loan
    loan_term: NDArray[np.int8]  # months for which it was given; 0 once it is called
    late_months: NDArray[np.int8]  # in a row at which principal or interest due was not paid in full
    vat_credit: NDArray[np.int64]  # stock of uncredited input VAT
    quality_deposit: NDArray[np.int64]  # travel agencies' deposit
    contract_backlog: NDArray[np.int64]  # public contracts won and not yet delivered
    profit_this_year: NDArray[np.int64]  # accrual result since 1 January
    open_from: NDArray[np.int16]  # day from which sales have not been settled yet
    activity_pending: NDArray[np.float32]  # activity of open days before the last stop, not settled yet
    suspended_on: NDArray[np.int16]  # day of the last stop by the epidemic, -1 if never stopped
    restart_on: NDArray[np.int16]  # day on which a freed firm works again without further help, -1 if not freed
    freed_on: NDArray[np.int16]  # day on which its last closure ended; only of a firm that is freed
    exited_on: NDArray[np.int16]
    exit_cause: NDArray[np.int8]  # index into EXIT_CAUSES
    hires: NDArray[np.int16]  # persons taken on last month
    distressed_months: NDArray[np.int8]  # in a row with more overdue than creditors bear
    tickets: NDArray[np.uint8]  # bits over TICKETS still open
    facts: NDArray[np.uint16]  # bits over FACTS

    # Which measures reach it, bits over the scenario's measures, shape (n, MASK_WORDS)
    eligible: NDArray[np.uint64]  # by its fixed traits
    applied: NDArray[np.uint64]  # filed, or decided never to
    waiting: NDArray[np.uint64]  # filed and not decided
    granted: NDArray[np.uint64]


def new_columns(n: int) -> Firms:
    """Columns for n firms, all zero, nobody born.

    All columns lie in one block of memory, each from a cache line on: one large block gets large pages from the
    operating system, many small ones do not.
    """
    kinds = {
        name: np.dtype(kind.__args__[1].__args__[0])  # the NumPy type named in the annotation
        for name, kind in Firms.__annotations__.items()
    }
    shapes = {name: (n, MASK_WORDS) if name in MASKS else (n,) for name in kinds}
    sizes = {name: -(-int(np.prod(shapes[name])) * kind.itemsize // LINE) * LINE for name, kind in kinds.items()}
    block = np.zeros(sum(sizes.values()) + LINE, np.uint8)
    place = -block.ctypes.data % LINE
    laid_out = {}
    for name, kind in kinds.items():
        used = int(np.prod(shapes[name])) * kind.itemsize
        laid_out[name] = block[place : place + used].view(kind).reshape(shapes[name])
        place += sizes[name]
    return Firms(**laid_out)
