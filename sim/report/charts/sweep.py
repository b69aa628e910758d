"""The charts of a sweep, as Vega-Lite specifications that hold their rows."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts.style import (
    ACCENT,
    DASHES,
    INK,
    LINE_COLOURS,
    SHAPES,
    SIGNED,
    SOLID,
    Chart,
    Spec,
    specification,
    thin_labels,
    tip,
    told_by,
)
from sim.report.words import numbers
from sim.report.words.catalogue import Language, text
from sim.report.words.lever_names import field_name, lever_name, value_name
from sim.report.words.sentences import inside, outcome_name, say
from sim.study.comparison.targets import Target
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.sweep import SweepSummary

MOST_LINES: Final = 8  # that a reader can tell apart
MOST_PRICED: Final = 200
COLOURS: Final = (ACCENT, *LINE_COLOURS)
LINES: Final = (SOLID, *DASHES)
FEN: Final = {  # of the axis of money
    "large": numbers.FEN_PER_LARGE_UNIT,
    "medium": {"zh": 10**6, "en": 10**8},  # wan yuan, m yuan
}
PLAIN: Final = "format(datum.value, '~g')"
Row = dict[str, Any]


def of_points(points: SweepSummary, lang: Language) -> list[Chart]:
    """The headline outcomes over the first lever, what a gain costs, and how often targets are met."""
    found = [_over_lever(points, outcome, lang) for outcome in points.headlines]
    if 1 < len(points.values) <= MOST_PRICED and any(
        not isnan(points.at(point, PUBLIC_COST).difference.mean) for point in points.values
    ):
        found.append(_price(points, lang))
    if points.worlds > 1 and any(target.outcome in HEADLINES for target in points.targets):
        found.append(_met(points, lang))
    return found


def of_worlds(points: SweepSummary, lang: Language) -> list[Chart]:
    """How the worlds spread in each headline outcome."""
    return [_spread(points, outcome, lang) for outcome in points.headlines]


def _over_lever(points: SweepSummary, outcome: str, lang: Language) -> Chart:
    """Differences from the first setting; levels where each setting met worlds of its own."""
    paired = any(not isnan(points.at(point, outcome).difference.mean) for point in points.values)
    written = numbers.difference_in_unit if paired else numbers.in_unit
    rows = []
    for point in points.values:
        value, difference, unit = points.at(point, outcome)
        shown = difference if paired else value
        if isnan(shown.mean):
            continue
        between = numbers.interval(shown.low, shown.high, partial(written, unit=unit))
        said = {
            "said": say(lang, written(shown.mean, unit)), "between": say(lang, between),
            "level": say(lang, numbers.in_unit(value.mean, unit)),
        }  # fmt: skip
        rows.append(_place(points, point, lang) | _ends(shown, 100) | said)
    name = say(lang, outcome_name(outcome))
    y = _axis(None, {"tickCount": 5, "labelExpr": SIGNED if paired else PLAIN})
    if not paired:  # a rate: no axis of it goes below 0 or beyond 100 %
        y["scale"] = {"zero": False, "nice": True}
    tips = [*_tips(points, lang), tip("level", name)]
    tips += [tip("said", text("report.actions.difference", lang))] if paired else []
    tips.append(tip("between", text("sweep.chart.interval", lang)))
    shared = {"x": _across(points, lang), "color": _colour(points, lang), "tooltip": tips}
    layers: list[Spec] = [
        {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
         "encoding": shared | {"y": {"field": "low", **y}, "y2": {"field": "high"}}},
        {"mark": _point(), "encoding": shared | _told(points, lang, "shape") | {"y": {"field": "mean", **y}}},
    ]  # fmt: skip
    if _has_lines(points):
        line = {k: v for k, v in shared.items() if k != "tooltip"}
        layers.insert(
            1,
            {
                "mark": {"type": "line", "strokeWidth": 1.5},
                "encoding": line | _told(points, lang, "strokeDash") | {"y": {"field": "mean", **y}},
            },
        )
    if paired:
        layers.insert(0, {"mark": {"type": "rule", "color": INK, "strokeWidth": 1}, "encoding": {"y": {"datum": 0}}})
    first, _, unit = points.at(0, outcome)
    kind = text(
        f"sweep.chart.{'levels' if not paired else 'worlds' if points.worlds > 1 else 'replications'}", lang,
        worlds=points.worlds, first=numbers.in_unit(first.mean, unit),
    )  # fmt: skip
    return Chart(name, specification(name, rows, kind, height=240, layer=layers))


def _price(points: SweepSummary, lang: Language) -> Chart:
    rows = []
    costs = [abs(points.at(point, PUBLIC_COST).difference.mean) for point in points.values]
    scale = "large" if max(cost for cost in costs if not isnan(cost)) >= FEN["large"][lang] / 10 else "medium"
    money = text("sweep.chart.cost", lang, unit=text(f"sweep.chart.unit_{scale}", lang))
    for point in points.values:
        survival = points.at(point, points.headlines[0]).difference
        cost = points.at(point, PUBLIC_COST).difference
        if isnan(cost.mean) or isnan(survival.mean):
            continue
        across = {f"cost_{end}": number for end, number in _ends(cost, 1 / FEN[scale][lang]).items()}
        setting = ", ".join(value_name(path, value, lang) for path, value in points.values[point].items())
        said = {
            "cost": say(lang, numbers.difference_in_unit(cost.mean, "fen")),
            "survival": say(lang, numbers.points(survival.mean)), "setting": setting,
        }  # fmt: skip
        rows.append(_place(points, point, lang) | _ends(survival, 100) | across | said | {"label": setting})
    thin_labels(rows, "cost_mean", "mean", "label")
    gain = text("sweep.chart.survival", lang, outcome=inside(outcome_name(points.headlines[0])))
    tips = [*_tips(points, lang), tip("cost", money), tip("survival", gain)]
    signed = {"labelExpr": SIGNED, "tickCount": 5}
    x = _axis(money, signed)
    y = _axis(gain, signed)
    colour = _colour(points, lang)
    mean = {"x": {"field": "cost_mean", **x}, "y": {"field": "mean", **y}}
    upright = {"x": mean["x"], "y": {"field": "low", **y}, "y2": {"field": "high"}, "color": colour}
    level = {"y": mean["y"], "x": {"field": "cost_low", **x}, "x2": {"field": "cost_high"}, "color": colour}
    has_labels = len(points.levers) == 1 and len(rows) <= 12
    layers: list[Spec] = [
        {"mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.4}, "encoding": upright},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.4}, "encoding": level},
        {"mark": _point(), "encoding": mean | {"color": colour, "tooltip": tips} | _told(points, lang, "shape")},
    ]
    if has_labels:
        layers.append(
            {"mark": {"type": "text", "align": "left", "dx": 8, "dy": -8, "fontSize": 12, "color": INK},
             "encoding": mean | {"text": {"field": "label", "type": "nominal"}}}
        )  # fmt: skip
    name = text("sweep.chart.price", lang)
    subtitle = text("sweep.chart.price_unit", lang)
    if has_labels:
        subtitle += f"  ·  {_short(points, points.levers[0], lang)}"
    return Chart(name, specification(name, rows, subtitle, height=260, layer=layers))


def _met(points: SweepSummary, lang: Language) -> Chart:
    """Shares of worlds that meet each target, means over what the axis does not show."""
    rows = []
    for target in (target for target in points.targets if target.outcome in HEADLINES):
        outcome = f"{say(lang, outcome_name(target.outcome))} ({target.clause})"
        for point in points.values:
            share = points.met(point, target)
            if not isnan(share):
                said = say(lang, numbers.share(share))
                rows.append(_place(points, point, lang) | {"met": 100 * share, "said": said, "target": outcome})
    name, told = text("sweep.chart.met", lang), list(dict.fromkeys(row["target"] for row in rows))
    x = _across(points, lang)
    y = {"field": "met", "aggregate": "mean", **_axis(None, {"tickCount": 5}), "scale": {"domain": [0, 100]}}
    colour = {
        "field": "target", "type": "nominal", "title": None, "scale": {"domain": told, "range": list(COLOURS)},
        "legend": {"orient": "top", "columns": 1, "labelLimit": 320},
    }  # fmt: skip
    dashes = told_by("strokeDash", "target", told, LINES, orient="top", columns=1, labelLimit=320)
    shapes = told_by("shape", "target", told, SHAPES, orient="top", columns=1, labelLimit=320)
    layers: list[Spec] = [
        {"mark": {"type": "line", "strokeWidth": 1.5}, "encoding": {"x": x, "y": y, "color": colour} | dashes},
        {"mark": _point(), "encoding": {"x": x, "y": y, "color": colour} | shapes | {"tooltip": [
            tip("target", text("sweep.chart.target", lang)), tip(str(x["field"]), str(x["title"])),
            {"field": "met", "aggregate": "mean", "type": "quantitative", "format": ".1f", "title": "%"},
        ]}},
    ]  # fmt: skip
    return Chart(name, specification(name, rows, "%", height=240, layer=layers))


def _spread(points: SweepSummary, outcome: str, lang: Language) -> Chart:
    table = points.study.outcomes
    means = table[table["outcome"] == outcome]["mean"].dropna()
    rows: list[Row] = [{"mean": 100 * float(mean)} for mean in means]
    name = say(lang, outcome_name(outcome))
    count = text("sweep.chart.count", lang)
    bars = {
        "mark": {"type": "bar", "color": ACCENT, "opacity": 0.75, "binSpacing": 1},
        "encoding": {
            "x": {"field": "mean", "type": "quantitative", "bin": {"maxbins": 20}, "title": "%",
                "axis": {"grid": False}},
            "y": {"aggregate": "count", "type": "quantitative", "title": count, "axis": {"tickMinStep": 1}},
            "tooltip": [{"aggregate": "count", "type": "quantitative", "title": count}],
        },
    }  # fmt: skip
    layers, said = [bars], text("sweep.chart.spread", lang)
    room = max(2.0 * float(means.max() - means.min()), 0.01) if len(means) else 0.0
    for target in (target for target in points.targets if target.outcome == outcome and len(means)):
        if means.min() - room <= target.limit <= means.max() + room:
            layers.append(_target_rule(target, is_left=target.limit < means.mean(), lang=lang))
        else:  # a scale that reached it would show nothing else
            said = text("sweep.chart.spread_beside", lang, target=numbers.share(target.limit))
    return Chart(name, specification(name, rows, said, height=220, layer=layers))


def _target_rule(target: Target, is_left: bool, lang: Language) -> Spec:
    said = f"{text('sweep.chart.target', lang)} {say(lang, numbers.share(target.limit))}"
    at = {"datum": 100 * target.limit, "type": "quantitative"}
    label: Spec = {"type": "text", "color": INK, "fontSize": 11, "dy": 4}
    label |= {"align": "left", "dx": 5} if is_left else {"align": "right", "dx": -5}
    return {
        "layer": [
            {"mark": {"type": "rule", "color": INK, "strokeDash": [3, 3]}, "encoding": {"x": at}},
            {"mark": label, "encoding": {"x": at, "y": {"value": 4}, "text": {"value": said}}},
        ]
    }


def _place(points: SweepSummary, point: int, lang: Language) -> Row:
    """Where a point stands: the first lever's value across, the second one's as a colour, all of them for tooltips."""
    values = points.values[point]
    across, *others = points.levers
    row: Row = {f"lever_{i}": value_name(path, values[path], lang) for i, path in enumerate(points.levers)}
    row["across"] = values[across] if _is_number(points, across) else row["lever_0"]
    if hasattr(row["across"], "item"):
        row["across"] = row["across"].item()
    return row | ({"line": row["lever_1"]} if others and _has_colours(points) else {})


def _across(points: SweepSummary, lang: Language) -> Spec:
    across = points.levers[0]
    title = lever_name(across, lang)
    wrapped: Any = title if len(title) < 50 else _two_lines(title, lang)
    if _is_number(points, across):
        levels = sorted(set(points.study.draws[across]))
        axis = {"values": levels} if len(levels) <= 12 else {}
        return {
            "field": "across",
            **_axis(wrapped, axis | {"grid": False, "labelExpr": PLAIN}),
            "scale": {"zero": False, "padding": 12},
        }
    order = list(dict.fromkeys(value_name(across, row[across], lang) for row in points.values.values()))
    return {
        "field": "across",
        "type": "ordinal",
        "title": wrapped,
        "sort": order,
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }


def _two_lines(title: str, lang: Language) -> list[str]:
    first, colon, second = title.partition("：" if lang == "zh" else ": ")
    return [f"{first}{colon}".strip(), second] if second else [title]


def _colour(points: SweepSummary, lang: Language) -> Spec:
    if not _has_colours(points):
        return {"value": ACCENT}
    path = points.levers[1]
    order = list(dict.fromkeys(value_name(path, row[path], lang) for row in points.values.values()))
    return {
        "field": "line", "type": "nominal", "title": _short(points, path, lang),
        "scale": {"domain": order, "range": list(COLOURS[: len(order)])},
        "legend": {"orient": "top", "titleLimit": 320},
    }  # fmt: skip


def _told(points: SweepSummary, lang: Language, channel: str) -> Spec:
    """Beside the colour of the second lever's values a shape or a dash for each."""
    if not _has_colours(points):
        return {}
    colour = _colour(points, lang)
    marks = SHAPES if channel == "shape" else LINES
    found = told_by(channel, "line", colour["scale"]["domain"], marks, **colour["legend"])
    found[channel]["title"] = colour["title"]
    return found


