"""How long texts are: how much room a column, a cell or a title needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

WIDE: Final = re.compile("[\u1100-\u115f\u2e80-\uffef]")  # characters as wide as two letters


def width(said: str) -> int:
    """Letters of the longest line of a text, a Chinese character as two."""
    return max(len(line) + len(WIDE.findall(line)) for line in said.split("\n"))


def lines(said: str, room: float) -> int:
    """Lines that a text needs where so many letters have room."""
    return sum(max(1, -(-width(line) // max(int(room), 1))) for line in said.split("\n"))


def depth(rows: Sequence[Sequence[str]], parts: Sequence[float], room: int = 100) -> int:
    """Lines of a table whose columns have these parts of so many letters."""
    return sum(max(lines(cell, room * part) for cell, part in zip(row, parts, strict=True)) for row in rows)


def shares(heads: Sequence[str], rows: Sequence[Sequence[str]], most: int = 30) -> list[float]:
    """How the width of a table is divided among its columns; none is wider than ``most`` letters asks for."""
    needed = [
        min(max([max(map(width, head.split() or [""])), *(width(row[place]) for row in rows)]), most) + 2
        for place, head in enumerate(heads)
    ]
    return [one / sum(needed) for one in needed]
