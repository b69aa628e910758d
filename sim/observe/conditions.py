"""Which firms are meant: conditions by name, understood in one way wherever they are given.

A condition is a name or several of which one must hold; names may be written in either language, a prefecture by any of
its names. All conditions that are given must hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sim.names import meant
from sim.population.counties import prefecture_words
from sim.refusal import Refusal
from sim.vocabulary import SECTORS, SIZES, UNIVERSES
from sim.world.areas import code_of

Where = Mapping[str, str | Sequence[str]]
Conditions = Mapping[str, tuple[str, ...]]  # what may be asked for, and the names that each knows

PREFECTURE: Final = "prefecture"  # has several names each, see `sim.world.areas`
OF_FIRMS: Final[Conditions] = {"sector": SECTORS, "size": SIZES, PREFECTURE: (), "universe": UNIVERSES}


def understood(where: Where, known: Conditions) -> dict[str, list[str]]:
    """The conditions as lists of the names that tables use. Raises :class:`Refusal` for one that is not ``known``."""
    conditions: dict[str, list[str]] = {}
    for name, given in where.items():
        if name not in known:
            raise Refusal(
                zh=f"没有名为 {name} 的条件；可用：{'、'.join(known)}。",
                en=f"There is no condition {name}; allowed: {', '.join(known)}.",
            )
        values = [given] if isinstance(given, str) else list(given)
        conditions[name] = [_value(name, value, known[name]) for value in values]
    return conditions


def _value(condition: str, value: str, allowed: tuple[str, ...]) -> str:
    if condition == PREFECTURE:
        try:
            return code_of(value, PREFECTURE)
        except ValueError:
            [(first, called), *_, (last, _)] = prefecture_words().items()
            allowed = (f"{first} … {last}", called["zh"], called["en"], "…")
    elif (name := value if value in allowed else str(meant(value, condition))) in allowed:
        return name
    raise Refusal(
        zh=f"条件 {condition} 没有取值 {value}；可用：{'、'.join(allowed)}。",
        en=f"The condition {condition} has no value {value}; allowed: {', '.join(allowed)}.",
    )
