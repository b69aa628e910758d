"""The chart of one firm in both worlds: cash, when it was stopped, the clauses that reached it, and how it ended.

Its rows are those of ``journey_rows.py``: cash is known on the days of events, the line only joins them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.measure import Words
from sim.report.charts.journey_rows import ends, months, reached, title
from sim.report.charts.style import ACCENT, QUIET, Spec, chart, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import say
from sim.study.summaries.journeys import FollowedFirms

HEIGHT: Final = 240
LANE: Final = 10  # height of the bar of one world, below the plot, for the days on which the firm was stopped
LINE: Final = 13  # height of one line of clauses, above the plot
STYLES: Final = ((ACCENT, [1, 0]), (QUIET, [6, 3]))  # colour and dashes of the scenario and of the baseline


def specification(followed: FollowedFirms, place: int, names: Sequence[Words], lang: Language) -> Spec:
    """The chart of the firm in one place of the dataset; ``names``: of the scenario and of the other world."""
    firm, worlds = followed.firms[place], [say(lang, name) for name in names]
    lines = 1 + max((row["line"] for row in reached(followed, firm)), default=0)
    starts = months(firm)
    x: Spec = {
        "field": "when",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [starts[0], starts[-1]], "nice": False},
        "axis": {
            "values": starts,
            "labelExpr": "utcFormat(datum.value, '%Y-%m')",
            "grid": False,
            "labelAngle": 0,
            "labelOverlap": True,
            "offset": 2 * LANE + 4,  # below the lanes
        },
    }
    colour: Spec = {
        "field": "world_label",
        "type": "nominal",
        "title": None,
        "scale": {"domain": worlds, "range": [colour for colour, _ in STYLES]},
        "legend": {"orient": "top", "offset": LINE * lines + 8, "labelLimit": 260, "symbolType": "stroke"},
    }
    return chart(
        "",
        "journeys",
        usermeta={},  # drawn for the scenario shown alone
        height=HEIGHT,
        transform=[
            {"filter": f"datum.firm == {place}"},
            {"calculate": "toDate(datum.day + 'T00:00')", "as": "when"},
            {"calculate": "toDate(datum.until)", "as": "end"},
            {"calculate": f"datum.cash_fen / {10**6 if lang == 'zh' else 10**5}", "as": "cash"},
        ],
        encoding={"x": x, "color": colour},
        layer=[*_clauses(lang), *_lines(lang, worlds), *(_lane(lang, lane) for lane in range(2)), *_end(lang)],
    ) | {"description": text("report.journeys.described", lang, firm=title(firm), ends=ends(followed, firm))}


def _clauses(lang: Language) -> list[Spec]:
    name: Spec = {
        "type": "text",
        "fontSize": 11,
        "baseline": "bottom",
        **_beside(2),
        "dy": {"expr": f"-2 - {LINE} * datum.line"},
    }
    return [
        {"transform": [_only("reached")], "mark": {"type": "rule", "strokeDash": [1, 3]}},
        {
            "transform": [_only("reached")],
            "mark": name,
            "encoding": {"y": {"value": 0}, "text": {"field": "clause"}, "tooltip": _day_and_events(lang)},
        },
    ]


def _lines(lang: Language, worlds: list[str]) -> list[Spec]:
    y = _y(lang)
    dashes: Spec = {
        "field": "world_label",
        "type": "nominal",
        "title": None,
        "scale": {"domain": worlds, "range": [dashes for _, dashes in STYLES]},
    }
    day, told = _day_and_events(lang)
    world = tip("world_label", text("report.time.scenario", lang))
    cash = tip(f"amount_{lang}", text("report.journeys.cash", lang))
    return [
        {
            "transform": [_only("cash")],
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"y": y, "strokeDash": dashes},
        },
        {
            "transform": [_only("cash")],
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
            "encoding": {"y": y, "tooltip": [day, world, cash, told]},
        },
    ]


def _lane(lang: Language, lane: int) -> Spec:
    """Below the plot: the days on which the firm was stopped in one world."""
    return {
        "transform": [_only("stopped"), {"filter": f"datum.line == {lane}"}],
        "mark": {"type": "rule", "strokeWidth": LANE - 3},
        "encoding": {
            "x2": {"field": "end"},
            "y": {"value": HEIGHT + LANE * (lane + 0.5) + 2},
            "tooltip": [
                tip("world_label", text("report.journeys.stopped", lang)),
                tip("day", text("report.journeys.from", lang)),
                tip("until", text("report.journeys.until", lang)),
            ],
        },
    }


def _end(lang: Language) -> list[Spec]:
    cross: Spec = {"type": "point", "shape": "cross", "angle": 45, "filled": True, "size": 160, "opacity": 1}
    cause: Spec = {"type": "text", "baseline": "bottom", "dy": -7, "fontSize": 12, **_beside(9)}
    return [
        {"transform": [_only("ended")], "mark": cross, "encoding": {"y": _y(lang)}},
        {
            "transform": [_only("ended")],
            "mark": cause,
            "encoding": {"y": _y(lang), "text": {"field": f"words_{lang}"}},
        },
    ]


def _day_and_events(lang: Language) -> list[Spec]:
    return [tip("day", text("report.journeys.date", lang)), tip(f"words_{lang}", text("report.journeys.event", lang))]


def _y(lang: Language) -> Spec:
    name = text("report.journeys.axis", lang)
    return {"field": "cash", "type": "quantitative", "title": name, "axis": {"tickCount": 5}}


def _beside(pixels: int) -> Spec:
    """Text to the right of its day, or to the left where the plot ends."""
    return {"align": {"expr": "datum.late ? 'right' : 'left'"}, "dx": {"expr": f"datum.late ? -{pixels} : {pixels}"}}


def _only(what: str) -> Spec:
    return {"filter": f"datum.what == '{what}'"}
