"""Bars: firms saved (right) and harmed (left) per thousand of each group, with the interval of those saved."""

from __future__ import annotations

from math import isnan
from typing import Any

from sim.report.charts.comparison.datasets import OF_FOCUS, rounded
from sim.report.charts.style import ACCENT, INK, WORSE, Spec, chart, named_axis, tip
from sim.report.words.catalogue import Language, named, text
from sim.report.words.sentences import say
from sim.study.summaries.scenario_effects import BY, ScenarioEffects


def rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each group of firms, rates for a thousand of its firms."""
    rows = []
    for scenario in scenario_effects.summary.shown:
        for by in BY[:-1]:
            table = scenario_effects.fates_by(scenario, by)
            for group, row in table[table["firms"] > 0].iterrows():
                low, high = (row["saved"] if isnan(row[end]) else row[end] for end in ("saved_low", "saved_high"))
                rates = [
                    rounded(1000 * number / row["firms"], 2)
                    for number in (row["saved"], max(low, 0.0), high, row["harmed"])
                ]
                rows.append([scenario, by, group, *rates, round(row["firms"])])
    columns = ["scenario", "by", "group", "saved", "saved_low", "saved_high", "harmed", "firms"]
    return {"columns": columns, "rows": rows}


def specification(lang: Language, by: str, order: list[str]) -> Spec:
    """Bars: firms saved (right) and harmed (left) per thousand of each group, with the interval of those saved."""
    names = [say(lang, named(by, group)) for group in order]
    y = {**named_axis("group_label"), "sort": names, "scale": {"domain": names}}
    x: Spec = {
        "type": "quantitative",
        "title": None,
        "axis": {"tickCount": 5, "labelExpr": "format(abs(datum.value), '~g')"},
    }
    tips = [
        tip("group_label", text("report.saved.group", lang)),
        {**tip("saved", text("report.saved.saved_rate", lang)), "type": "quantitative", "format": ".1f"},
        tip("between", text("report.saved.interval", lang)),
        {**tip("harmed", text("report.saved.harmed_rate", lang)), "type": "quantitative", "format": ".1f"},
        {**tip("firms", text("report.saved.entities", lang)), "type": "quantitative", "format": ","},
    ]
    title = text(f"report.by.{by}", lang)
    return chart(
        title[:1].upper() + title[1:],
        "fates",
        text("report.saved.chart", lang),
        usermeta=OF_FOCUS["usermeta"],
        params=OF_FOCUS["params"],
        transform=[
            {"filter": f"datum.scenario == focus && datum.by == '{by}'"},
            {"calculate": "-datum.harmed", "as": "left"},
            {
                "calculate": "datum.saved_low < datum.saved_high ? format(datum.saved_low, '.1f') + ' – ' + "
                "format(datum.saved_high, '.1f') : '–'",
                "as": "between",
            },
        ],
        height=21 * len(names),
        encoding={"y": y, "tooltip": tips},
        layer=[
            {
                "mark": {"type": "bar", "color": ACCENT, "height": {"band": 0.62}},
                "encoding": {"x": {"field": "saved", **x}},
            },
            {
                "mark": {"type": "bar", "color": WORSE, "height": {"band": 0.62}},
                "encoding": {"x": {"field": "left", **x}},
            },
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.2},
                "encoding": {"x": {"field": "saved_low", **x}, "x2": {"field": "saved_high"}},
            },
        ],
    )
