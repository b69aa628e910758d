"""What scenarios change, month by month: the difference from the baseline with its interval, in one universe."""

from __future__ import annotations

from typing import Any, Final

from sim.report.charts.comparison.datasets import in_points
from sim.report.charts.comparison.months import MOST_AT_FIRST, told_apart
from sim.report.charts.style import QUIET, Spec, chart, months_axis, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import outcome_name
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.comparison import ComparisonSummary
from sim.vocabulary import HEADLINE_UNIVERSE

NAMES: Final = ("scenario", "outcome", "universe", "month")
BY: Final = "firms"


def rows(summary: ComparisonSummary) -> dict[str, Any]:
    """A row for each scenario that can be chosen, outcome, universe and month, in percentage points."""
    table = summary.comparison.over_baselines(summary.comparison.differences_by_month)
    shown = table[(table["by"] == BY) & table["scenario"].isin(summary.shown)]
    found = [
        [*(row[name] for name in NAMES), *in_points(Estimate(row["mean"], row["low"], row["high"]))]
        for row in shown.to_dict("records")
    ]
    return {"columns": [*NAMES, "mean", "low", "high"], "rows": found}


def specification(summary: ComparisonSummary, lang: Language, outcome: str) -> Spec:
    """A line and its interval for each scenario that is ticked."""
    points = {"type": "quantitative", "title": text("report.time.points", lang)}
    near = {"name": "near", "select": {"type": "point", "on": "pointerover", "nearest": True, "clear": "pointerout"}}
    tips = [
        tip("scenario_label", text("report.time.scenario", lang)),
        tip("month", text("report.time.month", lang)),
        *(
            {"field": end, "type": "quantitative", "format": "+.2f", "title": text(f"report.time.{end}", lang)}
            for end in ("mean", "low", "high")
        ),
    ]
    line, band = {"type": "line", "strokeWidth": 2.2}, {"type": "area", "opacity": 0.15}
    return chart(
        text("report.time.change", lang, outcome=outcome_name(outcome)),
        "changes",
        params=[
            {"name": "shown", "value": summary.subjects[:MOST_AT_FIRST]},
            {"name": "universe", "value": HEADLINE_UNIVERSE},
        ],
        transform=[
            {"filter": f"datum.outcome == '{outcome}' && datum.universe == universe"},
            {"filter": "indexof(shown, datum.scenario) >= 0"},
        ],
        height=240,
        encoding={"x": months_axis(summary.months)} | told_apart(summary, summary.shown, lang),
        layer=[
            {
                "mark": {"type": "rule", "color": QUIET, "strokeWidth": 1},
                "encoding": {"x": None, "y": {"datum": 0}, "color": None, "strokeDash": None},
            },
            {
                "mark": band,
                "encoding": {"y": {"field": "low", **points}, "y2": {"field": "high"}, "strokeDash": None},
            },
            {"mark": line, "encoding": {"y": {"field": "mean", **points}}},
            {
                "params": [near],
                "mark": {"type": "point", "filled": True, "size": 60},
                "encoding": {
                    "y": {"field": "mean", **points},
                    "tooltip": tips,
                    "opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0},
                },
            },
        ],
    )
