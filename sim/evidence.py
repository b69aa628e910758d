"""The facts that the calibration rests on: rows of ``calibration/evidence/``, one published figure each.

No run reads them. What the columns mean is said in ``calibration/evidence/README.md``. A folder of calibration may do
without evidence: its parameters then all have the mark "assumption".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from sim.data_folders import is_overlay, of_calibration, own_calibration_folder
from sim.refusal import Refusal, shown

FOLDER: Final = "evidence"
Read: TypeAlias = Literal["printed", "relay", "derived", "recalled"]
Grade: TypeAlias = Literal["A", "B", "C", "D"]
NUMBERS: Final = (
    "share", "share a year", "share a month", "ratio", "index", "yuan", "yuan a month", "yuan a year", "months",
    "days", "years", "entities", "persons", "cases",
)  # fmt: skip
TEXTS: Final = ("rule", "finding")  # units of what is no number; a date is one in the form 2022-07-01
UNITS: Final = (*NUMBERS, "date", *TEXTS)
ID: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ADDRESS: Final = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?")  # of a page: host and path, no scheme
WITH_ADDRESS: Final = ("printed", "relay")  # what was read can be read again


class EvidenceError(Refusal):
    """Files of evidence that cannot be used."""


class Evidence(NamedTuple):
    """One published figure, rule or finding.

    ``value``: a number in ``unit``, a date, or a text. ``low`` and ``high``: between what the figure lies if its own
    rounding, sampling or contradicting sources are taken into account, None where that is not said. ``universe``: of
    whom it is. ``source_address`` without scheme, several joined by "; ". ``read``: how it was read. ``topic``: the
    file.
    """

    id: str
    item: str
    value: float | date | str
    low: float | None
    high: float | None
    unit: str
    period: str
    place: str
    universe: str
    source_title: str
    source_address: str
    read: Read
    grade: Grade
    note: str
    topic: str


COLUMNS: Final = Evidence._fields[:-1]
NEEDED: Final = ("id", "item", "value", "unit", "period", "place", "source_title", "read", "grade")


@of_calibration
def evidence(folder: Path) -> dict[str, Evidence]:
    """All rows of the present folder of calibration by id, in the order of the files' names.

    A folder that holds only what differs adds to the rows that come with the project. Raises :class:`EvidenceError`
    with one sentence for each fault.
    """
    return (read(own_calibration_folder() / FOLDER) if is_overlay(folder) else {}) | read(folder / FOLDER)


def read(folder: Path) -> dict[str, Evidence]:
    """All rows of a folder by id; see :func:`evidence`."""
    rows: dict[str, Evidence] = {}
    faults: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.csv")):
        for line, cells in _lines(path, faults):
            found = list(_faults(cells))
            if not found and cells["id"] in rows:
                other = f"{rows[cells['id']].topic}.csv"
                found = [("id", cells["id"], f"只用一次（已见于 {other}）", f"an id of its own ({other} has it)")]
            faults += [(f"{path.name}:{line}: {zh}", f"{path.name}:{line}: {en}") for zh, en in map(_said, found)]
            if not found:
                rows[cells["id"]] = _row(cells, path.stem)
    if faults:
        raise EvidenceError(zh="\n".join(zh for zh, _ in faults), en="\n".join(en for _, en in faults))
    return rows


Fault: TypeAlias = tuple[str, str, str, str]  # field, what was found, what is allowed in Chinese and in English


def _said(fault: Fault) -> tuple[str, str]:
    field, found, zh, en = fault
    return f"{field}: 现为 {shown(found)}，应为 {zh}", f"{field}: found {shown(found)}, allowed is {en}"


def _lines(path: Path, faults: list[tuple[str, str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each row of a file; what is no row is added to the faults."""
    wanted = ",".join(COLUMNS)
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            zh, en = _said(("columns", ",".join(header), wanted, wanted))
            faults.append((f"{path.name}:1: {zh}", f"{path.name}:1: {en}"))
            return
        for cells in lines:
            if len(cells) != len(COLUMNS):
                zh, en = _said(("row", f"{len(cells)} cells", f"{len(COLUMNS)} 格", f"{len(COLUMNS)} cells"))
                faults.append((f"{path.name}:{lines.line_num}: {zh}", f"{path.name}:{lines.line_num}: {en}"))
            else:
                yield lines.line_num, dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))


def _faults(cells: dict[str, str]) -> Iterator[Fault]:
    """What is wrong with one row, field by field."""
    for field in NEEDED:
        if not cells[field]:
            yield field, "", "不空的内容", "something"
    if cells["id"] and not ID.fullmatch(cells["id"]):
        yield "id", cells["id"], "小写字母、数字和下划线", "lower-case letters, digits and underscores"
    for field, known in (("unit", UNITS), ("read", get_args(Read)), ("grade", get_args(Grade))):
        if cells[field] and cells[field] not in known:
            yield field, cells[field], "、".join(known), f"one of {', '.join(known)}"
    if cells["unit"] in NUMBERS:
        yield from _faults_of_numbers(cells)
    elif cells["unit"] == "date" and cells["value"] and not _is_date(cells["value"]):
        yield "value", cells["value"], "日期，如 2022-07-01", "a date, such as 2022-07-01"
    if cells["unit"] not in NUMBERS and (cells["low"] or cells["high"]):
        yield "low", f"{cells['low']} to {cells['high']}", "空", "nothing where the value is no number"
    if cells["read"] in WITH_ADDRESS and not cells["source_address"]:
        yield "source_address", "", "读到它的地址", "where it was read"
    for address in filter(None, cells["source_address"].split("; ")):
        if not ADDRESS.fullmatch(address):
            one = "a host and path without scheme, several joined by '; '"
            yield "source_address", address, "不含协议名的地址，多个以“; ”隔开", one


def _faults_of_numbers(cells: dict[str, str]) -> Iterator[Fault]:
    numbers = {field: _number(cells[field]) for field in ("low", "value", "high")}
    for field, number in numbers.items():
        if cells[field] and number is None:
            yield field, cells[field], "数", "a plain number"
    for field, other in (("low", "high"), ("high", "low")):
        if cells[other] and not cells[field]:
            yield field, "", f"与 {other} 同写", f"a number, as {other} is one"
    known = [number for number in numbers.values() if number is not None]
    if known != sorted(known):
        yield "low", f"{cells['low']} to {cells['high']}", "下限 ≤ 值 ≤ 上限", "low <= value <= high"


def _row(cells: dict[str, str], topic: str) -> Evidence:
    value: float | date | str = cells["value"]
    if cells["unit"] in NUMBERS:
        value = float(cells["value"])
    elif cells["unit"] == "date":
        value = date.fromisoformat(cells["value"])
    ends = {end: _number(cells[end]) for end in ("low", "high")}
    return Evidence(**{**cells, "value": value, **ends}, topic=topic)  # type: ignore[arg-type]  # seen to by _faults


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
