"""A goal that is sought for a what-if, by the question of :mod:`sim.study.questions.reach`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Final

from sim.desk.controls import Control, controls
from sim.desk.what_if import WhatIf
from sim.report.answers import reach as told
from sim.report.answers.answer import Table
from sim.report.words.catalogue import Language
from sim.study import answering
from sim.study.questions.reach import MOST, Reach
from sim.study.summaries.reach import CERTAIN, MEAN, NEAREST, ReachSummary
from sim.study.summaries.rows import records

WANTS: Final = ("least_change", "cheapest", MOST)
TAKEN: Final = (MEAN, CERTAIN, NEAREST)  # answers that can be taken over
PROCESSES: Final = 2  # beside those that refine the numbers
REPLICATIONS: Final = 6  # of what is told


class StoppedError(Exception):
    """The reader no longer wants to know."""


@dataclass(frozen=True)
class Goal:
    """What is wanted of a what-if.

    ``outcome``: a headline outcome. ``limit``: where it shall be brought, a share; None for the plan's own target or,
    where the ``most`` is wanted, for none. ``want``: one of WANTS. ``budget_yuan``: what public budgets may bear more,
    None for whatever it takes. ``levers``: paths of those that may move, each between the ends of its slider.
    """

    outcome: str
    limit: float | None
    want: str
    budget_yuan: float | None
    levers: tuple[str, ...]


def movable(extends: str) -> dict[str, Control]:
    """The levers that may be looked through, by path: numbers that have a slider."""
    groups = controls(extends)
    every = [one for group in groups for measure in group.measures for one in measure.controls]
    every += [one for group in groups for one in group.controls]
    return {one.path: one for one in every if one.kind in ("number", "whole") and one.most is not None}


@dataclass
class Search:
    """One search for a goal; ``share`` of it is done. :meth:`stop` ends it before its next run."""

    share: float = 0.0

    def __post_init__(self) -> None:
        self._stopped = Event()

    def stop(self) -> None:
        """Begin no further run."""
        self._stopped.set()

    def answer(self, what_if: WhatIf, goal: Goal, at_least: bool, rows: int) -> Reach:
        """The answer. ``at_least``: whether more of the outcome is wanted. ``rows``: sample firms of what is told.

        Raises ``Refusal`` and ``ScenarioError`` for what cannot be asked, :class:`StoppedError` when it was stopped.
        """
        known = movable(what_if.extends)
        asked: dict[str, Any] = {
            "outcome": goal.outcome,
            "want": goal.want,
            "over": {path: _ends(known[path]) for path in goal.levers},
            "replications": REPLICATIONS,
        }
        if goal.limit is not None and goal.want != MOST:
            asked["at_least" if at_least else "at_most"] = goal.limit
        if goal.budget_yuan is not None:
            asked["budget_yuan"] = goal.budget_yuan
        with TemporaryDirectory(prefix="shukun-") as folder:
            file = Path(folder, what_if.file_name)
            file.write_text(what_if.yaml(), "utf-8")
            found = answering.ask(
                "reach", {**asked, "scenario": str(file)}, firms=rows, workers=PROCESSES, progress=self._progress
            )
        assert isinstance(found, Reach)
        return found

    def _progress(self, share: float) -> None:
        if self._stopped.is_set():
            raise StoppedError
        self.share = share


def _ends(control: Control) -> Sequence[float]:
    ends = (control.least, control.most)
    return [int(end) if control.kind == "whole" else float(end) for end in ends if end is not None]


def settings(study: Reach) -> dict[str, dict[str, Any]]:
    """Levers that an answer sets, by how it answers (``mean``, ``certain``, ``nearest``); those that move alone."""
    found: dict[str, dict[str, Any]] = {}
    for how, plan in ReachSummary(study).answers.items():
        [row] = records(study.plans[study.plans["plan"] == plan])
        moved = {path: _plain(row[path]) for path, lever in study.levers.items() if row[path] != lever["present"]}
        if how in TAKEN and moved:
            found[how] = moved
    return found


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def sentences(study: Reach, lang: Language) -> list[str]:
    """What was found, in words: the answer and how sure it is, or why nothing within the ranges does."""
    return told.findings(study, lang)


def tables(study: Reach, lang: Language) -> list[Table]:
    """The answers, what each lever does alone, where the nearest is short."""
    return [table for table in told.tables(study, lang) if table.rows]
