"""A study as a workbook: a sheet a table, numbers as numbers with their units, charts that the workbook draws."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from math import isinf
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from sim.report.answers.answer import Table
from sim.report.charts.picture import Picture
from sim.report.charts.style import ACCENT, INK, QUIET, RULE
from sim.report.documents.columns import Column, columns
from sim.report.documents.lengths import lines, width
from sim.report.documents.native_charts import Native, Series
from sim.report.documents.outline import Drawn, Outline, Part
from sim.report.documents.packing import DAY, MARK
from sim.report.words.catalogue import Language, text

FONT: Final[dict[Language, str]] = {"zh": "微软雅黑", "en": "Calibri"}
LONGEST_NAME: Final = 31  # letters of a sheet's name
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\'“”]")
WIDEST, NARROWEST = 46, 9  # letters of a column
PIXELS_A_ROW: Final = 20
HEADS: Final = 3  # row of the heads of a table, which stay in sight with those above them
LEAST_TEXT: Final = 40  # letters a line
KINDS: Final[dict[str, dict[str, str]]] = {
    "bars": {"type": "bar"}, "stacked": {"type": "bar", "subtype": "stacked"}, "columns": {"type": "column"},
    "lines": {"type": "line"}, "points": {"type": "scatter", "subtype": "straight_with_markers"},
}  # fmt: skip


def workbook(outline: Outline) -> bytes:
    """The whole workbook."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({
            "title": outline.title, "subject": outline.lead, "author": MARK, "created": DAY,
            "keywords": outline.fingerprint, "comments": outline.about,
        })  # fmt: skip
        _Writer(book, outline).write()
    return target.getvalue()


