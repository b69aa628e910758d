"""Rows of a CSV file of the calibration, each cell read as what its column holds; a mistake is one sentence."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from sim.refusal import Refusal, shown

Column = Callable[[str], Any]


def number(text: str) -> float:
    """A number that is not negative."""
    found = float(text)
    if not 0.0 <= found < float("inf"):
        raise ValueError(text)
    return found


def day(text: str) -> int:
    """A date as an ordinal."""
    return date.fromisoformat(text).toordinal()


ALLOWED: Final[Mapping[Column, tuple[str, str]]] = {
    number: ("不小于 0 的数", "a number from 0 on"),
    day: ("日期，如 2022-07-01", "a date such as 2022-07-01"),
    str: ("文字", "a text"),
}


def rows(path: Path, columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    """The rows of a file, of each the columns that are asked for; others may stand beside them.

    Raises :class:`Refusal` for a column that is missing and for each cell that does not hold what it should.
    """
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        missing = [name for name in columns if name not in (table.fieldnames or ())]
        if missing:
            raise Refusal(
                zh=f"{path}:1：缺少列 {'、'.join(missing)}",
                en=f"{path}:1: the columns {', '.join(missing)} are missing",
            )
        found, wrong = [], []
        for row in table:
            cells: dict[str, Any] = {}
            for name, read in columns.items():
                try:
                    cells[name] = read(row[name] or "")
                except ValueError:
                    wrong.append((f"{path}:{table.line_num}: {name}", shown(row[name] or ""), ALLOWED[read]))
            found.append(cells)
    if wrong:
        raise Refusal(
            zh="\n".join(f"{where}：写的是 {cell!r}；应为{allowed[0]}" for where, cell, allowed in wrong),
            en="\n".join(f"{where}: found {cell!r}; allowed: {allowed[1]}" for where, cell, allowed in wrong),
        )
    return found
