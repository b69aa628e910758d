"""Dots: mean days from the application to the decision and to the payment, by measure."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.report.charts.comparison.datasets import in_both, rounded, two
from sim.report.charts.style import ACCENT, GREY, RULE, SHAPES, Spec, chart, tip, told_by
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import entities
from sim.study.summaries.comparison import ComparisonSummary


def rows(summary: ComparisonSummary) -> dict[str, Any]:
    """A row for each measure that is waited for and each station."""
    rows = []
    for scenario in summary.shown:
        table = summary.stations(scenario)
        for station in ("decided", "paid"):
            for measure, waited in table[f"days_{station}"].dropna().items():
                firms = float(table[station].get(measure, np.nan)) if station in table else np.nan
                rows.append([scenario, measure, station, rounded(waited, 2), *in_both(entities(firms))])
    return {"columns": ["scenario", "measure", "station", "days", *two("firms")], "rows": rows}


def specification(lang: Language) -> Spec:
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
        text("report.mean_only", lang),
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
                    **told_by("shape", "station_label", stations, SHAPES[::2], orient="top"),
                    "color": {
                        "field": "station_label",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": stations, "range": [GREY, ACCENT]},
                        "legend": {"orient": "top"},
                    },
                },
            },
        ],
    )
