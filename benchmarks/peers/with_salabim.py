"""The common model in salabim: a component a firm, a component an outbreak, a salabim store as the bank's queue.

Components are generators (`yieldless=False`), which salabim recommends where speed counts, and are not traced.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import salabim

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak

Process = Generator[Any, Any, None]


class Firm(common.Firm, salabim.Component):  # type: ignore[misc]
    """A firm that lives from settlement to settlement."""

    def setup(self, identity: int, row: tuple[int, ...], queue: salabim.Store) -> None:
        """Called by salabim for a new component."""
        self.open_for_business(identity, row)
        self.queue = queue
        self.status.monitor(False)
        self.mode.monitor(False)

    def process(self) -> Process:
        """Settle every month until closing."""
        yield self.hold(self.settles_on + common.SETTLEMENT_HOUR)
        while True:
            if self.settle(int(self.env.now())):
                yield self.to_store(self.queue, self)
            if not self.alive:
                return
            yield self.hold(common.MONTH_DAYS)


class Epidemic(salabim.Component):  # type: ignore[misc]
    """An outbreak from its first to its last day."""

    def setup(self, outbreak: Outbreak, firms: list[Firm]) -> None:
        """Called by salabim for a new component."""
        self.outbreak, self.firms = outbreak, firms

    def process(self) -> Process:
        """Stop firms, and let them work again."""
        yield self.hold(self.outbreak.start + common.OUTBREAKS_HOUR)
        for firm in self.firms:
            firm.meet(self.outbreak)
        yield self.hold(self.outbreak.end - self.outbreak.start)
        for firm in self.firms:
            firm.resume(self.outbreak.end)


class Bank(salabim.Component):  # type: ignore[misc]
    """The bank: so many applications a day, first come, first served."""

    def setup(self, capacity: int, queue: salabim.Store) -> None:
        """Called by salabim for a new component."""
        self.capacity, self.queue, self.loans = capacity, queue, 0

    def process(self) -> Process:
        """Its days."""
        yield self.hold(common.BANK_HOUR)
        while True:
            left = self.capacity
            while left and self.queue:
                yield self.from_store(self.queue)
                firm = self.from_store_item()
                if firm.alive:
                    firm.borrow()
                    self.loans += 1
                    left -= 1
            yield self.hold(1)


class Monitor(salabim.Component):  # type: ignore[misc]
    """The count on the last evening of every month."""

    def setup(self, firms: list[Firm], bank: Bank, months: int) -> None:
        """Called by salabim for a new component."""
        self.firms, self.bank, self.months = firms, bank, months
        self.counts: list[Count] = []

    def process(self) -> Process:
        """All months."""
        yield self.hold(common.MONTH_DAYS - 1 + common.COUNT_HOUR)
        for month in range(self.months):
            cash = [firm.cash for firm in self.firms if firm.alive]
            waiting = sum(firm.alive for firm in self.bank.queue)
            self.counts.append(Count(month, len(cash), sum(cash), self.bank.loans, waiting))
            yield self.hold(common.MONTH_DAYS)


def build(firms: int, months: int) -> Callable[[], list[Count]]:
    """A province ready to live."""
    environment = salabim.Environment(yieldless=False, random_seed=1)
    queue = salabim.Store("applications", monitor=False)
    rows = common.province(firms).rows()
    everybody = [Firm(identity=identity, row=row, queue=queue, mode=None) for identity, row in enumerate(rows)]
    of_county: list[list[Firm]] = [[] for _ in range(common.COUNTIES)]
    for firm in everybody:
        of_county[firm.county].append(firm)
    for outbreak in common.outbreaks(months):
        Epidemic(outbreak=outbreak, firms=of_county[outbreak.county])
    monitor = Monitor(firms=everybody, bank=Bank(capacity=common.capacity(firms), queue=queue), months=months)

    def live() -> list[Count]:
        environment.run(till=months * common.MONTH_DAYS)
        return monitor.counts

    return live
