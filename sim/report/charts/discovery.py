"""The charts of a discovery: how boxes trade coverage for density, what limits one, and the worlds themselves."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

from sim.report.charts.style import ACCENT, QUIET, WORSE, Chart, lever_axis, specification, tip, told_by
from sim.report.words.catalogue import Language, text
from sim.report.words.lever_names import lever_name
from sim.report.words.limit_names import condition
from sim.report.words.sentences import outcome_name, say
from sim.study.questions.discover import CHOICE, DAY
from sim.study.summaries.rows import records

if TYPE_CHECKING:
    from sim.study.questions.discover import Discovery

MOST_POINTS: Final = 2_000
Row = dict[str, Any]


def missed(study: Discovery, lang: Language) -> Chart:
    """Bars: in which share of the worlds each target is missed."""
    rows = [
        {"target": say(lang, outcome_name(str(row["outcome"]))), "worlds": int(row["worlds"]),
         "missed": 100 * row["missed"] / max(row["worlds"], 1)}
        for row in records(study.targets)
    ]  # fmt: skip
    title = text("discover.table.targets", lang)
    encoding = {
        "y": {"field": "target", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}},
        "x": {"field": "missed", "type": "quantitative", "scale": {"domain": [0, 100]},
              "title": _column("missed", lang) + " (%)"},
        "tooltip": [tip("target", _column("target", lang)), tip("worlds", _column("worlds", lang))],
    }  # fmt: skip
    mark = {"type": "bar", "color": WORSE, "height": {"band": 0.6}}
    return Chart(title, specification(title, rows, "", height=30 * len(rows), mark=mark, encoding=encoding))


def trajectory(study: Discovery, outcome: str, lang: Language) -> Chart:
    """Coverage against density of every box, the chosen one large."""
    rows = [
        {"coverage": 100 * row["coverage"], "density": 100 * row["density"], "factors": int(row["restricted"]),
         "chosen": bool(row["is_chosen"]), "worlds": int(row["worlds"])}
        for row in records(study.trajectory[study.trajectory["outcome"] == outcome])
    ]  # fmt: skip
    title = text("discover.chart.trajectory", lang, outcome=say(lang, outcome_name(outcome)))
    scale = {"domain": [0, 100]}
    encoding = {
        "x": {"field": "coverage", "type": "quantitative", "scale": scale, "title": _column("coverage", lang) + " (%)"},
        "y": {"field": "density", "type": "quantitative", "scale": scale, "title": _column("density", lang) + " (%)"},
        "color": {"condition": {"test": "datum.chosen", "value": ACCENT}, "value": QUIET},
        "size": {"condition": {"test": "datum.chosen", "value": 180}, "value": 40},
        "tooltip": [tip("worlds", _column("worlds", lang)), tip("factors", _column("factors", lang))],
    }
    subtitle = text("discover.chart.trajectory_note", lang)
    return Chart(title, specification(title, rows, subtitle, mark={"type": "circle", "opacity": 1}, encoding=encoding))


def box(study: Discovery, outcome: str, lang: Language) -> Chart:
    """The limits of the chosen box as shares of the ranges."""
    rows = []
    for limit in records(study.chosen(outcome)):
        span = limit["most"] - limit["least"]
        if limit["kind"] == CHOICE or not span > 0:
            continue
        low, high = (
            limit[end] if not isnan(limit[end]) else limit[edge] for end, edge in (("low", "least"), ("high", "most"))
        )
        rows.append({
            "factor": lever_name(str(limit["path"]), lang), "low": (low - limit["least"]) / span,
            "high": (high - limit["least"]) / span, "said": say(lang, condition(limit)), "from": 0, "to": 1,
        })  # fmt: skip
    title = text("discover.chart.box", lang, outcome=say(lang, outcome_name(outcome)))
    y = {"field": "factor", "type": "nominal", "sort": None, "title": None, "axis": lever_axis(lang)}
    x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%", "title": None}}
    layers = [
        {"mark": {"type": "bar", "color": "#e6e9eb", "size": 16},
         "encoding": {"y": y, "x": {"field": "from", **x}, "x2": {"field": "to"}}},
        {"mark": {"type": "bar", "color": ACCENT, "size": 10},
         "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}, "tooltip": [tip("said", title)]}},
    ]  # fmt: skip
    height = 40 * max(len(rows), 1)
    return Chart(title, specification(title, rows, text("discover.chart.box_note", lang), height=height, layer=layers))


def worlds(study: Discovery, outcome: str, lang: Language) -> list[Chart]:
    """Every world in the plane of the two numbers that tell most, where there are two."""
    numbers = [str(limit["path"]) for limit in records(study.chosen(outcome)) if limit["kind"] not in (CHOICE, DAY)][:2]
    if len(numbers) < 2:
        return []
    across, up = numbers
    of_one = study.worlds[study.worlds["outcome"] == outcome].merge(study.draws[["draw", *numbers]], on="draw")
    words = {is_missed: text(f"discover.{'missed' if is_missed else 'met'}", lang) for is_missed in (True, False)}
    rows = [
        {"x": float(row[across]), "y": float(row[up]), "state": words[bool(row["misses"])]}
        for row in records(of_one.head(MOST_POINTS))
    ]
    title = text("discover.chart.worlds", lang, outcome=say(lang, outcome_name(outcome)))
    encoding = {
        "x": {"field": "x", "type": "quantitative", "scale": {"zero": False}, "title": lever_name(across, lang)},
        "y": {"field": "y", "type": "quantitative", "scale": {"zero": False}, "title": lever_name(up, lang)},
        "color": {
            "field": "state", "type": "nominal", "title": None,
            "scale": {"domain": [words[True], words[False]], "range": [WORSE, QUIET]},
        },
        **told_by("shape", "state", [words[True], words[False]], ["cross", "circle"], orient="right"),
        "tooltip": [tip("state", say(lang, outcome_name(outcome)))],
    }  # fmt: skip
    mark = {"type": "point", "filled": True, "size": 36, "opacity": 0.75}
    return [Chart(title, specification(title, rows, "", mark=mark, encoding=encoding))]


def _column(name: str, lang: Language) -> str:
    return text(f"discover.column.{name}", lang)
