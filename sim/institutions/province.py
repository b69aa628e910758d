"""The province as institutions see it: the firms, the rules in force, the queues, the books and the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from sim.firm.state import Behaviour, Counts, Float, Int, Market, Queues, Slots
from sim.institutions.funds import Funds
from sim.institutions.queues import with_room
from sim.institutions.rules import LONGEST_PROCESSING, Rules
from sim.ledger import Books
from sim.parameters import Parameters
from sim.population.columns import Firms
from sim.population.counties import Counties
from sim.timeline import Timeline
from sim.world.world import World


@dataclass
class Province:
    """Everything that a run's processes share. Money is weighted whole fen, counts are weighted entities."""

    timeline: Timeline
    parameters: Parameters
    counties: Counties
    world: World
    firms: Firms
    rules: Rules
    funds: Funds
    slots: Slots
    behaviour: Behaviour
    market: Market
    books: Books
    counts: Counts
    queues: Queues
    county_rows: NDArray[np.int64]  # (cohorts, C + 1) first row of each county in each cohort
    entities: Float  # (P,) entities alive at the start, times the scale of an enlarged province
    entitled: Int  # (M + 1, P, Z) weighted firms that qualify for each measure by their traits
    loans: Int  # (P,) weighted fen lent, as last counted
    ready_day: NDArray[np.int16]  # (D, LONGEST_PROCESSING + 1)
    scale: float
    seed: int
    seconds: dict[str, float] = field(default_factory=lambda: {"firms": 0.0, "institutions": 0.0, "observation": 0.0})

    @property
    def loan_item(self) -> int:
        """Item of loan applications in the queues; restart problems follow, one item a kind of ticket."""
        return len(self.rules.measures)

    @property
    def ticket_item(self) -> int:
        """Item of the first kind of restart problem."""
        return self.loan_item + 1

    def month(self, day: int) -> int:
        """Index of the calendar month of a day."""
        return int(self.timeline.month[day])

    def make_room(self, cases: int) -> None:
        """Let at least so many more cases wait."""
        self.queues = with_room(self.queues, cases)

    def took(self, what: str, since: float) -> None:
        """Add the seconds since ``since`` to a part of the run."""
        self.seconds[what] += perf_counter() - since


@lru_cache(maxsize=16)
def days_until_ready(timeline: Timeline) -> NDArray[np.int16]:
    """Day on which a case filed on a day has been processed for k working days, shape (D, LONGEST_PROCESSING + 1).

    Made once for all runs of a process, which only read it.
    """
    offices_open = np.flatnonzero(timeline.is_working_day)
    never = np.full(LONGEST_PROCESSING + 2, 32_767)
    open_days = np.concatenate([offices_open, never])
    first = np.searchsorted(offices_open, np.arange(timeline.days), side="right")  # the next working day
    steps = np.arange(LONGEST_PROCESSING + 1)
    ready = open_days[np.minimum(first[:, None] + steps[None, :] - 1, len(open_days) - 1)]
    ready[:, 0] = np.arange(timeline.days)
    return np.asarray(ready.astype(np.int16))


def by_prefecture(firms: Firms, values: NDArray[np.generic], alive_only: NDArray[np.bool_], prefectures: int) -> Int:
    """Weighted sum of a column over the chosen rows of each of ``prefectures``, shape (P,)."""
    total = np.zeros(prefectures, np.int64)
    rows = np.flatnonzero(alive_only)
    np.add.at(total, firms.prefecture[rows], values[rows].astype(np.int64) * firms.weight[rows])
    return total
