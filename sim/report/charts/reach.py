"""The charts of a goal that was sought: the outcome along one lever, what it costs, and what each lever does alone."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

from sim.observe.outcomes import OUTCOMES
from sim.report.charts.style import ACCENT, INK, QUIET, RULE, WORSE, Chart, Spec, lever_axis, specification, tip
from sim.report.words.catalogue import Language, both, text
from sim.report.words.lever_names import lever_name, lever_words, value_name
from sim.report.words.numbers import FEN_PER_LARGE_UNIT, difference_in_unit, in_unit, interval
from sim.report.words.sentences import inside, outcome_name, say
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.wanted import CHANGE
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.reach import ReachSummary

if TYPE_CHECKING:
    from sim.study.questions.reach import Reach

Row = dict[str, Any]


def along(study: Reach, lang: Language) -> Chart:
    """The outcome over the values of one lever, with intervals, the goal and the answers."""
    summary, [lever] = ReachSummary(study), study.levers
    factor, unit = _scale(OUTCOMES[study.outcome].unit, lang, "share")
    answers = set(summary.answers.values())
    rows: list[Row] = []
    for plan in summary.shown:
        value, found = summary.value(plan, lever), summary.estimate(plan, summary.level)
        said = {"value": value, "at": value_name(lever, value, lang), "is_answer": plan in answers}
        rows.append(said | _ends(found, factor) | {"said": _told(found, summary, lang)})
    is_number = all(isinstance(row["value"], int | float) and not isinstance(row["value"], bool) for row in rows)
    rows.sort(key=lambda row: row["value"] if is_number else str(row["value"]))
    name = lever_name(lever, lang)
    x: Spec = {"field": "value", "type": "quantitative", "title": name, "axis": {"tickCount": 6}}
    if not is_number:
        x = {"field": "at", "type": "ordinal", "title": name, "sort": None, "axis": {"labelAngle": 0}}
    heading = text("reach.chart.along", lang, outcome=outcome_name(study.outcome), lever=lever_words(lever))
    layers = _points(summary, rows, x, unit, lang, [tip("at", name)])
    if is_number:
        y = layers[0]["encoding"]["y"]
        line = {"type": "line", "color": ACCENT, "strokeWidth": 1.5}
        layers.insert(0, {"mark": line, "encoding": {"x": x, "y": y | {"field": "mean"}}})
    subtitle = text("reach.chart.along_text", lang)
    return Chart(heading, specification(heading, rows, subtitle, height=300, layer=layers))


def price(study: Reach, lang: Language) -> Chart:
    """What an outcome costs, or how far levers are moved for it: what was tried, what was looked at, the answers."""
    summary = ReachSummary(study)
    is_change = study.question["want"] == "least_change"
    paid = CHANGE if is_change else PUBLIC_COST
    factor, unit = _scale(OUTCOMES[study.outcome].unit, lang, "share")
    across, of = (0.01, "%") if is_change else _scale("fen", lang, "share")
    answers = set(summary.answers.values())
    rows: list[Row] = []
    for plan in summary.shown:
        found, cost = (summary.estimate(plan, quantity) for quantity in (summary.level, paid))
        said = {"kind": "stands" if plan == study.reference else "looked", "is_answer": plan in answers}
        told = _told(found, summary, lang)
        rows.append(said | {"value": cost.mean / across} | _ends(found, factor) | {"said": told})
    tried = study.tried[study.tried["failed"] == 0]
    rows += [
        {"kind": "tried", "value": float(cost) / across, "mean": float(level) / factor}
        for cost, level in zip(tried[paid], tried["expected"], strict=True)
        if not isnan(level)
    ]
    title = text("reach.chart.of", lang, quantity=both("reach.change" if is_change else "search.public_cost"), unit=of)
    x: Spec = {"field": "value", "type": "quantitative", "title": title, "axis": {"tickCount": 6}}
    layers = _points(summary, rows, x, unit, lang, [tip("value", title)])
    for layer in layers[:2]:
        layer["transform"] = [{"filter": "datum.kind != 'tried'"}]
    y = layers[0]["encoding"]["y"] | {"field": "mean"}
    small = {"type": "point", "filled": True, "size": 14, "color": RULE}
    cross = {"type": "point", "shape": "cross", "filled": True, "size": 130, "color": INK}
    layers.insert(0, {"transform": [{"filter": "datum.kind == 'tried'"}], "mark": small, "encoding": {"x": x, "y": y}})
    layers.append({"transform": [{"filter": "datum.kind == 'stands'"}], "mark": cross, "encoding": {"x": x, "y": y}})
    heading = text("reach.chart.price", lang, outcome=inside(outcome_name(study.outcome)))
    subtitle = text("reach.chart.price_text", lang)
    return Chart(heading, specification(heading, rows, subtitle, height=320, layer=layers))


def bounds(study: Reach, lang: Language) -> Chart:
    """What each lever alone does to the outcome at the ends of its range."""
    summary, outcome = ReachSummary(study), OUTCOMES[study.outcome].unit
    factor, unit = _scale(outcome, lang, "points")
    colon = "：" if lang == "zh" else ": "
    rows: list[Row] = [
        {"label": f"{lever_name(bound.lever, lang)}{colon}{value_name(bound.lever, bound.value, lang)}"}
        | _ends(bound.effect, factor)
        | {"said": say(lang, difference_in_unit(bound.effect.mean, outcome))}
        for bound in summary.bounds
    ]
    y = {
        "field": "label", "type": "nominal", "title": None, "sort": [row["label"] for row in rows],
        "axis": lever_axis(lang),
    }  # fmt: skip
    x: Spec = {"type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": True}}
    tips = [tip("label", text("reach.table.lever", lang)), tip("said", say(lang, outcome_name(study.outcome)))]
    layers = [
        {"mark": {"type": "rule", "color": QUIET}, "encoding": {"x": {"datum": 0, **x}}},
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": ACCENT},
            "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}, "tooltip": tips},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT},
            "encoding": {"y": y, "x": {"field": "mean", **x}, "tooltip": tips},
        },
    ]
    heading = text("reach.chart.bounds", lang, outcome=inside(outcome_name(study.outcome)))
    subtitle = text("reach.chart.bounds_text", lang, unit=unit)
    return Chart(heading, specification(heading, rows, subtitle, height=34 * len(rows), layer=layers))


def _points(summary: ReachSummary, rows: list[Row], x: Spec, unit: str, lang: Language, tips: list[Spec]) -> list[Spec]:
    """Means with intervals of what was looked at, the answers larger, and the goal."""
    study = summary.study
    name = text("reach.chart.of", lang, quantity=outcome_name(study.outcome), unit=unit)
    y: Spec = {
        "type": "quantitative", "title": name, "scale": {"zero": False}, "axis": {"tickCount": 5, "grid": True},
    }  # fmt: skip
    told = [*tips, tip("said", say(lang, outcome_name(study.outcome)))]
    size = {"condition": {"test": "datum.is_answer", "value": 150}, "value": 36}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.5, "color": ACCENT},
            "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}, "tooltip": told},
        },
        {
            "mark": {"type": "point", "filled": True, "opacity": 1, "color": ACCENT},
            "encoding": {"x": x, "y": {"field": "mean", **y}, "size": size, "tooltip": told},
        },
    ]
    if study.goal is not None:
        factor, _ = _scale(OUTCOMES[study.outcome].unit, lang, "share")
        goal = {"type": "rule", "strokeDash": [6, 4], "color": WORSE, "strokeWidth": 1.5}
        layers.append({"mark": goal, "encoding": {"y": {"datum": study.goal.limit / factor, **y}}})
    return layers


def _told(found: Estimate, summary: ReachSummary, lang: Language) -> str:
    """A level with its interval."""
    written = partial(in_unit, unit=OUTCOMES[summary.study.outcome].unit)
    said, between = say(lang, written(found.mean)), say(lang, interval(found.low, found.high, written))
    return text("unit.with_interval", lang, mean=said, interval=between)


def _ends(found: Estimate, factor: float) -> Row:
    return {
        name: None if isnan(end) else end / factor
        for name, end in (("mean", found.mean), ("low", found.low), ("high", found.high))
    }


def _scale(unit: str, lang: Language, of_shares: str) -> tuple[float, str]:
    """What to divide a quantity by for a chart, and the unit that it then has; shares in percent or points."""
    if unit == "fen":
        return FEN_PER_LARGE_UNIT[lang], text("unit.large_money", lang, number="").strip()
    if unit == "share":
        return 0.01, text(f"unit.{of_shares}", lang, number="").strip()
    return 1.0, text(f"unit.{unit}", lang, number="").strip() or text("reach.table.value", lang)
