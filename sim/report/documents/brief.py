"""A study as a brief: findings first, then part by part with tables and charts, a page on how, annexes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Emu, Mm, Pt

from sim.report.answers.answer import Table
from sim.report.charts.picture import Picture
from sim.report.documents.brief_styles import dress
from sim.report.documents.lengths import depth, shares
from sim.report.documents.outline import Drawn, Outline, Part
from sim.report.documents.packing import finished
from sim.report.words.catalogue import text
from sim.report.words.figures import Lines, known

MOST_ROWS: Final = 60  # of a table that is printed
MOST_TOGETHER: Final = 16  # lines of a table that no page divides
DIGITS: Final = "〇一二三四五六七八九"
RULES: Final = (
    f'<w:tblBorders {nsdecls("w")}><w:top w:val="single" w:sz="12"/><w:bottom w:val="single" w:sz="12"/></w:tblBorders>'
)
UNDER_HEADS: Final = f'<w:tcBorders {nsdecls("w")}><w:bottom w:val="single" w:sz="6"/></w:tcBorders>'
SHADE: Final = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="EEF4F3"/>'
PICTURE_SCALE: Final = 2.5  # pixels a unit
UNIT: Final = 7_430  # of a picture: the letters of its axes stand a little smaller than those of tables
HIGHEST: Final = Mm(205)
LETTERS: Final = 1.85  # in the width of a line as many points long as a letter is high


def brief(outline: Outline) -> bytes:
    """The whole brief."""
    document = docx.Document()
    dress(document, outline.lang)
    _Writer(document, outline).write()
    return finished(document, outline)


class _Writer:
    """What is at work on a brief: how many sections, tables, figures and annexes it has so far."""

    def __init__(self, document: Document, outline: Outline) -> None:
        self.document, self.outline, self.lang = document, outline, outline.lang
        self.sections = self.tables = self.figures = self.annexes = 0
        self.cell_style = document.styles["Cell"].style_id
        section = document.sections[0]
        assert section.page_width and section.left_margin and section.right_margin
        self.width = Emu(section.page_width - section.left_margin - section.right_margin)

    def write(self) -> None:
        """Title, findings, parts, method, annexes."""
        self._say(self.outline.title, "Title")
        self._say(self.outline.lead, "Subtitle")
        self._say(sentence(self.outline.about, self.lang), "Source")
        self._findings()
        for part in self.outline.parts:
            if not part.is_annex:
                self._part(part)
        self._method()
        for part in self.outline.parts:
            if part.is_annex:
                self._annex(part)

    def _findings(self) -> None:
        heading = text("document.summary", self.lang)
        sentences = [*self.outline.findings, *self.outline.remarks]
        if self.lang == "zh":
            self._heading(heading)
            for place, sentence in enumerate(sentences, 1):
                self._say(f"（{chinese(place)}）{sentence}")
            return
        box = self.document.add_table(1, 1)
        cell = box.cell(0, 0)
        cell._tc.get_or_add_tcPr().append(parse_xml(SHADE))
        cell.paragraphs[0].style = self.document.styles["Heading 1"]
        cell.paragraphs[0].add_run(heading)
        cell.paragraphs[0].paragraph_format.keep_with_next = False  # which would keep the whole box with what follows
        for sentence in sentences:
            paragraph = cell.add_paragraph(sentence, "Normal")
            paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(5), Mm(-4)
            paragraph.runs[0].text = f"•  {sentence}"

    def _part(self, part: Part) -> None:
        self._heading(part.name)
        if part.message != part.name:
            self._say(sentence(part.message, self.lang), "Heading 2")
        for note in part.notes:
            self._say(note)
        for table in part.tables:
            self._table(table)
        for chart in part.charts:
            self._figure(chart)

    def _annex(self, part: Part) -> None:
        self.annexes += 1
        if self.annexes == 1:
            self.document.add_section(WD_SECTION.NEW_PAGE)
        self._say(text("document.annex", self.lang, number=self.annexes, title=part.name), "Heading 1")
        if part.message not in (part.name, part.tables[0].title):
            self._say(sentence(part.message, self.lang))
        for table in part.tables:
            self._table(table, is_titled=table.title != part.name)

    def _method(self) -> None:
        self.document.add_page_break()  # type: ignore[no-untyped-call]
        self._heading(text("document.method", self.lang))
        for place, (what, said) in enumerate(self.outline.method, 1):
            first, *others = said.split("\n")
            paragraph = self.document.add_paragraph(style="Normal")
            number = f"（{chinese(place)}）" if self.lang == "zh" else ""
            paragraph.add_run(f"{number}{what}{'。' if self.lang == 'zh' else '. '}").bold = True
            paragraph.add_run(first)
            for other in others:
                self._say(other)

    def _heading(self, name: str) -> None:
        self.sections += 1
        self._say(f"{chinese(self.sections)}、{name}" if self.lang == "zh" else name, "Heading 1")

    def _say(self, said: str, style: str = "Normal") -> None:
        self.document.add_paragraph(said, style)

    def _table(self, table: Table, is_titled: bool = True) -> None:
        if is_titled:
            self.tables += 1
            self._say(text("document.table", self.lang, number=self.tables, title=table.title), "Caption")
        if len(table.rows) > MOST_ROWS:
            self._say(text("document.left_out", self.lang, rows=len(table.rows)), "Source")
            return
        drawn = self.document.add_table(1 + len(table.rows), len(table.columns))
        drawn.alignment, drawn.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        drawn._tbl.tblPr.append(parse_xml(RULES))
        size = _letters(len(table.columns), self.lang)
        right = [is_of_numbers(table, place) for place in range(len(table.columns))]
        for cells, row in zip(([*table.columns], *table.rows), drawn.rows, strict=True):
            for place, (said, cell) in enumerate(zip(cells, row._tr.tc_lst, strict=True)):
                self._cell(cell, said, size, right[place])
        room = self.width.pt / size * LETTERS
        parts = shares(table.columns, table.rows, room)
        widths = [Emu(round(self.width * part)) for part in parts]
        for row in drawn.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width in zip(row._tr.tc_lst, widths, strict=True):
                cell.width = width
        for column, width in zip(drawn._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width
        if depth(table.rows, parts, room) <= MOST_TOGETHER:
            for row in drawn._tbl.tr_lst[:-1]:
                for cell in row.tc_lst:
                    cell.p_lst[0].get_or_add_pPr().keepNext_val = True
        head = drawn.rows[0]._tr
        head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell in head.tc_lst:
            cell.get_or_add_tcPr().append(parse_xml(UNDER_HEADS))
        about = {"version": self.outline.version, "fingerprint": self.outline.fingerprint[:12]}
        self._say(text("document.source", self.lang, **about), "Source")

    def _cell(self, cell: Any, said: str, size: float, is_right: bool) -> None:
        """One cell, written as what it is in the file: a table of a thousand cells is quick no other way."""
        paragraph = cell.p_lst[0]
        paragraph.style = self.cell_style
        if is_right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_r()
        run.get_or_add_rPr().sz_val = Pt(size)
        run.text = said

    def _figure(self, chart: Drawn) -> None:
        self.figures += 1
        png = Picture(chart.picture | {"width": 560}).png(PICTURE_SCALE)
        # The first chunk of a PNG says its size in pixels.
        wide, high = (int.from_bytes(png[at : at + 4], "big") / PICTURE_SCALE for at in (16, 20))
        room = min(self.width, Emu(round(HIGHEST * wide / high)))
        paragraph = self.document.add_paragraph(style="Picture")
        picture = paragraph.add_run().add_picture(io.BytesIO(png), width=min(room, Emu(round(wide * UNIT))))
        title = chart.title or text("report.section.places", self.lang)
        picture._inline.docPr.set("descr", title)
        said = text("document.titled", self.lang, title=title, note=chart.note) if chart.note else title
        self._say(text("document.figure", self.lang, number=self.figures, title=said), "Figure Caption")


def chinese(number: int) -> str:
    """A number below a hundred as headings of official papers count."""
    tens, ones = divmod(number, 10)
    first = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return first + (DIGITS[ones] if ones else "")


def sentence(said: str, lang: str) -> str:
    """A heading as a sentence, which ends."""
    end = "。" if lang == "zh" else "."
    return said if said.endswith(("。", ".", "！", "？")) else f"{said}{end}"


def is_of_numbers(table: Table, place: int) -> bool:
    """Whether a column holds numbers, which stand to the right."""
    cells = [part for row in table.rows for part in _parts(row[place])]
    return place > 0 and any(map(known, cells))


def _parts(cell: str) -> Iterator[str]:
    yield from cell.parts if isinstance(cell, Lines) else (cell,)


def _letters(columns: int, lang: str) -> float:
    """Size of the letters of a table of so many columns."""
    return (10.5 if lang == "zh" else 9.5) if columns <= 5 else 9.0 if columns <= 8 else 7.0
