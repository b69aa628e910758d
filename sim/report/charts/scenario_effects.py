"""Charts of what a scenario did: fates, costs, the cliff, interaction, requests; see ``vega_lite.py``."""

from __future__ import annotations

from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts.datasets import CLIFF, WAYS
from sim.report.charts.vega_lite import ACCENT, INK, LINE_COLOURS, QUIET, SIGNED, WORSE, Spec, chart, months_axis, tip
from sim.report.consequences import BY, Consequences, groups
from sim.report.findings import outcome_name
from sim.report.words.catalogue import Language, named, text
from sim.study.comparison.costs import COSTS
from sim.study.comparison.fates import FATES
from sim.vocabulary import ACTIONS, LEVELS, REQUESTS

SAND: Final = "#d8c9a3"
LIGHT: Final = "#6fb3ab"
FATE_COLOURS: Final = dict(zip(FATES, (SAND, ACCENT, "#aab3bc", WORSE), strict=True))
COST_COLOURS: Final = dict(zip(COSTS, (ACCENT, LIGHT, SAND, WORSE, "#8a5a9e"), strict=True))
CLIFF_COLOURS: Final = dict(zip(CLIFF, (SAND, ACCENT, WORSE, "#6b2d0c", LIGHT, WORSE, SAND), strict=True))
NARROW: Final[Spec] = {"columns": {"expr": "width < 420 ? 2 : width < 640 ? 3 : 6"}}  # of a legend
OF_FOCUS: Final[Spec] = {
    "usermeta": {"row_height": 30},  # of charts without a height; all are drawn anew for another scenario
    "params": [{"name": "focus", "value": ""}],
    "transform": [{"filter": "datum.scenario == focus"}],
}


def specifications(consequences: Consequences, lang: Language) -> dict[str, Spec]:
    """Every chart of this kind in one language, by the id of its place in the page."""
    digest = consequences.digest
    charts = {f"pairs-{outcome}": pairs(lang, outcome) for outcome in HEADLINES if digest.removals}
    if digest.shown:
        charts |= {f"fates-{by}": fates(lang, by, groups(by, digest.order("prefecture"))) for by in BY[:-1]}
        charts |= {"given": given(lang), "levels": levels(lang)}
        charts |= {name: draw(lang, consequences) for name, draw in (("cliff", cliff), ("fallen", fallen))}
        charts["requests"] = requests(lang, digest.months)
        for unit in ("firm_kept", "job_kept"):
            known = {scenario for scenario, of, _ in consequences.bounded_unit_costs if of == unit}
            order = [getattr(digest.names[name], lang) for name in digest.side_by_side if name in known]
            charts |= {f"unit-{unit}": unit_costs(lang, unit, order)} if order else {}
    return charts


def fates(lang: Language, by: str, order: list[str]) -> Spec:
    """Bars: firms saved (right) and harmed (left) per thousand of each group, with the interval of those saved."""
    names = [getattr(named(by, group), lang) for group in order]
    y = {**_names("group_label"), "sort": names, "scale": {"domain": names}}
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


def given(lang: Language) -> Spec:
    """Stacked bars: money of each action by the fate of the firms that got it."""
    return _stack(lang, "given", "saved.chart_given", "group", "fate", FATE_COLOURS)


def levels(lang: Language) -> Spec:
    """Stacked bars: what counts as a cost, by level and category; money saved lies left of zero."""
    return _stack(lang, "levels", "price.chart", "level", "category", COST_COLOURS)