class _Writer:
    """What is at work on a workbook: its formats, the names that sheets have, the rows of numbers behind charts."""

    def __init__(self, book: Workbook, outline: Outline) -> None:
        self.book, self.outline, self.lang = book, outline, outline.lang
        self.font = {"font_name": FONT[self.lang], "font_size": 10, "valign": "top"}
        book.formats[0].set_font_name(FONT[self.lang])
        book.formats[0].set_font_size(10)
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: set[str] = set()
        self.filled = 0  # columns of the sheet of chart data
        self.data: Worksheet | None = None

    def write(self) -> None:
        """Every sheet, in the order in which they are read."""
        first = self._sheet(text("document.summary", self.lang))
        sheets = [
            (self._sheet(part.name if place == 0 else table.title), part, table, place)
            for part in self.outline.parts
            for place, table in enumerate(part.tables)
        ]
        method = self._sheet(text("document.method", self.lang))
        if any(chart.native for part in self.outline.parts for chart in part.charts):
            self.data = self._sheet(text("document.chart_data", self.lang))
        for sheet, part, table, place in sheets:
            self._fill(sheet, part, table, part.charts if place == 0 else ())
        self._summary(first, [(sheet.get_name(), table.title) for sheet, _, table, _ in sheets])
        self._method(method)
        first.activate()

    def _summary(self, sheet: Worksheet, contents: Sequence[tuple[str, str]]) -> None:
        """Findings first, then what was computed, then where everything stands."""
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, self.outline.title, self._format(bold=True, font_size=16))
        sheet.write_string(1, 0, self.outline.lead, self._format(font_color=QUIET))
        row = 3
        wrapped, strong = self._format(text_wrap=True), self._format(bold=True)
        for place, sentence in enumerate((*self.outline.remarks, *self.outline.findings), 1):
            sheet.merge_range(row, 0, row, 1, "", wrapped)
            sheet.write_string(row, 0, f"{place}. {sentence}", wrapped)
            sheet.set_row(row, 15 * lines(sentence, 125))
            row += 1
        row += 1
        for what, value in self.outline.facts:
            sheet.write_string(row, 0, what, strong)
            sheet.write_string(row, 1, value, wrapped)
            row += 1
        row += 1
        self._heads(sheet, row, [text("document.sheet", self.lang), text("document.says", self.lang)])
        for name, title in contents:
            row += 1
            link = self._format(font_color=ACCENT, underline=1)
            sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
            sheet.write_string(row, 1, title, wrapped)
        self._print(sheet, is_wide=False)

    def _method(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 106)
        wrapped = self._format(text_wrap=True)
        for row, (what, said) in enumerate((*self.outline.method, *self.outline.facts)):
            sheet.write_string(row, 0, what, self._format(bold=True, text_wrap=True))
            sheet.write_string(row, 1, said, wrapped)
            sheet.set_row(row, 15 * lines(said, 104))
        self._print(sheet, is_wide=False)

    def _fill(self, sheet: Worksheet, part: Part, table: Table, charts: Sequence[Drawn]) -> None:
        """What the sheet says, the table, what it rests on, then the charts."""
        told = columns(table, self.lang)
        self._heads(sheet, HEADS, [column.head for column in told])
        widths = [self._column(sheet, HEADS + 1, place, column) for place, column in enumerate(told)]
        wide = max(sum(widths), LEAST_TEXT)
        self._across(sheet, 0, part.message, len(told), wide * 0.75, bold=True, font_size=13)
        self._across(sheet, 1, table.title, len(told), wide, font_color=QUIET)
        last = HEADS + max(len(table.rows), 1)
        sheet.freeze_panes(HEADS + 1, 1)
        sheet.autofilter(HEADS, 0, last, len(told) - 1)
        sheet.repeat_rows(HEADS)
        self._print(sheet, is_wide=True)
        about = text("document.about", self.lang, title=self.outline.title, about=self.outline.about)
        row = last + 2
        for note in (*part.notes, self.outline.interval, about):
            self._across(sheet, row, note, len(told), wide, font_color=QUIET)
            row += 1
        row += 1
        for chart in charts:
            row = self._draw(sheet, row, chart)

    def _across(self, sheet: Worksheet, row: int, said: str, columns: int, room: float, **look: Any) -> None:
        """A text over all columns of a table, as high as it needs."""
        form = self._format(text_wrap=True, **look)
        if columns > 1:
            sheet.merge_range(row, 0, row, columns - 1, "", form)
        sheet.write_string(row, 0, said, form)
        sheet.set_row(row, (20 if "font_size" in look else 15) * lines(said, room))

    def _heads(self, sheet: Worksheet, row: int, heads: Sequence[str]) -> None:
        look = self._format(bold=True, text_wrap=True, bottom=1, bg_color="#eef2f3", align="left")
        for place, head in enumerate(heads):
            sheet.write_string(row, place, head, look)
        sheet.set_row(row, 15 * max((lines(head, 16) for head in heads), default=1))

    def _column(self, sheet: Worksheet, row: int, place: int, column: Column) -> float:
        """The cells of a column; how many letters wide it is."""
        wrapped = self._format(text_wrap=True, align="left", indent=min(place, 1))
        widest = 0
        for cell, form, remark in zip(column.cells, column.forms, column.remarks, strict=True):
            if isinstance(cell, float) and isinf(cell):
                sheet.write_string(row, place, "∞" if cell > 0 else "−∞", self._format(align="right"))
            elif isinstance(cell, float):
                sheet.write_number(row, place, cell, self._format(num_format=form))
            elif cell is not None:
                sheet.write_string(row, place, cell, wrapped)
                widest = max(widest, width(cell))
            if remark:
                sheet.write_comment(row, place, remark, {"author": MARK})
            row += 1
        room = min(max(widest + 2, NARROWEST, min(width(column.head), 16) + 2), WIDEST)
        sheet.set_column(place, place, room)
        return room

    def _draw(self, sheet: Worksheet, row: int, chart: Drawn) -> int:
        """A chart from a row on; the row below it."""
        if chart.native is None:
            picture = Picture(chart.picture | {"width": 640, "title": {"text": chart.title, "subtitle": chart.note}})
            png = picture.png(2.0)
            # The first chunk of a PNG says its size in pixels.
            height = int.from_bytes(png[20:24], "big") / 2
            where = {"image_data": io.BytesIO(png), "x_scale": 0.5, "y_scale": 0.5, "object_position": 2}
            sheet.insert_image(row, 0, "chart.png", {**where, "description": chart.title})
        else:
            height = _height(chart.native)
            drawn = self._chart(chart)
            drawn.set_size({"width": 760, "height": height})
            sheet.insert_chart(row, 0, drawn, {"object_position": 2, "description": chart.title})
        return row + int(height / PIXELS_A_ROW) + 2

    def _chart(self, drawn: Drawn) -> Any:
        native = drawn.native
        assert native is not None and self.data is not None
        lies = native.kind in ("bars", "stacked")
        chart: Any = self.book.add_chart(dict(KINDS[native.kind]))
        names = self._numbers(drawn.title, native.categories)
        for series in native.series:
            values = self._numbers(series.name or drawn.title, series.values)
            look = self._look(native, series)
            if series.low:
                look[f"{'x' if lies else 'y'}_error_bars"] = self._ends(series)
            chart.add_series({
                "name": series.name or drawn.title, "categories": names, "values": values, "gap": 60, **look,
            })  # fmt: skip
        letters = {"name": FONT[self.lang], "size": 9, "color": INK}
        quiet = {**letters, "bold": False, "color": QUIET}
        said = text("document.titled", self.lang, title=drawn.title, note=drawn.note) if drawn.note else drawn.title
        chart.set_title({"name": said, "name_font": {**letters, "size": 11, "bold": True}, "overlay": False})
        values_axis: dict[str, Any] = {
            "num_format": native.written, "num_font": letters, "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": RULE}}, "name": native.unit, "name_font": quiet,
        }  # fmt: skip
        if native.bounds is not None:
            low, high = native.bounds
            values_axis |= {"min": low, "max": high}
        names_axis = {"num_font": letters, "label_position": "low", "name": native.across, "name_font": quiet}
        if lies:  # the first on top, and the numbers below it all the same
            chart.set_x_axis({**values_axis, "label_position": "high"})
            chart.set_y_axis({**names_axis, "interval_unit": 1, "reverse": True, "major_gridlines": {"visible": False}})
        else:
            chart.set_y_axis(values_axis)
            chart.set_x_axis(names_axis | ({"log_base": 10} if native.is_log else {}))
        chart.set_legend({"none": True} if len(native.series) < 2 else {"position": "bottom", "font": letters})
        return chart

    def _look(self, native: Native, series: Series) -> dict[str, Any]:
        colour = {"color": series.colour}
        match native.kind:
            case "lines":
                return {"line": {**colour, "width": 2}}
            case "points":
                return {"line": {**colour, "width": 1.5}, "marker": {"type": "circle", "size": 6, "fill": colour}}
        return {"fill": colour, **({"overlap": 100} if native.kind == "stacked" else {})}

    def _ends(self, series: Series) -> dict[str, Any]:
        """How far an interval reaches beyond its value, to either side."""
        pairs = list(zip(series.values, series.low, series.high, strict=True))
        sides = {
            "plus": [None if value is None or high is None else high - value for value, _, high in pairs],
            "minus": [None if value is None or low is None else value - low for value, low, _ in pairs],
        }
        cells = {f"{side}_values": self._numbers(f"{series.name} {side}", ends) for side, ends in sides.items()}
        data = {f"{side}_data": [end or 0.0 for end in ends] for side, ends in sides.items()}
        return {"type": "custom", **cells, **data, "line": {"color": INK, "width": 1.25}}

    def _numbers(self, head: str, values: Sequence[Any]) -> str:
        """A column of the sheet of chart data; where it stands."""
        assert self.data is not None
        self.data.write_string(0, self.filled, head, self._format(bold=True))
        for row, value in enumerate(values, 1):
            if isinstance(value, str):
                self.data.write_string(row, self.filled, value)
            elif value is not None:
                self.data.write_number(row, self.filled, value)
        self.filled += 1
        where = xl_range_abs(1, self.filled - 1, len(values), self.filled - 1)
        return f"='{self.data.get_name()}'!{where}"

    def _sheet(self, title: str) -> Worksheet:
        """A sheet whose name begins as a title does, and is no other's."""
        plain = " ".join(FORBIDDEN.sub(" ", title).split()) or "-"
        name, number = plain[:LONGEST_NAME].strip(), 1
        while name.lower() in self.names:
            number += 1
            name = f"{plain[: LONGEST_NAME - 3].strip()} {number}"
        self.names.add(name.lower())
        return self.book.add_worksheet(name)

    def _print(self, sheet: Worksheet, is_wide: bool) -> None:
        sheet.set_paper(9)  # A4
        if is_wide:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.set_footer(f"&L&8{MARK} {self.outline.version} · {self.outline.fingerprint[:12]}&C&8&A&R&8&P / &N")

    def _format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(self.font | look)
        return self.formats[key]


def _height(native: Native) -> float:
    """Pixels of a chart: lying bars need room for their names."""
    if native.kind in ("bars", "stacked"):
        return 130 + 26 * len(native.categories) * (1 if native.kind == "stacked" else max(len(native.series), 1))
    return 340
