"""Names of the counties and prefectures of Yunnan: Chinese, English or national code, all mean the same place."""

from difflib import get_close_matches
from functools import cache
from typing import Literal

from sim.population.places import counties

Kind = Literal["county", "prefecture"]


def code_of(name: str, kind: Kind) -> str:
    """National code (four digits for a prefecture, six for a county) of a place by any of its names.

    Raises ``ValueError`` with the nearest valid name.
    """
    known = _codes(kind)
    if name in known:
        return known[name]
    raise ValueError(f"unknown {kind} {name!r}{nearest(name, tuple(known))}")


def nearest(name: str, allowed: tuple[str, ...]) -> str:
    """The end of a sentence about an unknown name: the valid one that is most like it, if any is."""
    close = get_close_matches(name, allowed, n=1, cutoff=0.4)
    return f"; did you mean {close[0]!r}?" if close else ""


@cache
def _codes(kind: Kind) -> dict[str, str]:
    table = counties()
    codes, zh, en = (
        (table.code, table.zh, table.en)
        if kind == "county"
        else (table.prefecture_code, table.prefecture_zh, table.prefecture_en)
    )
    return {name: code for names in (codes, zh, en) for name, code in zip(names, codes, strict=True)}
