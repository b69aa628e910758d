"""Two dots a row: an action alone, and what the whole plan loses without it."""

from __future__ import annotations

from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts.comparison.datasets import in_both, in_points, two
from sim.report.charts.style import ACCENT, INK, SHAPES, SIGNED, Spec, chart, colours_of, named_axis, tip, told_by
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import interval, points
from sim.report.words.sentences import outcome_name, say
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import ACTIONS

WAYS: Final = ("alone", "removed")  # in which an action is compared


def rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each action, headline outcome and way, in percentage points."""
    rows = []
    for outcome in HEADLINES:
        for action, *effects in scenario_effects.pairs(outcome):
            for way, change in zip(WAYS, effects, strict=True):
                between = interval(change.low, change.high, points)
                rows.append(
                    [action, outcome, way, *in_points(change), *in_both(points(change.mean)), *in_both(between)]
                )
    columns = ["action", "outcome", "way", "mean", "low", "high", *two("difference"), *two("interval")]
    return {"columns": columns, "rows": rows}


def specification(lang: Language, outcome: str) -> Spec:
    """Two dots a row: an action alone, and what the whole plan loses without it, in percentage points."""
    order = [text(f"action.{action}", lang) for action in ACTIONS]
    colours = {text(f"report.interaction.{way}", lang): c for way, c in zip(WAYS, ("#8d97a1", ACCENT), strict=True)}
    x: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"padding": 8},
        "axis": {"labelExpr": SIGNED, "tickCount": 4, "grid": True},
    }
    return chart(
        say(lang, outcome_name(outcome)),
        "pairs",
        text("report.actions.unit", lang),
        transform=[{"filter": f"datum.outcome == '{outcome}'"}],
        height=30 * len(order),
        encoding={
            "y": {**named_axis("action_label"), "sort": order},
            "yOffset": {"field": "way", "type": "nominal", "sort": list(WAYS)},
            "color": colours_of("way_label", colours, columns=1, symbolType="circle"),
            "tooltip": [
                tip("action_label", text("report.costs.action", lang)),
                tip("way_label", text("report.interaction.way", lang)),
                tip(f"difference_{lang}", text("report.actions.difference", lang)),
                tip(f"interval_{lang}", text("report.actions.interval", lang)),
            ],
        },
        layer=[
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
                "encoding": {"x": {"datum": 0}, "y": None, "yOffset": None, "tooltip": None, "color": None},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {"x": {"field": "mean", **x}} | told_by("shape", "way_label", list(colours), SHAPES[::2]),
            },
        ],
    )
