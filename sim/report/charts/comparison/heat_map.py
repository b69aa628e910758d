"""Heat map of sectors by prefectures: the difference from the baseline in the outcome that is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from sim.observe.months import HEADLINES
from sim.report.charts.comparison.datasets import rounded
from sim.report.charts.style import ACCENT, NEUTRAL, SIGNED, WORSE, Spec, chart, minus_where_worse, tip
from sim.report.words.catalogue import Language, text
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.direction import more_is_better

PLACE: Final = ["sector", "prefecture"]
COLUMNS: Final = [*PLACE, "firms", "scenario", "outcome", "value", "difference"]
MAP_CLAMP: Final = 0.98  # colours end where this share of the firms lies: one tiny group must not pale the rest


def rows(summary: ComparisonSummary) -> dict[str, Any]:
    """A row for each sector in each prefecture, in percent; what is of the place alone stands first, row after row."""
    table = summary.places["cell"].dropna(subset=["difference"])
    table = table[table["scenario"].isin(summary.shown)].sort_values(PLACE, kind="stable")
    rows = [
        [*place, round(firms), scenario, outcome, rounded(100 * value, 2), rounded(100 * difference, 3)]
        for *place, firms, scenario, outcome, value, difference in table[COLUMNS].itertuples(index=False)
    ]
    return {"columns": COLUMNS, "rows": rows}


def limits(summary: ComparisonSummary) -> dict[str, dict[str, float]]:
    """Where the colours of the map end, in percentage points, by scenario and outcome."""
    table = summary.places["cell"].dropna(subset=["difference"])
    found: dict[str, dict[str, float]] = {}
    for (scenario, outcome), cells in table.groupby(["scenario", "outcome"], observed=True):
        sizes = cells["difference"].abs().to_numpy() * 100
        order = np.argsort(sizes)
        covered = np.cumsum(cells["firms"].to_numpy()[order]) / max(cells["firms"].sum(), 1)
        limit = float(sizes[order][min(int(np.searchsorted(covered, MAP_CLAMP)), len(sizes) - 1)])
        found.setdefault(str(scenario), {})[str(outcome)] = round(max(limit, 0.01), 3)
    return found


def specification(summary: ComparisonSummary, words: Mapping[str, Mapping[str, str]], lang: Language) -> Spec:
    """Heat map of sectors by prefectures: the difference from the baseline in the outcome that is chosen."""
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
    cell = {"type": "rect", "stroke": "#ffffff", "strokeWidth": 1.5, "cornerRadius": 2}
    encoding: Spec = {
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
    }
    return chart(
        "",
        "places",
        text("report.mean_only", lang),
        params=[
            {"name": "focus", "value": summary.main},
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
        layer=[{"mark": cell, "encoding": encoding}, minus_where_worse(encoding)],
    )
