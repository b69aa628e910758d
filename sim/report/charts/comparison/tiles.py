"""Tiles: one for each prefecture, in its place, coloured by how many of a thousand firms a scenario keeps there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, isnan, sqrt
from pathlib import Path
from typing import Any, Final

import pandas as pd

from sim.report.charts.comparison.datasets import rounded
from sim.report.charts.style import ACCENT, INK, NEUTRAL, QUIET, SIGNED, WORSE, Spec, specification, tip
from sim.report.words.catalogue import Language, named, text
from sim.report.words.sentences import say
from sim.study.comparison.winners_and_losers import LOST, WON
from sim.study.summaries.rows import tuples

GROUND: Final = Path(__file__).with_name("tiles.yaml")
ROW_HEIGHT: Final = 58
THOUSAND: Final = 1000
FAINTEST: Final = 0.1  # of a thousand firms: colours never stand for less


def chart(table: pd.DataFrame, title: str, lang: Language) -> Spec:
    """The tiles of a scenario beside another. ``table``: of :meth:`Comparison.winners_and_losers` by prefecture."""
    rows = list(tuples(table))
    places = _places([str(row.group) for row in rows])
    told = [_tile(row, places[str(row.group)], lang) for row in rows]
    most = max([FAINTEST, *(abs(row["kept"]) for row in told if row["kept"] is not None)])
    down = 1 + max((row["down"] for row in told), default=0)
    place: Spec = {
        axis: {"field": field, "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.04, "domain": domain}}
        for axis, field, domain in (
            ("x", "across", list(range(1 + max((row["across"] for row in told), default=0)))),
            ("y", "down", list(range(down))),
        )
    }
    colour = {
        "field": "kept",
        "type": "quantitative",
        "scale": {"domain": [-most, 0, most], "range": [WORSE, NEUTRAL, ACCENT], "interpolate": "rgb"},
        "legend": {
            "title": text("desk.right.kept", lang),
            "orient": "bottom",
            "direction": "horizontal",
            "gradientLength": 160,
            "gradientThickness": 10,
            "labelExpr": SIGNED,
            "tickCount": 3,
            "titleLimit": 300,
        },
    }
    tips = [
        tip("name", text("report.places.prefecture", lang)),
        tip("said", text("desk.right.kept", lang)),
        tip("told", text("desk.right.sure", lang)),
    ]
    is_dark = f"abs(datum.kept) > {0.55 * most}"
    letters = {"condition": {"test": is_dark, "value": "white"}, "value": INK}
    return specification(
        title,
        told,
        text("desk.right.tiles", lang),
        height=ROW_HEIGHT * down,
        encoding=place,
        layer=[
            {
                "mark": {"type": "rect", "cornerRadius": 3, "stroke": QUIET},
                "encoding": {
                    "color": colour,
                    "strokeWidth": {"condition": {"test": "datum.is_told", "value": 1.5}, "value": 0},
                    "fillOpacity": {"condition": {"test": "datum.is_told", "value": 1}, "value": 0.55},
                    "tooltip": tips,
                },
            },
            {
                "mark": {"type": "text", "dy": -9, "fontSize": 11, "limit": 86, "tooltip": None},
                "encoding": {"text": {"field": "name"}, "color": letters},
            },
            {
                "mark": {"type": "text", "dy": 10, "fontSize": 12, "fontWeight": 600, "tooltip": None},
                "encoding": {"text": {"field": "said"}, "color": letters},
            },
        ],
    )


def _tile(row: Any, place: tuple[int, int], lang: Language) -> dict[str, Any]:
    kept = rounded(row.kept_share * THOUSAND, 2)
    is_told = row.verdict in (WON, LOST)
    known = "told" if is_told else "not_told"
    return {
        "name": say(lang, named("prefecture", str(row.group))),
        "down": place[0],
        "across": place[1],
        "kept": kept,
        "said": text("unit.missing", lang) if isnan(row.kept_share) else f"{kept:+.1f}".replace("-", "−"),
        "told": text(f"desk.right.{known}", lang),
        "is_told": is_told,
    }


def _places(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Row and column of each prefecture: as they lie on the ground where that is known of all, else by code."""
    ground = _ground()
    if all(code in ground for code in codes):
        return {code: ground[code] for code in codes}
    across = ceil(sqrt(len(codes)))
    return {code: divmod(place, across) for place, code in enumerate(sorted(codes))}


@cache
def _ground() -> dict[str, tuple[int, int]]:
    from sim.yaml_reader import load  # start-up: who imports the package draws nothing yet

    return {str(code): (down, across) for code, (down, across) in load(GROUND).items()}
