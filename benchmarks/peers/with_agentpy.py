"""The common model in AgentPy: a step is a day, on which the agent list of that day's firms acts."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import agentpy

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak


class Firm(common.Firm, agentpy.Agent):  # type: ignore[misc]
    """A firm as an agent of the model."""

    def setup(self, row: tuple[int, ...]) -> None:
        """Called by AgentPy for a new agent; AgentPy counts from 1."""
        self.open_for_business(self.id - 1, row)

    def live_month(self, day: int) -> None:
        """Settle, and ask for a loan when it comes to that."""
        if self.settle(day):
            self.model.queue.append(self)


class Province(agentpy.Model):  # type: ignore[misc]
    """Firms, counties, the bank and the monthly count."""

    def setup(self) -> None:
        """Called by AgentPy before the first step."""
        self.capacity = common.capacity(self.p.firms)
        self.loans = 0
        self.queue: deque[Firm] = deque()
        self.begins: dict[int, list[Outbreak]] = defaultdict(list)
        self.ends: dict[int, list[Outbreak]] = defaultdict(list)
        for outbreak in common.outbreaks(self.p.months):
            self.begins[outbreak.start].append(outbreak)
            self.ends[outbreak.end].append(outbreak)
        rows = agentpy.AttrIter(list(common.province(self.p.firms).rows()))
        self.agents = agentpy.AgentList(self, self.p.firms, Firm, row=rows)
        self.of_day = [agentpy.AgentList(self) for _ in range(common.MONTH_DAYS)]
        self.of_county = [agentpy.AgentList(self) for _ in range(common.COUNTIES)]
        for firm in self.agents:
            self.of_day[firm.settles_on].append(firm)
            self.of_county[firm.county].append(firm)

    def step(self) -> None:
        """A day; AgentPy counts the steps from 1."""
        day = self.t - 1
        for outbreak in self.ends[day]:
            self.of_county[outbreak.county].resume(day)
        for outbreak in self.begins[day]:
            self.of_county[outbreak.county].meet(outbreak)
        settling = self.of_day[day % common.MONTH_DAYS]
        settling.live_month(day)
        self.of_day[day % common.MONTH_DAYS] = settling.select(settling.alive)
        self.decide()

    def update(self) -> None:
        """Called by AgentPy after every step: the count on the last evening of a month."""
        if self.t and self.t % common.MONTH_DAYS == 0:
            self.agents = self.agents.select(self.agents.alive)
            waiting = sum(firm.alive for firm in self.queue)
            self.record("alive", len(self.agents))
            self.record("cash", sum(self.agents.cash))
            self.record("loans", self.loans)
            self.record("waiting", waiting)

    def decide(self) -> None:
        """The bank's day: so many applications, first come, first served."""
        left = self.capacity
        while left and self.queue:
            firm = self.queue.popleft()
            if firm.alive:
                firm.borrow()
                self.loans += 1
                left -= 1


def build(firms: int, months: int) -> Callable[[], list[Count]]:
    """A province ready to live. AgentPy calls `setup` as a part of its run, so what it makes there is built before."""
    steps = months * common.MONTH_DAYS
    model: Any = Province({"firms": firms, "months": months, "seed": 1})
    model.sim_setup(steps)

    def live() -> list[Count]:
        while model.running:
            model.sim_step()
        model.create_output()
        table = model.output.variables.Province[["alive", "cash", "loans", "waiting"]]
        return [Count(month, *map(int, row)) for month, row in enumerate(table.itertuples(index=False))]

    return live
