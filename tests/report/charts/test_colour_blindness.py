"""Whoever sees colours otherwise, or has a grey print, tells the series of a chart apart all the same.

Colours are seen through the simulation of Machado, Oliveira and Fernandes (2009) at full severity, as colorspacious has
it, and compared in CAM02-UCS (Luo, Cui and Li 2006), in which a distance of 1 is about the least that is seen side by
side. ``APART`` is an assumption: marks of a chart are small and far from their legend, so it takes many times that (15;
10 to 20 would do), and in grey, where the lightness alone is left, 10 of 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from sim.report.charts import attribution, decision, discovery, sensitivity, sweep
from sim.report.charts.comparison import all_charts
from sim.report.charts.style import ACCENT, DASHES, FILLS, LINE_COLOURS, NEUTRAL, SHAPES, WORSE
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.study.summaries.sweep import SweepSummary
from tests.report.answers import test_attribute as attributions
from tests.report.answers import test_decide as decisions
from tests.report.answers import test_discover as discoveries
from tests.report.answers import test_sensitivity as sensitivities
from tests.report.answers import test_sweep as sweeps

APART: Final = 15.0
APART_IN_GREY: Final = 10.0
SIGHTS: Final = ("everybody", "protanomaly", "deuteranomaly", "tritanomaly")


def seen(colour: str, sight: str) -> Any:
    """A colour as somebody sees it, in sRGB from 0 to 1."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    if sight == "everybody":
        return rgb
    space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
    return np.clip(cspace_convert(rgb, space, "sRGB1"), 0.0, 1.0)


def lightness(colour: str) -> float:
    """How light a colour is, from 0 to 100: what a grey print leaves of it."""
    return float(cspace_convert(seen(colour, "everybody"), "sRGB1", "CAM02-UCS")[0])


def are_apart(one: str, other: str) -> bool:
    """Whether two colours are told apart by everybody and in grey."""
    distances = [float(deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1")) for sight in SIGHTS]
    return min(distances) >= APART and abs(lightness(one) - lightness(other)) >= APART_IN_GREY


def encodings(part: Any) -> Iterator[dict[str, Any]]:
    """Every encoding of a chart and of its layers."""
    if isinstance(part, dict):
        yield part.get("encoding") or {}
        for layer in part.get("layer", ()):
            yield from encodings(layer)


def alike(chart: dict[str, Any]) -> list[tuple[str, str]]:
    """Pairs of series of a chart that only a colour tells apart, which not everybody sees."""
    marks: dict[str, dict[str, dict[str, Any]]] = {}
    for encoding in encodings(chart):
        for channel in ("color", "shape", "strokeDash"):
            told = encoding.get(channel) or {}
            scale = told.get("scale") or {}
            if told.get("type") == "nominal" and "domain" in scale:
                for name, value in zip(scale["domain"], scale["range"], strict=False):
                    marks.setdefault(told["field"], {}).setdefault(name, {})[channel] = value
    return [
        (one, other)
        for series in marks.values()
        for (one, first), (other, second) in combinations(series.items(), 2)
        if "color" in first
        and "color" in second
        and not any(first.get(channel) != second.get(channel) for channel in ("shape", "strokeDash"))
        and not are_apart(first["color"], second["color"])
    ]


def test_no_two_series_of_a_comparison_are_told_by_colours_that_look_alike(comparison: Comparison) -> None:
    charts = all_charts.specifications(ScenarioEffects(ComparisonSummary(comparison)), "en")
    assert {name: alike(chart) for name, chart in charts.items() if alike(chart)} == {}
    assert sum(bool(list(encodings(chart))) for chart in charts.values()) > 10


def _answers() -> Iterator[tuple[str, dict[str, Any]]]:
    swept = SweepSummary(sweeps.made({sweeps.LEVER: [0, 1, 4], sweeps.OTHER: [1, 2, 3]}, [1.0]))
    yield from ((f"sweep {chart.title}", chart.specification) for chart in sweep.of_points(swept, "en"))
    shared = attributions.study(attributions.ACTIONS, pairs={("fiscal", "tax"): 0.3})
    yield "attribution", attribution.cost_against_effect(shared, "en").specification
    decided = decisions.study()
    yield "acceptability", decision.acceptability(decided, "en").specification
    yield "information", decision.information(decided, "en").specification
    found = discoveries.study()
    yield from (("worlds", chart.specification) for chart in discovery.worlds(found, "resumption_rate", "en"))
    screened = sensitivities.study()
    for draw in (sensitivity.strengths, sensitivity.size_against_spread):
        yield draw.__name__, draw(screened, "survival_rate", "en").specification


def test_no_two_series_of_an_answer_are_told_by_colours_that_look_alike() -> None:
    assert {name: alike(chart) for name, chart in _answers() if alike(chart)} == {}


def test_parts_of_a_whole_differ_in_colour_and_in_grey() -> None:
    assert [pair for pair in combinations(FILLS, 2) if not are_apart(*pair)] == []


@pytest.mark.parametrize(("marks", "series"), [(DASHES, 2 * len(LINE_COLOURS)), (SHAPES, len(LINE_COLOURS))])
def test_lines_whose_dashes_are_alike_and_points_whose_shapes_are_differ_in_colour(marks: Any, series: int) -> None:
    found = []
    for one, other in combinations(range(series), 2):
        colours = [LINE_COLOURS[place % len(LINE_COLOURS)] for place in (one, other)]
        if marks[one % len(marks)] == marks[other % len(marks)] and not are_apart(*colours):
            found.append((one, other))
    assert found == []


@pytest.mark.parametrize("sight", SIGHTS)
def test_better_and_worse_and_neither_are_told_apart_by_everybody(sight: str) -> None:
    for one, other in combinations((ACCENT, WORSE, NEUTRAL), 2):
        assert deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1") >= APART


def test_the_simulation_is_that_of_the_literature() -> None:
    # Red and green of equal lightness: far apart for most, near for who lacks the cones for green.
    red, green = "#c0504d", "#7a8b3a"
    near = deltaE(seen(red, "deuteranomaly"), seen(green, "deuteranomaly"), input_space="sRGB1")
    assert deltaE(seen(red, "everybody"), seen(green, "everybody"), input_space="sRGB1") > 2 * near
    assert not are_apart(red, green)
