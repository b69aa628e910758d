"""Dots and intervals: what each scenario changes of a headline outcome, and what it brings about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.observe.months import HEADLINES
from sim.report.charts.comparison.datasets import in_both, in_points, two
from sim.report.charts.style import ACCENT, INK, QUIET, SIGNED, Spec, chart, named_axis, specification, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import interval, points, share
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import outcome_name, say
from sim.study.summaries.comparison import ComparisonSummary


def rows(summary: ComparisonSummary) -> dict[str, Any]:
    """A row for each scenario and headline outcome, in percentage points."""
    rows = []
    added = [name for *_, name in summary.twice]
    for scenario in (*summary.shown, *added):
        for outcome in HEADLINES:
            change = summary.effect(scenario, outcome).difference
            group = "action" if scenario in (*summary.single_actions, *added) else "other"
            between = interval(change.low, change.high, points)
            rows.append(
                [scenario, outcome, group, *in_points(change), *in_both(points(change.mean)), *in_both(between)]
            )
    columns = ["scenario", "outcome", "group", "mean", "low", "high", *two("difference"), *two("interval")]
    return {"columns": columns, "rows": rows}


def differences(summary: ComparisonSummary, lang: Language, outcome: str, scenarios: Sequence[str]) -> Spec:
    """Dots and intervals: what each scenario changes, in percentage points."""
    order = [say(lang, scenario_name(summary, name)) for name in scenarios]
    y = {"field": "scenario_label", "type": "nominal", "sort": order, "title": None, "scale": {"domain": order}}
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"padding": 8},
        "axis": {"labelExpr": SIGNED, "tickCount": 4, "grid": True},
    }
    colour = {"condition": {"test": "datum.group == 'action'", "value": QUIET}, "value": ACCENT}
    return chart(
        say(lang, outcome_name(outcome)),
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


def levels(summary: ComparisonSummary, lang: Language, outcome: str) -> Spec:
    """Dots and intervals: an outcome under every scenario, in percent; the baseline a dashed line."""
    names = [summary.baseline, *summary.shown]
    found = {name: summary.effect(name, outcome).value for name in names}
    rows = [
        {"scenario": say(lang, scenario_name(summary, name)), "told": say(lang, share(found[name].mean))}
        | {"between": say(lang, interval(found[name].low, found[name].high, share))}
        | dict(zip(("mean", "low", "high"), in_points(found[name]), strict=True))
        for name in names
    ]
    order = [row["scenario"] for row in rows]
    x: Spec = {"type": "quantitative", "title": None, "scale": {"zero": False, "nice": True}, "axis": {"tickCount": 4}}
    title = say(lang, outcome_name(outcome))
    tips = [tip("scenario", text("report.actions.scenario", lang)), tip("told", title)]
    tips.append(tip("between", text("report.actions.interval", lang)))
    return specification(
        title,
        rows,
        "%",
        height=27 * len(order),
        encoding={"y": {**named_axis("scenario"), "sort": order, "scale": {"domain": order}}, "tooltip": tips},
        layer=[
            {
                "transform": [{"filter": {"field": "scenario", "equal": order[0]}}],
                "mark": {"type": "rule", "color": QUIET, "strokeDash": [4, 3]},
                "encoding": {"x": {"field": "mean", **x}, "y": None, "tooltip": None},
            },
            {
                "transform": [{"filter": "isValid(datum.mean)"}],
                "mark": {"type": "rule", "strokeWidth": 2.5, "color": ACCENT},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": ACCENT},
                "encoding": {"x": {"field": "mean", **x}},
            },
        ],
    )
