"""A study as slides: the title of each says what came out, a chart shows it, the notes hold the numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from sim.report.answers.answer import Table
from sim.report.charts.picture import Picture
from sim.report.charts.style import ACCENT, INK, QUIET, RULE
from sim.report.documents.brief import LETTERS, sentence
from sim.report.documents.lengths import lines, shares, width
from sim.report.documents.native_charts import Native, Series
from sim.report.documents.outline import Drawn, Outline
from sim.report.documents.packing import finished
from sim.report.words.catalogue import Language, text

FONT: Final[dict[Language, str]] = {"zh": "微软雅黑", "en": "Calibri"}
WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, ROOM = Inches(0.6), Inches(1.75), Inches(12.13)
DEPTH: Final = Inches(5.0)  # of what stands below the title
MOST_SAID: Final = 4  # findings of a slide
MOST_ROWS: Final = 11  # of a table on a slide
TITLE_ONLY: Final = 5  # layouts of the library's own template
TITLE_SLIDE: Final = 0
KINDS: Final = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED, "stacked": XL_CHART_TYPE.BAR_STACKED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED, "lines": XL_CHART_TYPE.LINE,
    "points": XL_CHART_TYPE.XY_SCATTER_LINES,
}  # fmt: skip
BEFORE: Final = ("c:cat", "c:val", "c:xVal", "c:yVal", "c:smooth", "c:shape", "c:extLst")  # which error bars stand


def slides(outline: Outline) -> bytes:
    """The whole presentation."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    _Writer(presentation, outline).write()
    return finished(presentation, outline)


