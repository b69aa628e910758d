"""A study's tables as CSV files, a file a table, with units in the heads and intervals in columns of their own.

Texts that a spreadsheet would take for a formula get an apostrophe in front; numbers are written as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from sim.report.documents.columns import SHARE, Column, columns
from sim.report.documents.outline import Outline
from sim.report.documents.packing import packed
from sim.report.words.catalogue import text

BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_A_NAME: Final = re.compile(r"[^\w]+")
LONGEST_NAME: Final = 40  # letters


def tables_as_csv(outline: Outline) -> bytes:
    """A zip file of them, and one that tells what they are of; UTF-8 with the mark that spreadsheets look for."""
    files = {"00_about.csv": _about(outline)}
    number = 0
    for part in outline.parts:
        for table in part.tables:
            number += 1
            plain = NOT_IN_A_NAME.sub("_", table.title).strip("_")[:LONGEST_NAME].strip("_")
            told = columns(table, outline.lang)
            rows = list(zip(*(_cells(column) for column in told), strict=True))
            files[f"{number:02d}_{plain}.csv"] = _written([[safe(column.head) for column in told], *rows])
    return packed(files)


def _about(outline: Outline) -> bytes:
    """What was asked, what came out, and how it was computed: two columns."""
    lang = outline.lang
    rows = [(text("document.says", lang), outline.title)]
    rows += [(text("document.summary", lang), said) for said in (*outline.findings, *outline.remarks)]
    rows += [*outline.facts, (text("report.actions.interval", lang), outline.interval), *outline.method]
    return _written([(safe(what), safe(said)) for what, said in rows])


def _cells(column: Column) -> list[str]:
    """Cells as texts: percentages as numbers of percent, because a CSV file has no formats."""
    said = []
    for cell, form in zip(column.cells, column.forms, strict=True):
        if isinstance(cell, float):
            said.append(f"{cell * 100 if form.endswith('%') or form == SHARE else cell:.10g}")
        else:
            said.append(safe(cell or ""))
    return said


def safe(said: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{said}" if said.startswith(BEGINS_A_FORMULA) else said


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode()
