"""The brief, opened again: findings first, set as papers of either language are."""

import io
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from sim.report.documents.brief import MOST_ROWS, chinese
from sim.report.words.catalogue import Language, text
from tests.report.documents.conftest import Made, Told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_findings_stand_first_then_every_part_with_its_numbers(made: Made, told: Told, lang: Language) -> None:
    document, said = docx.Document(io.BytesIO(made("docx", lang))), told(lang)
    texts = [element.text or "" for element in document.element.body.iter(qn("w:t"))]
    everything = "\n".join(texts)
    assert texts[:2] == [said.title, said.lead]
    places = [everything.index(sentence) for sentence in said.findings]
    assert places == sorted(places)
    assert places[-1] < everything.index(text("document.table", lang, number=1, title=said.parts[0].tables[0].title))
    for part in said.parts:
        for table in part.tables:
            if len(table.rows) <= MOST_ROWS:
                cells = [line for row in table.rows for cell in row for line in cell.split("\n") if line]
                assert set(cells) <= set(texts), table.title
    assert said.method[0][1].split("\n")[0] in everything
    charts = sum(len(part.charts) for part in said.parts)
    assert len(document.inline_shapes) == charts


def test_a_table_says_its_source_and_repeats_its_head(made: Made) -> None:
    document = docx.Document(io.BytesIO(made("docx", "zh")))
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        after = table._tbl.getnext()
        assert "".join(element.text or "" for element in after.iter(qn("w:t"))).startswith("数据来源：shukun 0.1.0")


def test_in_chinese_it_is_set_as_official_papers_are(made: Made) -> None:
    content = made("docx", "zh")
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    assert [section.page_width, section.page_height] == pytest.approx([Mm(210), Mm(297)], abs=Mm(0.1))
    margins = [section.top_margin, section.right_margin, section.bottom_margin, section.left_margin]
    assert margins == pytest.approx([Mm(37), Mm(26), Mm(35), Mm(28)], abs=Mm(0.1))
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Normal", "Heading 1", "Heading 2")
    }
    assert list(fonts.values()) == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"]
    body = document.styles["Normal"]
    assert body.font.size == Pt(16)
    assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    table = ZipFile(io.BytesIO(content)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,' in table
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["一、主要结论", "二、结果", "三、目标"]
    assert [p.text[:3] for p in document.paragraphs if p.text.startswith("（")][:3] == ["（一）", "（二）", "（三）"]
    assert any(heading.startswith("附件 1　") for heading in headings)


def test_every_page_has_its_number(made: Made) -> None:
    for lang, footers in (("zh", ("footer", "even_page_footer")), ("en", ("footer",))):
        document = docx.Document(io.BytesIO(made("docx", lang)))
        for footer in footers:
            xml = getattr(document.sections[0], footer)._element.xml
            assert 'w:instr="PAGE"' in xml, (lang, footer)


def test_numbers_of_headings_are_those_of_people() -> None:
    numbers = (1, 9, 10, 11, 20, 21, 34)
    assert [chinese(number) for number in numbers] == ["一", "九", "十", "十一", "二十", "二十一", "三十四"]


def test_english_has_no_chinese_in_it_but_the_number_of_the_document(made: Made) -> None:
    document = docx.Document(io.BytesIO(made("docx", "en")))
    texts = [element.text or "" for element in document.element.body.iter(qn("w:t"))]
    assert [said for said in texts if any("\u3400" <= letter <= "\u9fff" for letter in said)] == []
