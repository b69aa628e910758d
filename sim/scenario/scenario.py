"""A scenario: what is asked of one run, complete and unchangeable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim.drawing import Told
from sim.instruments import instruments
from sim.measure import Measure, Words
from sim.parameters import effective
from sim.reaction import Reaction
from sim.refusal import nearest
from sim.scenario.remembered import Remembered
from sim.scenario.schema import Firms, Fund, Plan
from sim.scenario.validation_errors import ScenarioError, ValidationError, listed
from sim.world.spec import WorldSpec

# What changes no result.
SAID_ONLY: Final = ("title", "description", "note", "origin", "in_force_anyway", "nominal")
REMEMBERED: Final = 1_024  # measures


@dataclass(frozen=True)
class Origin:
    """Where a scenario was loaded from: its file (or the name of a shipped one), its title there, levers given.

    ``against``: files, or names of shipped ones, of the scenarios that it is compared with; ``against_said_by``: of the
    scenario that says so, this one or what it extends. ``extends``: what it starts from, as its file says.
    """

    file: str
    title: Words
    levers: Mapping[str, Any]
    against: tuple[str, ...]
    against_said_by: str
    extends: str | None


@dataclass(frozen=True, repr=False)
class Scenario(Told):
    """What is asked of one run. Levers are applied; nothing in it changes afterwards.

    ``parameter_changes`` go to ``sim.parameters``; ``firms`` is a number of sampled rows or ``"province"`` for one row
    a firm; ``unused`` are levers that were given but concern measures that are off here, funds that no measure draws
    on, or days of the plan that none waits for. ``against``: names of the scenarios that it is compared with, its
    baseline first. ``origin``: None of one that was not loaded.
    """

    name: str
    title: Words
    description: Words
    author: str
    against: tuple[str, ...]
    expects: tuple[str, ...]
    plan: Plan
    measures: tuple[Measure, ...]  # sorted by id; `values` is the instrument's `Values`
    funds: tuple[Fund, ...]  # sorted by id
    world: WorldSpec
    parameter_changes: dict[str, float]
    firms: Firms | None
    reactions: tuple[Reaction, ...] = ()  # sorted by id; `begin` and `end` are measures that are on, by id
    unused: tuple[str, ...] = field(default=(), compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def with_measures(self, ids: Iterable[str], *, name: str, title: Words) -> Scenario:
        """The same with only the measures named; raises :class:`ScenarioError` for one that is not on."""
        wanted = self._on(ids)
        return self._choose([measure for measure in self.measures if measure.id in wanted], name, title)

    def without_measures(self, ids: Iterable[str], *, name: str, title: Words) -> Scenario:
        """The same without the measures named; raises :class:`ScenarioError` for one that is not on."""
        unwanted = self._on(ids)
        return self._choose([measure for measure in self.measures if measure.id not in unwanted], name, title)

    def _on(self, ids: Iterable[str]) -> set[str]:
        wanted, on = set(ids), [measure.id for measure in self.measures]
        errors = [
            ValidationError("measure_is_off", self.name, None, "", id_, listed(on), nearest(id_, on))
            for id_ in sorted(wanted - {*on})
        ]
        if errors:
            raise ScenarioError(errors)
        return wanted

    def _choose(self, measures: Iterable[Measure], name: str, title: Words) -> Scenario:
        chosen = tuple(measures)
        reactions = _of_these(self.reactions, {measure.id for measure in chosen})
        return replace(
            self, name=name, title=title, description=title, expects=(), measures=chosen, reactions=reactions
        )

    def contents(self) -> dict[str, Any]:
        """Everything that the scenario says, plain and sorted, fit for JSON."""
        return {
            "name": self.name,
            "title": self.title.model_dump(),
            "description": self.description.model_dump(),
            "author": self.author,
            "against": list(self.against),
            "expects": list(self.expects),
            "plan": self.plan.model_dump(mode="json"),
            "measures": {measure.id: dict(_plain(measure)) for measure in self.measures},
            "funds": {fund.id: fund.model_dump(mode="json") for fund in self.funds},
            "reactions": {reaction.id: reaction.model_dump(mode="json") for reaction in self.reactions},
            "world": self.world.model_dump(mode="json"),
            "parameters": dict(sorted(self.parameter_changes.items())),
            "firms": self.firms,
        }

    @classmethod
    def from_contents(cls, contents: Mapping[str, Any]) -> Scenario:
        """The scenario of which :meth:`contents` told everything; raises ``ValueError`` when something is not sound."""
        return cls(
            name=contents["name"],
            title=Words.model_validate(contents["title"]),
            description=Words.model_validate(contents["description"]),
            author=contents["author"],
            against=tuple(contents["against"]),
            expects=tuple(contents["expects"]),
            plan=Plan.model_validate_json(json.dumps(contents["plan"])),
            measures=tuple(_measure(entry) for entry in contents["measures"].values()),
            funds=tuple(Fund.model_validate_json(json.dumps(fund)) for fund in contents["funds"].values()),
            reactions=tuple(Reaction.model_validate_json(json.dumps(one)) for one in contents["reactions"].values()),
            world=WorldSpec.model_validate_json(json.dumps(contents["world"])),
            parameter_changes=contents["parameters"],
            firms=contents["firms"],
        )

    def fingerprint(self) -> str:
        """SHA-256 of what determines the result: the contents without names, titles, notes and what changes nothing."""
        plan = self.plan.model_dump(mode="json")
        decides: dict[str, Any] = {}
        decides["funds"] = {fund.id: _deciding(fund.model_dump(mode="json")) for fund in self.funds}
        decides["reactions"] = {one.id: _deciding(one.model_dump(mode="json")) for one in self.reactions}
        decides |= {"world": self.world.model_dump(mode="json"), "firms": self.firms}
        decides |= {day: plan[day] for day in ("adopted", "targets_on")}
        decides["read_on"] = {said["outcome"]: said["on"] for said in plan["targets"] if said["on"]}
        decides["ceilings"] = {said["outcome"]: said["ceiling_yuan"] for said in plan["targets"]}
        decides["parameters"] = effective(self.parameter_changes)
        texts = {key: _text(value) for key, value in decides.items()}
        texts["measures"] = _of_texts({measure.id: _measure_text(measure) for measure in self.measures})
        return hashlib.sha256(_of_texts(texts).encode()).hexdigest()


def _of_these(reactions: Iterable[Reaction], ids: set[str]) -> tuple[Reaction, ...]:
    """Reactions as far as they concern these measures; one that does nothing else is left out."""
    kept = []
    for reaction in reactions:
        begin, end = (tuple(id_ for id_ in named if id_ in ids) for named in (reaction.begin, reaction.end))
        values = {path: value for path, value in reaction.set.items() if path.split(".")[0] in ids}
        if begin or end or values or reaction.pay is not None:
            kept.append(reaction.model_copy(update={"begin": begin, "end": end, "set": values}))
    return tuple(kept)


def _measure(entry: Mapping[str, Any]) -> Measure:
    values = instruments()[entry["instrument"]].Values.model_validate_json(json.dumps(entry["values"]))
    plain = Measure.model_validate_json(json.dumps({**entry, "values": {}}))
    return plain.model_copy(update={"values": values})


def _as_data(measure: Measure) -> dict[str, Any]:
    return {**measure.model_dump(mode="json", exclude={"values"}), "values": measure.values.model_dump(mode="json")}


def _deciding(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in SAID_ONLY}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _of_texts(texts: Mapping[str, str]) -> str:
    """The text of a table, of the texts of its entries."""
    return "{" + ",".join(f"{_text(key)}:{text}" for key, text in sorted(texts.items())) + "}"


# Draws share nearly all of their measures.
_plain: Final = Remembered[Measure, dict[str, Any]](_as_data, REMEMBERED)
_measure_text: Final = Remembered[Measure, str](lambda measure: _text(_deciding(_plain(measure))), REMEMBERED)