def _stack(lang: Language, data: str, title: str, row: str, part: str, colours: dict[str, str]) -> Spec:
    order: list[str] | Spec = (
        [text(f"level.{level}", lang) for level in dict.fromkeys(LEVELS.values())]
        if row == "level"
        else {"field": "amount_fen", "op": "sum", "order": "descending"}
    )
    heading = {"group": "costs.action", "level": "price.level", "fate": "saved.fate", "category": "price.category"}
    return chart(
        text(f"report.{title}", lang),
        data,
        usermeta=OF_FOCUS["usermeta"],
        params=OF_FOCUS["params"],
        transform=[*OF_FOCUS["transform"], _in_large_units(lang)],
        mark={"type": "bar", "height": {"band": 0.62}},
        encoding={
            "y": {**_names(f"{row}_label"), "sort": order},
            "x": {
                "field": "amount",
                "type": "quantitative",
                "title": text("report.costs.amount", lang),
                "axis": {"tickCount": 6},
            },
            "color": _colours(f"{part}_label", {text(f"{part}.{name}", lang): c for name, c in colours.items()}),
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                tip(f"{row}_label", text(f"report.{heading[row]}", lang)),
                tip(f"{part}_label", text(f"report.{heading[part]}", lang)),
                tip(f"amount_{lang}", text("report.saved.amount", lang)),
            ],
        },
    )


def unit_costs(lang: Language, unit: str, order: list[str]) -> Spec:
    """Dots and intervals on a logarithmic scale: what one firm or job kept costs, public money and the whole."""
    title = text(f"report.price.{unit}", lang)
    factor = 1 if lang == "zh" else 10
    x = {
        "type": "quantitative",
        "title": text("report.price.axis", lang),
        "scale": {"type": "log", "nice": False},
        "axis": {"tickCount": 4, "format": "~g"},
    }
    colour = _colours(
        "cost_label", {text("report.price.public", lang): ACCENT, text("report.price.all", lang): "#9aa5af"}
    )
    return chart(
        title,
        "unit-costs",
        transform=[
            {"filter": f"datum.unit == '{unit}'"},
            *({"calculate": f"datum.{name} * {factor}", "as": f"shown_{name}"} for name in ("low", "mean", "high")),
        ],
        height=27 * len(order),
        encoding={
            "y": {**_names("scenario_label"), "sort": order},
            "yOffset": {"field": "cost", "type": "nominal", "sort": ["public", "all"]},
            "color": colour,
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
                "encoding": {"x": {"field": "shown_mean", **x}},
            },
        ],
    )


def cliff(lang: Language, consequences: Consequences) -> Spec:
    """Bars by month: put off above the line, what became of what fell due below it."""
    colours = {text(f"report.cliff.{what}", lang): CLIFF_COLOURS[what] for what in CLIFF[:-2]}
    encoding = {
        "y": {
            "field": "amount",
            "type": "quantitative",
            "title": text("report.cliff.amount", lang),
            "axis": {"tickCount": 6, "labelExpr": "format(abs(datum.value), '~g')"},
        },
        "color": _colours("what_label", colours),
        "order": {"field": "place", "type": "quantitative"},
        "tooltip": [
            tip("month", text("report.cliff.month", lang)),
            tip("what_label", text("report.cliff.what", lang)),
            tip(f"amount_{lang}", text("report.saved.amount", lang)),
        ],
    }
    return chart(
        text("report.cliff.chart_money", lang),
        "cliff",
        usermeta=OF_FOCUS["usermeta"],
        params=OF_FOCUS["params"],
        transform=[*OF_FOCUS["transform"], _in_large_units(lang)],
        height=260,
        encoding={"x": months_axis(consequences.cliff_months)},
        layer=[
            {"mark": {"type": "bar", "width": {"band": 0.8}}, "encoding": encoding},
            *_end_of_horizon(lang, consequences),
        ],
    )


def fallen(lang: Language, consequences: Consequences) -> Spec:
    """Bars by month: firms that closed after something was put off; a line for those that live in the baseline."""
    colours = {text(f"report.cliff.{what}", lang): CLIFF_COLOURS[what] for what in CLIFF[-2:]}
    harmed = text("report.cliff.exits_harmed", lang)
    y: Spec = {"type": "quantitative", "title": text("report.cliff.firms", lang), "axis": {"tickCount": 6}}
    tips = [
        tip("month", text("report.cliff.month", lang)),
        tip("what_label", text("report.cliff.what", lang)),
        {**tip("firms", text("report.cliff.firms", lang)), "type": "quantitative", "format": ","},
        {**tip("harmed", harmed), "type": "quantitative", "format": ","},
    ]
    return chart(
        text("report.cliff.chart_exits", lang),
        "fallen",
        **OF_FOCUS,
        height=260,
        encoding={"x": months_axis(consequences.cliff_months)},
        layer=[
            {
                "mark": {"type": "bar", "width": {"band": 0.8}},
                "encoding": {
                    "y": {"field": "firms", **y},
                    "color": _colours("what_label", colours | {harmed: INK}),
                    "order": {"field": "place", "type": "quantitative"},
                    "tooltip": tips,
                },
            },
            {
                "transform": [{"filter": "datum.place == 0"}],
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"y": {"field": "harmed", **y}, "color": {"datum": harmed}},
            },
            *_end_of_horizon(lang, consequences),
        ],
    )


