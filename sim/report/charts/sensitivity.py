"""The charts of a sensitivity: the strongest factors, and of Morris the size of effects against their spread."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

from sim.report.charts.style import (
    ACCENT,
    GREY,
    INK,
    QUIET,
    RULE,
    SHAPES,
    Chart,
    lever_axis,
    specification,
    thin_labels,
    tip,
    told_by,
)
from sim.report.words.catalogue import Language, text
from sim.report.words.factor_names import about, scale_of, with_interval
from sim.report.words.lever_names import lever_name
from sim.report.words.sentences import say
from sim.study.questions.sensitivity import STRONGEST
from sim.study.statistics.sensitivity_indices import EFFECT, NOTHING, UNSURE
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity

LABELLED: Final = 4  # points of a chart
COLOURS: Final = {EFFECT: ACCENT, UNSURE: GREY, NOTHING: RULE}
Row = dict[str, Any]


def strengths(study: Sensitivity, outcome: str, lang: Language) -> Chart:
    """Bars with intervals: how strong each of the strongest factors of an outcome is, a tick for what chance does."""
    scale, unit = scale_of(study, outcome, lang)
    rows: list[Row] = []
    for row in tuples(study.ranked(outcome).head(STRONGEST)):
        told = with_interval(study, row.strength, row.low, row.high, study.unit(outcome))
        rows.append(
            {name: _number(getattr(row, name), scale) for name in ("strength", "low", "high", "chance")}
            | {"factor": lever_name(row.factor, lang), "told": say(lang, told)}
            | {"verdict": text(f"sensitivity.verdict.{row.verdict}", lang)}
        )
    order = [row["factor"] for row in rows]
    y = {"field": "factor", "type": "nominal", "sort": order, "title": None, "axis": lever_axis(lang)}
    x: Row = {"type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": True}}
    tips = [
        tip("factor", text("sensitivity.table.factor", lang)),
        tip("told", text(f"sensitivity.table.strength_{study.method}", lang)),
        tip("verdict", text("sensitivity.table.verdict", lang)),
    ]
    valid = [{"filter": "isValid(datum.low)"}]
    layers = [
        {
            "mark": {"type": "bar", "height": {"band": 0.6}},
            "encoding": {"x": {"field": "strength", **x}, "color": _colour(lang)},
        },
        {
            "transform": valid,
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {
            "transform": [{"filter": "isValid(datum.chance)"}],
            "mark": {"type": "tick", "color": INK, "thickness": 2, "height": {"band": 0.8}},
            "encoding": {"x": {"field": "chance", **x}},
        },
    ]
    title = text("sensitivity.chart.bars", lang, about=about(study, outcome))
    subtitle = text(f"sensitivity.chart.bars_{study.method}", lang, unit=unit)
    encoding = {"y": y, "tooltip": tips}
    return Chart(title, specification(title, rows, subtitle, height=28 * len(rows), encoding=encoding, layer=layers))


def size_against_spread(study: Sensitivity, outcome: str, lang: Language) -> Chart:
    """Points: mean size of a factor's effects against their spread."""
    scale, unit = scale_of(study, outcome, lang)
    sigma = study.index(outcome, "sigma")["value"]
    largest = float(study.ranked(outcome)["strength"].max())
    rows: list[Row] = [
        {
            "factor": lever_name(row.factor, lang),
            "is_far": bool(row.strength > largest / 2),
            "mu_star": _number(row.strength, scale),
            "sigma": _number(sigma[row.factor], scale),
            "verdict": text(f"sensitivity.verdict.{row.verdict}", lang),
            "label": lever_name(row.factor, lang) if row.place <= LABELLED else "",
        }
        for row in tuples(study.ranked(outcome))
        if row.verdict != NOTHING
    ]
    thin_labels(rows, "mu_star", "sigma", "label")
    names = {name: text(f"sensitivity.chart.{name}", lang, unit=unit) for name in ("mu_star", "sigma")}
    x: Row = {"field": "mu_star", "type": "quantitative", "title": names["mu_star"], "axis": {"tickCount": 5}}
    y: Row = {"field": "sigma", "type": "quantitative", "title": names["sigma"], "axis": {"tickCount": 5, "grid": True}}
    tips = [
        tip("factor", text("sensitivity.table.factor", lang)),
        tip("verdict", text("sensitivity.table.verdict", lang)),
    ]
    tips += [{"field": name, "type": "quantitative", "format": ".3~g", "title": title} for name, title in names.items()]
    side = {"align": {"expr": "datum.is_far ? 'right' : 'left'"}, "dx": {"expr": "datum.is_far ? -7 : 7"}}
    words = [text(f"sensitivity.verdict.{verdict}", lang) for verdict in COLOURS]
    shapes = told_by("shape", "verdict", words, SHAPES, orient="bottom")
    label = {"type": "text", **side, "color": QUIET, "fontSize": 11, "limit": 260}
    layers = [
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 0.9},
            "encoding": {"x": x, "y": y, "color": _colour(lang), **shapes, "tooltip": tips},
        },
        {"mark": label, "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}}},
    ]
    title = text("sensitivity.chart.scatter", lang, about=about(study, outcome))
    subtitle = text("sensitivity.chart.scatter_unit", lang)
    return Chart(title, specification(title, rows, subtitle, height=320, layer=layers))


def _colour(lang: Language) -> Row:
    words = [text(f"sensitivity.verdict.{verdict}", lang) for verdict in COLOURS]
    scale = {"domain": words, "range": list(COLOURS.values())}
    return {"field": "verdict", "type": "nominal", "title": None, "scale": scale, "legend": {"orient": "bottom"}}


def _number(value: float, scale: float) -> float | None:
    return None if isnan(value) else value * scale
