"""How far a lever may be moved where nobody says it: all that its field allows, within the horizon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sim.data_folders import scenarios_folder
from sim.measure import Words
from sim.refusal import shown
from sim.scenario import LeverEntry, Scenario, ScenarioError, ValidationError, lever_table
from sim.scenario.catalogue import catalogue
from sim.scenario.levers import same
from sim.scenario.slips import near
from sim.scenario.validation_errors import LEVERS

ALLOWED: Final = "allowed"  # said of a path: over all that its field allows
ENDS: Final = re.compile(r"(\S+) to (\S+)")
LARGEST: Final = 1e6  # of an end that still says how far anybody would go
TO_STATE: Final = Words(
    zh="下限与上限（如 路径=0:12，文件中写 [0, 12]）：该字段本身没有可供寻找的范围",
    en="a low and a high end (PATH=0:12, in a file [0, 12]): its field has no range of its own to look through",
)


def ranges(over: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """What a question says of its levers with each :data:`ALLOWED` replaced by the range that the field allows.

    Durations in months and days reach no further than the horizon, days lie within it; of words and of true or false
    every value is one. Raises ``ScenarioError`` for a path that is no lever of the scenario and for a field without
    two ends that say how far anybody would go (amounts of money, open ends, tables and lists).
    """
    asked = [path for path, said in over.items() if said == ALLOWED]
    known = {entry.path: entry for entry in lever_table(scenario)} if asked else {}
    if unknown := [path for path in asked if same(path) not in known]:
        raise ScenarioError(_unknown(path, known) for path in unknown)
    return {path: _of(known[same(path)], scenario) if said == ALLOWED else said for path, said in over.items()}


def present(path: str, scenario: Scenario) -> Any:
    """The value of a lever as a scenario has it, of a table by date the last; None where it has none."""
    value = next((entry.value for entry in lever_table(scenario) if entry.path == same(path)), None)
    return list(value.values())[-1] if isinstance(value, dict) and value else value


def _of(entry: LeverEntry, scenario: Scenario) -> Any:
    start, end = scenario.world.start, scenario.world.end
    if entry.type == "true or false":
        return {"of": [False, True]}
    if entry.type == "date":
        return [start, end]
    if entry.type == "word":
        return {"of": entry.allowed.split(", ")}
    found = ENDS.fullmatch(entry.allowed)
    if found is None or "number" not in entry.type:
        raise _unranged(entry)
    low, high = map(float, found.groups())
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    within = {"months": months, "working days": (end - start).days}.get(entry.unit, high)
    high = min(high, within)
    if not low < high <= LARGEST:
        raise _unranged(entry)
    return [int(low), int(high)] if entry.type.startswith("whole number") else [low, high]


def _unknown(path: str, known: Iterable[str]) -> ValidationError:
    """That the scenario has no such lever: its measure is off, or there is none."""
    measure = path.partition(".")[0]
    if measure in catalogue(scenarios_folder()).measures and not any(one.startswith(f"{measure}.") for one in known):
        return ValidationError("measure_is_off", "", None, f"{LEVERS}{path}", measure)
    return ValidationError("unknown_lever", "", None, f"{LEVERS}{path}", path, "", near(path, list(known)))


def _unranged(entry: LeverEntry) -> ScenarioError:
    found = shown(entry.value)
    return ScenarioError([ValidationError("no_range", "", None, f"{LEVERS}{entry.path}", found, TO_STATE)])
