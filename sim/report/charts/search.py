"""The charts of a search: the Pareto front, regrets, and how the search came along."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from sim.report.charts.style import ACCENT, INK, QUIET, RULE, Chart, specification, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import FEN_PER_LARGE_UNIT
from sim.report.words.plan_names import (
    plan_name,
    quantity_inside,
    quantity_name,
    scenario_title,
    told,
    unit_of_quantity,
)
from sim.report.words.sentences import say
from sim.study.search.plans import DEADWEIGHT
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.search import Search

Row = dict[str, Any]


def front(study: Search, lang: Language) -> Chart:
    """What plans cost and bring, every plan tried, the front and the scenario as it stands."""
    across, up, colour = study.axes
    scales = {name: _scale(name, lang) for name in (across, up, *([colour] if colour else []))}
    on_front = set(study.front["plan"])
    rows: list[Row] = []
    for row in study.evaluations.to_dict("records"):
        rows.append({"plan": say(lang, plan_name(study, str(row["plan"]))), "kind": "tried"} | _point(row, scales))
        if row["plan"] in on_front:
            rows.append(rows[-1] | {"kind": "front"})
    rows.append({"plan": say(lang, scenario_title(study)), "kind": "stands"} | _point(study.stands, scales))
    rows = [row for row in rows if row[across] is not None and row[up] is not None]
    titles = {n: text("search.chart.of", lang, quantity=quantity_name(n), unit=unit) for n, (_, unit) in scales.items()}
    x = {"field": across, "type": "quantitative", "title": titles[across], "axis": {"tickCount": 6}}
    y = {
        "field": up, "type": "quantitative", "title": titles[up], "scale": {"zero": False},
        "axis": {"tickCount": 5, "grid": True},
    }  # fmt: skip
    tips: list[Row] = [tip("plan", text("search.table.plan", lang))]
    tips += [{"field": n, "type": "quantitative", "format": ".3~g", "title": title} for n, title in titles.items()]
    shade: Row = {"value": ACCENT}
    if colour is not None:
        scheme = {"range": [ACCENT, "#e8c37e"] if study.objectives.get(colour) == "down" else ["#e8c37e", ACCENT]}
        legend = {"orient": "bottom", "titleLimit": 300}
        shade = {"field": colour, "type": "quantitative", "title": titles[colour], "scale": {"zero": False} | scheme}
        shade |= {"legend": legend}
    place = {"x": x, "y": y, "tooltip": tips}

    def layer(kind: str, mark: Row, **more: Any) -> Row:
        return {"transform": [{"filter": f"datum.kind == '{kind}'"}], "mark": mark, "encoding": place | more}

    layers = [
        layer("tried", {"type": "point", "filled": True, "size": 14, "color": RULE}),
        layer("front", {"type": "point", "filled": True, "size": 60, "opacity": 0.95}, color=shade),
        layer("stands", {"type": "point", "shape": "cross", "filled": True, "size": 130, "color": INK}),
    ]
    heading = text("search.chart.front", lang, across=quantity_name(across), up=quantity_inside(up))
    return Chart(heading, specification(heading, rows, text("search.chart.front_text", lang), height=340, layer=layers))


def regrets(study: Search, lang: Language) -> Chart:
    """Mean and largest regret of each plan in the first objective."""
    first = next(iter(study.objectives))
    factor, unit = _scale(first, lang)
    of = study.robustness[study.robustness["objective"] == first].sort_values("regret_max", kind="stable")
    rows: list[Row] = [
        {
            "plan": say(lang, plan_name(study, row.plan)),
            "mean": row.regret_mean / factor,
            "most": row.regret_max / factor,
            "kind": "stands" if row.plan == study.reference else "plan",
            "told": say(lang, told(row.regret_max, first, True)),
        }
        for row in tuples(of)
    ]
    y = {"field": "plan", "type": "nominal", "title": None, "sort": [row["plan"] for row in rows]}
    x: Row = {"type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": True}}
    colour = {"condition": {"test": "datum.kind == 'stands'", "value": QUIET}, "value": ACCENT}
    tips = [tip("plan", text("search.table.plan", lang)), tip("told", text("search.table.regret_max", lang))]
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 3},
            "encoding": {"x": {"field": "mean", **x}, "x2": {"field": "most"}, "color": colour},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"x": {"field": "mean", **x}, "color": colour},
        },
    ]
    heading = text("search.chart.regret", lang, objective=quantity_inside(first))
    subtitle = text("search.chart.regret_text", lang, unit=unit)
    encoding = {"y": y, "tooltip": tips}
    return Chart(
        heading, specification(heading, rows, subtitle, height=26 * len(rows), encoding=encoding, layer=layers)
    )


def growth(study: Search, lang: Language) -> Chart:
    """The hypervolume after each generation."""
    rows = [{"generation": row.generation + 1, "reached": row.hypervolume} for row in tuples(study.generations)]
    name = text("search.table.generation", lang)
    encoding = {
        "x": {
            "field": "generation",
            "type": "quantitative",
            "title": name,
            "axis": {"tickMinStep": 1},
            "scale": {"zero": False},
        },
        "y": {"field": "reached", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "grid": True}},
    }
    heading = text("search.chart.growth", lang)
    mark = {"type": "line", "point": {"color": ACCENT}, "color": ACCENT}
    subtitle = text("search.chart.growth_text", lang)
    return Chart(heading, specification(heading, rows, subtitle, height=180, mark=mark, encoding=encoding))


def _point(row: Any, scales: dict[str, tuple[float, str]]) -> Row:
    """The quantities of a plan in the units of a chart."""
    return {n: None if isnan(float(row[n])) else float(row[n]) / factor for n, (factor, _) in scales.items()}


def _scale(name: str, lang: Language) -> tuple[float, str]:
    """What to divide a quantity by for a chart, and the unit that it then has."""
    unit = unit_of_quantity(name)
    if unit == "fen":
        return FEN_PER_LARGE_UNIT[lang], text("unit.large_money", lang, number="").strip()
    if unit == "share":
        key = "unit.share" if name == DEADWEIGHT else "unit.points"
        return 0.01, text(key, lang, number="").strip()
    return 1.0, text(f"unit.{unit}", lang, number="").strip() or unit
