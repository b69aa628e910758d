"""The charts of a decision: the probability of being best by worth of a firm kept; what parameters are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.recalibration import PARAMETERS
from sim.report.charts.style import (
    ACCENT,
    DASHES,
    GREY,
    INK,
    LINE_COLOURS,
    SOLID,
    Chart,
    lever_axis,
    specification,
    tip,
    told_by,
)
from sim.report.words.catalogue import Language, text
from sim.report.words.lever_names import lever_name
from sim.report.words.numbers import FEN_PER_LARGE_UNIT, money, share, whole_yuan
from sim.report.words.sentences import say
from sim.study.summaries.decision import DecisionSummary
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.decide import Decision

MOST_BARS: Final = 15
UNTOLD: Final = GREY
Row = dict[str, Any]


def acceptability(study: Decision, lang: Language) -> Chart:
    """A line for each plan that is ever likely: in what share of the draws no plan is better, by worth."""
    summary = DecisionSummary(study)
    rows: list[Row] = [
        {
            "plan": say(lang, summary.titles[row.plan]), "worth": row.worth_yuan, "share": row.best_in,
            "at": say(lang, whole_yuan(row.worth_yuan)), "said": say(lang, share(row.best_in)),
        }
        for row in tuples(study.plans[study.plans["plan"].isin(summary.shown)])
    ]  # fmt: skip
    names = [say(lang, summary.titles[plan]) for plan in summary.shown]
    colours = [LINE_COLOURS[place % len(LINE_COLOURS)] for place in range(len(names))]
    encoding = {
        "x": {
            "field": "worth", "type": "quantitative", "title": text("decide.chart.worth", lang),
            "scale": {"type": "log", "nice": False},
            "axis": {"values": study.worths["worth_yuan"].tolist(), "format": ",", "grid": False},
        },
        "y": {
            "field": "share", "type": "quantitative", "title": text("decide.column.best_in", lang),
            "scale": {"domain": [0, 1]}, "axis": {"format": "%", "tickCount": 5, "grid": True},
        },
        "color": {
            "field": "plan", "type": "nominal", "title": None, "scale": {"domain": names, "range": colours},
            "legend": {"orient": "bottom", "columns": 1, "labelLimit": 360, "symbolType": "stroke"},
        },
        **told_by("strokeDash", "plan", names, [SOLID, *DASHES], orient="bottom", columns=1, labelLimit=360),
        "tooltip": [
            tip("plan", text("decide.column.plan", lang)), tip("at", text("decide.column.worth", lang)),
            tip("said", text("decide.column.best_in", lang)),
        ],
    }  # fmt: skip
    title, note = text("decide.chart.acceptability", lang), text("decide.chart.acceptability_note", lang)
    mark = {"type": "line", "point": {"filled": True, "size": 40}, "strokeWidth": 2}
    return Chart(title, specification(title, rows, note, height=280, mark=mark, encoding=encoding))


def information(study: Decision, lang: Language) -> Chart:
    """Bars: the parameters that it is worth most to know, where knowing is worth most; a line for what chance does."""
    summary, unit = DecisionSummary(study), FEN_PER_LARGE_UNIT[lang]
    told = {flag: text(f"decide.told.{'yes' if flag else 'no'}", lang) for flag in (True, False)}
    rows: list[Row] = [
        {
            "parameter": lever_name(PARAMETERS + row.parameter, lang), "evppi": row.evppi / unit,
            "chance": summary.crux.chance / unit,
            "said": say(lang, money(row.evppi)), "changes": say(lang, share(row.changes)),
            "told": told[bool(row.is_told)],
        }
        for row in tuples(summary.at_crux.head(MOST_BARS))
    ]  # fmt: skip
    order = [row["parameter"] for row in rows]
    name = text("decide.chart.of", lang, unit=text("unit.large_money", lang, number="").strip())
    y = {"field": "parameter", "type": "nominal", "sort": order, "title": None, "axis": lever_axis(lang)}
    x: Row = {"type": "quantitative", "title": name, "axis": {"tickCount": 5, "grid": True}}
    colour = {
        "field": "told", "type": "nominal", "title": None,
        "scale": {"domain": list(told.values()), "range": [ACCENT, UNTOLD]}, "legend": {"orient": "bottom"},
    }  # fmt: skip
    tips = [
        tip(field, text(f"decide.column.{name}", lang))
        for field, name in (("parameter", "parameter"), ("said", "evppi"), ("changes", "changes"), ("told", "told"))
    ]
    layers = [
        {
            "mark": {"type": "bar", "height": {"band": 0.6}},
            "encoding": {"x": {"field": "evppi", **x}, "color": colour, "tooltip": tips},
        },
        {
            "mark": {"type": "tick", "color": INK, "thickness": 2, "height": {"band": 0.8}},
            "encoding": {"x": {"field": "chance", **x}},
        },
    ]
    title = text("decide.chart.information", lang, worth=whole_yuan(summary.crux.worth_yuan))
    note = text("decide.chart.information_note", lang, evpi=money(summary.crux.evpi))
    height = 28 * max(len(rows), 1)
    return Chart(title, specification(title, rows, note, height=height, encoding={"y": y}, layer=layers))
