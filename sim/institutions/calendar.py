"""The hours at which institutions act, so that the order of a day is the same in every run.

SimPy's clock counts days. Hours are sixteenths of a day, which floating point holds exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from typing import Any, Final, NamedTuple

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


class Duty(NamedTuple):
    """What is done at an hour of each of ``days`` (ascending)."""

    hour: float
    days: list[int]
    act: Callable[[int], None]


def on_days(env: simpy.Environment, days: list[int], hour: float, act: Callable[[int], None]) -> Process:
    """A process that does ``act(day)`` at ``hour`` of each of ``days`` (ascending)."""
    for day in days:
        yield env.timeout(day + hour - env.now)
        act(day)


def in_turn(env: simpy.Environment, duties: Iterable[Duty]) -> Process:
    """A process that does the duties of each day in order of hours; those of one hour in the order given.

    It wakes once a day, and within it for a duty before which another process acts. Else it goes on without letting the
    clock move: nobody could tell, and to wake all who tick daily is most of what SimPy does in a small run.
    """
    of_day: defaultdict[int, list[Duty]] = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: duty.hour):
        for day in duty.days:
            of_day[day].append(duty)
    for day in sorted(of_day):
        yield env.timeout(day + of_day[day][0].hour - env.now)
        for hour, _, act in of_day[day]:
            if env.now < day + hour and env.peek() <= day + hour:
                yield env.timeout(day + hour - env.now)
            act(day)


def working_days(timeline: Timeline) -> list[int]:
    """The days on which offices are open."""
    return [int(day) for day in timeline.is_working_day.nonzero()[0]]
