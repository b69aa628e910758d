"""The charts of a validation: of each target what is published, the model and the prior, on an axis of its own."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

from sim.report.charts.style import ACCENT, INK, QUIET, RULE, SAND, WORSE, Chart, colours_of, specification, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import say
from sim.report.words.target_values import of_row, target_value
from sim.study.summaries.rows import records
from sim.study.validation.scoring import MISS, MODEL, NO_VALUE, NOT_ANSWERABLE, PRIOR, PUBLISHED
from sim.study.validation.targets import GROUPS

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.questions.validate import Validation

Row = dict[str, Any]
# Value, low and high of each interval, in the order in which they lie below each other; and its colour and height.
INTERVALS: Final = {
    "published": (PUBLISHED, ACCENT, 7),
    "model": (MODEL, INK, 5),
    "prior": ((PRIOR[1], PRIOR[0], PRIOR[2]), SAND, 5),
}
LANES: Final = ("title", *INTERVALS, "axis")
LANE: Final = 15  # height of a lane
MARGIN: Final = 0.06  # of the axis, beside the outermost values
LEAST: Final = 0.004  # of the axis: an interval is seen, however narrow


def groups(study: Validation) -> list[str]:
    """The groups that have something to show, in order."""
    shown = study.targets[study.targets["verdict"] != NOT_ANSWERABLE]
    return [group for group in GROUPS if (shown["group"] == group).any()]


def group(study: Validation, name: str, lang: Language) -> Chart:
    """Of each target of a group, on an axis of its own, the intervals; its title says whether it is hit or missed."""
    return of_targets(study.targets, study.words, name, "validate", lang)


def of_targets(targets: pd.DataFrame, words: pd.DataFrame, name: str, kind: str, lang: Language) -> Chart:
    """The same of targets as ``Validation`` has them; ``kind``: of study, whose words the intervals are called by."""
    titles = words[words["field"] == "title"].set_index("target")[lang]
    rows: list[Row] = []
    of = targets[(targets["group"] == name) & (targets["verdict"] != NOT_ANSWERABLE)]
    for place, row in enumerate(records(of)):
        rows += _of_target(row, place * (len(LANES) + 1), str(titles[row["target"]]), kind, lang)
    title = text(f"validate.group.{name}", lang)
    height = LANE * (len(LANES) + 1) * len(of)
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [0, height / LANE], "reverse": True}}
    x: Row = {"field": "low", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    colours = {text(f"{kind}.chart.{one}", lang): colour for one, (_, colour, _) in INTERVALS.items()}
    tips = [tip("title", text("validate.column.target", lang)), tip("said", text("validate.chart.value", lang))]
    is_named: Row = {"type": "text", "baseline": "middle", "limit": {"expr": "width"}}
    layers: list[Row] = [
        {
            "transform": [{"filter": "datum.what == 'axis'"}],
            "mark": {"type": "rule", "color": RULE},
            "encoding": {"x": x, "x2": {"field": "high"}, "y": y},
        },
        {
            "transform": [{"filter": "datum.what == 'interval'"}],
            "mark": {"type": "rule", "strokeCap": "butt"},
            "encoding": {
                "x": x, "x2": {"field": "high"}, "y": y, "color": colours_of("label", colours),
                "size": {"field": "thick", "type": "quantitative", "scale": None, "legend": None}, "tooltip": tips,
            },
        },
        {
            "transform": [{"filter": "datum.what == 'interval'"}],
            "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1, "stroke": "white", "strokeWidth": 1},
            "encoding": {
                "x": x | {"field": "middle"}, "y": y, "color": colours_of("label", colours), "tooltip": tips,
            },
        },
        {
            "transform": [{"filter": "datum.what == 'title'"}],
            "mark": is_named | {"align": "left", "fontSize": 12},
            "encoding": {
                "x": x, "y": y, "text": {"field": "title", "type": "nominal"},
                "color": {"condition": {"test": "datum.is_missed", "value": WORSE}, "value": INK},
            },
        },
        *(
            {
                "transform": [{"filter": f"datum.what == 'tick' && datum.align == '{align}'"}],
                "mark": is_named | {"align": align, "fontSize": 11, "color": QUIET},
                "encoding": {"x": x, "y": y, "text": {"field": "title", "type": "nominal"}},
            }
            for align in ("left", "right")
        ),
    ]  # fmt: skip
    return Chart(title, specification(title, rows, text("validate.chart.note", lang), height=height, layer=layers))


def _of_target(row: Row, top: float, title: str, kind: str, lang: Language) -> list[Row]:
    """The marks of one target, its values as places on an axis from 0 to 1."""
    ends = [float(row[column]) for which, _, _ in INTERVALS.values() for column in which]
    known = [end for end in ends if not isnan(end)]
    low, high = min(known), max(known)
    wide = (high - low) or 1.0
    first, last = low - MARGIN * wide, high + MARGIN * wide

    def place(value: float) -> float:
        return (value - first) / (last - first)

    def at(lane: str) -> float:
        return top + LANES.index(lane) + 0.5

    verdict = str(row["verdict"])
    said = text("validate.chart.titled", lang, verdict=text(f"validate.verdict.{verdict}", lang), title=title)
    marks: list[Row] = [
        {"what": "title", "title": said, "is_missed": verdict in (MISS, NO_VALUE), "low": 0.0, "y": at("title")},
        {"what": "axis", "low": 0.0, "high": 1.0, "y": top + len(LANES) - 1},
    ]
    for align, value, where in (("left", low, place(low)), ("right", high, place(high))):
        tick = say(lang, target_value(value, str(row["unit"])))
        marks.append({"what": "tick", "title": tick, "align": align, "low": where, "y": at("axis")})
    for name, (which, _, thick) in INTERVALS.items():
        middle, begin, end = (float(row[column]) for column in which)
        if isnan(middle):
            continue
        spare = max(LEAST - (place(end) - place(begin)), 0.0) / 2
        marks.append(
            {
                "what": "interval", "label": text(f"{kind}.chart.{name}", lang), "title": title, "thick": thick,
                "low": place(begin) - spare, "high": place(end) + spare, "middle": place(middle), "y": at(name),
                "said": say(lang, of_row(row, which)),
            }
        )  # fmt: skip
    return marks