def pairs(lang: Language, outcome: str) -> Spec:
    """Two dots a row: an action alone, and what the whole plan loses without it, in percentage points."""
    order = [text(f"action.{action}", lang) for action in ACTIONS]
    colours = {text(f"report.interaction.{way}", lang): c for way, c in zip(WAYS, ("#8d97a1", ACCENT), strict=True)}
    x: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"padding": 8},
        "axis": {"labelExpr": SIGNED, "tickCount": 4, "grid": True},
    }
    return chart(
        getattr(outcome_name(outcome), lang),
        "pairs",
        text("report.actions.unit", lang),
        transform=[{"filter": f"datum.outcome == '{outcome}'"}],
        height=30 * len(order),
        encoding={
            "y": {**_names("action_label"), "sort": order},
            "yOffset": {"field": "way", "type": "nominal", "sort": list(WAYS)},
            "color": _colours("way_label", colours, columns=1),
            "tooltip": [
                tip("action_label", text("report.costs.action", lang)),
                tip("way_label", text("report.interaction.way", lang)),
                tip(f"difference_{lang}", text("report.actions.difference", lang)),
                tip(f"interval_{lang}", text("report.actions.interval", lang)),
            ],
        },
        layer=[
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
                "encoding": {"x": {"datum": 0}, "y": None, "yOffset": None, "tooltip": None, "color": None},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {"x": {"field": "mean", **x}},
            },
        ],
    )


def requests(lang: Language, months: list[str]) -> Spec:
    """Lines: mean days of waiting of the requests decided in each month, by kind."""
    kinds = {text(f"request.{kind}", lang): LINE_COLOURS[place] for place, kind in enumerate(REQUESTS)}
    return chart(
        text("report.requests.chart", lang),
        "requests",
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
            "color": _colours("request_label", kinds),
            "tooltip": [
                tip("request_label", text("report.requests.kind", lang)),
                tip("month", text("report.cliff.month", lang)),
                {**tip("days", text("report.delivery.days", lang)), "type": "quantitative", "format": ".1f"},
                {**tip("firms", text("report.saved.entities", lang)), "type": "quantitative", "format": ","},
            ],
        },
    )


def _names(field: str) -> Spec:
    return {"field": field, "type": "nominal", "title": None}


def _end_of_horizon(lang: Language, consequences: Consequences) -> list[Spec]:
    """A dashed rule where the year begins in which the scenario of the headline is only followed; none without one."""
    if not consequences.later_months:
        return []
    x = {"datum": consequences.later_months[0], "type": "ordinal", "bandPosition": 0}
    nothing: Spec = {"y": None, "color": None, "tooltip": None, "order": None}
    words = {"type": "text", "text": text("report.cliff.end", lang), "align": "left", "dx": 4, "y": 8, "color": QUIET}
    rule = {"type": "rule", "color": QUIET, "strokeDash": [4, 3]}
    once: Spec = {"values": [{}]}  # whatever the chart's own rows are
    return [{"data": once, "mark": mark, "encoding": {"x": x, **nothing}} for mark in (rule, {**words, "fontSize": 11})]


def _colours(field: str, colours: dict[str, str], **legend: Any) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
        "legend": {"orient": "top", "symbolType": "square", "labelLimit": 260, **NARROW, **legend},
    }


def _in_large_units(lang: Language) -> Spec:
    return {"calculate": f"datum.amount_fen / {10**10 if lang == 'zh' else 10**11}", "as": "amount"}
