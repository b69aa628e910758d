"""The workbook, opened again: numbers with units, heads that stay, charts, nothing that runs."""

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sim.measure import Words
from sim.report.documents import outlines
from sim.report.documents.packing import DAY, MARK
from sim.report.documents.workbook import workbook
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import outcome_name
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from tests.report.documents.conftest import Made, Told

HEADS = 4  # row of the heads of a table
FORMULA = '=HYPERLINK("http://example.cn","x")'


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of the table of a sheet, by the heads of its columns."""
    heads = [cell.value for cell in sheet[HEADS] if cell.value is not None]
    found = []
    for row in sheet.iter_rows(min_row=HEADS + 1, max_col=len(heads), values_only=True):
        if row[0] is None:
            break
        found.append(dict(zip(heads, row, strict=True)))
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_first_what_came_out_and_where_everything_stands(made: Made, told: Told, lang: Language) -> None:
    book, said = opened(made("xlsx", lang)), told(lang, every=True)
    first = book.worksheets[0]
    texts = [str(cell.value) for row in first.iter_rows() for cell in row if cell.value is not None]
    assert texts[0] == said.title
    assert f"1. {said.findings[0]}" in texts
    for what, value in said.facts:
        assert texts[texts.index(what) + 1] == value
    listed = [name for name in book.sheetnames if name in texts]
    assert len(listed) == sum(len(part.tables) for part in said.parts)
    assert book.sheetnames[-2:] == [text(f"document.{name}", lang) for name in ("method", "chart_data")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_its_numbers_are_those_of_the_study_and_no_texts(made: Made, comparison: Comparison, lang: Language) -> None:
    summary = ComparisonSummary(comparison)
    sheet = opened(made("xlsx", lang)).worksheets[1]
    heads = [cell.value for cell in sheet[HEADS]]
    value, unit = text("report.actions.value", lang), text("unit.points", lang, number="").strip()
    share, change = (
        text("document.head", lang, head=head, unit=of)
        for head, of in ((value, "%"), (text("report.actions.difference", lang), unit))
    )
    assert {share, change, text("document.low", lang, head=change)} <= set(heads)
    survival = getattr(outcome_name("survival_rate"), lang)
    whole = getattr(summary.titles["full_plan"], lang)
    [row] = [row for row in rows(sheet) if list(row.values())[:2] == [whole, survival]]
    effect = summary.effect("full_plan", "survival_rate")
    assert row[share] == pytest.approx(effect.value.mean, abs=1e-12)
    found = [row[change], *(row[text(f"document.{end}", lang, head=change)] for end in ("low", "high"))]
    assert found == pytest.approx([100 * getattr(effect.difference, end) for end in ("mean", "low", "high")], abs=1e-9)
    cell = sheet.cell(HEADS + 1, heads.index(share) + 1)
    assert cell.number_format == "0.0%"
    assert cell.data_type == "n"


def test_money_and_firms_have_their_unit_in_the_head(made: Made, comparison: Comparison) -> None:
    costs = comparison.costs[(comparison.costs["scenario"] == "full_plan")]
    for lang, unit, fen in (("zh", "万元", 10**6), ("en", "m yuan", 10**8)):
        sheets = [
            rows(sheet)
            for sheet in opened(made("xlsx", lang)).worksheets
            if sheet["A2"].value == text("report.price.chart", lang)
        ]
        [table] = sheets
        head = text("document.head", lang, head=text("report.price.difference", lang), unit=unit)
        whole = "整个方案" if lang == "zh" else "The whole plan"
        amounts = [row[head] for row in table if next(iter(row.values())) == whole]
        assert sum(amounts) == pytest.approx(costs["mean"].sum() / fen)


def test_every_sheet_prints_on_a4_and_keeps_its_heads(made: Made) -> None:
    book = opened(made("xlsx", "en"))
    for sheet in book.worksheets[1:-2]:
        assert sheet.freeze_panes == f"B{HEADS + 1}", sheet.title
        assert sheet.auto_filter.ref.startswith(f"A{HEADS}:"), sheet.title
        assert sheet.print_title_rows == f"${HEADS}:${HEADS}", sheet.title
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape"), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0), sheet.title
        said = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
        for what in ("Sample firms: 20,000", "Replications: 8", "Seed: 1", "shukun 0.1.0", "95 %"):
            assert what in said, sheet.title


def test_its_charts_are_charts_over_the_numbers_and_have_intervals(made: Made) -> None:
    book = opened(made("xlsx", "en"))
    charts = [chart for sheet in book.worksheets for chart in sheet._charts]
    effects = charts[0]
    [series] = effects.ser
    assert series.errBars.plus.numRef.f.startswith("'Chart data'!")
    data = book["Chart data"]
    names = [cell.value for cell in data["A"][1:] if cell.value]
    assert "The whole plan" in names
    assert len(charts) > 8
    assert [sheet.title for sheet in book.worksheets if sheet._images] == ["Sectors and prefectures"]


def test_it_says_whose_it_is_and_never_when(made: Made, comparison: Comparison) -> None:
    about = opened(made("xlsx", "zh")).properties
    assert (about.creator, about.created.replace(tzinfo=None)) == (MARK, DAY)
    assert about.keywords == comparison.manifest.fingerprint
    assert "shukun 0.1.0" in about.description


def test_a_title_that_looks_like_a_formula_is_a_text(comparison: Comparison) -> None:
    asked = [
        one.model_copy(update={"title": Words(zh=FORMULA, en=FORMULA)}) if one.name == "no_outbreak" else one
        for one in comparison.manifest.scenarios
    ]
    hostile = replace(comparison, manifest=comparison.manifest.model_copy(update={"scenarios": tuple(asked)}))
    book = opened(workbook(outlines.of(hostile, "en")))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == FORMULA for cell in cells)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_no_sheet_has_a_name_that_is_anothers_or_that_no_sheet_may_have(made: Made) -> None:
    for lang in ("zh", "en"):
        names = opened(made("xlsx", lang)).sheetnames
        assert len({name.lower() for name in names}) == len(names)
        assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
