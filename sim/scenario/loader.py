"""From a scenario file to a scenario: what it extends, what is on, which levers are changed.

Everything that is wrong is found in one pass and raised together. Nothing of a scenario that cannot be loaded is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sim.measure import Measure, Words
from sim.places import scenarios_folder
from sim.scenario import levers as lever_paths
from sim.scenario.catalogue import HORIZON, NOT_SCENARIOS, Catalogue, build, catalogue, dates
from sim.scenario.checking import Path as Place
from sim.scenario.checking import Source, check
from sim.scenario.document import Document, display, read
from sim.scenario.faults import Fault, ScenarioError, nearest
from sim.scenario.levers import Lever
from sim.scenario.schema import MOST_MEASURES, Firms, Fund, Plan, ScenarioFile
from sim.vocabulary import ACTIONS, MECHANISMS
from sim.world.spec import WorldSpec

FIRST: Final = ("baseline", *(f"action_{action}" for action in ACTIONS), "full_plan")  # the order that people expect
TEXTS: Final = ("title", "description", "note")  # what changes no result


@dataclass(frozen=True)
class Scenario:
    """What is asked of one run. Levers are applied; nothing in it changes afterwards.

    ``parameter_changes`` go to ``sim.parameters``; ``firms`` is a number of sampled rows or ``"province"`` for one row
    a firm; ``unused`` are levers that were given but concern measures that are off here.
    """

    name: str
    title: Words
    description: Words
    author: str
    against: str | None
    expects: tuple[str, ...]
    plan: Plan
    measures: tuple[Measure, ...]  # sorted by id; `values` is the instrument's `Values`
    funds: tuple[Fund, ...]  # sorted by id
    world: WorldSpec
    parameter_changes: dict[str, float]
    firms: Firms | None
    unused: tuple[str, ...] = field(default=(), compare=False)

    def contents(self) -> dict[str, Any]:
        """Everything that the scenario says, plain and sorted, fit for JSON."""
        return {
            "name": self.name,
            "title": self.title.model_dump(),
            "description": self.description.model_dump(),
            "author": self.author,
            "against": self.against,
            "expects": list(self.expects),
            "plan": self.plan.model_dump(mode="json"),
            "measures": {measure.id: _plain(measure) for measure in self.measures},
            "funds": {fund.id: fund.model_dump(mode="json") for fund in self.funds},
            "world": self.world.model_dump(mode="json"),
            "parameters": dict(sorted(self.parameter_changes.items())),
            "firms": self.firms,
        }

    def fingerprint(self) -> str:
        """SHA-256 of what determines the result: the contents without names, titles and notes."""
        contents = self.contents()
        decides = {key: contents[key] for key in ("measures", "funds", "world", "parameters", "firms")}
        for group in ("measures", "funds"):
            decides[group] = {
                id_: {key: value for key, value in entry.items() if key not in TEXTS}
                for id_, entry in contents[group].items()
            }
        text = json.dumps(decides, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(measure: Measure) -> dict[str, Any]:
    return {**measure.model_dump(mode="json", exclude={"values"}), "values": measure.values.model_dump(mode="json")}


def names() -> list[str]:
    """Names of the shipped scenarios: the baseline, the actions, the whole plan, then the what-ifs by name."""
    found = {file.stem for file in scenarios_folder().glob("*.yaml")} - {*NOT_SCENARIOS}
    return [name for name in FIRST if name in found] + sorted(found - {*FIRST})


def load(name_or_path: str | Path, levers: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario by the name of a shipped one or by the path of a file, with levers changed on top.

    ``levers``: dotted path to value, see :mod:`sim.scenario.levers`. Those of measures that are off change nothing and
    are listed in ``Scenario.unused``, so that the same levers can be given to several scenarios.
    Raises :class:`ScenarioError`, whose ``faults`` hold everything that is wrong.
    """
    known = catalogue(scenarios_folder())
    file = _find(str(name_or_path))
    chain, faults = _chain(file)
    if not chain:
        raise ScenarioError(faults)
    asked = _Asked(known, faults=[*known.faults, *faults])
    for document, content in chain:
        asked.add(document, content, own=document is chain[-1][0])
    for lever in lever_paths.given(levers or {}):
        asked.levers[lever.path] = lever
    return asked.scenario(file.stem, chain[-1][1])


def _find(name: str) -> Path:
    """File of a shipped scenario or of a path."""
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    shipped = names()
    if name not in shipped:
        raise ScenarioError([Fault("no_file", name, None, "", name, ", ".join(shipped), nearest(name, shipped))])
    return scenarios_folder() / f"{name}.yaml"


