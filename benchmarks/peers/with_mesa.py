"""The common model in Mesa: a step is a day, on which the firms whose settlement day it is act.

The firms of a day and of a county are agent sets that are made once; a firm that closes is removed from the model and
from both, so that nobody asks it again. The order is the firms' own (`do`, not `shuffle_do`): the queue depends on it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import mesa
from mesa.agent import AgentSet

from benchmarks.peers import common
from benchmarks.peers.common import Count, Outbreak


class Firm(common.Firm, mesa.Agent):  # type: ignore[misc]
    """A firm as an agent of the model."""

    def __init__(self, model: Province, row: tuple[int, ...]) -> None:
        super().__init__(model)
        self.open_for_business(self.unique_id - 1, row)  # Mesa counts from 1

    def live_month(self, day: int) -> None:
        """Settle, and ask for a loan or close when it comes to that."""
        if self.settle(day):
            self.model.queue.append(self)
        if not self.alive:
            self.model.of_day[self.settles_on].discard(self)
            self.model.of_county[self.county].discard(self)
            self.remove()


class Province(mesa.Model):  # type: ignore[misc]
    """Firms, counties, the bank and the monthly count."""

    def __init__(self, firms: int, months: int) -> None:
        super().__init__(seed=1)
        self.capacity = common.capacity(firms)
        self.loans = 0
        self.queue: deque[Firm] = deque()
        self.begins: dict[int, list[Outbreak]] = defaultdict(list)
        self.ends: dict[int, list[Outbreak]] = defaultdict(list)
        for outbreak in common.outbreaks(months):
            self.begins[outbreak.start].append(outbreak)
            self.ends[outbreak.end].append(outbreak)
        Firm.create_agents(self, firms, list(common.province(firms).rows()))
        empty = AgentSet([], random=self.random)
        of_day, of_county = self.agents.groupby("settles_on").groups, self.agents.groupby("county").groups
        self.of_day = [of_day.get(day, empty) for day in range(common.MONTH_DAYS)]
        self.of_county = [of_county.get(county, empty) for county in range(common.COUNTIES)]
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "alive": lambda model: len(model.agents),
                "cash": lambda model: model.agents.agg("cash", sum),
                "loans": "loans",
                "waiting": lambda model: sum(firm.alive for firm in model.queue),
            }
        )

    def step(self) -> None:
        """A day; Mesa counts the steps from 1."""
        day = self.steps - 1
        for outbreak in self.ends[day]:
            self.of_county[outbreak.county].do("resume", day)
        for outbreak in self.begins[day]:
            self.of_county[outbreak.county].do("meet", outbreak)
        self.of_day[day % common.MONTH_DAYS].do("live_month", day)
        self.decide()
        if day % common.MONTH_DAYS == common.MONTH_DAYS - 1:
            self.datacollector.collect(self)

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
    """A province ready to live."""
    model: Any = Province(firms, months)

    def live() -> list[Count]:
        for _ in range(months * common.MONTH_DAYS):
            model.step()
        table = model.datacollector.get_model_vars_dataframe()
        return [Count(month, *map(int, row)) for month, row in enumerate(table.itertuples(index=False))]

    return live
