"""The charts of an attribution: what is due to whom, who helps whom, and what it costs."""

from __future__ import annotations

from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from sim.report.charts.style import (
    ACCENT,
    GREY,
    INK,
    LINE_COLOURS,
    NEUTRAL,
    SHAPES,
    SIGNED,
    WORSE,
    Chart,
    minus_where_worse,
    specification,
    tip,
    told_by,
)
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import FEN_PER_LARGE_UNIT, difference_interval_in_unit, points, ratio
from sim.report.words.player_names import player_name
from sim.report.words.sentences import inside, outcome_name, say
from sim.study.questions.attribute import WHOLE
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate, of_row
from sim.study.summaries.attribution import FIRMS, AttributionSummary
from sim.study.summaries.direction import more_is_better

if TYPE_CHECKING:
    from sim.study.questions.attribute import Attribution

MOST_ROWS: Final = 20
Row = dict[str, Any]


def shares(study: Attribution, outcome: str, lang: Language) -> Chart:
    """Bars with intervals: the share of each player in an outcome; of many those with most of it."""
    summary = AttributionSummary(study)
    estimates = summary.shares(outcome)
    estimates.pop(WHOLE, None)
    shown = sorted(estimates, key=lambda name: -abs(estimates[name].mean))[:MOST_ROWS]
    sign = 1 if more_is_better(outcome) else -1
    shown.sort(key=lambda name: -sign * estimates[name].mean)
    rows: list[Row] = []
    for name in shown:
        found = estimates[name]
        kind = {"better": bool(sign * found.mean >= 0), "rest": name == study.rest}
        rows.append(
            {"player": say(lang, player_name(study, name))} | _ends(found, 100.0) | kind | _written(found, lang)
        )
    order = [row["player"] for row in rows]
    y = {"field": "player", "type": "nominal", "sort": order, "title": None, "scale": {"domain": order}}
    x: Row = {"type": "quantitative", "title": None, "axis": {"labelExpr": SIGNED, "tickCount": 5, "grid": True}}
    colour = {
        "condition": [{"test": "datum.rest", "value": GREY}, {"test": "!datum.better", "value": WORSE}],
        "value": ACCENT,
    }
    title = text("attribute.chart.shares", lang, outcome=inside(outcome_name(outcome)))
    layers = [
        {"mark": {"type": "bar", "height": {"band": 0.6}}, "encoding": {"x": {"field": "mean", **x}, "color": colour}},
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
            "encoding": {"x": {"datum": 0}, "y": None, "tooltip": None},
        },
    ]
    encoding = {"y": y, "tooltip": [tip("player", text(f"attribute.player.{study.of}", lang)), *_tips(lang)]}
    unit = text("attribute.chart.points", lang)
    return Chart(title, specification(title, rows, unit, height=24 * len(rows), encoding=encoding, layer=layers))


