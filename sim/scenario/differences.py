"""Scenarios as tables: the register of clauses, all levers of one scenario, what differs between two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim.data_folders import scenarios_folder
from sim.measure import Measure, Words
from sim.parameters import effective
from sim.scenario import levers
from sim.scenario.catalogue import ClauseEntry, catalogue
from sim.scenario.levers import LeverEntry
from sim.scenario.loader import load, start_of
from sim.scenario.scenario import Scenario
from sim.scenario.validation_errors import ScenarioError

ON: Final = "on"
OFF: Final = "off"


class Change(NamedTuple):
    """One difference between scenarios; ``None`` where a side says nothing."""

    path: str
    a: Any
    b: Any


def clauses() -> list[ClauseEntry]:
    """Every clause of the plan: whether it is modelled, and by which measures. Raises :class:`ScenarioError`."""
    known = catalogue(scenarios_folder())
    if known.errors:
        raise ScenarioError(known.errors)
    return known.clauses()


def lever_table(scenario: Scenario | str | Path) -> list[LeverEntry]:
    """Everything that may be changed in a scenario, as it stands: each present value may be given as the lever's.

    Of ``all`` the table has what all measures agree in; the others have no one present value.
    """
    asked = scenario if isinstance(scenario, Scenario) else load(scenario)
    return [
        *(entry for measure in asked.measures for entry in _of_measure(measure)),
        *levers.of_all(asked.measures),
        *(entry for fund in asked.funds for entry in levers.of_fund(fund)),
        *(entry for reaction in asked.reactions for entry in levers.of_reaction(reaction)),
        *levers.of_plan(asked.plan),
        *levers.of_world(asked.world),
        levers.of_firms(asked.firms),
        *levers.of_parameters(asked.parameter_changes),
    ]


def _of_measure(measure: Measure) -> Iterator[LeverEntry]:
    fields = {f"{measure.id}.{field}" for field in levers.paths(measure.model_dump(include={"instrument", "delivery"}))}
    yield from (entry for entry in levers.of_measure(measure) if entry.path in fields)


def diff(a: Scenario | str | Path, b: Scenario | str | Path) -> list[Change]:
    """What differs between two scenarios and may change a result, by path; empty when nothing does.

    A measure that is on in one of them only is one line, ``measures.<id>``, and so is a reaction.
    """
    first, second = (asked if isinstance(asked, Scenario) else load(asked) for asked in (a, b))
    measures = [{measure.id: measure for measure in asked.measures} for asked in (first, second)]
    on = [set(each) for each in measures]
    reacts = [{reaction.id for reaction in asked.reactions} for asked in (first, second)]
    changes = [
        Change(f"{group}.{id_}", ON if id_ in ids[0] else OFF, ON if id_ in ids[1] else OFF)
        for group, ids in (("measures", on), ("reactions", reacts))
        for id_ in sorted(ids[0] ^ ids[1])
    ]
    apart = {id_ for id_ in on[0] & on[1] if measures[0][id_] != measures[1][id_]}  # others need not be taken apart
    left, right = (_flat(asked, apart, reacts[0] & reacts[1]) for asked in (first, second))
    return changes + [
        Change(path, left.get(path), right.get(path))
        for path in sorted(left.keys() | right.keys())
        if left.get(path) != right.get(path)
    ]


def own_changes(scenario: Scenario) -> tuple[Words, list[Change]] | None:
    """What a loaded scenario starts from, by its title, and what it changes of that; None where it changes nothing."""
    start = start_of(scenario)
    changes = [] if start is None else diff(start, replace(scenario, firms=start.firms))
    return (start.title, changes) if start is not None and changes else None


def _flat(scenario: Scenario, ids: set[str], reactions: set[str]) -> dict[str, Any]:
    """Everything that may change a result, by path, of measures and reactions those named."""
    flat = {
        entry.path: entry.value
        for measure in scenario.measures
        if measure.id in ids
        for entry in levers.of_measure(measure)
    }
    flat |= {
        f"{measure.id}.{name}": getattr(measure, name)
        for measure in scenario.measures
        if measure.id in ids
        for name in ("clauses", "action", "section", "instrument")
    }
    flat |= {f"funds.{fund.id}": fund.model_dump(mode="json", exclude={"title", "note"}) for fund in scenario.funds}
    flat |= {
        f"reactions.{reaction.id}.{name}": value
        for reaction in scenario.reactions
        if reaction.id in reactions
        for name, value in reaction.model_dump(mode="json", exclude={"id", "title"}).items()
    }
    flat |= {f"parameters.{path}": value for path, value in effective(scenario.parameter_changes).items()}
    world: Mapping[str, Any] = scenario.world.model_dump(mode="json")
    flat |= {f"world.{key}": value for key, value in world.items()}
    return flat | {"firms": scenario.firms}
