"""Somebody's own firms: rows of ``population/firms.csv`` in the folder of calibration, in place of the synthesis.

Columns that are left out are drawn as in the synthesis, from what is given: cash from the sales and costs of the row.
New firms are still those of the synthesis, in number by ``population.births_per_year`` of the entities of the table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.data_folders import of_calibration
from sim.measure import Words
from sim.names import meant
from sim.population.columns import Firms, new_columns
from sim.population.counties import counties
from sim.population.draws import GIVEN, Given
from sim.population.firm_table import BY_NAME, COLUMNS, MOST_DAYS, TABLE, Column
from sim.random_numbers import Purpose, uniforms
from sim.refusal import Refusal, nearest, shown
from sim.timeline import COHORTS
from sim.units import FEN_PER_YUAN
from sim.vocabulary import CUSTOMERS, FLAGS, LANDLORDS, Status

if TYPE_CHECKING:
    import pandas as pd

TOLD: Final = 20  # faults of a table that are told one by one
OFFICIAL: Final = tuple(CUSTOMERS.index(name) for name in ("public_bodies", "large_firms"))
GROUPS: Final = ("sector", "size")  # columns whose words in either language are taken for the names
_LARGEST: Final = 2**53  # fen in a cell
Cells: TypeAlias = "pd.Series[str]"
Fault: TypeAlias = tuple[int, str, str, Words]  # line, field, what was found, what is allowed


class OwnFirms(NamedTuple):
    """The rows of a table of firms, as the table has them."""

    firms: Firms  # what is given, the rest is still to be drawn
    cohort: NDArray[np.int64]
    given: Given


@of_calibration
def own_firms(folder: Path) -> OwnFirms | None:
    """The firms of the present folder of calibration, None where it has no table of them.

    Raises :class:`Refusal` with a sentence for each fault: file, line, field, what was found, what is allowed.
    """
    path = folder / TABLE
    return read(path) if path.is_file() else None


def read(path: Path) -> OwnFirms:
    """The firms of a table; see :func:`own_firms`."""
    import pandas as pd  # start-up: only for those who bring firms of their own

    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as trouble:
        said = " ".join(str(trouble).split())
        raise Refusal(zh=f"{path}：不是可读的表（{said}）", en=f"{path}: not readable as a table ({said})") from None
    faults = list(_of_header(table))
    if not faults:
        values: dict[str, NDArray[Any]] = {}
        for column in COLUMNS:
            if column.name in table:
                values[column.name], wrong = _read(column, table[column.name].str.strip())
                faults += _at(table, column.name, wrong, column.allowed)
        if not faults:
            faults += _of_rows(table, values)
    if faults:
        faults.sort(key=lambda fault: fault[0])
        told = [_said(path, fault) for fault in faults[:TOLD]]
        if len(faults) > TOLD:
            told.append(Words(zh=f"{path}：不止这 {TOLD} 处", en=f"{path}: these {TOLD} are not all"))
        raise Refusal(zh="\n".join(one.zh for one in told), en="\n".join(one.en for one in told))
    return _firms(len(table), values)


def _of_header(table: pd.DataFrame) -> Iterator[Fault]:
    known, needed = ", ".join(BY_NAME), ", ".join(column.name for column in COLUMNS if column.needed)
    for name in table.columns:
        if name not in BY_NAME:
            yield 1, "columns", str(name), _offered(str(name), BY_NAME, Words(zh=known, en=known))
    for column in COLUMNS:
        if column.needed and column.name not in table:
            yield 1, "columns", "", Words(zh=f"至少有 {needed}", en=f"at least {needed}")
    if not len(table):
        yield 2, "rows", "", Words(zh="至少一户", en="at least one firm")


def _of_rows(table: pd.DataFrame, values: dict[str, NDArray[Any]]) -> Iterator[Fault]:
    """What is wrong between the cells of a row, or between rows."""
    if "id" in values:
        _, first, which = np.unique(values["id"], return_index=True, return_inverse=True)
        for row in np.flatnonzero(first[which] != np.arange(len(table)))[: TOLD + 1]:
            allowed, line = BY_NAME["id"].allowed, int(first[which[row]]) + 2
            unique = Words(zh=f"{allowed.zh}（第 {line} 行已有）", en=f"{allowed.en} (line {line} has it)")
            yield int(row) + 2, "id", str(table["id"].iloc[row]), unique
    if "sales_yuan" in values:
        yield from _at(
            table, "sales_yuan", values["sales_yuan"] == 0, Words(zh="大于 0 的金额", en="an amount above 0")
        )
    if {"rent_yuan", "landlord"} <= values.keys():
        wrong = (values["rent_yuan"] > 0) & (values["landlord"] == LANDLORDS.index("none"))
        yield from _at(table, "rent_yuan", wrong, Words(zh="0，因为没有房东", en="0, for it has no landlord"))
    if {"loan_yuan", "loan_due"} <= values.keys():
        wrong = (values["loan_yuan"] > 0) != (values["loan_due"] >= 0)
        yield from _at(
            table,
            "loan_due",
            wrong,
            Words(zh="有贷款时不小于 0，没有时为 -1", en="from 0 on with a loan and -1 without one"),
        )
    if {"overdue_yuan", "customer"} <= values.keys():
        wrong = (values["overdue_yuan"] > 0) & ~np.isin(values["customer"], OFFICIAL)
        yield from _at(
            table, "overdue_yuan", wrong,
            Words(zh="0，除非主要客户是 public_bodies 或 large_firms",
                  en="0, unless its customer is public_bodies or large_firms"),
        )  # fmt: skip


def _at(table: pd.DataFrame, name: str, wrong: NDArray[np.bool_], allowed: Words) -> Iterator[Fault]:
    for row in np.flatnonzero(wrong)[: TOLD + 1]:
        found = str(table[name].iloc[row])
        yield int(row) + 2, name, found, _offered(found, BY_NAME[name].words, allowed)


def _offered(found: str, known: Iterable[str], allowed: Words) -> Words:
    """What is allowed, with the name that is most like what was found."""
    near = nearest(found, known)
    if near is None:
        return allowed
    return Words(zh=f"{allowed.zh}；是否想写 {near}？", en=f"{allowed.en}; did you mean {near}?")


def _said(path: Path, fault: Fault) -> Words:
    line, field, found, allowed = fault
    return Words(
        zh=f"{path}:{line}: {field}: 现为 {shown(found)}，应为 {allowed.zh}",
        en=f"{path}:{line}: {field}: found {shown(found)}, allowed is {allowed.en}",
    )


def _read(column: Column, cells: Cells) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The values of a column, and which of its cells hold none; money in fen, words as positions."""
    if column.kind == "identity":
        return _identities(cells), np.asarray(cells == "", np.bool_)
    if column.kind in ("word", "flag", "county"):
        words = {"flag": ("0", "1"), "county": counties().code}.get(column.kind, column.words)
        place = {word: position for position, word in enumerate(words)}
        if column.name in GROUPS:
            place |= {cell: place[name] for cell in set(cells) if (name := meant(cell, column.name)) in place}
        found = np.array([place.get(cell, -1) for cell in cells], np.int64)
        return found, found < 0
    patterns = {"whole": r"\d{1,12}", "money": r"\d{1,14}(?:\.\d{1,2})?", "day": r"-1|\d{1,6}"}
    fits = np.asarray(
        cells.str.fullmatch(patterns.get(column.kind, r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]-?\d{1,3})?")), np.bool_
    )
    sound = cells.where(fits, "0")
    if column.kind == "share":
        shares = sound.astype(np.float64).to_numpy()
        return shares.astype(np.float32), ~fits | (shares > 1)
    if column.kind == "money":
        parts = sound.str.partition(".")
        found = (
            parts[0].astype(np.int64).to_numpy() * FEN_PER_YUAN + parts[2].str.ljust(2, "0").astype(np.int64).to_numpy()
        )
        most = np.iinfo(np.int32).max if column.field == "wage" else _LARGEST
        return found, ~fits | (found > most)
    numbers = sound.astype(np.int64).to_numpy()
    most = MOST_DAYS if column.kind == "day" else column.most
    return numbers, ~fits | (numbers > most) | (numbers < (-1 if column.kind == "day" else column.least))


