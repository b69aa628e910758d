"""The common model in AMBER, whose agents are rows of a Polars table: a step is a day, on the vectorised lane.

A rule is written over NumPy columns that are read with `agents.numpy` and written back whole with `agents.set`: of
AMBER's ways to change a part of the agents that was the fastest here (writing through a view of the day's firms joins
tables and took ten times as long). A day's firms are one slice, as rows are in the order of the settlement days.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import ambr
import numpy as np

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak

STATE = ("cash", "alive", "applied", "loan", "short_months", "lost_days", "stopped_since")  # what a settlement changes


class Province(ambr.Model):  # type: ignore[misc]
    """Firms as a table, counties, the bank and the monthly count."""

    def setup(self) -> None:
        """Called by AMBER before the first step."""
        firms = self.p["firms"]
        start = common.province(firms)
        self.add_agents(
            firms,
            usual_sales=start.usual_sales,
            margin=start.margin,
            fixed_costs=start.fixed_costs,
            cash=start.cash,
            alive=True,
            applied=False,
            loan=0,
            instalment=0,
            short_months=0,
            lost_days=0,
            stopped_since=-1,
        )
        first = np.searchsorted(start.settles_on, np.arange(common.MONTH_DAYS + 1))
        self.of_day = [slice(first[day], first[day + 1]) for day in range(common.MONTH_DAYS)]
        self.of_county = [np.flatnonzero(start.county == county) for county in range(common.COUNTIES)]
        self.capacity = common.capacity(firms)
        self.loans = 0
        self.queue: deque[int] = deque()
        self.counts: list[Count] = []
        self.begins: dict[int, list[Outbreak]] = defaultdict(list)
        self.ends: dict[int, list[Outbreak]] = defaultdict(list)
        for outbreak in common.outbreaks(self.p["months"]):
            self.begins[outbreak.start].append(outbreak)
            self.ends[outbreak.end].append(outbreak)

    def step_vectorized(self) -> None:
        """A day; AMBER counts them from 0."""
        day = self.t
        for outbreak in self.ends[day]:
            self.resume(self.of_county[outbreak.county], day)
        for outbreak in self.begins[day]:
            self.meet(self.of_county[outbreak.county], outbreak)
        self.settle(self.of_day[day % common.MONTH_DAYS], day)
        self.decide()
        if day % common.MONTH_DAYS == common.MONTH_DAYS - 1:
            self.count(day // common.MONTH_DAYS)

    def change(self, rows: Any, **columns: Any) -> None:
        """Write new values of some rows into whole columns."""
        for name, values in columns.items():
            whole = self.agents.numpy(name).copy()  # what AMBER lends may not be written to
            whole[rows] = values
            columns[name] = whole
        self.agents.set(**columns)

    def meet(self, rows: Any, outbreak: Outbreak) -> None:
        """The outbreak stops its share of the firms in ``rows``."""
        alive = self.agents.numpy("alive")[rows]
        stops = alive & (common.draw(rows, outbreak.start, common.STOPPED) % 100 < outbreak.share)
        self.change(rows[stops], stopped_since=outbreak.start)

    def resume(self, rows: Any, day: int) -> None:
        """The stopped firms among ``rows`` work again."""
        lost, since = self.agents.numpy("lost_days", "stopped_since")
        stopped = rows[since[rows] >= 0]
        self.change(stopped, lost_days=lost[stopped] + day - since[stopped], stopped_since=-1)

    def settle(self, rows: slice, day: int) -> None:
        """The month of the firms whose settlement day it is."""
        identity, usual, margin, fixed, instalment = (
            column[rows] for column in self.agents.numpy("id", "usual_sales", "margin", "fixed_costs", "instalment")
        )
        cash, alive, applied, loan, short, lost, since = (column[rows] for column in self.agents.numpy(*STATE))
        stopped = since >= 0
        lost = np.where(stopped, lost + day - since, lost)
        shock = 100 - common.SHOCK_SPREAD + common.draw(identity, day, common.SHOCK) % (2 * common.SHOCK_SPREAD + 1)
        sales = usual * shock * (common.MONTH_DAYS - lost) // (100 * common.MONTH_DAYS)
        repaid = np.minimum(loan, instalment)
        cash = np.where(alive, cash + sales * margin // 100 - fixed - repaid, cash)
        loan = loan - repaid
        short = np.where(cash < 0, short + 1, 0)
        alive = alive & (short < common.PATIENCE)
        asks = alive & (cash < fixed) & (loan == 0) & ~applied
        self.change(
            rows,
            cash=cash,
            alive=alive,
            applied=applied | asks,
            loan=loan,
            short_months=short,
            lost_days=0,
            stopped_since=np.where(stopped, day, since),
        )
        self.queue.extend(identity[asks].tolist())

    def decide(self) -> None:
        """The bank's day: so many applications, first come, first served."""
        alive, cash, fixed = self.agents.numpy("alive", "cash", "fixed_costs")
        served: list[int] = []
        while self.queue and len(served) < self.capacity:
            firm = self.queue.popleft()
            if alive[firm]:
                served.append(firm)
        if served:
            loan = fixed[served] * common.LOAN_IN_FIXED_COSTS
            instalment = loan // common.INSTALMENTS
            self.change(served, cash=cash[served] + loan, loan=loan, instalment=instalment, applied=False)
            self.loans += len(served)

    def count(self, month: int) -> None:
        """The last evening of a month."""
        cash, alive = self.agents.numpy("cash", "alive")
        waiting = int(alive[list(self.queue)].sum()) if self.queue else 0
        self.counts.append(Count(month, int(alive.sum()), int(cash[alive].sum()), self.loans, waiting))


def build(firms: int, months: int) -> Callable[[], list[Count]]:
    """A province ready to live. AMBER calls `setup` as a part of its first step, so one day is a part of building."""
    model: Any = Province({"firms": firms, "months": months, "seed": 1, "show_progress": False}).cpu(mode="vectorized")
    model._ensure_setup()

    def live() -> list[Count]:
        model.run(steps=months * common.MONTH_DAYS)
        counts: list[Count] = model.counts
        return counts

    return live
