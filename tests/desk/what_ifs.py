"""Any what-if that the page can make, for Hypothesis: of the plan of the small case or of another."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.desk.controls import Control, Group, controls
from sim.desk.what_if import WhatIf
from sim.scenario import ScenarioError

NAMES = st.text("abcXYZ租金方案 _-0123456789'&()", min_size=1, max_size=20).filter(
    lambda name: name == name.strip() and name[0] not in "-." and name[-1] != "."
)


def levers_of(groups: tuple[Group, ...]) -> list[Control]:
    """The levers that a planner moves: sliders, choices, switches and the demand of sectors."""
    every = [one for group in groups for measure in group.measures for one in measure.controls]
    every += [one for group in groups for one in group.controls]
    return [one for one in every if one.kind in ("number", "whole", "choice", "switch", "by_sector")]


def value_of(draw: st.DrawFn, control: Control) -> Any:
    """A value that the page offers for a lever."""
    match control.kind:
        case "switch":
            return draw(st.booleans())
        case "choice":
            return draw(st.sampled_from([value for value, _ in control.choices]))
        case "by_sector":
            sector = draw(st.sampled_from([value for value, _ in control.choices]))
            return {sector: draw(st.integers(0, 20)) / 10}
    if control.least is None or control.most is None:
        return control.value
    steps = draw(st.integers(0, 4))
    return control.placed(control.least + (control.most - control.least) * steps / 4)


@st.composite
def what_ifs(draw: st.DrawFn, extends: str = "full_plan") -> WhatIf:
    """A what-if as moves on the page make it; moves that the scenario's schema refuses are not made."""
    groups = controls(extends)
    made = WhatIf(draw(NAMES), extends)
    switches = [group.id for group in groups if group.measures]
    switches += [measure.id for group in groups for measure in group.measures]
    for what in draw(st.lists(st.sampled_from(switches), max_size=3)):
        made = made.switched(what, draw(st.booleans()))
    moved = draw(st.lists(st.sampled_from(levers_of(groups)), max_size=4, unique_by=lambda one: one.path))
    for control in moved:
        try:
            made = made.with_lever(control.path, value_of(draw, control))
        except ScenarioError:
            continue  # of a measure that is off, or that does not fit the others
    return made