def _chain(file: Path) -> tuple[list[tuple[Document, ScenarioFile]], list[Fault]]:
    """A scenario and all that it extends, the furthest first, and the faults of these files."""
    chain: list[tuple[Document, ScenarioFile]] = []
    faults: list[Fault] = []
    seen: list[Path] = []
    here: Path | None = file
    while here is not None:
        try:
            document = read(here)
        except ScenarioError as error:
            return [], [*faults, *error.faults]
        seen.append(here.resolve())
        content, wrong = check(ScenarioFile, document.data, Source(document))
        faults += wrong
        if content is None:
            # What can still be read is checked too, so that one bad key does not hide the next.
            content = _readable(document, wrong)
        chain.insert(0, (document, content))
        here, wrong = _extended(document, content, here, seen)
        faults += wrong
    return chain, faults


def _readable(document: Document, faults: Iterable[Fault]) -> ScenarioFile:
    """The fields of a faulty scenario file that are in order."""
    fields = {key: value for key, value in document.data.items() if key in ScenarioFile.model_fields}
    fields |= {key: {"zh": "", "en": ""} for key in ("title", "description") if key not in fields}
    for fault in faults:
        fields.pop(fault.field.split(".")[0], None)
    fields = {"title": {"zh": "", "en": ""}, "description": {"zh": "", "en": ""}, **fields}
    return ScenarioFile.model_validate(fields)


def _extended(
    document: Document, content: ScenarioFile, file: Path, seen: Sequence[Path]
) -> tuple[Path | None, list[Fault]]:
    """File that a scenario extends: beside it, or a shipped one."""
    name = content.extends
    if name is None:
        return None, []
    at = ("extends",)
    own, shipped = file.resolve().parent, scenarios_folder().resolve()
    file_name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    candidates = [(folder / file_name).resolve() for folder in (own, shipped)]
    if not any(path.is_relative_to(folder) for path in candidates for folder in (own, shipped)):
        return None, [document.fault("climbs_out", at, name, "a name, or a file in these folders")]
    inside = [path for path in candidates if path.is_relative_to(own) or path.is_relative_to(shipped)]
    fresh = [path for path in inside if path.is_file() and path != file.resolve()]
    found = next(iter(fresh), next((path for path in inside if path.is_file()), None))
    if found is None:
        beside = [path.stem for path in own.glob("*.yaml")] if own != shipped else []
        allowed = list(dict.fromkeys([*names(), *beside]))
        return None, [document.fault("no_file", at, name, ", ".join(allowed), nearest(name, allowed))]
    if found in seen:
        circle = " -> ".join(path.stem for path in (*seen[seen.index(found) :], found))
        return None, [document.fault("circular", at, circle, "a chain that ends")]
    return found, []


