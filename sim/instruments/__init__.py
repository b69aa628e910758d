"""How a measure acts: one file an instrument, each a module with what :class:`Instrument` asks for.

A measure file names its instrument under ``instrument:`` by the name of the file here, and so it is found: a new
instrument is one new file.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from sim.institutions.rules import Rules
    from sim.measure import InstrumentValues


@runtime_checkable
class Instrument(Protocol):
    """What a module of this folder has.

    ``Values``: what a measure file may write under ``values:``. ``m`` is the row of a measure in the rules, where its
    effects are entered by the names of :mod:`sim.firm.effects`.
    """

    @property
    def Values(self) -> type[InstrumentValues]:
        """The model of a measure's values."""
        ...

    def prepare(self, values: Any, m: int, rules: Rules) -> None:
        """Enter what does not change by date, once, before the first day."""
        ...

    def act(self, values: Any, m: int, on: date, rules: Rules) -> None:
        """Bring the values of a day into force: when the measure begins and whenever one of its values changes."""
        ...


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every instrument module by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Instrument, import_module(f"{__name__}.{name}")) for name in names}
