"""A specification as numbers: only what such a chart can show whole."""

import pytest

from sim.report.charts.style import specification
from sim.report.documents.native_charts import Native, Series, of

ROWS = [
    {"name": "a", "mean": 2.0, "low": 1.0, "high": 3.0, "group": "one"},
    {"name": "b", "mean": 5.0, "low": None, "high": None, "group": "one"},
]
NAMES = {"field": "name", "type": "nominal", "sort": ["b", "a"]}
VALUE = {"field": "mean", "type": "quantitative", "title": "pp"}
BAR = {"mark": {"type": "bar"}, "encoding": {"x": VALUE}}
ENDS = {
    "transform": [{"filter": "isValid(datum.low)"}],
    "mark": {"type": "rule"},
    "encoding": {"x": {**VALUE, "field": "low"}, "x2": {"field": "high"}},
}


def test_bars_with_intervals_in_the_order_of_the_axis() -> None:
    found = of(specification("t", ROWS, encoding={"y": NAMES}, layer=[BAR, ENDS]))
    assert found is not None
    assert (found.kind, found.categories, found.unit) == ("bars", ["b", "a"], "pp")
    [series] = found.series
    assert (series.values, series.low, series.high) == ([5.0, 2.0], [None, 1.0], [None, 3.0])


def test_lines_by_colour_over_numbers_stand_in_their_order() -> None:
    rows = [{"x": x, "y": y, "of": of} for x, y, of in ((3, 1.0, "p"), (1, 2.0, "p"), (1, 4.0, "q"))]
    colour = {"field": "of", "type": "nominal", "scale": {"domain": ["p", "q"], "range": ["#111111", "#222222"]}}
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    found = of(specification("t", rows, mark={"type": "line"}, encoding=encoding | {"color": colour}))
    assert found is not None
    assert (found.kind, found.categories) == ("points", [1, 3])
    assert [(s.name, s.values, s.colour) for s in found.series] == [
        ("p", [2.0, 1.0], "#111111"), ("q", [4.0, None], "#222222"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"layer": [BAR, {"mark": {"type": "text"}, "encoding": {"x": VALUE}}]},
        {"layer": [BAR, {"mark": {"type": "tick"}, "encoding": {"x": {**VALUE, "field": "high"}}}]},
        {"layer": [{**BAR, "transform": [{"filter": "datum.group == 'one'"}]}]},
        {"layer": [BAR], "transform": [{"filter": "datum.mean > 0"}]},
        {"mark": {"type": "rect"}, "encoding": {"x": NAMES, "y": NAMES}},
    ],
)
def test_what_says_more_is_left_to_a_picture(more: dict[str, object]) -> None:
    assert of(specification("t", ROWS, **({"encoding": {"y": NAMES}} | more))) is None


@pytest.mark.parametrize(
    ("native", "bounds"),
    [
        (Native("bars", ["a"], [Series("", [1.2], [0.3], [2.3])]), (0.0, 2.5)),
        (Native("bars", ["a"], [Series("", [-1.2], [-2.3], [0.3])]), (-3.0, 1.0)),
        (Native("lines", ["a", "b"], [Series("", [92.0, 99.5])], "%"), (92.0, 100.0)),
        (Native("columns", ["a"], [Series("", [1.2])]), None),
        (Native("lines", ["a"], [Series("", [None])]), None),
    ],
)
def test_an_axis_leaves_no_interval_out(native: Native, bounds: tuple[float, float] | None) -> None:
    assert native.bounds == (None if bounds is None else pytest.approx(bounds))
