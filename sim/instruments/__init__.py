"""How a measure acts: one file an instrument, each a module with what :class:`Instrument` asks for.

A measure file names its instrument under ``instrument:`` by the name of the file here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from sim.institutions.rules import Rules
    from sim.measure import Strict


@runtime_checkable
class Instrument(Protocol):
    """What a module of this folder has.

    ``Values``: what a measure file may write under ``values:``. ``m`` is the row of a measure in the rules, where its
    effects are entered by the names of :mod:`sim.firm.effects`.
    """

    __name__: str

    @property
    def Values(self) -> type[Strict]:
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
    """Every instrument by name, in alphabetical order."""
    # Start-up: whoever only asks what a command does should not wait for the kernels behind the rules.
    from sim.instruments import (
        collection,
        control,
        credit,
        cultivation,
        deferral,
        grant,
        procurement,
        refund,
        relief,
        service,
    )

    # One by one, for mypy to compare each module with the protocol.
    known: tuple[Instrument, ...] = (
        collection, control, credit, cultivation, deferral, grant, procurement, refund, relief, service,
    )  # fmt: skip
    return {instrument.__name__.rpartition(".")[-1]: instrument for instrument in known}
