"""What all charts have in common: colours, letters, and the frame of a Vega-Lite specification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sim.report.words.catalogue import Language
from sim.report.words.numbers import FEN_PER_LARGE_UNIT

INK: Final = "#1c2733"
QUIET: Final = "#5d6977"
RULE: Final = "#d9dee3"
ACCENT: Final = "#0b6e69"
WORSE: Final = "#b8561b"
NEUTRAL: Final = "#f4f3ef"
SAND: Final = "#d8c9a3"
LIGHT: Final = "#6fb3ab"
GREY: Final = "#9aa5af"
# Parts of a whole, each as dark as no other, so that they stay apart for colour-blind readers and in grey print.
FILLS: Final = ("#0a403d", "#a3480f", "#3d9e94", "#dcae55", "#d5dde2")
# Series in one chart differ in more than their colour: lines by dashes, points by shapes. Whose dashes or shapes
# are alike are of colours that everybody tells apart (``tests/report/charts/test_colour_blindness.py``).
LINE_COLOURS: Final = (
    "#1f5fa8",
    "#b8561b",
    "#7a3e98",
    "#5c6b10",
    "#a3395b",
    "#d99a1c",
    "#3fa7c4",
    "#a9b84a",
    "#d99cc2",
    "#86a4e0",
)
PART: Final = {"type": "bar", "height": {"band": 0.62}, "stroke": "white", "strokeWidth": 1}  # of a stack
SOLID: Final = [1, 0]
FIRST: Final = ([10, 3], [3, 2], [10, 3, 3, 3], [1, 2], [10, 3, 3, 3, 3, 3])
NEXT: Final = ([16, 3], [5, 2, 1, 2], [6, 6], [16, 3, 1, 3], [2, 5])
DASHES: Final = (*FIRST, *FIRST, *NEXT, *NEXT)  # the second ten lines have the colours of the first
SHAPES: Final = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
)

Spec = dict[str, Any]
SIGNED: Final = "datum.value == 0 ? '0' : format(datum.value, '+~g')"
CLOSE_ACROSS, CLOSE_UP = 0.4, 0.09  # of the extent of all points: as much as a label takes up
# The reader's own fonts first; the last is the one that the page carries.
FONTS: Final = (
    "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Carried', sans-serif"
)
CONFIG: Final[Spec] = {
    "background": None,
    "font": FONTS,
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 14,
        "fontWeight": 600,
        "offset": 10,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12,
        "subtitlePadding": 4,
    },
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "gridColor": "#e9ecef",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "labelLimit": 190,
    },
    "axisY": {"labelColor": INK},
    "legend": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
    },
    "view": {"stroke": None},
}


class Chart(NamedTuple):
    """A chart: a Vega-Lite specification with its data inside, see :func:`specification`."""

    title: str
    specification: dict[str, Any]


def chart(title: str, data: str, subtitle: str = "", **rest: Any) -> Spec:
    """A chart over one dataset, in the style of the page; ``rest`` is the remainder of its Vega-Lite specification."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": title,
        "title": {"text": title, "subtitle": subtitle} if title else None,
        "data": {"name": data},
        "width": "container",
        "config": CONFIG,
        **rest,
    }


def specification(title: str, rows: list[dict[str, Any]], subtitle: str = "", **rest: Any) -> dict[str, Any]:
    """A chart in the style of the page over rows that it holds itself; ``rest`` is the remainder of its specification.

    Numbers that are missing must be None.
    """
    return chart(title, "", subtitle, **rest) | {"data": {"values": rows}}


def months_axis(months: list[str]) -> Spec:
    """An axis of months by name: none lies beyond it, and none moves with the reader's time zone."""
    ticks = [month for month in months if month.endswith(("-01", "-07"))] or months[:1]
    axis = {"values": ticks, "grid": False, "labelAngle": 0, "labelOverlap": True}
    return {"field": "month", "type": "ordinal", "title": None, "scale": {"domain": months}, "axis": axis}


def tip(field: str, title: str) -> Spec:
    """One line of a tooltip."""
    return {"field": field, "type": "nominal", "title": title}


def lever_axis(lang: Language) -> Spec:
    """How names of levers and parameters stand beside an axis: whose it is, and below it what of it."""
    colon = "：" if lang == "zh" else ": "
    in_two_lines = {"test": f"indexof(datum.label, '{colon}') > 0", "value": "bottom"}
    return {
        "labelLimit": 330, "labelLineHeight": 12, "labelExpr": f"split(datum.label, '{colon}')",
        "labelBaseline": {"condition": in_two_lines, "value": "middle"},
    }  # fmt: skip


def named_axis(field: str) -> Spec:
    """An axis of names."""
    return {"field": field, "type": "nominal", "title": None}


def told_by(channel: str, field: str, names: Sequence[str], marks: Sequence[Any], **legend: Any) -> Spec:
    """A dash (``strokeDash``) or a shape for each word that a field may say, beside its colour."""
    found = [marks[place % len(marks)] for place in range(len(names))]
    told: Spec = {"field": field, "type": "nominal", "title": None, "scale": {"domain": list(names), "range": found}}
    return {channel: told | ({"legend": legend} if legend else {})}


def colours_of(field: str, colours: dict[str, str], **legend: Any) -> Spec:
    """A colour for each word that a field may say."""
    return {
        "field": field,
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
        "legend": {"orient": "top", "symbolType": "square", "labelLimit": 260, **NARROW, **legend},
    }


def minus_where_worse(encoding: Spec) -> Spec:
    """A layer over the cells of a map of ``gain``: a minus where it is below zero, for whoever sees no colours."""
    place = {axis: encoding[axis] for axis in ("x", "y")}
    return {
        "transform": [{"filter": "datum.gain < 0"}],
        "mark": {"type": "text", "text": "−", "color": INK, "fontSize": 12},
        "encoding": place,
    }


NARROW: Final[Spec] = {"columns": {"expr": "width < 420 ? 2 : width < 640 ? 3 : 6"}}  # of a legend


def in_large_units(lang: Language) -> Spec:
    """Fen as the amount that axes of money show: yi yuan or bn yuan."""
    return {"calculate": f"datum.amount_fen / {FEN_PER_LARGE_UNIT[lang]}", "as": "amount"}


def thin_labels(rows: list[dict[str, Any]], across: str, up: str, label: str) -> None:
    """Take the labels of points of a chart away, in place, where an earlier point with a label is close.

    ``across``, ``up``, ``label``: the fields that hold the place of a point and its label.
    """
    known = [row for row in rows if row[across] is not None and row[up] is not None]
    wide, high = (max((row[at] for row in known), default=0) - min((row[at] for row in known), default=0)
                  for at in (across, up))  # fmt: skip
    kept: list[dict[str, Any]] = []
    for row in known:
        if any(
            abs(row[across] - other[across]) <= CLOSE_ACROSS * wide and abs(row[up] - other[up]) <= CLOSE_UP * high
            for other in kept
        ):
            row[label] = ""
        elif row[label]:
            kept.append(row)
