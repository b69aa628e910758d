"""The hours at which institutions act, so that the order of a day is the same in every run.

SimPy's clock counts days. Hours are sixteenths of a day, which floating point holds exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final

import simpy

from sim.timeline import Timeline

MEASURES: Final = 0.0  # values by date come into force, funds are topped up
PUBLICITY: Final = 0.0625
OUTBREAK: Final = 0.125  # listings, activity, restarts
SETTLEMENT: Final = 0.25  # firms
DESKS: Final = 0.375  # agencies and banks
RESTART: Final = 0.5  # who helps firms that are freed
TENDERS: Final = 0.625
DISPATCH: Final = 0.75
MONITOR: Final = 0.875  # the month's count

Process = Generator[simpy.Event, Any, None]


def on_days(env: simpy.Environment, days: list[int], hour: float, act: Callable[[int], None]) -> Process:
    """A process that does ``act(day)`` at ``hour`` of each of ``days`` (ascending)."""
    for day in days:
        yield env.timeout(day + hour - env.now)
        act(day)


def working_days(timeline: Timeline) -> list[int]:
    """The days on which offices are open."""
    return [int(day) for day in timeline.is_working_day.nonzero()[0]]
