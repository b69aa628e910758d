"""Dots and intervals on a logarithmic scale: what one firm or job kept costs, public money and the whole."""

from __future__ import annotations

from typing import Any

from sim.report.charts.comparison.datasets import in_both, two
from sim.report.charts.style import ACCENT, GREY, SHAPES, Spec, chart, colours_of, named_axis, tip, told_by
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import FEN_PER_WAN, interval, money
from sim.study.summaries.scenario_effects import ScenarioEffects


def rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each scenario, unit and cost that has two ends, in wan yuan."""
    rows = [
        [
            scenario,
            unit,
            cost,
            *(round(value / FEN_PER_WAN, 3) for value in (each.low, each.mean, each.high)),
            *in_both(money(each.mean)),
            *in_both(interval(each.low, each.high, money)),
        ]
        for (scenario, unit, cost), each in scenario_effects.bounded_unit_costs.items()
    ]
    return {
        "columns": ["scenario", "unit", "cost", "low", "mean", "high", *two("amount"), *two("interval")],
        "rows": rows,
    }


def specification(lang: Language, unit: str, order: list[str]) -> Spec:
    """Dots and intervals on a logarithmic scale: what one firm or job kept costs, public money and the whole."""
    title = text(f"report.price.{unit}", lang)
    factor = 1 if lang == "zh" else 10
    x = {
        "type": "quantitative",
        "title": text("report.price.axis", lang),
        "scale": {"type": "log", "nice": False},
        "axis": {"tickCount": 4, "format": "~g"},
    }
    costs = {text("report.price.public", lang): ACCENT, text("report.price.all", lang): GREY}
    return chart(
        title,
        "unit-costs",
        transform=[
            {"filter": f"datum.unit == '{unit}'"},
            *({"calculate": f"datum.{name} * {factor}", "as": f"shown_{name}"} for name in ("low", "mean", "high")),
        ],
        height=27 * len(order),
        encoding={
            "y": {**named_axis("scenario_label"), "sort": order},
            "yOffset": {"field": "cost", "type": "nominal", "sort": ["public", "all"]},
            "color": colours_of("cost_label", costs, symbolType="circle"),
            "tooltip": [
                tip("scenario_label", text("report.actions.scenario", lang)),
                tip("cost_label", text("report.price.whose", lang)),
                tip(f"amount_{lang}", title),
                tip(f"interval_{lang}", text("report.actions.interval", lang)),
            ],
        },
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {"field": "shown_low", **x}, "x2": {"field": "shown_high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
                "encoding": {"x": {"field": "shown_mean", **x}}
                | told_by("shape", "cost_label", list(costs), SHAPES[::2]),
            },
        ],
    )
