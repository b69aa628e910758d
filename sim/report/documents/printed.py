"""A study as a PDF that reads as printed: the brief, set by Typst from the same outline.

Its fonts are those that this project carries and those that the compiler holds, so that the file is the same on every
machine; nothing is looked for on the system or in the network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import typst

from sim.report.answers.answer import Table
from sim.report.charts.fonts import chinese_font
from sim.report.charts.picture import Picture
from sim.report.documents.brief import LETTERS, MOST_ROWS, MOST_TOGETHER, chinese, is_of_numbers, sentence
from sim.report.documents.lengths import depth, shares
from sim.report.documents.outline import Drawn, Outline, Part
from sim.report.documents.packing import MARK
from sim.report.words.catalogue import text

TEMPLATE: Final = Path(__file__).with_name("printed.typ")
POINTS: Final = 442  # of a line of text
WIDTH: Final = 560  # of a chart's plot, in the units of its letters
ACROSS: Final = 800  # such units on a line of text
HIGHEST: Final = 1.3  # of the width of a line: what a page has room for


def printed(outline: Outline) -> bytes:
    """The whole PDF."""
    files: dict[str, bytes] = {"main": TEMPLATE.read_bytes()}
    told = _Teller(outline, files)
    files["outline.json"] = json.dumps(told.everything(), ensure_ascii=False).encode()
    font = chinese_font()
    folders = [] if font is None else [str(font.parent)]
    return bytes(typst.compile(files, font_paths=folders, ignore_system_fonts=True))


class _Teller:
    """The outline as the template reads it, with numbered headings, tables and figures; ``files`` gets the charts."""

    def __init__(self, outline: Outline, files: dict[str, bytes]) -> None:
        self.outline, self.lang, self.files = outline, outline.lang, files
        self.sections = self.tables = self.figures = 0

    def everything(self) -> dict[str, Any]:
        """All that is printed."""
        about = {"version": self.outline.version, "fingerprint": self.outline.fingerprint[:12]}
        findings = [*self.outline.findings, *self.outline.remarks]
        mark = "（{number}）{said}" if self.lang == "zh" else "•  {said}"
        said = [mark.format(number=chinese(place), said=one) for place, one in enumerate(findings, 1)]
        return {
            "lang": self.lang, "mark": MARK, "title": self.outline.title, "lead": self.outline.lead,
            "fingerprint": self.outline.fingerprint, "source": text("document.source", self.lang, **about),
            "findings": {"heading": self._heading(text("document.summary", self.lang)), "said": said},
            "parts": [self._part(part) for part in self.outline.parts if not part.is_annex],
            "method": {
                "heading": self._heading(text("document.method", self.lang)),
                "said": [{"what": what, "said": how} for what, how in self.outline.method],
            },
            "about": sentence(self.outline.about, self.lang),
            "annexes": [
                self._annex(number, part)
                for number, part in enumerate((part for part in self.outline.parts if part.is_annex), 1)
            ],
        }  # fmt: skip

    def _part(self, part: Part) -> dict[str, Any]:
        return {
            "heading": self._heading(part.name),
            "message": "" if part.message == part.name else sentence(part.message, self.lang),
            "notes": list(part.notes),
            "tables": [self._table(table, is_titled=True) for table in part.tables],
            "charts": [self._chart(chart) for chart in part.charts],
        }

    def _annex(self, number: int, part: Part) -> dict[str, Any]:
        is_told = part.message not in (part.name, part.tables[0].title)
        return {
            "heading": text("document.annex", self.lang, number=number, title=part.name),
            "message": sentence(part.message, self.lang) if is_told else "",
            "tables": [self._table(table, is_titled=table.title != part.name) for table in part.tables],
        }

    def _heading(self, name: str) -> str:
        self.sections += 1
        return f"{chinese(self.sections)}、{name}" if self.lang == "zh" else name

    def _table(self, table: Table, is_titled: bool) -> dict[str, Any]:
        caption = ""
        if is_titled:
            self.tables += 1
            caption = text("document.table", self.lang, number=self.tables, title=table.title)
        is_long = len(table.rows) > MOST_ROWS
        columns = len(table.columns)
        letters = 9.5 if columns <= 5 else 8.0 if columns <= 8 else 6.5
        room = POINTS / letters * LETTERS
        parts = shares(table.columns, table.rows, room)
        return {
            "caption": caption,
            "note": text("document.left_out", self.lang, rows=len(table.rows)) if is_long else "",
            "columns": table.columns,
            "rows": [] if is_long else table.rows,
            "right": [is_of_numbers(table, place) for place in range(columns)],
            "shares": parts,
            "together": depth(table.rows, parts, room) <= MOST_TOGETHER,
            "letters": letters,
        }

    def _chart(self, chart: Drawn) -> dict[str, Any]:
        self.figures += 1
        name = f"{self.figures}.svg"
        picture = Picture(chart.picture | {"width": WIDTH}).svg()
        self.files[name] = picture.encode()
        wide, high = (float(picture.partition(f'{side}="')[2].partition('"')[0]) for side in ("width", "height"))
        title = text("document.titled", self.lang, title=chart.title, note=chart.note) if chart.note else chart.title
        said = text("document.figure", self.lang, number=self.figures, title=title)
        return {"file": name, "caption": said, "width": 100.0 * min(1.0, wide / ACROSS, HIGHEST * wide / high)}
