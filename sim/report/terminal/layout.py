"""Text laid out in the cells of a terminal, where a Chinese character takes two: lines, and tables that fit.

Nothing is cut. Between Chinese characters a line may break anywhere, elsewhere at blanks; a word that is wider than its
line, and only that, is broken.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from typing import Final

from rich.cells import cell_len, chop_cells

WIDE: Final = "\u1100-\u115f\u2e80-\u2fff\u3004-\u3007\u3012-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
OPENS: Final = "（《「『【〔［｛"
CLOSES: Final = "，。、；：？！）》」』】〕］｝％…"
PIECE: Final = re.compile(rf"[{OPENS}]*(?:[{WIDE}]|[^\s{WIDE}{OPENS}{CLOSES}]+|(?=[{CLOSES}])|$)[{CLOSES}]*\s*|\s+")
LONGEST_NAME: Final = 30  # cells of a name beside which stands what it is
LEAST: Final = 16  # cells of a column of text, so that it can be read
GAP: Final = 3  # cells between two columns
EDGE: Final = 2  # cells at either end of a table


def pieces(text: str) -> list[str]:
    """What a line is not broken within, each with the blanks that follow it."""
    return [piece for piece in PIECE.findall(text) if piece]


def lines(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells; a line that it has already ends where it did."""
    found = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in pieces(paragraph):
            if line and cell_len(line + piece.rstrip()) > width:
                found.append(line.rstrip())
                line = ""
            *whole, piece = chop_cells(piece, width) if cell_len(piece.rstrip()) > width else [piece]
            found += whole
            line += piece
        found.append(line.rstrip())
    return found


def widths(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Cells of each column of a table that has ``room`` of them, or None where a word would have to be broken.

    A column has what its widest word needs; what is left is shared by how much more each could do with.
    """
    room -= 2 * EDGE + GAP * (len(columns) - 1)
    most = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in columns]
    if sum(most) <= room:
        return most
    words = [max((cell_len(p.rstrip()) for cell in column for p in pieces(cell)), default=0) for column in columns]
    least = [max(word, min(full, LEAST)) for word, full in zip(words, most, strict=True)]
    left = room - sum(least)
    if left < 0:
        return None
    wanted = [full - low for full, low in zip(most, least, strict=True)]
    return [low + left * more // sum(wanted) for low, more in zip(least, wanted, strict=True)]


def blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[tuple[str, list[str]]]:
    """A table row by row: its first cell, and the lines that say the others with the names of their columns."""
    for first, *others in rows:
        said = [
            f"{' / '.join(name.split(chr(10)))}: {' / '.join(cell.split(chr(10)))}"
            for name, cell in zip(columns[1:], others, strict=True)
            if cell
        ]
        yield first, lines("; ".join(said), room - EDGE)


def definitions(rows: Sequence[tuple[str, str]], room: int) -> Iterator[str]:
    """Names, and beside each what it is; beside is below for a name that is longer than most."""
    width = min(max(cell_len(name) for name, _ in rows), LONGEST_NAME)
    for name, text in rows:
        said = lines(text, room - width - 2 * EDGE)
        first = f"  {name}{' ' * (width - cell_len(name))}  "
        yield f"  {name}" if cell_len(name) > width else first + said.pop(0)
        yield from (" " * (width + 2 * EDGE) + line for line in said)


def room() -> int | None:
    """Cells of a line of the terminal; None where standard output is no terminal, and lines are as long as they are."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return get_terminal_size().columns
