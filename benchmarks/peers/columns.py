"""The common model with this project's own means: firms as columns, compiled kernels, institutions as SimPy processes.

The engine itself cannot be reduced to the common model (its sales and behaviour are not whole numbers, its firms pay
thirteen kinds of bills), so this is its shape, not the engine: kernels that own no memory (as in `sim/kernels/`), the
hours of the day of `sim/institutions/calendar.py`, rows sorted by settlement day so that a day's firms are one slice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import simpy
from numba import njit
from numpy.typing import NDArray

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak
from sim.institutions import calendar

COUNTIES, MONTH_DAYS = common.COUNTIES, common.MONTH_DAYS
SHOCK, STOPPED, SHOCK_SPREAD = common.SHOCK, common.STOPPED, common.SHOCK_SPREAD
PATIENCE, LOAN_IN_FIXED_COSTS, INSTALMENTS = common.PATIENCE, common.LOAN_IN_FIXED_COSTS, common.INSTALMENTS
HEAD, WAITING, LOANS = range(3)
# Compiled in every process: Numba's cache would not notice a change in `common.py`, which holds the rules' numbers.
kernel: Any = njit(_nrt=False)
draw: Any = kernel(common.draw)


class Firms(NamedTuple):
    """Columns of n firms, in fen and days, as narrow as the numbers of the model allow."""

    usual_sales: NDArray[np.int32]
    fixed_costs: NDArray[np.int32]
    cash: NDArray[np.int64]
    loan: NDArray[np.int32]
    instalment: NDArray[np.int32]
    margin: NDArray[np.int8]
    short_months: NDArray[np.int8]
    alive: NDArray[np.bool_]
    applied: NDArray[np.bool_]
    lost_days: NDArray[np.int8]
    stopped_since: NDArray[np.int16]


@kernel
def stop(rows, start, share, firms):  # type: ignore[no-untyped-def]
    """An outbreak stops its share of the firms in ``rows`` on day ``start``."""
    for i in rows:
        if firms.alive[i] and draw(np.int64(i), start, STOPPED) % 100 < share:
            firms.stopped_since[i] = start


@kernel
def resume(rows, day, firms):  # type: ignore[no-untyped-def]
    """The stopped firms among ``rows`` work again from ``day`` on."""
    for i in rows:
        if firms.stopped_since[i] >= 0:
            firms.lost_days[i] += day - firms.stopped_since[i]
            firms.stopped_since[i] = -1


@kernel
def settle(first, last, day, firms, queue, bank):  # type: ignore[no-untyped-def]
    """The month of firms ``first`` to ``last - 1`` up to ``day``; who asks for a loan joins the ring ``queue``."""
    for i in range(first, last):
        if not firms.alive[i]:
            continue
        lost = np.int64(firms.lost_days[i])
        if firms.stopped_since[i] >= 0:
            lost += day - firms.stopped_since[i]
            firms.stopped_since[i] = day
        if lost > 0:
            firms.lost_days[i] = 0
        shock = 100 - SHOCK_SPREAD + draw(i, day, SHOCK) % (2 * SHOCK_SPREAD + 1)
        sales = np.int64(firms.usual_sales[i]) * shock * (MONTH_DAYS - lost) // (100 * MONTH_DAYS)
        cash = firms.cash[i] + sales * firms.margin[i] // 100 - firms.fixed_costs[i]
        repaid = min(firms.loan[i], firms.instalment[i])
        firms.loan[i] -= repaid
        cash -= repaid
        firms.cash[i] = cash
        if cash < 0:
            firms.short_months[i] += 1
            if firms.short_months[i] >= PATIENCE:
                firms.alive[i] = False
                continue
        elif firms.short_months[i] > 0:
            firms.short_months[i] = 0
        if cash < firms.fixed_costs[i] and firms.loan[i] == 0 and not firms.applied[i]:
            firms.applied[i] = True
            queue[(bank[HEAD] + bank[WAITING]) % len(queue)] = i
            bank[WAITING] += 1


@kernel
def decide(capacity, firms, queue, bank):  # type: ignore[no-untyped-def]
    """A day of the bank: so many applications, first come, first served; those of closed firms are put aside."""
    left = capacity
    while left > 0 and bank[WAITING] > 0:
        i = queue[bank[HEAD]]
        bank[HEAD] = (bank[HEAD] + 1) % len(queue)
        bank[WAITING] -= 1
        if firms.alive[i]:
            firms.applied[i] = False
            firms.loan[i] = firms.fixed_costs[i] * LOAN_IN_FIXED_COSTS
            firms.instalment[i] = firms.loan[i] // INSTALMENTS
            firms.cash[i] += firms.loan[i]
            bank[LOANS] += 1
            left -= 1


@kernel
def count(firms, queue, bank, found):  # type: ignore[no-untyped-def]
    """Firms alive, their cash and applications of firms alive, into ``found``."""
    found[:] = 0
    for i in range(len(firms.cash)):
        if firms.alive[i]:
            found[0] += 1
            found[1] += firms.cash[i]
    for k in range(bank[WAITING]):
        found[2] += firms.alive[queue[(bank[HEAD] + k) % len(queue)]]


class Province:
    """Columns and institutions around one environment."""

    def __init__(self, firms: int, months: int) -> None:
        start = common.province(firms)
        self.firms = Firms(
            usual_sales=start.usual_sales.astype(np.int32),
            fixed_costs=start.fixed_costs.astype(np.int32),
            cash=start.cash,
            loan=np.zeros(firms, np.int32),
            instalment=np.zeros(firms, np.int32),
            margin=start.margin.astype(np.int8),
            short_months=np.zeros(firms, np.int8),
            alive=np.ones(firms, np.bool_),
            applied=np.zeros(firms, np.bool_),
            lost_days=np.zeros(firms, np.int8),
            stopped_since=np.full(firms, -1, np.int16),
        )
        self.first_of_day = np.searchsorted(start.settles_on, np.arange(MONTH_DAYS + 1)).tolist()
        by_county = np.argsort(start.county, kind="stable").astype(np.int32)
        self.of_county = np.split(by_county, np.searchsorted(start.county[by_county], np.arange(1, COUNTIES)))
        self.queue = np.zeros(firms, np.int32)  # a firm waits at most once
        self.bank = np.zeros(3, np.int64)
        self.found = np.zeros(3, np.int64)
        self.capacity = common.capacity(firms)
        self.months = months
        self.counts: list[Count] = []
        self.env = simpy.Environment()
        days = list(range(months * MONTH_DAYS))
        for outbreak in common.outbreaks(months):
            self.env.process(self.rage(outbreak))
        self.env.process(calendar.on_days(self.env, days, calendar.SETTLEMENT, self.settle))
        self.env.process(calendar.on_days(self.env, days, calendar.DESKS, self.decide))
        self.env.process(calendar.on_days(self.env, days[MONTH_DAYS - 1 :: MONTH_DAYS], calendar.MONITOR, self.count))

    def rage(self, outbreak: Outbreak) -> calendar.Process:
        """An outbreak from its first to its last day."""
        yield self.env.timeout(outbreak.start + calendar.OUTBREAK)
        stop(self.of_county[outbreak.county], outbreak.start, outbreak.share, self.firms)
        yield self.env.timeout(outbreak.end - outbreak.start)
        resume(self.of_county[outbreak.county], outbreak.end, self.firms)

    def settle(self, day: int) -> None:
        """The firms whose settlement day it is."""
        cohort = day % MONTH_DAYS
        settle(self.first_of_day[cohort], self.first_of_day[cohort + 1], day, self.firms, self.queue, self.bank)

    def decide(self, day: int) -> None:
        """The bank's day, if anybody waits."""
        if self.bank[WAITING] > 0:
            decide(self.capacity, self.firms, self.queue, self.bank)

    def count(self, day: int) -> None:
        """The last evening of a month."""
        count(self.firms, self.queue, self.bank, self.found)
        alive, cash, waiting = self.found.tolist()
        self.counts.append(Count(day // MONTH_DAYS, alive, cash, int(self.bank[LOANS]), waiting))

    def live(self) -> list[Count]:
        """All months."""
        self.env.run(until=self.months * MONTH_DAYS)
        return self.counts


def build(firms: int, months: int) -> Callable[[], list[Count]]:
    """A province ready to live."""
    return Province(firms, months).live