def _identities(cells: Cells) -> NDArray[np.uint64]:
    """Whole numbers as they are, other texts by a hash."""

    def identity(cell: str) -> int:
        if cell.isascii() and cell.isdecimal() and int(cell) < 2**64:
            return int(cell)
        return int.from_bytes(hashlib.blake2b(cell.encode(), digest_size=8).digest(), "big")

    return np.array([identity(cell) for cell in cells], np.uint64)


def _firms(n: int, values: dict[str, NDArray[Any]]) -> OwnFirms:
    """The columns of firms with what is given in them."""
    firms = new_columns(n)
    firms.key[:] = values.get("id", np.arange(1, n + 1, dtype=np.uint64))
    firms.weight[:] = values.get("weight", 1)
    firms.status[:] = Status.OPEN
    table = counties()
    firms.county[:] = values["county"]
    firms.prefecture[:] = table.prefecture[values["county"]]
    given = np.zeros(len(GIVEN), np.bool_)
    flags = 0
    for column in COLUMNS:
        if column.name not in values:
            continue
        if column.kind == "flag":
            flags |= 1 << FLAGS.index(column.field)
            firms.flags[:] |= (values[column.name] << FLAGS.index(column.field)).astype(np.uint16)
        elif column.field in GIVEN:
            given[GIVEN.index(column.field)] = True
            target = {"receivables": "receivables_private", "overdue": "overdue_public"}.get(column.field, column.field)
            getattr(firms, target)[:] = values[column.name]
        elif column.field in ("sector", "size"):
            getattr(firms, column.field)[:] = values[column.name]
    lots = np.empty(n)
    uniforms(0, int(Purpose.SEED), firms.key, lots)
    cohort = values.get("settles", np.floor(lots * COHORTS).astype(np.int64))
    return OwnFirms(firms, cohort, Given(True, np.uint16(flags), given))
