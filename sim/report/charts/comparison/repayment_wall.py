"""Bars by month: what is put off and what becomes of what falls due, and the firms that close with it."""

from __future__ import annotations

from typing import Any, Final

from sim.report.charts.comparison.datasets import OF_FOCUS, in_both, two
from sim.report.charts.style import (
    FILLS,
    INK,
    QUIET,
    Spec,
    chart,
    colours_of,
    in_large_units,
    months_axis,
    tip,
)
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import money
from sim.study.summaries.scenario_effects import DUE, ScenarioEffects

BAR: Final = {"type": "bar", "width": {"band": 0.8}, "stroke": "white", "strokeWidth": 1}
WALL: Final = ("put_off", *DUE, "exits_missed", "others")  # what the charts of the repayment wall tell apart
WALL_COLOURS: Final = dict(
    zip(WALL, (FILLS[3], FILLS[2], FILLS[1], FILLS[0], FILLS[4], FILLS[1], FILLS[3]), strict=True)
)


def money_rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each scenario, month and part; what is put off above zero, what falls due below."""
    rows = []
    for scenario in scenario_effects.summary.shown:
        table = scenario_effects.repayment_wall(scenario, "all")
        for month in scenario_effects.repayment_wall_months if len(table) else ():
            for place, what in enumerate(WALL[:-2]):
                amount = float(table[what].get(month, 0.0))
                if amount:
                    signed = round(amount if what == "put_off" else -amount)
                    rows.append([scenario, month, what, place, signed, *in_both(money(amount))])
    return {"columns": ["scenario", "month", "what", "place", "amount_fen", *two("amount")], "rows": rows}


def money_specification(lang: Language, scenario_effects: ScenarioEffects) -> Spec:
    """Bars by month: put off above the line, what became of what fell due below it."""
    colours = {text(f"report.repayment_wall.{what}", lang): WALL_COLOURS[what] for what in WALL[:-2]}
    encoding = {
        "y": {
            "field": "amount",
            "type": "quantitative",
            "title": text("report.repayment_wall.amount", lang),
            "axis": {"tickCount": 6, "labelExpr": "format(abs(datum.value), '~g')"},
        },
        "color": colours_of("what_label", colours),
        "order": {"field": "place", "type": "quantitative"},
        "tooltip": [
            tip("month", text("report.repayment_wall.month", lang)),
            tip("what_label", text("report.repayment_wall.what", lang)),
            tip(f"amount_{lang}", text("report.saved.amount", lang)),
        ],
    }
    return chart(
        text("report.repayment_wall.chart_money", lang),
        "repayment_wall",
        text("report.mean_only", lang),
        usermeta=OF_FOCUS["usermeta"],
        params=OF_FOCUS["params"],
        transform=[*OF_FOCUS["transform"], in_large_units(lang)],
        height=260,
        encoding={"x": months_axis(scenario_effects.repayment_wall_months)},
        layer=[
            {"mark": BAR, "encoding": encoding},
            *_end_of_horizon(lang, scenario_effects),
        ],
    )


def exit_rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """A row for each scenario, month and part of the firms that closed with something put off."""
    rows = []
    for scenario in scenario_effects.summary.shown:
        for month, row in scenario_effects.fallen(scenario, "month", "all").iterrows():
            if row["exits_put_off"]:
                others = row["exits_put_off"] - row["exits_missed"]
                for place, (what, number) in enumerate((("exits_missed", row["exits_missed"]), ("others", others))):
                    rows.append([scenario, month, what, place, round(number), round(row["exits_harmed"])])
    return {"columns": ["scenario", "month", "what", "place", "firms", "harmed"], "rows": rows}


def exit_specification(lang: Language, scenario_effects: ScenarioEffects) -> Spec:
    """Bars by month: firms that closed after something was put off; a line for those that live in the baseline."""
    colours = {text(f"report.repayment_wall.{what}", lang): WALL_COLOURS[what] for what in WALL[-2:]}
    harmed = text("report.repayment_wall.exits_harmed", lang)
    y: Spec = {"type": "quantitative", "title": text("report.repayment_wall.firms", lang), "axis": {"tickCount": 6}}
    tips = [
        tip("month", text("report.repayment_wall.month", lang)),
        tip("what_label", text("report.repayment_wall.what", lang)),
        {**tip("firms", text("report.repayment_wall.firms", lang)), "type": "quantitative", "format": ","},
        {**tip("harmed", harmed), "type": "quantitative", "format": ","},
    ]
    return chart(
        text("report.repayment_wall.chart_exits", lang),
        "fallen",
        text("report.mean_only", lang),
        **OF_FOCUS,
        height=260,
        encoding={"x": months_axis(scenario_effects.repayment_wall_months)},
        layer=[
            {
                "mark": BAR,
                "encoding": {
                    "y": {"field": "firms", **y},
                    "color": colours_of("what_label", colours | {harmed: INK}),
                    "order": {"field": "place", "type": "quantitative"},
                    "tooltip": tips,
                },
            },
            {
                "transform": [{"filter": "datum.place == 0"}],
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"y": {"field": "harmed", **y}, "color": {"datum": harmed}},
            },
            *_end_of_horizon(lang, scenario_effects),
        ],
    )


def _end_of_horizon(lang: Language, scenario_effects: ScenarioEffects) -> list[Spec]:
    """A dashed rule where the year begins in which the scenario of the headline is only followed; none without one."""
    if not scenario_effects.later_months:
        return []
    x = {"datum": scenario_effects.later_months[0], "type": "ordinal", "bandPosition": 0}
    nothing: Spec = {"y": None, "color": None, "tooltip": None, "order": None}
    words = {
        "type": "text",
        "text": text("report.repayment_wall.end", lang),
        "align": "left",
        "dx": 4,
        "y": 8,
        "color": QUIET,
    }
    rule = {"type": "rule", "color": QUIET, "strokeDash": [4, 3]}
    once: Spec = {"values": [{}]}  # whatever the chart's own rows are
    return [{"data": once, "mark": mark, "encoding": {"x": x, **nothing}} for mark in (rule, {**words, "fontSize": 11})]
