"""Charts that a program for offices draws itself, from the numbers: bars, lines and points, with intervals.

A specification that says more than such a chart can show (labels at points, marks of a third kind, colours by value,
intervals in both directions) has none; it is shown as a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, log10
from typing import Any, Final, Literal, NamedTuple

from sim.report.charts.style import ACCENT, LINE_COLOURS, Spec

Kind = Literal["bars", "stacked", "columns", "lines", "points"]
DRAWN: Final = {"bar", "line", "point"}
PERCENT: Final = "0%"
PLAIN: Final = "General"
Number = float | None


class Series(NamedTuple):
    """One row of bars or one line; ``low`` and ``high`` are the ends of intervals, empty where there are none."""

    name: str
    values: Sequence[Number]
    low: Sequence[Number] = ()
    high: Sequence[Number] = ()
    colour: str = ACCENT


class Native(NamedTuple):
    """A chart as numbers. ``bars`` lie, the first on top; ``points`` stand over numbers, all others over names."""

    kind: Kind
    categories: Sequence[str] | Sequence[float]
    series: Sequence[Series]
    unit: str = ""  # what stands along the axis of values
    written: str = PLAIN  # how its numbers are written, as a workbook says that
    across: str = ""  # what stands along the other axis
    is_log: bool = False  # of the other axis

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Ends of the axis of values that leave no interval out, None where a program finds its own.

        Bars begin at zero, shares in percent end at a hundred.
        """
        ends = [end for series in self.series for row in (series.values, series.low, series.high) for end in row]
        known = [end for end in ends if end is not None]
        if not known or self.kind in ("stacked", "columns"):
            return None
        low, high = min(known), max(known)
        if self.kind == "bars":
            low, high = min(low, 0.0), max(high, 0.0)
        step = _step(high - low)
        first, last = floor(low / step) * step, ceil(high / step) * step
        most = 100.0 if self.unit == "%" else 1.0 if self.written == PERCENT else inf
        return first, min(last, most) if high <= most else last


def _step(reach: float) -> float:
    """A round step of which about five make up a reach."""
    if not reach > 0:
        return 1.0
    size: float = 10.0 ** floor(log10(reach / 5))
    return next(size * times for times in (1.0, 2.0, 5.0, 10.0) if size * times >= reach / 5)


def series_of(names: Sequence[str], rows: Sequence[Sequence[Number]]) -> list[Series]:
    """Series without intervals, in the colours of lines."""
    return [Series(name, row, colour=_colour(place)) for place, (name, row) in enumerate(zip(names, rows, strict=True))]


def of(specification: Spec) -> Native | None:
    """The chart of a specification that holds its rows, None where such a chart would leave something out."""
    rows = specification.get("data", {}).get("values")
    if not rows or specification.keys() & {"transform", "facet", "concat", "repeat", "params"}:
        return None
    layers = [_layer(layer, specification.get("encoding", {})) for layer in specification.get("layer", [specification])]
    if any(layer is None for layer in layers):
        return None
    known = [layer for layer in layers if layer is not None and _fields(layer[1]) >= {"x", "y"}]
    main = next((encoding for mark, encoding in known if mark in DRAWN and not encoding.keys() & {"x2", "y2"}), None)
    if main is None or any(mark not in DRAWN | {"rule"} for mark, _ in known):
        return None
    is_lying = main["y"].get("type") == "nominal"
    names, value = (main["y"], main["x"]) if is_lying else (main["x"], main["y"])
    ends = [encoding for _, encoding in known if encoding.keys() & {"x2", "y2"}]
    along = "x" if is_lying else "y"
    if len(ends) > 1 or any(f"{along}2" not in encoding for encoding in ends):
        return None
    if any("aggregate" in encoding[axis] for _, encoding in known for axis in ("x", "y")):
        return None
    fields = (value["field"], ends[0][along]["field"], ends[0][f"{along}2"]["field"]) if ends else (value["field"],)
    marks = {mark for mark, _ in known}
    across = "lines" if names.get("type") in ("ordinal", "nominal") else "points"
    kind: Kind = "bars" if is_lying else "columns" if marks == {"bar"} else across  # type: ignore[assignment]
    return _gathered(kind, rows, names, fields, main.get("color", {}), value)


def _gathered(
    kind: Kind, rows: list[Spec], names: Spec, fields: tuple[str, ...], colour: Spec, value: Spec
) -> Native | None:
    categories = _ordered(rows, names)
    group = colour.get("field") if colour.get("type") == "nominal" else None
    if "field" in colour and group is None:
        return None
    if len({row[names["field"]] for row in rows}) == len(rows):
        group = None  # a colour that tells nothing apart which has not a name of its own
    groups = list(dict.fromkeys(row[group] for row in rows)) if group else [""]
    scale = colour.get("scale", {})
    known = dict(zip(scale.get("domain", groups), scale.get("range", ()), strict=False))
    series = []
    for place, name in enumerate(groups):
        mine: dict[Any, Spec] = {}
        for row in rows:
            if group is None or row[group] == name:
                if row[names["field"]] in mine:
                    return None  # several values in one place: what is drawn is not one of them
                mine[row[names["field"]]] = row
        columns = [[mine.get(category, {}).get(field) for category in categories] for field in fields]
        low, high = columns[1:] or ([], [])
        series.append(Series(str(name), columns[0], low, high, known.get(name, _colour(place) if group else ACCENT)))
    axis = value.get("axis") or {}
    written = PERCENT if str(axis.get("format", "")).endswith("%") else PLAIN
    unit, across = str(value.get("title") or axis.get("title") or ""), str(names.get("title") or "")
    is_log = names.get("scale", {}).get("type") == "log"
    return Native(kind, categories, series, unit, written, across, is_log)


def _layer(layer: Spec, shared: Spec) -> tuple[str, Spec] | None:
    """Mark and encoding of a layer, None where its rows are others than those of the chart."""
    filters = [step.get("filter") for step in layer.get("transform", ())]
    if any(not str(condition).startswith("isValid(") for condition in filters):
        return None
    mark = layer.get("mark", {})
    encoding = {name: entry for name, entry in (shared | layer.get("encoding", {})).items() if isinstance(entry, dict)}
    return str(mark if isinstance(mark, str) else mark.get("type")), encoding


def _fields(encoding: Spec) -> set[str]:
    return {name for name, entry in encoding.items() if "field" in entry}


def _ordered(rows: list[Spec], names: Spec) -> list[Any]:
    """The names of an axis in their order; numbers as they are."""
    found = list(dict.fromkeys(row[names["field"]] for row in rows))
    if names.get("type") == "quantitative":
        return sorted(found)
    sort = names.get("sort")
    order = sort if isinstance(sort, list) else names.get("scale", {}).get("domain", found)
    return [name for name in order if name in found]


def _colour(place: int) -> str:
    return (ACCENT, *LINE_COLOURS)[place % (1 + len(LINE_COLOURS))]
