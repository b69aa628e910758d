"""Rows of a CSV file of the calibration, each cell read as what its column holds; a mistake is one sentence."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim.refusal import Refusal, shown

Column = Callable[[str], Any]


class Misfit(NamedTuple):
    """What of a row that can be read cannot be: the column, what is found, what is allowed, what was probably meant."""

    column: str
    found: object
    zh: str
    en: str
    meant: str | None = None


# What is wrong with a row, given its line and its cells.
Check = Callable[[int, Mapping[str, Any]], Iterable[Misfit]]


def as_it_is(line: int, cells: Mapping[str, Any]) -> Iterable[Misfit]:
    """The check of a table in which every row that can be read can be."""
    return ()


def period(line: int, cells: Mapping[str, Any]) -> Iterable[Misfit]:
    """That what is from a day on does not end before it: the columns ``from`` and ``to``."""
    if cells["to"] < cells["from"]:
        first, last = (date.fromordinal(cells[name]) for name in ("from", "to"))
        yield Misfit("to", last, f"{first} 或以后的日期，即 from", f"{first} or a later day, for that is its from")


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


def rows(path: Path, columns: Mapping[str, Column], check: Check = as_it_is) -> list[dict[str, Any]]:
    """The rows of a file, of each the columns that are asked for; others may stand beside them.

    Raises :class:`Refusal` for a column that is missing, for each cell that does not hold what it should and for what
    ``check`` finds in rows that can be read.
    """
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        header = table.fieldnames or ()
        missing = [name for name in columns if name not in header]
        if missing:
            found_zh, found_en = "、".join(header), ", ".join(header)
            raise Refusal(
                zh=f"{path}:1：缺少列 {'、'.join(missing)}；现有 {found_zh}",
                en=f"{path}:1: the columns {', '.join(missing)} are missing; there are {found_en}",
            )
        found, wrong = [], []
        for row in table:
            cells: dict[str, Any] = {}
            misfits = []
            for name, read in columns.items():
                try:
                    cells[name] = read(row[name] or "")
                except ValueError:
                    misfits.append(Misfit(name, repr(shown(row[name] or "")), *ALLOWED[read]))
            misfits += [] if misfits else check(table.line_num, cells)
            wrong += [(f"{path}:{table.line_num}: {misfit.column}", misfit) for misfit in misfits]
            found.append(cells)
    if wrong:
        raise Refusal(
            zh="\n".join(
                f"{where}：写的是 {found}；应为{zh}" + (f"；是否想写 {meant}？" if meant else "")
                for where, (_, found, zh, _, meant) in wrong
            ),
            en="\n".join(
                f"{where}: found {found}; allowed: {en}" + (f"; did you mean {meant}?" if meant else "")
                for where, (_, found, _, en, meant) in wrong
            ),
        )
    return found
