"""Rows behind the charts of a page, as short as the page can read them."""

from sim.report.charts.comparison.datasets import coded
from sim.report.charts.comparison.heat_map import rows
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary


def test_a_row_lacks_its_first_values_where_they_are_those_of_the_row_before() -> None:
    table = {
        "columns": ["scenario", "mean", "low"],
        "rows": [["b", 1.0, 2.5], ["b", 1.0, 2.5], ["b", 2.0, 2.5], ["a", 2.0, 0.5]],
    }
    assert coded(table) == {
        "columns": ["scenario", "mean", "low"],
        "rows": [[1, 1, 2.5], [2.5], [2, 2.5], [0, 2, 0.5]],
        "names": {"scenario": ["a", "b"]},
    }


def test_nothing_is_lost(comparison: Comparison) -> None:
    table = rows(ComparisonSummary(comparison))
    short = coded(table)
    full: list[list[object]] = []
    for row in short["rows"]:
        whole = [*(full[-1] if full else [])[: len(short["columns"]) - len(row)], *row]
        full.append(whole)
    places = {short["columns"].index(column): names for column, names in short["names"].items()}
    assert table["rows"] == [
        [places[at][value] if at in places else value for at, value in enumerate(row)]
        for row in full  # type: ignore[index]
    ]
