"""Runs for what is on the desk, in processes that are kept: first numbers at once, then better ones.

Driven from threads: a session tells news by a callback, which is called in a thread of its own (a page of asyncio uses
``loop.call_soon_threadsafe``). Nothing here waits for the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from sim.desk.state import Desk
from sim.measure import Words
from sim.study.questions.comparison import Comparison

Stage = Literal["working", "first", "refining", "precise", "at_limit", "failed"]


@dataclass(frozen=True)
class Numbers:
    """What is known of a desk so far.

    ``stage``: ``working`` (nothing yet), ``first`` (few rows, one replication: show it grey), ``refining``, ``precise``
    (the wished precision is met), ``at_limit`` (it is not, and no more is run) or ``failed`` (nothing could be run).
    ``comparison``: the study, as ``sim.compare`` of the same files gives it at these ``firms`` and ``replications``
    bit for bit, in all tables that need no further runs (the others are empty); None while there is nothing. All of the
    project's charts and summaries take it. In it ``scenario`` is a what-if's name. ``failures``: by a what-if's name the
    sentence why it could not be read or run. ``half_widths``: widest half-width of the three headline outcomes'
    differences from the plan so far, as a share, by what-if. ``seconds_left``: how long the wished precision will take
    by what has been seen, None where nothing can be said yet; ``replications_needed`` the same. ``spread``: with
    ``posterior`` 5, 50 and 95 % over draws, columns of ``Comparison.uncertainty``; else empty.
    """

    desk: Desk
    stage: Stage
    firms: int = 0
    replications: int = 0
    comparison: Comparison | None = None
    failures: Mapping[str, Words] = None
    half_widths: Mapping[str, float] = None
    seconds_left: float | None = None
    replications_needed: int | None = None
    spread: pd.DataFrame = None
    seconds: float = 0.0  # since the change

    @property
    def plan(self) -> str:
        """Name of the plan in the tables."""
        raise NotImplementedError

    @property
    def baseline(self) -> str:
        """Name of the world without support in the tables."""
        raise NotImplementedError

    def headline(self) -> pd.DataFrame:
        """Survival, resumption and loss-making share of enterprises: scenario, outcome, mean, low, high, replications.

        Of the baseline, the nation's rules, the plan and every what-if that was run.
        """
        raise NotImplementedError

    def difference(self, one: str, other: str) -> pd.DataFrame:
        """Any two scenarios of the desk, paired by replication: outcome, mean, low, high, unit, replications."""
        raise NotImplementedError

    def targets(self, name: str) -> pd.DataFrame:
        """Rows of ``comparison.targets`` of a scenario."""
        raise NotImplementedError

    def costs(self, name: str, against: str | None = None) -> pd.DataFrame:
        """Cost by bearer and category of a scenario against another (its baseline): rows of ``comparison.costs``."""
        raise NotImplementedError

    def fates(self, name: str, against: str | None = None) -> pd.DataFrame:
        """Saved and harmed of a scenario against another (its baseline): rows of ``comparison.fates`` of all."""
        raise NotImplementedError

    def months(self, name: str, outcome: str) -> pd.DataFrame:
        """An outcome of enterprises month by month: scenario's own and difference from its baseline."""
        raise NotImplementedError

    def groups(self, name: str, by: str, against: str | None = None) -> pd.DataFrame:
        """Firms kept by ``sector``, ``size`` or ``prefecture``: rows of ``comparison.winners_and_losers(by)``."""
        raise NotImplementedError


class Session:
    """One page's runs. What is shown last is what is run; a change stops what is under way."""

    def show(self, desk: Desk) -> None:
        """Run what is on the desk now; returns at once."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop its runs; no news come after it returns."""
        raise NotImplementedError


class Background:
    """Worker processes that stay, and the runs that were done; shared by all sessions. A context manager.

    ``workers``: processes. ``firms``: rows of the refined numbers; first ones have at most 2,000. ``seed``: of the
    first replication. ``most``: replications at most.
    """

    def __init__(self, workers: int = 2, firms: int = 20_000, seed: int = 1, most: int = 100) -> None:
        raise NotImplementedError

    def warm(self, ready: Callable[[], None] | None = None) -> None:
        """Begin to import, compile and run the baseline and the plan in all workers; returns at once."""
        raise NotImplementedError

    def session(self, news: Callable[[Numbers], None]) -> Session:
        """A session of a page; ``news`` is called in a thread."""
        raise NotImplementedError

    @property
    def processes(self) -> list[int]:
        """Ids of the worker processes that live."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop all sessions and end the workers; returns when they are gone."""
        raise NotImplementedError
