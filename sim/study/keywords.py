"""Keywords that several calls share, in groups: what each group is, its defaults, and how its keywords are written.

A call takes such keywords one by one, as ``**execution: Unpack[ExecutionKeywords]``, and hands them on as one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

One = TypeVar("One", bound="DataclassInstance")
Other = TypeVar("Other", bound="DataclassInstance")
Progress = Callable[[float], None]  # is told the share done, from 0 to 1
Firms = int | Literal["province"] | None  # rows; one a firm of the province; what the scenario says


@dataclass(frozen=True)
class Execution:
    """How the runs of a study are done and where they are kept; what comes out is the same however that is.

    ``workers``: processes on this machine. ``cluster``: address of a Dask scheduler whose workers are used instead.
    ``folder``: where the study's runs and tables are kept, and those that are there are used; None keeps nothing.
    ``progress``: is told the share done of the runs that really have to be done. ``seconds``: after so long no further
    run is begun. ``threads``: of each run on this machine; None for the cores that fewer runs than processes leave
    idle, so that a run which stands alone has all of them.
    """

    workers: int = 1
    cluster: str | None = None
    folder: str | Path | None = None
    progress: Progress | None = None
    seconds: float | None = None
    threads: int | None = None


class ExecutionKeywords(TypedDict, total=False):
    """Keywords of :class:`Execution` for what takes the time that it takes."""

    workers: int
    cluster: str | None
    folder: str | Path | None
    progress: Progress | None
    threads: int | None


class TimedKeywords(ExecutionKeywords, total=False):
    """Keywords of :class:`Execution` for what can be cut short."""

    seconds: float | None


@dataclass(frozen=True)
class Asking:
    """What is said beside a question in a file, see :func:`sim.study.answering.ask`."""

    levers: Mapping[str, Any] | None = None
    firms: Firms = None
    seed: int = 1
    replications: int | None = None
    draws: int | None = None


class QuestionKeywords(TimedKeywords, total=False):
    """Keywords of a question in a file: those of :class:`Asking` and of :class:`Execution`."""

    levers: Mapping[str, Any] | None
    firms: Firms
    seed: int
    replications: int | None
    draws: int | None


@dataclass(frozen=True)
class InBothWorlds:
    """What two worlds have in common that one firm is followed through: levers, rows, and the seed."""

    levers: Mapping[str, Any] | None = None
    rows: Firms = None
    seed: int = 1


class InBothWorldsKeywords(TypedDict, total=False):
    """Keywords of :class:`InBothWorlds`."""

    levers: Mapping[str, Any] | None
    rows: Firms
    seed: int


# What a call takes as its ``**``, and what that is written out as, see :func:`sim.study.arguments.checked`.
EXECUTION: Final = (ExecutionKeywords, Execution)
TIMED: Final = (TimedKeywords, Execution)
QUESTION: Final = (QuestionKeywords, Asking, Execution)
IN_BOTH_WORLDS: Final = (InBothWorldsKeywords, InBothWorlds)


def parted(given: Mapping[str, Any], one: type[One], other: type[Other]) -> tuple[One, Other]:
    """Keywords that a call was given as the two groups that they belong to."""
    groups = ({field.name for field in fields(group) if field.name in given} for group in (one, other))
    of_one, of_other = ({name: given[name] for name in names} for names in groups)
    return one(**of_one), other(**of_other)