@dataclass
class _Asked:
    """What a chain of files asks for, collected file by file."""

    known: Catalogue
    faults: list[Fault]
    on: dict[str, None] = field(default_factory=dict)  # an ordered set of ids
    defined: dict[str, tuple[Document, dict[str, Any]]] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    world: dict[str, Any] = field(default_factory=dict)
    world_from: dict[Place, tuple[Document, Place]] = field(default_factory=dict)
    firms: Firms | None = None

    def add(self, document: Document, content: ScenarioFile, own: bool) -> None:
        """Take in one file; what it says comes after what the files that it extends say."""
        for id_, data in content.define.items():
            if id_ in self.known.sources:
                self.faults.append(
                    document.fault("duplicate_id", ("define", id_), id_, "an id that is not in the catalogue")
                )
            self.defined[id_] = document, data
            self.on[id_] = None
        for key in ("actions", "sections", "measures"):
            for place, name in enumerate(getattr(content, key)):
                self.on |= dict.fromkeys(self._switch(document, key, place, name))
        for place, name in enumerate(content.without):
            for id_ in self._switch(document, "without", place, name):
                self.on.pop(id_, None)
        for path, value in content.levers.items():
            self.levers[path] = Lever(path, value, document, own)
        self._add_world(content.world, document, ("world",))
        self.firms = content.firms if content.firms is not None else self.firms

    def _switch(self, document: Document, key: str, place: int, name: str) -> list[str]:
        if key == "measures" and (name in self.known.sources or name in self.defined):
            return [name]
        found = None if key == "measures" else self.known.switch(name)
        if key == "sections" and name not in self.known.plan.sections:
            found = None
        if key == "without" and name in self.defined:
            found = [name]
        if found is not None:
            return found
        choices = {
            "sections": list(self.known.plan.sections),
            "measures": [*self.known.sources, *self.defined],
            "without": [*ACTIONS, MECHANISMS, *self.known.plan.sections, *self.known.sources, *self.defined],
        }.get(key, [])
        kind = "unknown_section" if key == "sections" else "unknown_measure"
        allowed = (
            ", ".join(choices) if key == "sections" else "an action, a section or a measure" if key == "without" else ""
        )
        self.faults.append(document.fault(kind, (key, place), name, allowed or "a measure", nearest(name, choices)))
        return []

    def _add_world(self, data: Mapping[str, Any], document: Document, at: Place) -> None:
        for key, value in data.items():
            self.world[key] = value
            self.world_from = {path: origin for path, origin in self.world_from.items() if path[0] != key}
            self.world_from[(key,)] = document, (*at, key)

    def scenario(self, name: str, content: ScenarioFile) -> Scenario:
        """The scenario, or every fault at once."""
        by_kind: dict[str, list[Lever]] = {kind: [] for kind in (*lever_paths.ELSEWHERE, "measures")}
        for lever in self.levers.values():
            by_kind[lever.parts[0] if lever.parts[0] in lever_paths.ELSEWHERE else "measures"].append(lever)
        self._change_plan(by_kind["plan"])
        world = self._world(by_kind["world"])
        horizon = (world.start, world.end) if world is not None else HORIZON
        measures, unused = self._measures(by_kind["measures"], horizon)
        funds = self._funds(by_kind["funds"], horizon)
        parameters = self._parameters(by_kind["parameters"])
        firms = self._firms(by_kind["firms"])
        if len(measures) > MOST_MEASURES:
            document = Document(display(scenarios_folder()), {})
            self.faults.append(document.fault("too_many", (), len(measures), f"at most {MOST_MEASURES}"))
        if self.faults or world is None:
            raise ScenarioError(self.faults)
        return Scenario(
            name, content.title, content.description, content.author, content.against, content.expects, self.known.plan,
            measures, funds, world, parameters, firms, tuple(unused),
        )  # fmt: skip

    def _change_plan(self, levers: Iterable[Lever]) -> None:
        for lever in levers:
            if len(lever.parts) != 2 or lever.parts[1] not in lever_paths.OF_PLAN:
                allowed = [f"plan.{name}" for name in lever_paths.OF_PLAN]
                self.faults.append(
                    lever.fault("unknown_lever", lever.path, ", ".join(allowed), nearest(lever.path, allowed))
                )
                continue
            data = self.known.plan.model_dump() | {lever.parts[1]: lever.value}
            plan, wrong = check(Plan, data, _lever_source(lever, (lever.parts[1],)))
            self.faults += wrong
            if plan is not None:
                self.known = replace(self.known, plan=plan)

    def _world(self, levers: Iterable[Lever]) -> WorldSpec | None:
        for lever in levers:
            if len(lever.parts) != 2:
                self.faults.append(lever.fault("unknown_lever", lever.path, "world.<key>, a whole key at a time"))
                continue
            self._add_world({lever.parts[1]: lever.value}, lever.document, ())
            self.world_from[(lever.parts[1],)] = lever.document, ("levers", lever.path)
        # What concerns the world as a whole, such as an end before the start, is said of the last place that changed it.
        document, _ = next(reversed(self.world_from.values()), (Document("world", {}), ()))
        world, wrong = check(WorldSpec, self.world, Source(document, ("world",), dict(self.world_from)))
        self.faults += wrong
        return world

    def _measures(self, levers: Sequence[Lever], horizon: tuple[date, date]) -> tuple[tuple[Measure, ...], list[str]]:
        known = self.known
        documents = {id_: known.sources[id_] for id_ in self.on if id_ in known.sources}
        data = {id_: dict(document.data) for id_, document in documents.items()}
        data |= {id_: {"id": id_, **self.defined[id_][1]} for id_ in self.on if id_ in self.defined}
        ids = [*known.sources, *self.defined]
        origins, unused, wrong = lever_paths.change_measures(levers, data, ids)
        self.faults += wrong
        measures = {}
        days_moved = known.plan != catalogue(known.folder).plan
        for id_ in sorted(data):
            if id_ not in origins and id_ not in self.defined and not (days_moved and _waits_for_plan(data[id_])):
                if id_ in known.measures:  # else its faults are among the catalogue's
                    measures[id_] = known.measures[id_]
                continue
            own = self.defined.get(id_)
            source = (
                Source(own[0], ("define", id_), origins.get(id_, {}))
                if own
                else Source(documents[id_], (), origins.get(id_, {}))
            )
            measure, wrong = build(known, data[id_], source, HORIZON if not own else horizon, ids)
            self.faults += wrong
            if measure is not None:
                measures[id_] = measure
                self.faults += _outside(measure, source, horizon)
        return tuple(measures.values()), unused

    def _funds(self, levers: Iterable[Lever], horizon: tuple[date, date]) -> tuple[Fund, ...]:
        places = {fund["id"]: place for place, fund in enumerate(self.known.funds_file.data["funds"])}
        changes: dict[str, dict[str, Any]] = {}
        origins: dict[str, dict[Place, tuple[Document, Place]]] = {}
        for lever in levers:
            parts = lever.parts
            paths = [f"funds.{id_}.{name}" for id_ in places for name in lever_paths.OF_FUNDS]
            if lever.path not in paths:
                kind = "unknown_fund" if len(parts) == 3 and parts[1] not in places else "unknown_lever"
                self.faults.append(
                    lever.fault(
                        kind,
                        parts[1] if kind == "unknown_fund" else lever.path,
                        ", ".join(paths),
                        nearest(lever.path, paths),
                    )
                )
                continue
            changes.setdefault(parts[1], {})[parts[2]] = lever.value
            origins.setdefault(parts[1], {})[(parts[2],)] = lever.document, ("levers", lever.path)
        funds = dict(self.known.funds)
        for id_, changed in changes.items():
            source = Source(self.known.funds_file, ("funds", places[id_]), origins[id_])
            data = self.known.funds_file.data["funds"][places[id_]] | changed
            if "amount_yuan" in changed:
                data.pop("amount_from", None)
            fund, wrong = check(Fund, data, source)
            self.faults += wrong
            if fund is not None:
                funds[id_] = fund
                if fund.amount_yuan is not None:
                    self.faults += [
                        source.fault("outside_horizon", ("amount_yuan", day), day, f"{horizon[0]} to {horizon[1]}")
                        for day in fund.amount_yuan.changes()
                        if not horizon[0] <= day <= horizon[1]
                    ]
        return tuple(funds[id_] for id_ in sorted(funds))

    def _parameters(self, levers: Sequence[Lever]) -> dict[str, float]:
        if not levers:
            return {}
        from sim.parameters import ParameterError  # the file is long: read only when a scenario varies it
        from sim.parameters import load as load_parameters

        parameters = load_parameters()
        changed: dict[str, float] = {}
        for lever in levers:
            path = lever.path.removeprefix("parameters.")
            try:
                parameters = parameters.with_changes({path: lever.value})
                changed[path] = lever.value
            except ParameterError as error:
                self.faults.append(lever.fault("reason", error))
        return dict(sorted(changed.items()))

    def _firms(self, levers: Iterable[Lever]) -> Firms | None:
        for lever in levers:
            data = {"title": {"zh": "", "en": ""}, "description": {"zh": "", "en": ""}, "firms": lever.value}
            content, wrong = check(ScenarioFile, data, _lever_source(lever, ("firms",)))
            self.faults += wrong
            self.firms = content.firms if content else self.firms
        return self.firms


def _lever_source(lever: Lever, at: Place) -> Source:
    return Source(lever.document, (), {at: (lever.document, ("levers", lever.path))})


def _waits_for_plan(data: Mapping[str, Any]) -> bool:
    return any(data.get(key) in lever_paths.OF_PLAN for key in ("start", "end"))


def _outside(measure: Measure, source: Source, horizon: tuple[date, date]) -> Iterator[Fault]:
    """Days that a lever names and that the run does not reach. The catalogue's own days may lie outside a short run."""
    for path, day in dates(measure):
        if (
            any(path[:length] in source.levers for length in range(len(path) + 1))
            and not horizon[0] <= day <= horizon[1]
        ):
            yield source.fault("outside_horizon", path, day, f"{horizon[0]} to {horizon[1]}")


def validate(paths: Iterable[str | Path]) -> list[Fault]:
    """Everything that is wrong with scenario files, and with the catalogue that they use; empty when all is well."""
    faults: list[Fault] = []
    for path in paths:
        try:
            load(path)
        except ScenarioError as error:
            faults += error.faults
    return list(dict.fromkeys(faults))
