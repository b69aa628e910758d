"""How a brief looks: in Chinese as official papers are set (GB/T 9704-2012), in English as policy briefs are.

Fonts are named, not embedded. Where a machine lacks one, a word processor takes the names that stand beside it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from sim.report.words.catalogue import Language

# Fonts of official papers, and what stands in where there are none.
STAND_INS: Final = {
    "方正小标宋简体": "方正小标宋_GBK,华文中宋,宋体",
    "仿宋_GB2312": "仿宋,华文仿宋,FangSong",
    "楷体_GB2312": "楷体,华文楷体,KaiTi",
    "黑体": "SimHei,华文黑体,Noto Sans SC",
    "宋体": "SimSun,华文宋体,Noto Serif SC",
}
LATIN: Final = {"zh": "Times New Roman", "en": "Calibri"}
INK: Final = RGBColor(0x1C, 0x27, 0x33)
ACCENT: Final = RGBColor(0x0B, 0x6E, 0x69)


class Look(NamedTuple):
    """A style of paragraphs. ``lead``: points from line to line, 0 as the font says; ``indent``: characters."""

    font: str
    size: float
    is_bold: bool = False
    is_centred: bool = False
    indent: int = 0
    lead: float = 0
    before: float = 0
    after: float = 0
    is_with_next: bool = False
    colour: RGBColor | None = None


LOOKS: Final[dict[Language, dict[str, Look]]] = {
    "zh": {
        "Title": Look("方正小标宋简体", 22, is_centred=True, lead=34, before=8, after=6),
        "Subtitle": Look("楷体_GB2312", 15, is_centred=True, lead=26, after=14),
        "Normal": Look("仿宋_GB2312", 16, indent=2, lead=28.95),
        "Heading 1": Look("黑体", 16, indent=2, lead=28.95, is_with_next=True),
        "Heading 2": Look("楷体_GB2312", 16, is_bold=True, indent=2, lead=28.95, is_with_next=True),
        "Caption": Look("黑体", 12, is_centred=True, lead=20, before=6, after=3, is_with_next=True),
        "Figure Caption": Look("黑体", 12, is_centred=True, lead=20, after=10),
        "Picture": Look("宋体", 9, is_centred=True, before=6, is_with_next=True),
        "Source": Look("宋体", 9, lead=13, before=2, after=10),
        "Cell": Look("宋体", 10.5),
    },
    "en": {
        "Title": Look("Calibri", 24, is_bold=True, after=2, colour=ACCENT),
        "Subtitle": Look("Calibri", 12, after=10, colour=RGBColor(0x5D, 0x69, 0x77)),
        "Normal": Look("Calibri", 11, after=6, lead=15),
        "Heading 1": Look("Calibri", 16, is_bold=True, before=14, after=4, is_with_next=True, colour=ACCENT),
        "Heading 2": Look("Calibri", 12, is_bold=True, after=4, is_with_next=True, colour=INK),
        "Caption": Look("Calibri", 10, is_bold=True, before=8, after=3, is_with_next=True, colour=INK),
        "Figure Caption": Look("Calibri", 10, is_bold=True, after=10, colour=INK),
        "Picture": Look("Calibri", 9, before=8, is_with_next=True),
        "Source": Look("Calibri", 8.5, before=2, after=10, colour=RGBColor(0x5D, 0x69, 0x77)),
        "Cell": Look("Calibri", 9.5),
    },
}


def dress(document: Document, lang: Language) -> None:
    """Set page, styles and page numbers of an empty document."""
    _page(document, lang)
    for name, look in LOOKS[lang].items():
        known = {style.name for style in document.styles}
        style: Any = (
            document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        _style(style, look, lang)
    _numbers(document, lang)
    if lang == "zh":
        _stand_ins(document)


def _page(document: Document, lang: Language) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, right, bottom, left = (37, 26, 35, 28) if lang == "zh" else (25, 25, 22, 25)
    section.top_margin, section.right_margin = Mm(top), Mm(right)
    section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
    section.footer_distance = Mm(23 if lang == "zh" else 12)
    document.settings.odd_and_even_pages_header_footer = lang == "zh"


def _style(style: Any, look: Look, lang: Language) -> None:
    style.base_style = None
    font, paragraph = style.font, style.paragraph_format
    font.size, font.bold, font.italic = Pt(look.size), look.is_bold, False
    font.color.rgb = look.colour or RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):  # among them those that name a theme's fonts, which would win
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN[lang])
    fonts.set(qn("w:eastAsia"), look.font)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if look.is_centred else WD_ALIGN_PARAGRAPH.LEFT
    if style.name == "Normal":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if lang == "zh" else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.keep_with_next = look.is_with_next
    paragraph.line_spacing_rule = WD_LINE_SPACING.EXACTLY if look.lead else WD_LINE_SPACING.SINGLE
    if look.lead:
        paragraph.line_spacing = Pt(look.lead)
    if look.indent:
        indent = style.element.get_or_add_pPr().get_or_add_ind()
        indent.set(qn("w:firstLineChars"), str(100 * look.indent))
        indent.set(qn("w:firstLine"), str(round(20 * look.indent * look.size)))
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)


def _numbers(document: Document, lang: Language) -> None:
    """Page numbers: in Chinese between dashes on the outer side, in English in the middle."""
    section = document.sections[0]
    footers = [section.footer, section.even_page_footer] if lang == "zh" else [section.footer]
    for place, footer in enumerate(footers):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Source"]
        outer = WD_ALIGN_PARAGRAPH.LEFT if place else WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.alignment = outer if lang == "zh" else WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        if lang == "zh":
            paragraph.add_run("— ").font.size = Pt(14)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run = OxmlElement("w:r")
        letters = OxmlElement("w:t")
        letters.text = "1"
        run.append(letters)
        if lang == "zh":
            size = parse_xml(f'<w:rPr {nsdecls("w")}><w:sz w:val="28"/></w:rPr>')
            run.insert(0, size)
        field.append(run)
        paragraph._p.append(field)
        if lang == "zh":
            paragraph.add_run(" —").font.size = Pt(14)


def _stand_ins(document: Document) -> None:
    """Say in the table of fonts which others may stand in for one that a machine lacks."""
    table = next(part for part in document.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    told = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/></w:font>' for name, others in STAND_INS.items()
    )
    table._blob = table.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")
