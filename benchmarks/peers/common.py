"""The common model of the comparison: its numbers, its draws and a firm's rules, see `README.md` beside this file.

Every peer takes the province at the start from :func:`province`, the outbreaks from :func:`outbreaks` and draws with
:func:`draw`; those that hold a firm as a Python object inherit its rules from :class:`Firm`. So what the peers differ
in is how a framework keeps its clock, its agents and its queue, and the outcome has to be equal to the fen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MONTH_DAYS: Final = 28  # every month has four weeks; firm's settlement days are spread over them
MONTHS: Final = 24
COUNTIES: Final = 100

# What happens on a day happens at these hours, in sixteenths of a day, which floating point holds exactly.
OUTBREAKS_HOUR: Final = 0.125
SETTLEMENT_HOUR: Final = 0.25
BANK_HOUR: Final = 0.375
COUNT_HOUR: Final = 0.875

# What a draw is for.
SALES, GROSS_MARGIN, FIXED_COSTS, CASH, COUNTY, SHOCK, OUTBREAK, START, LENGTH, SHARE, STOPPED = range(1, 12)

OUTBREAKS_IN_1000_MONTHS: Final = 80
LATEST_START: Final = 8  # days into a month; with the longest outbreak it ends within the month
SHORTEST, LENGTHS = 7, 14  # days
LEAST_SHARE, SHARES = 40, 41  # firms of a county that an outbreak stops, in hundredths

SHOCK_SPREAD: Final = 25  # a month's sales are up to so many hundredths more or less than usual
LOAN_IN_FIXED_COSTS: Final = 3
INSTALMENTS: Final = 12
PATIENCE: Final = 3  # months in a row with less than no cash, then a firm closes
FIRMS_PER_DECISION: Final = 1_000  # the bank decides one application a day for so many firms

LOW_32: Final = 0xFFFF_FFFF


class Count(NamedTuple):
    """The province on the last evening of a month."""

    month: int
    alive: int
    cash_fen: int
    loans: int  # granted since the start
    waiting: int  # applications in the queue


@dataclass(frozen=True)
class Province:
    """Firms at the start, one row a firm, ``int64``; rows are in the order of the settlement days."""

    settles_on: NDArray[np.int64]  # day of the month
    county: NDArray[np.int64]
    usual_sales: NDArray[np.int64]  # fen a month
    margin: NDArray[np.int64]  # hundredths of sales that are left after what is bought for them
    fixed_costs: NDArray[np.int64]  # fen a month
    cash: NDArray[np.int64]  # fen

    def rows(self) -> Iterator[tuple[int, ...]]:
        """One tuple of Python whole numbers a firm, in the order of the columns, for peers that make objects."""
        columns = (self.settles_on, self.county, self.usual_sales, self.margin, self.fixed_costs, self.cash)
        return zip(*(column.tolist() for column in columns), strict=True)


class Outbreak(NamedTuple):
    """Stops ``share`` hundredths of a county's firms on day ``start``; they are free again on day ``end``."""

    start: int
    end: int
    county: int
    share: int


def draw(who: Any, when: Any, purpose: int) -> Any:
    """A whole number below 2^32 for (who, when, purpose): a hash of three numbers, without a state.

    Two rounds of shift and multiply. No product reaches 2^63, so that every framework computes it in whole numbers of
    its own: Python's, ``int64`` arrays, compiled ones.
    """
    mixed = (who * 2_654_435_761 + when * 2_246_822_519 + purpose * 3_266_489_917) & LOW_32
    mixed = ((mixed ^ (mixed >> 16)) * 73_244_475) & LOW_32
    mixed = ((mixed ^ (mixed >> 16)) * 73_244_475) & LOW_32
    return mixed ^ (mixed >> 16)


def province(firms: int) -> Province:
    """The firms at the start."""
    who = np.arange(firms, dtype=np.int64)
    sales = 2_000_000 + draw(who, 0, SALES) % 8_000_000
    fixed_costs = sales * (18 + draw(who, 0, FIXED_COSTS) % 18) // 100
    return Province(
        settles_on=who * MONTH_DAYS // firms,
        county=draw(who, 0, COUNTY) % COUNTIES,
        usual_sales=sales,
        margin=20 + draw(who, 0, GROSS_MARGIN) % 21,
        fixed_costs=fixed_costs,
        cash=fixed_costs * (draw(who, 0, CASH) % 400) // 100,
    )


def outbreaks(months: int) -> list[Outbreak]:
    """All outbreaks by day and county. At most one in a county and month, over before the month is."""
    found = []
    for month in range(months):
        for county in range(COUNTIES):
            if draw(county, month, OUTBREAK) % 1000 < OUTBREAKS_IN_1000_MONTHS:
                start = month * MONTH_DAYS + draw(county, month, START) % LATEST_START
                end = start + SHORTEST + draw(county, month, LENGTH) % LENGTHS
                found.append(Outbreak(start, end, county, LEAST_SHARE + draw(county, month, SHARE) % SHARES))
    return sorted(found)


def capacity(firms: int) -> int:
    """Applications that the bank decides in a day."""
    return max(1, firms // FIRMS_PER_DECISION)


class Firm:
    """What a firm is and does, for the frameworks that hold it as a Python object and add the clock."""

    def open_for_business(self, identity: int, row: Sequence[int]) -> None:
        """Take over a row of the province."""
        self.identity = identity
        self.settles_on, self.county, self.usual_sales, self.margin, self.fixed_costs, self.cash = row
        self.alive = True
        self.applied = False  # waits for the bank
        self.loan = 0
        self.instalment = 0
        self.short_months = 0
        self.lost_days = 0  # stopped since the last settlement, but for a stop that still lasts
        self.stopped_since = -1  # day, -1 when working

    def meet(self, outbreak: Outbreak) -> None:
        """Stop when the outbreak's share takes in this firm's draw for it."""
        if self.alive and draw(self.identity, outbreak.start, STOPPED) % 100 < outbreak.share:
            self.stopped_since = outbreak.start

    def resume(self, day: int) -> None:
        """Work again from ``day`` on, if stopped."""
        if self.stopped_since >= 0:
            self.lost_days += day - self.stopped_since
            self.stopped_since = -1

    def settle(self, day: int) -> bool:
        """The month up to ``day``: sell, pay, close or stay; returns whether the firm now asks the bank for a loan."""
        lost = self.lost_days
        if self.stopped_since >= 0:
            lost += day - self.stopped_since
            self.stopped_since = day
        self.lost_days = 0
        shock = 100 - SHOCK_SPREAD + draw(self.identity, day, SHOCK) % (2 * SHOCK_SPREAD + 1)
        sales = self.usual_sales * shock * (MONTH_DAYS - lost) // (100 * MONTH_DAYS)
        repaid = min(self.loan, self.instalment)
        self.loan -= repaid
        self.cash += sales * self.margin // 100 - self.fixed_costs - repaid
        if self.cash >= 0:
            self.short_months = 0
        else:
            self.short_months += 1
            if self.short_months >= PATIENCE:
                self.alive = False
                return False
        if self.cash < self.fixed_costs and self.loan == 0 and not self.applied:
            self.applied = True
            return True
        return False

    def borrow(self) -> None:
        """The bank grants the loan that the firm asked for."""
        self.applied = False
        self.loan = self.fixed_costs * LOAN_IN_FIXED_COSTS
        self.instalment = self.loan // INSTALMENTS
        self.cash += self.loan
