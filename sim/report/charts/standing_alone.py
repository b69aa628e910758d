"""What a chart says where no page stands around it: beside its axes what they measure, below it what it rests on."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, Final

from sim.observe.tables import Result
from sim.report.charts.style import QUIET, Spec
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import plain_count
from sim.report.words.sentences import say
from sim.study.comparison.journey import Journey

CLAUSE: Final = re.compile("[;；]")  # of a line below a title, whose first says what is measured
LINE: Final = re.compile("[,，] *")  # where a title that stands upright is broken
PARTS: Final = ("layer", "concat", "hconcat", "vconcat")


def with_axes(chart: Spec) -> Spec:
    """The chart with a title on axes of numbers that have none: on a page the line below the chart's title says it."""
    title = chart.get("title")
    if not isinstance(title, dict) or not isinstance(title.get("subtitle"), str):
        return chart
    drawn = {name: value if name == "data" else copy.deepcopy(value) for name, value in chart.items()}
    untitled = list(_without_title(drawn))
    if not untitled:
        return chart
    measured, *more = CLAUSE.split(title["subtitle"], maxsplit=1)
    said = measured or title["text"]
    for name, axis in untitled:
        axis["title"] = said if name == "x" else LINE.split(said, maxsplit=1)
        if isinstance(axis.get("axis"), dict):
            axis["axis"].pop("title", None)
    drawn["title"]["subtitle"] = "".join(more).strip()
    return drawn


def _without_title(part: Spec) -> Iterator[tuple[str, Spec]]:
    """The axes of numbers of a chart that are drawn without a title, by the name of their channel."""
    for name in ("x", "y"):
        axis = part.get("encoding", {}).get(name)
        if not isinstance(axis, dict) or axis.get("type") != "quantitative" or axis.get("axis", {}) is None:
            continue
        inner = axis.get("axis", {})
        if not inner.get("title", axis.get("title", axis.get("field"))):
            yield name, axis
    for name in PARTS:
        for inside in part.get(name, ()):
            yield from _without_title(inside)


def caption(what: Any, lang: Language) -> str:
    """On how many firms and replications a result rests."""
    match what:
        case Result():
            return text("short.basis_once", lang, firms=say(lang, plain_count(what.firms)), seed=what.seed)
        case Journey():
            return text("short.basis_seed", lang, seed=what.seed)
        case _:
            manifest = what.manifest
            rows = manifest.firms
            firms = text("answer.facts.province", lang) if isinstance(rows, str) else say(lang, plain_count(rows))
            return text("short.basis", lang, firms=firms, replications=manifest.replications)


def with_caption(drawn: Spec, said: str) -> Spec:
    """A chart, or several together, with a caption: below all of them, or of a single one below its title."""
    if "concat" in drawn:
        below = {"text": said, "orient": "bottom", "anchor": "start", "fontSize": 12, "fontWeight": 400, "color": QUIET}
        return drawn | {"title": below}
    title = drawn.get("title") or {}
    lines = [line for line in (title.get("subtitle"), said) if line]
    return drawn | {"title": {"text": ""} | title | {"subtitle": lines}}
