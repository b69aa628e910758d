"""The charts of the page, as Vega-Lite specifications for each language over datasets that both share.

Datasets are columns and rows; a column named in ``CODED`` gets its words in the page, from the catalogue, so that
names that come from data are never part of a specification. ``focus``, ``outcome``, ``shown`` and ``limit`` are
parameters that the page's controls set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts.datasets import STACKED_KINDS, labels
from sim.report.digest import Digest, more_is_better
from sim.report.findings import outcome_name
from sim.report.words.catalogue import Language, text
from sim.study.comparison.scenarios import BASELINE

INK: Final = "#1c2733"
QUIET: Final = "#5d6977"
RULE: Final = "#d9dee3"
ACCENT: Final = "#0b6e69"
WORSE: Final = "#b8561b"
NEUTRAL: Final = "#f4f3ef"
STACKED: Final = dict(zip(STACKED_KINDS, (ACCENT, "#6fb3ab", "#9fb6d3", "#d8c9a3"), strict=True))
LINE_COLOURS: Final = (
    "#3d6fb4",
    "#b8561b",
    "#8a5a9e",
    "#7a8b1f",
    "#c0892b",
    "#4c9fb0",
    "#a8435f",
    "#5f6f52",
    "#75542c",
    "#9a7fc0",
)

Spec = dict[str, Any]
SIGNED: Final = "datum.value == 0 ? '0' : format(datum.value, '+~g')"


def specifications(digest: Digest, lang: Language) -> dict[str, Spec]:
    """Every chart of the page in one language, by the id of its place in the page."""
    charts: dict[str, Spec] = {}
    for outcome in HEADLINES:
        for group, scenarios in (("actions", digest.side_by_side), ("what-ifs", digest.what_ifs)):
            if scenarios:
                charts[f"{group}-{outcome}"] = effects(digest, lang, outcome, scenarios)
    for outcome in HEADLINES[:2]:
        charts[f"months-{outcome}"] = months(digest, lang, outcome)
    if digest.others:
        charts["places"] = places(digest, lang)
        charts["costs"] = costs(lang)
        charts["delays"] = delays(lang)
    return charts


def effects(digest: Digest, lang: Language, outcome: str, scenarios: Sequence[str]) -> Spec:
    """Dots and intervals: what each scenario changes, in percentage points."""
    order = [getattr(digest.names[name], lang) for name in scenarios]
    y = {"field": "scenario_label", "type": "nominal", "sort": order, "title": None, "scale": {"domain": order}}
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"padding": 8},
        "axis": {"labelExpr": SIGNED, "tickCount": 4, "grid": True},
    }
    colour = {"condition": {"test": "datum.group == 'action'", "value": QUIET}, "value": ACCENT}
    return chart(
        getattr(outcome_name(outcome), lang),
        "effects",
        text("report.actions.unit", lang),
        transform=[
            {"filter": {"and": [f"datum.outcome == '{outcome}'", {"field": "scenario", "oneOf": list(scenarios)}]}}
        ],
        height=27 * len(scenarios),
        encoding={
            "y": y,
            "tooltip": [
                tip("scenario_label", text("report.actions.scenario", lang)),
                tip(f"difference_{lang}", text("report.actions.difference", lang)),
                tip(f"interval_{lang}", text("report.actions.interval", lang)),
            ],
        },
        layer=[
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
                "encoding": {"x": {"datum": 0}, "y": None, "tooltip": None},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 55,
                    "opacity": 1,
                    "stroke": "#ffffff",
                    "strokeWidth": 1,
                },
                "encoding": {"x": {"field": "mean", **x}, "color": colour},
            },
        ],
    )


def months(digest: Digest, lang: Language, outcome: str) -> Spec:
    """Lines: an outcome on the last day of each month, for the scenarios that are ticked."""
    names = [BASELINE, *digest.shown]
    others = [name for name in names if name not in (BASELINE, digest.main)]
    colours = {BASELINE: "#7c8794"} | {name: LINE_COLOURS[i % len(LINE_COLOURS)] for i, name in enumerate(others)}
    colours |= {digest.main: ACCENT} if digest.main else {}
    scale = {"domain": [getattr(digest.names[n], lang) for n in names], "range": [colours[n] for n in names]}
    colour = {"field": "scenario_label", "type": "nominal", "scale": scale, "legend": None}
    value = {
        "field": outcome,
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": True},
        "axis": {"tickCount": 5},
    }
    near = {"name": "near", "select": {"type": "point", "on": "pointerover", "nearest": True, "clear": "pointerout"}}
    tips = [
        tip("scenario_label", text("report.time.scenario", lang)),
        tip("month", text("report.time.month", lang)),
        {"field": outcome, "type": "quantitative", "format": ".2f", "title": getattr(outcome_name(outcome), lang)},
    ]
    return chart(
        text("report.time.chart", lang, outcome=outcome_name(outcome)),
        "months",
        params=[{"name": "shown", "value": [n for n in (BASELINE, digest.main) if n]}],
        transform=[{"filter": f"indexof(shown, datum.scenario) >= 0 && isValid(datum.{outcome})"}],
        height=260,
        encoding={"x": months_axis(digest.months), "color": colour},
        layer=[
            {"mark": {"type": "line", "strokeWidth": 2.2, "interpolate": "monotone"}, "encoding": {"y": value}},
            {
                "params": [near],
                "mark": {"type": "point", "filled": True, "size": 60},
                "encoding": {
                    "y": value,
                    "tooltip": tips,
                    "opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0},
                },
            },
        ],
    )


def places(digest: Digest, lang: Language) -> Spec:
    """Heat map of sectors by prefectures: the difference from the baseline in the outcome that is chosen."""
    words = labels(digest, lang)
    limit = {"expr": "limit"}
    colour = {
        "field": "gain",
        "type": "quantitative",
        "scale": {
            "domainMin": {"expr": "-limit"},
            "domainMax": limit,
            "domainMid": 0,
            "range": [WORSE, NEUTRAL, ACCENT],
            "clamp": True,
            "interpolate": "rgb",
        },
        "legend": {
            "title": text("report.places.better", lang),
            "orient": "top",
            "direction": "horizontal",
            "gradientLength": 180,
            "gradientThickness": 10,
            "labelExpr": SIGNED,
            "tickCount": 4,
            "titleLimit": 300,
        },
    }
    place: Spec = {
        "type": "nominal",
        "title": None,
        "axis": {"labelAngle": 0, "ticks": False, "domain": False, "grid": False},
    }
    sign = " : ".join(f"datum.outcome == '{o}' ? {1 if more_is_better(o) else -1}" for o in HEADLINES) + " : 1"
    percent, unit = (text(f"unit.{name}", lang, number="") for name in ("share", "points"))
    wide, aligned = (0, "'center'") if lang == "zh" else (-40, "'left'")  # Chinese names are short
    prefectures = list(words["prefecture"].values())
    return chart(
        "",
        "places",
        params=[
            {"name": "focus", "value": digest.main},
            {"name": "outcome", "value": HEADLINES[0]},
            {"name": "limit", "value": 1},
        ],
        transform=[
            {"filter": "datum.scenario == focus && datum.outcome == outcome"},
            {"calculate": f"datum.difference * ({sign})", "as": "gain"},
            {"calculate": f"format(datum.value - datum.difference, '.1f') + '{percent}'", "as": "before"},
            {"calculate": f"format(datum.value, '.1f') + '{percent}'", "as": "after"},
            {"calculate": f"format(datum.difference, '+.2f') + '{unit}'", "as": "change"},
        ],
        height=25 * len(words["sector"]),
        mark={"type": "rect", "stroke": "#ffffff", "strokeWidth": 1.5, "cornerRadius": 2},
        encoding={
            "x": {
                "field": "prefecture_label",
                "sort": prefectures,
                **place,
                "axis": {
                    **place["axis"],
                    "orient": "top",
                    "labelAngle": {"expr": f"width < 560 ? -90 : {wide}"},
                    "labelAlign": {"expr": f"width < 560 ? 'left' : {aligned}"},
                    "labelBaseline": {"expr": "width < 560 ? 'middle' : 'bottom'"},
                    "labelOverlap": False,
                },
            },
            "y": {
                "field": "sector_label",
                "sort": list(words["sector"].values()),
                **place,
            },
            "color": colour,
            "tooltip": [
                tip("prefecture_label", text("report.places.prefecture", lang)),
                tip("sector_label", text("report.places.sector", lang)),
                tip("before", text("report.places.baseline", lang)),
                tip("after", text("report.focus", lang)),
                tip("change", text("report.places.difference", lang)),
                {"field": "firms", "type": "quantitative", "format": ",", "title": text("report.places.firms", lang)},
            ],
        },
    )


def costs(lang: Language) -> Spec:
    """Stacked bars: money that measures moved, by bearer and kind."""
    unit = 10**10 if lang == "zh" else 10**11
    kinds = [text(f"kind.{kind}", lang) for kind in STACKED]
    return chart(
        text("report.costs.chart", lang),
        "costs",
        params=[{"name": "focus", "value": ""}],
        transform=[{"filter": "datum.scenario == focus"}, {"calculate": f"datum.amount_fen / {unit}", "as": "amount"}],
        usermeta={"row_height": 30},
        mark={"type": "bar", "height": {"band": 0.62}},
        encoding={
            "y": {
                "field": "bearer_label",
                "type": "nominal",
                "title": None,
                "sort": {"field": "amount_fen", "op": "sum", "order": "descending"},
            },
            "x": {
                "field": "amount",
                "type": "quantitative",
                "title": text("report.costs.amount", lang),
                "axis": {"tickCount": 6},
            },
            "color": {
                "field": "kind_label",
                "type": "nominal",
                "title": None,
                "scale": {"domain": kinds, "range": list(STACKED.values())},
                "legend": {"orient": "top", "symbolType": "square"},
            },
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                tip("bearer_label", text("report.costs.bearer", lang)),
                tip("kind_label", text("report.costs.kind", lang)),
                tip(f"amount_{lang}", text("report.delivery.amount", lang)),
            ],
        },
    )


def delays(lang: Language) -> Spec:
    """Dots: mean days from the application to the decision and to the payment, by measure."""
    stations = [text(f"station.{station}", lang) for station in ("decided", "paid")]
    y = {
        "field": "measure_label",
        "type": "nominal",
        "title": None,
        "sort": {"field": "days", "op": "max", "order": "descending"},
    }
    x = {
        "field": "days",
        "type": "quantitative",
        "title": text("report.delivery.days", lang),
        "scale": {"zero": True},
        "axis": {"tickCount": 8},
    }
    tips = [
        tip("measure_label", text("report.delivery.measure", lang)),
        tip("station_label", text("report.delivery.station", lang)),
        {"field": "days", "type": "quantitative", "format": ".1f", "title": text("report.delivery.days", lang)},
        tip(f"firms_{lang}", text("report.places.firms", lang)),
    ]
    return chart(
        text("report.delivery.chart", lang),
        "delays",
        params=[{"name": "focus", "value": ""}],
        transform=[{"filter": "datum.scenario == focus"}],
        usermeta={"row_height": 25},
        encoding={"y": y},
        layer=[
            {
                "mark": {"type": "line", "color": RULE, "strokeWidth": 3},
                "encoding": {"x": x, "detail": {"field": "measure"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 85, "opacity": 1},
                "encoding": {
                    "x": x,
                    "tooltip": tips,
                    "color": {
                        "field": "station_label",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": stations, "range": ["#9aa5af", ACCENT]},
                        "legend": {"orient": "top"},
                    },
                },
            },
        ],
    )


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


def months_axis(months: list[str]) -> Spec:
    """An axis of months by name: none lies beyond it, and none moves with the reader's time zone."""
    ticks = [month for month in months if month.endswith(("-01", "-07"))] or months[:1]
    axis = {"values": ticks, "grid": False, "labelAngle": 0, "labelOverlap": True}
    return {"field": "month", "type": "ordinal", "title": None, "scale": {"domain": months}, "axis": axis}


def tip(field: str, title: str) -> Spec:
    """One line of a tooltip."""
    return {"field": field, "type": "nominal", "title": title}


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
