"""What can be moved on the page, made of the catalogue: measures by action and step, the world, funds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.measure import Words

Kind = Literal["number", "whole", "choice", "switch", "day", "other"]


@dataclass(frozen=True)
class Control:
    """One lever as a page shows it.

    ``name``: what it changes, ``field`` the same without the measure or fund; ``note``: what it is, in a sentence.
    ``kind``: ``number`` and ``whole`` are sliders from ``least`` to ``most`` by ``step``; ``choice`` one of
    ``choices`` (value, name); ``switch`` true or false; ``day`` a date in ISO form between ``first`` and ``last``;
    ``other`` a list or table that a page only shows. ``value``: the scenario's own, plain, a table by date for a value
    that changes; ``stands_at``: where the slider stands then (the value that holds at the end), None for no value.
    ``unit``: in words, empty where there is none. ``is_optional``: whether null is a value. ``why``: why the slider is
    shorter than what is ``allowed``, None where it is not. ``nominal``: of a measure that is only a factor of assumed
    size.
    """

    path: str
    name: Words
    field: Words
    note: Words
    kind: Kind
    value: Any
    stands_at: float | None
    unit: Words
    allowed: Words
    least: float | None = None
    most: float | None = None
    step: float | None = None
    why: Words | None = None
    choices: tuple[tuple[Any, Words], ...] = ()
    first: str = ""
    last: str = ""
    is_optional: bool = False
    nominal: bool = False


@dataclass(frozen=True)
class MeasureControls:
    """A measure with its levers. ``action`` and ``section`` are those that switch it; ``note``: its clauses in words."""

    id: str
    title: Words
    action: str
    section: str
    clauses: tuple[str, ...]
    note: Words
    nominal: bool
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Group:
    """Measures that one switch holds, or levers of the world or of funds.

    ``kind``: ``action`` (one of the ten, or the mechanisms), ``step`` (a section of part II), ``world`` or ``funds``.
    ``id``: what :meth:`WhatIf.switched` takes (an action or a section); of the others the kind. Every measure stands in
    one group: its step if it has one, else its action. ``controls``: levers of the world or of funds.
    """

    kind: Literal["action", "step", "world", "funds"]
    id: str
    title: Words
    measures: tuple[MeasureControls, ...] = ()
    controls: tuple[Control, ...] = ()


def controls(extends: str = "full_plan") -> tuple[Group, ...]:
    """All groups of a shipped scenario, in the order of the plan: actions, mechanisms, steps, world, funds."""
    raise NotImplementedError


def control(path: str, extends: str = "full_plan") -> Control | None:
    """The control of a lever, None for a path that the page has no control for."""
    raise NotImplementedError


def answering(words: str, extends: str = "full_plan") -> frozenset[str]:
    """Paths of the levers, and ids of measures, to which all of the words apply, as ``shukun levers`` finds them."""
    raise NotImplementedError


def shown(groups: Sequence[Group], paths: frozenset[str]) -> tuple[Group, ...]:
    """The groups with only these levers and measures, empty groups left out."""
    raise NotImplementedError
