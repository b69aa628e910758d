"""Tables as CSV: units in the heads, numbers as they are, nothing that a spreadsheet runs."""

import csv
import io
from zipfile import ZipFile

import pytest

from sim.report.answers.answer import Table
from sim.report.documents.columns import columns
from sim.report.documents.tables_as_csv import safe
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.report.words.figures import below, telling
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from tests.report.documents.conftest import Made


def read(content: bytes) -> dict[str, list[list[str]]]:
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {
        name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
        for name in archive.namelist()
    }


def test_every_file_is_a_table_with_units(made: Made, comparison: Comparison) -> None:
    files = read(made("csv", "en"))
    assert next(iter(files)) == "00_about.csv"
    first = next(rows for name, rows in files.items() if name.startswith("01_"))
    assert first[0][2:5] == ["Value (%)", "Value (%): interval from", "Value (%): interval to"]
    value = ComparisonSummary(comparison).effect("full_plan", "survival_rate").value
    [row] = [row for row in first if row[:2] == ["The whole plan", "Survival"]]
    assert [float(cell) for cell in row[2:5]] == pytest.approx([100 * value.mean, 100 * value.low, 100 * value.high])
    assert all(len(row) == len(rows[0]) for rows in files.values() for row in rows)


def test_what_looks_like_a_formula_is_a_text_and_numbers_stay_numbers() -> None:
    assert [safe(said) for said in ("=1+1", "+a", "-a", "@x", "\tx", "a=1", "−5")] == [
        "'=1+1", "'+a", "'-a", "'@x", "'\tx", "a=1", "−5",
    ]  # fmt: skip


def test_a_cell_of_two_figures_is_two_columns_and_units_that_differ_stand_beside() -> None:
    def cell(share: float, change: float) -> str:
        return below(numbers.share(share).en, numbers.plus_minus(change, change - 0.01, change + 0.01, "share").en)

    table = Table("t", ["a", "b", "c"], [["x", cell(0.5, 0.02), numbers.days(3).en],
                                        ["y", cell(0.25, -0.02), numbers.share(0.1).en]])  # fmt: skip
    found = columns(table, "en")
    heads = ["a", "b (%)", "b (pp)", "b (pp): interval from", "b (pp): interval to", "c", "Unit"]
    assert [column.head for column in found] == heads
    assert found[1].cells == [0.5, 0.25]
    assert found[2].cells == pytest.approx([2.0, -2.0])
    assert found[3].cells == pytest.approx([1.0, -3.0])
    assert found[6].cells == ["days", "%"]


def test_what_is_missing_is_empty_and_a_remark_stays_with_its_number() -> None:
    few = telling(both("answer.run.few_rows", value=numbers.share(0.5), rows="3"), numbers.share(0.5))
    rows = [["x", few.en], ["y", numbers.share(float("nan")).en], ["z", "nobody"]]
    _, column = columns(Table("t", ["a", "b"], rows), "en")
    assert column.cells == [0.5, None, "nobody"]
    assert column.remarks == [few.en, "", ""]
