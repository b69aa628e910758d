"""Lines: mean days of waiting of the requests decided in each month, by kind."""

from __future__ import annotations

from typing import Any

from sim.report.charts.comparison.datasets import OF_FOCUS, rounded
from sim.report.charts.style import DASHES, LINE_COLOURS, Spec, chart, colours_of, months_axis, tip, told_by
from sim.report.words.catalogue import Language, text
from sim.study.summaries.rows import tuples
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import REQUESTS


def rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each scenario, month and kind of request that was decided."""
    table = scenario_effects.summary.comparison.requests
    table = table[(table["station"] == "decided") & table["scenario"].isin(scenario_effects.summary.shown)]
    rows = [
        [row.scenario, row.month, row.kind, rounded(row.days, 1), round(row.firms)]
        for row in tuples(table.dropna(subset=["days"]))
    ]
    return {"columns": ["scenario", "month", "request", "days", "firms"], "rows": rows}


def specification(lang: Language, months: list[str]) -> Spec:
    """Lines: mean days of waiting of the requests decided in each month, by kind."""
    kinds = {text(f"request.{kind}", lang): LINE_COLOURS[place] for place, kind in enumerate(REQUESTS)}
    dashes = told_by("strokeDash", "request_label", list(kinds), DASHES, symbolType="stroke", orient="top")
    return chart(
        text("report.requests.chart", lang),
        "requests",
        text("report.mean_only", lang),
        **OF_FOCUS,
        height=220,
        mark={"type": "line", "strokeWidth": 2.2, "point": {"size": 30}},
        encoding={
            "x": months_axis(months),
            "y": {
                "field": "days",
                "type": "quantitative",
                "title": text("report.delivery.days", lang),
                "axis": {"tickCount": 5},
            },
            "color": colours_of("request_label", kinds, symbolType="stroke"),
            **dashes,
            "tooltip": [
                tip("request_label", text("report.requests.kind", lang)),
                tip("month", text("report.repayment_wall.month", lang)),
                {**tip("days", text("report.delivery.days", lang)), "type": "quantitative", "format": ".1f"},
                {**tip("firms", text("report.saved.entities", lang)), "type": "quantitative", "format": ","},
            ],
        },
    )