def _short(points: SweepSummary, path: str, lang: Language) -> str:
    alike = [other for other in points.levers if field_name(other, lang) == field_name(path, lang)]
    return field_name(path, lang) if len(alike) == 1 else lever_name(path, lang)


def _has_colours(points: SweepSummary) -> bool:
    return len(points.levers) > 1 and points.study.draws[points.levers[1]].nunique() <= MOST_LINES


def _has_lines(points: SweepSummary) -> bool:
    """Whether a line through points of one colour is one through values of the first lever alone."""
    if len(points.levers) == 1:
        return True
    return len(points.levers) == 2 and _has_colours(points)


def _is_number(points: SweepSummary, path: str) -> bool:
    return all(
        isinstance(row[path], int | float) or hasattr(row[path], "item") for row in points.values.values()
    ) and not any(isinstance(row[path], bool) for row in points.values.values())


def _tips(points: SweepSummary, lang: Language) -> list[Spec]:
    return [tip(f"lever_{i}", lever_name(path, lang)) for i, path in enumerate(points.levers)]


def _ends(estimate: Estimate, factor: float) -> Row:
    """Mean and ends of an interval, which are the mean itself where there is none."""
    low, high = (estimate.mean, estimate.mean) if isnan(estimate.low) else (estimate.low, estimate.high)
    return {"mean": factor * estimate.mean, "low": factor * low, "high": factor * high}


def _axis(title: Any, axis: Spec) -> Spec:
    return {"type": "quantitative", "title": title, "scale": {"zero": False, "padding": 10}, "axis": axis}


def _point() -> Spec:
    return {"type": "point", "filled": True, "size": 55, "opacity": 1, "stroke": "#ffffff", "strokeWidth": 1}
