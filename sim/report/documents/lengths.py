"""How long texts are: how much room a column, a cell or a title needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

WIDE: Final = re.compile("[\u1100-\u115f\u2e80-\uffef]")  # characters as wide as two letters
WORD: Final = re.compile("[^\\s\u2e80-\uffef]+")
BESIDE: Final = 3  # letters of room on the sides of a cell
LEAST: Final = 4  # letters of a column of Chinese words


def width(said: str) -> int:
    """Letters of the longest line of a text, a Chinese character as two."""
    return max(len(line) + len(WIDE.findall(line)) for line in said.split("\n"))


def lines(said: str, room: float) -> int:
    """Lines that a text needs where so many letters have room."""
    return sum(max(1, -(-width(line) // max(int(room), 1))) for line in said.split("\n"))


def shares(heads: Sequence[str], rows: Sequence[Sequence[str]], room: float, most: int = 26) -> list[float]:
    """How the width of a table, so many letters, is divided among its columns.

    No word is broken where that can be helped, and no column asks for more than ``most`` letters.
    """
    columns = [[head, *(row[place] for row in rows)] for place, head in enumerate(heads)]
    least = [max(_longest_word(cell) for cell in column) + BESIDE for column in columns]
    wanted = [max(min(max(map(width, column)) + BESIDE, most), low) for column, low in zip(columns, least, strict=True)]
    over = sum(wanted) - sum(least)
    part = min(max((room - sum(least)) / over, 0.0), 1.0) if over else 0.0
    given = [low + part * (one - low) for low, one in zip(least, wanted, strict=True)]
    return [one / sum(given) for one in given]


def depth(rows: Sequence[Sequence[str]], parts: Sequence[float], room: float) -> int:
    """Lines of a table of so many letters whose columns have these parts of it."""
    return sum(max(lines(cell, room * part - BESIDE) for cell, part in zip(row, parts, strict=True)) for row in rows)


def _longest_word(said: str) -> int:
    """Letters that stand together; Chinese may be broken anywhere."""
    return max(map(len, WORD.findall(said)), default=LEAST)
