"""The common model in plain SimPy: a process a firm, a process an outbreak, a store as the bank's queue."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import simpy

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak

Process = Generator[simpy.Event, Any, None]


class Firm(common.Firm):
    """A firm that lives from settlement to settlement."""

    def __init__(self, env: simpy.Environment, identity: int, row: tuple[int, ...], queue: simpy.Store) -> None:
        self.open_for_business(identity, row)
        env.process(self.live(env, queue))

    def live(self, env: simpy.Environment, queue: simpy.Store) -> Process:
        """Settle every month until closing."""
        yield env.timeout(self.settles_on + common.SETTLEMENT_HOUR)
        while True:
            if self.settle(int(env.now)):
                yield queue.put(self)
            if not self.alive:
                return
            yield env.timeout(common.MONTH_DAYS)


class Province:
    """Firms, counties, the bank and the monthly count around one environment."""

    def __init__(self, firms: int, months: int) -> None:
        self.env = simpy.Environment()
        self.queue = simpy.Store(self.env)
        self.capacity = common.capacity(firms)
        self.loans = 0
        self.counts: list[Count] = []
        self.months = months
        rows = common.province(firms).rows()
        self.firms = [Firm(self.env, identity, row, self.queue) for identity, row in enumerate(rows)]
        self.of_county: list[list[Firm]] = [[] for _ in range(common.COUNTIES)]
        for firm in self.firms:
            self.of_county[firm.county].append(firm)
        for outbreak in common.outbreaks(months):
            self.env.process(self.rage(outbreak))
        self.env.process(self.decide())
        self.env.process(self.count())

    def rage(self, outbreak: Outbreak) -> Process:
        """An outbreak from its first to its last day."""
        yield self.env.timeout(outbreak.start + common.OUTBREAKS_HOUR)
        for firm in self.of_county[outbreak.county]:
            firm.meet(outbreak)
        yield self.env.timeout(outbreak.end - outbreak.start)
        for firm in self.of_county[outbreak.county]:
            firm.resume(outbreak.end)

    def decide(self) -> Process:
        """The bank's days: so many applications, first come, first served."""
        yield self.env.timeout(common.BANK_HOUR)
        while True:
            left = self.capacity
            while left and self.queue.items:
                firm = yield self.queue.get()
                if firm.alive:
                    firm.borrow()
                    self.loans += 1
                    left -= 1
            yield self.env.timeout(1)

    def count(self) -> Process:
        """The last evening of every month."""
        yield self.env.timeout(common.MONTH_DAYS - 1 + common.COUNT_HOUR)
        for month in range(self.months):
            cash = [firm.cash for firm in self.firms if firm.alive]
            waiting = sum(firm.alive for firm in self.queue.items)
            self.counts.append(Count(month, len(cash), sum(cash), self.loans, waiting))
            yield self.env.timeout(common.MONTH_DAYS)

    def live(self) -> list[Count]:
        """All months."""
        self.env.run(until=self.months * common.MONTH_DAYS)
        return self.counts


def build(firms: int, months: int) -> Callable[[], list[Count]]:
    """A province ready to live."""
    return Province(firms, months).live