class _Writer:
    """What is at work on a presentation."""

    def __init__(self, presentation: Any, outline: Outline) -> None:
        self.presentation, self.outline, self.lang = presentation, outline, outline.lang

    def write(self) -> None:
        """Title, findings, a slide for each chart, tables where there is none, method."""
        self._first()
        findings = [*self.outline.findings, *self.outline.remarks]
        for at in range(0, len(findings), MOST_SAID):
            first, *others = findings[at : at + MOST_SAID]
            slide = self._slide(first, "\n".join(findings[at : at + MOST_SAID]))
            self._points(slide, others)
        for part in self.outline.parts:
            if part.is_annex:
                continue
            for chart in part.charts:
                slide = self._slide(self.outline.message_of(chart, part), self._numbers(chart, part.tables))
                self._chart(slide, chart)
            if not part.charts:
                for table in part.tables[:1]:
                    slide = self._slide(part.message, "\n".join(_rows(table)))
                    self._table(slide, table)
        heading = text("document.method", self.lang)
        slide = self._slide(heading, "\n\n".join(f"{what}\n{said}" for what, said in self.outline.method))
        told = [sentence(f"{what}{':' if self.lang == 'en' else '：'} {said.split(chr(10))[0]}", self.lang)
                for what, said in self.outline.method if len(said) < 700]  # fmt: skip
        self._points(slide, told, size=13)

    def _first(self) -> None:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[TITLE_SLIDE])
        title, subtitle = slide.shapes.title, slide.placeholders[1]
        self._place(title, Inches(0.9), Inches(2.1), Inches(11.5), Inches(1.5))
        self._place(subtitle, Inches(0.9), Inches(3.7), Inches(11.5), Inches(1.6))
        self._write(title.text_frame, [self.outline.title], 36, ACCENT, is_bold=True)
        self._write(subtitle.text_frame, [self.outline.lead], 18, QUIET)
        self._foot(slide)
        slide.notes_slide.notes_text_frame.text = self.outline.about

    def _slide(self, message: str, notes: str) -> Any:
        """A slide whose title is its message, and whose notes hold the numbers and what they rest on."""
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[TITLE_ONLY])
        self._place(slide.shapes.title, LEFT, Inches(0.35), ROOM, Inches(1.3))
        size = 26 if width(message) < 110 else 20 if width(message) < 220 else 16
        self._write(slide.shapes.title.text_frame, [message], size, INK, is_bold=True)
        slide.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        self._foot(slide)
        said = [notes, self.outline.interval, self.outline.about]
        slide.notes_slide.notes_text_frame.text = "\n\n".join(part for part in said if part)
        return slide

    def _points(self, slide: Any, sentences: Sequence[str], size: float = 18) -> None:
        box = slide.shapes.add_textbox(LEFT, TOP, ROOM, DEPTH)
        box.text_frame.word_wrap = True
        needed = sum(lines(said, 95) for said in sentences)
        self._write(box.text_frame, [f"•  {said}" for said in sentences], size if needed < 12 else size * 0.8, INK)
        for paragraph in box.text_frame.paragraphs:
            paragraph.space_after = Pt(10)

    def _foot(self, slide: Any) -> None:
        box = slide.shapes.add_textbox(LEFT, Inches(6.95), ROOM, Inches(0.4))
        about = {"version": self.outline.version, "fingerprint": self.outline.fingerprint[:12]}
        self._write(box.text_frame, [text("document.source", self.lang, **about)], 10, QUIET)

    def _chart(self, slide: Any, drawn: Drawn) -> None:
        """The chart, under what it shows and in which unit."""
        title = text("document.titled", self.lang, title=drawn.title, note=drawn.note) if drawn.note else drawn.title
        if drawn.native is None:
            picture = Picture(drawn.picture | {"width": 900}).png(2.0)
            # The first chunk of a PNG says its size in pixels.
            wide, high = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
            scale = min((DEPTH - Inches(0.4)) / high, ROOM / wide)
            place = Emu(LEFT + round((ROOM - wide * scale) / 2)), Emu(TOP + Inches(0.4))
            shape = slide.shapes.add_picture(io.BytesIO(picture), *place, width=Emu(round(wide * scale)))
            shape._element.nvPicPr.cNvPr.set("descr", title)
        else:
            frame = slide.shapes.add_chart(
                KINDS[drawn.native.kind], LEFT, Emu(TOP + Inches(0.4)), ROOM, Emu(DEPTH - Inches(0.4)), _data(drawn)
            )
            frame._element.nvGraphicFramePr.cNvPr.set("descr", title)
            self._dress(frame.chart, drawn.native)
        box = slide.shapes.add_textbox(LEFT, TOP, ROOM, Inches(0.4))
        self._write(box.text_frame, [title], 13, QUIET)

    def _dress(self, chart: Any, native: Native) -> None:
        chart.font.size, chart.font.name = Pt(12), FONT[self.lang]
        chart.has_title = False
        chart.has_legend = len(native.series) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        names, values = chart.category_axis, chart.value_axis
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        names.has_major_gridlines = False
        names.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
        names.format.line.color.rgb = _rgb(QUIET)
        values.major_gridlines.format.line.color.rgb = _rgb(RULE)
        values.format.line.fill.background()
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = native.written, False
        if native.bounds is not None:
            values.minimum_scale, values.maximum_scale = native.bounds
        if native.kind in ("bars", "stacked"):  # no name is left out
            lowest = names._element.find(qn("c:noMultiLvlLbl"))
            lowest.addprevious(parse_xml(f'<c:tickLblSkip {_names("c")} val="1"/>'))
        for axis, title in ((values, native.unit), (names, native.across)):
            axis.has_title = bool(title)
            if title:
                self._write(axis.axis_title.text_frame, [title], 12, QUIET)
        if native.kind in ("bars", "stacked"):  # the first on top, and the numbers below it all the same
            names.reverse_order = True
            values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        if native.is_log:
            scaling = names._element.find(qn("c:scaling"))
            scaling.insert(0, parse_xml(f'<c:logBase {_names("c")} val="10"/>'))
        plot = chart.plots[0]
        if native.kind in ("bars", "stacked", "columns"):
            plot.gap_width = 55
            if native.kind == "stacked":
                plot.overlap = 100
        for series, drawn in zip(native.series, plot.series, strict=True):
            if native.kind in ("lines", "points"):
                drawn.format.line.color.rgb, drawn.format.line.width = _rgb(series.colour), Pt(2.25)
                drawn.smooth = False
            else:
                drawn.format.fill.solid()
                drawn.format.fill.fore_color.rgb = _rgb(series.colour)
                drawn.invert_if_negative = False
            if series.low:
                _add_ends(drawn._element, series)

    def _table(self, slide: Any, table: Table) -> None:
        """The first rows of a table; the notes have all of them."""
        rows = table.rows[:MOST_ROWS]
        frame = slide.shapes.add_table(1 + len(rows), len(table.columns), LEFT, TOP, ROOM, Inches(0.3))
        drawn = frame.table
        style = drawn._tbl.tblPr.find(qn("a:tableStyleId"))
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
        size = 12 if len(table.columns) <= 6 else 10
        for place, part in enumerate(shares(table.columns, rows, ROOM.pt / size * LETTERS)):
            drawn.columns[place].width = Emu(round(ROOM * part))
        for at, cells in enumerate([table.columns, *rows]):
            for place, said in enumerate(cells):
                cell = drawn.cell(at, place)
                cell.margin_top = cell.margin_bottom = Inches(0.03)
                cell.margin_left = cell.margin_right = Inches(0.05)
                self._write(cell.text_frame, said.split("\n"), size, INK, is_bold=at == 0)
                if at == 0:
                    cell.fill.solid()
                    cell.fill.fore_color.rgb = _rgb("#eef2f3")

    def _numbers(self, chart: Drawn, tables: Sequence[Table]) -> str:
        """The numbers of a chart and their intervals, else the rows of the part's first table."""
        if chart.native is None:
            return "\n".join(row for table in tables[:1] for row in _rows(table))
        title = text("document.titled", self.lang, title=chart.title, note=chart.note) if chart.note else chart.title
        return "\n".join([title, *self._told(chart.native)])

    def _told(self, native: Native) -> Iterator[str]:
        for series in native.series:
            if series.name:
                yield series.name
            ends = zip(series.low or series.values, series.high or series.values, strict=True)
            for name, value, (low, high) in zip(native.categories, series.values, ends, strict=True):
                if value is not None:
                    said = _figure(value, native.written)
                    if series.low and low is not None and high is not None:
                        between = text(
                            "unit.interval", self.lang,
                            low=_figure(low, native.written), high=_figure(high, native.written),
                        )  # fmt: skip
                        said = text("unit.with_interval", self.lang, mean=said, interval=between)
                    yield text("document.fact", self.lang, what=str(name), value=said)

    def _place(self, shape: Any, left: int, top: int, wide: int, high: int) -> None:
        shape.left, shape.top, shape.width, shape.height = left, top, wide, high

    def _write(self, frame: Any, said: Sequence[str], size: float, colour: str, is_bold: bool = False) -> None:
        """Paragraphs, in the font of the language, to the left."""
        frame.word_wrap = True
        for place, line in enumerate(said):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = line
            run.font.size, run.font.bold, run.font.name = Pt(size), is_bold, FONT[self.lang]
            run.font.color.rgb = _rgb(colour)
            run._r.get_or_add_rPr().append(parse_xml(f'<a:ea {_names("a")} typeface="{FONT[self.lang]}"/>'))