def interactions(study: Attribution, outcome: str, lang: Language) -> Chart:
    """Heat map: by how much two players together do more than each by itself."""
    names = {player: say(lang, player_name(study, player)) for player in study.players}
    sign = 1 if more_is_better(outcome) else -1
    rows: list[Row] = []
    pairs = study.interactions[study.interactions["outcome"] == outcome]
    for row, mirrored in product(pairs.itertuples(), (False, True)):
        first, second = names[str(row.first)], names[str(row.second)]
        found = of_row(row)
        there = {"first": second if mirrored else first, "second": first if mirrored else second}
        rows.append(there | {"gain": sign * found.mean * 100.0} | _written(found, lang))
    limit = max((abs(row["gain"]) for row in rows), default=0.0) or 1.0
    order = list(names.values())
    axis = {"ticks": False, "domain": False, "grid": False}
    place: Row = {"type": "nominal", "title": None, "sort": order, "scale": {"domain": order}}
    title = text("attribute.chart.interactions", lang, outcome=outcome_name(outcome))
    encoding = {
        "x": {"field": "second", **place, "axis": {**axis, "orient": "top", "labelAngle": -40}},
        "y": {"field": "first", **place, "axis": axis},
        "color": {
            "field": "gain",
            "type": "quantitative",
            "scale": {"domain": [-limit, 0, limit], "range": [WORSE, NEUTRAL, ACCENT], "interpolate": "rgb"},
            "legend": {
                "title": None,
                "orient": "bottom",
                "direction": "horizontal",
                "labelExpr": SIGNED,
                "tickCount": 4,
            },
        },
        "tooltip": [
            *(tip(field, text(f"attribute.player.{study.of}", lang)) for field in ("first", "second")),
            *_tips(lang),
        ],
    }
    unit = text("attribute.chart.interactions_unit", lang)
    cells = {"mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 1.5, "cornerRadius": 2}, "encoding": encoding}
    layers = [cells, minus_where_worse(encoding)]
    return Chart(title, specification(title, rows, unit, height=25 * len(order), layer=layers))


def cost_against_effect(study: Attribution, lang: Language) -> Chart:
    """What each player costs the public and how many firms it keeps, with the intervals of both."""
    summary = AttributionSummary(study)
    costs, keep = summary.shares(PUBLIC_COST), summary.shares(FIRMS)
    players = sorted(study.players, key=lambda name: -abs(keep[name].mean) - abs(costs[name].mean) / 10**9)
    players = players[: len(LINE_COLOURS)]
    prices = summary.prices(FIRMS)
    rows: list[Row] = []
    for name in players:
        cost, kept = _ends(costs[name], 1.0 / FEN_PER_LARGE_UNIT[lang]), _ends(keep[name], 1.0)
        rows.append(
            {"player": say(lang, player_name(study, name)), "price": say(lang, ratio(prices[name]))}
            | {f"cost_{end}": number for end, number in cost.items()}
            | {f"kept_{end}": number for end, number in kept.items()}
        )
    x: Row = {
        "type": "quantitative",
        "title": text("attribute.table.cost", lang),
        "axis": {"grid": True, "tickCount": 6},
    }
    y: Row = {"type": "quantitative", "title": text("attribute.table.survivors", lang), "axis": {"tickCount": 6}}
    scale = {"domain": [row["player"] for row in rows], "range": list(LINE_COLOURS)}
    colour = {"field": "player", "type": "nominal", "title": None, "scale": scale, "legend": {}}
    at = {"x": {"field": "cost_mean", **x}, "y": {"field": "kept_mean", **y}, "color": colour}
    line = {"type": "rule", "strokeWidth": 1.2, "opacity": 0.6}
    title = text("attribute.chart.prices", lang)
    tips = [
        tip("player", text(f"attribute.player.{study.of}", lang)),
        {"field": "cost_mean", "type": "quantitative", "format": ",.3~f", "title": x["title"]},
        {"field": "kept_mean", "type": "quantitative", "format": ",.0f", "title": y["title"]},
        tip("price", text("attribute.table.prices", lang)),
    ]
    layers: list[Row] = [
        {
            "transform": [{"filter": f"isValid(datum.{what}_low)"}],
            "mark": line,
            "encoding": {**at, axis: {**at[axis], "field": f"{what}_low"}, f"{axis}2": {"field": f"{what}_high"}},
        }
        for axis, what in (("x", "cost"), ("y", "kept"))
    ]
    shapes = told_by("shape", "player", scale["domain"], SHAPES, symbolSize=90)
    dot = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    layers.append({"mark": dot, "encoding": {**at, **shapes, "tooltip": tips}})
    return Chart(title, specification(title, rows, text("attribute.chart.prices_unit", lang), height=320, layer=layers))


def _ends(found: Estimate, scale: float) -> dict[str, float | None]:
    """Mean and ends for a chart, which has no place for what is missing."""
    ends = {"mean": found.mean, "low": found.low, "high": found.high}
    return {name: number * scale if isfinite(number) else None for name, number in ends.items()}


def _written(found: Estimate, lang: Language) -> dict[str, str]:
    """What a tooltip says of a share, see :func:`_tips`."""
    interval = difference_interval_in_unit(found.low, found.high, "share")
    return {"share": say(lang, points(found.mean)), "interval": say(lang, interval)}


def _tips(lang: Language) -> list[Row]:
    return [tip(field, text(f"attribute.chart.{field}", lang)) for field in ("share", "interval")]
