"""Lines: an outcome on the last day of each month, for the scenarios that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts.comparison.datasets import rounded
from sim.report.charts.style import ACCENT, DASHES, LINE_COLOURS, SOLID, Spec, chart, months_axis, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import outcome_name, say
from sim.study.summaries.comparison import ComparisonSummary

SHOWN: Final = HEADLINES[:2]
MOST_AT_FIRST: Final = 4  # lines of what a comparison is about, before the reader chooses


def rows(summary: ComparisonSummary) -> dict[str, Any]:
    """A row for each scenario and month, in percent."""
    rows = [
        [row["scenario"], row["month"], *(rounded(row[outcome] * 100, 3) for outcome in SHOWN)]
        for row in summary.by_month.to_dict("records")
        if row["scenario"] not in summary.removals
    ]
    return {"columns": ["scenario", "month", *SHOWN], "rows": rows}


def colours_of(summary: ComparisonSummary) -> dict[str, str]:
    """The colour of each scenario's line, the same in every chart over time."""
    others = [name for name in summary.shown if name != summary.main]
    colours = {summary.baseline: "#7c8794"} | {
        name: LINE_COLOURS[i % len(LINE_COLOURS)] for i, name in enumerate(others)
    }
    return colours | ({summary.main: ACCENT} if summary.main else {})


def told_apart(summary: ComparisonSummary, names: Sequence[str], lang: Language) -> Spec:
    """Colour and dashes of the line of each scenario, the same in every chart over time."""
    others = [name for name in summary.shown if name != summary.main]
    dashes = {name: DASHES[place % len(DASHES)] for place, name in enumerate(others)}
    dashes |= {summary.baseline: [6, 4]} | ({summary.main: SOLID} if summary.main else {})
    found = {}
    for channel, marks in (("color", colours_of(summary)), ("strokeDash", dashes)):
        scale = {
            "domain": [say(lang, scenario_name(summary, n)) for n in names],
            "range": [marks[name] for name in names],
        }
        found[channel] = {"field": "scenario_label", "type": "nominal", "scale": scale, "legend": None}
    return found


def specification(summary: ComparisonSummary, lang: Language, outcome: str) -> Spec:
    """Lines: an outcome on the last day of each month, for the scenarios that are ticked."""
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
        {"field": outcome, "type": "quantitative", "format": ".2f", "title": say(lang, outcome_name(outcome))},
    ]
    return chart(
        text("report.time.chart", lang, outcome=outcome_name(outcome)),
        "months",
        text("report.mean_only", lang),
        params=[{"name": "shown", "value": [summary.baseline, *summary.subjects[:MOST_AT_FIRST]]}],
        transform=[{"filter": f"indexof(shown, datum.scenario) >= 0 && isValid(datum.{outcome})"}],
        height=260,
        encoding={"x": months_axis(summary.months)} | told_apart(summary, [summary.baseline, *summary.shown], lang),
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