def _data(drawn: Drawn) -> Any:
    native = drawn.native
    assert native is not None
    if native.kind == "points":
        points = XyChartData(number_format=native.written)  # type: ignore[no-untyped-call]
        for series in native.series:
            of = points.add_series(series.name or drawn.title)  # type: ignore[no-untyped-call]
            for across, value in zip(native.categories, series.values, strict=True):
                if value is not None:
                    of.add_data_point(across, value)
        return points
    data = CategoryChartData(number_format=native.written)  # type: ignore[no-untyped-call]
    data.categories = list(native.categories)
    for series in native.series:
        data.add_series(series.name or drawn.title, list(series.values))  # type: ignore[no-untyped-call]
    return data


def _add_ends(element: Any, series: Series) -> None:
    """Intervals as error bars, which the library does not write: how far each reaches beyond its value."""
    known = [row for row in zip(series.values, series.low, series.high, strict=True) if row[0] is not None]
    sides = {
        "plus": [None if high is None else high - value for value, _, high in known],  # type: ignore[operator]
        "minus": [None if low is None else value - low for value, low, _ in known],  # type: ignore[operator]
    }
    told = "".join(
        f"<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val='{len(ends)}'/>"
        + "".join(f"<c:pt idx='{at}'><c:v>{end!r}</c:v></c:pt>" for at, end in enumerate(ends) if end is not None)
        + f"</c:numLit></c:{side}>"
        for side, ends in sides.items()
    )
    bars = parse_xml(
        f"<c:errBars {_names('c', 'a')}><c:errDir val='y'/><c:errBarType val='both'/><c:errValType val='cust'/>"
        f"<c:noEndCap val='0'/>{told}<c:spPr><a:ln w='15875'><a:solidFill><a:srgbClr val='{INK[1:].upper()}'/>"
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    at = next(place for place, child in enumerate(element) if child.tag in {qn(name) for name in BEFORE})
    element.insert(at, bars)


def _figure(value: float, written: str) -> str:
    """A number as a chart's axis writes it."""
    if written.endswith("%"):
        return f"{100 * value:.1f} %"
    sign = "+" if written.startswith("+") and value > 0 else ""
    return f"{sign}{value:,.2f}".replace("-", "−")


def _rows(table: Table) -> Iterator[str]:
    """A table in lines."""
    for row in (table.columns, *table.rows):
        yield " | ".join(" ".join(cell.split("\n")) for cell in row)


def _rgb(colour: str) -> RGBColor:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


def _names(*prefixes: str) -> str:
    known = {
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    }
    return " ".join(f'xmlns:{prefix}="{known[prefix]}"' for prefix in prefixes)
