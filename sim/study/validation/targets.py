"""Targets: figures that the model is held against, each with its universe, its uncertainty and how a run is read.

They stand in ``targets.yaml`` in the folder of calibration, apart from what a run reads: no run changes when they do.
A target that is ``fitted`` may be used to choose parameters later, one that is ``checked`` never is; one that the model
cannot answer stands among them with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from sim.data_folders import calibration_file, of_calibration, scenarios_folder
from sim.evidence import evidence
from sim.measure import NAME, Name, Strict, Words
from sim.refusal import Refusal, nearest
from sim.scenario import Scenario, load
from sim.scenario.checking import FORMS, Source, check
from sim.scenario.document import Document, read
from sim.scenario.validation_errors import ScenarioError, ValidationError, listed
from sim.study import StudyError
from sim.study.reductions.readings import READINGS, ReadingSpec

FILE: Final = "targets.yaml"
WORLDS: Final = "validation"  # the folder in `scenarios/` of the worlds that targets are read in
GROUPS: Final = (
    "cash", "exits", "losses", "distress", "credit", "payment", "delivery", "money", "reopening", "sales",
    "procurement", "population",
)  # fmt: skip
USES: Final = ("fitted", "checked")
UNITS: Final = ("share", "months", "days", "years", "yuan", "entities", "persons", "ratio")


class TargetEntry(Strict):
    """A target as ``targets.yaml`` says it."""

    group: Literal[GROUPS]  # type: ignore[valid-type]
    use: Literal[USES] = Field(description="fitted: may choose parameters later; checked: never")  # type: ignore[valid-type]
    title: Words = Field(description="what it is, in the words of officials")
    universe: Words = Field(description="of whom it is")
    definition: Words = Field(
        description="of the published figure, what stands for it in the model, and how they differ"
    )
    value: float
    low: float = Field(description="low to high: the 90 % interval of the published figure")
    high: float
    unit: Literal[UNITS]  # type: ignore[valid-type]
    evidence: tuple[Name, ...] = Field(min_length=1, description="ids of rows in `calibration/evidence/`")
    world: Name | None = Field(None, description="the scenario in `scenarios/validation/` that it is read in")
    reading: dict[str, Any] | None = Field(None, description="`name` of a reading, and its arguments")
    not_answerable: Words | None = Field(None, description="why the model cannot answer it")

    @model_validator(mode="after")
    def _fits(self) -> TargetEntry:
        if not self.low <= self.value <= self.high:
            raise Refusal(
                zh=f"value {self.value:g} 应在 low {self.low:g} 与 high {self.high:g} 之间",
                en=f"value {self.value:g} lies between low {self.low:g} and high {self.high:g}",
                at=("value",),
            )
        if self.low == self.high:
            raise Refusal(
                zh="low 应小于 high：至少有舍入误差",
                en="low is less than high: a published figure is rounded at least",
                at=("low",),
            )
        has_reading = self.world is not None and self.reading is not None
        if has_reading == (self.not_answerable is not None) or (self.world is None) != (self.reading is None):
            raise Refusal(
                zh="每个目标要么写 world 和 reading，要么写 not_answerable",
                en="a target has world and reading, or not_answerable",
            )
        return self


@dataclass(frozen=True)
class Target:
    """A target that was found sound. ``spec``: how a run of its world is read, None for what cannot be answered."""

    id: str
    entry: TargetEntry
    spec: ReadingSpec | None


@dataclass(frozen=True)
class Targets:
    """All targets of a folder of calibration, in the order of its file, and the worlds that they are read in."""

    by_id: Mapping[str, Target]
    worlds: Mapping[str, Scenario]

    def chosen(self, names: Iterable[str]) -> list[Target]:
        """Those of the groups and with the ids that are named, in the order of the file; all where none is named.

        Raises :class:`StudyError` for a name that there is not.
        """
        names = list(names)
        known = [*GROUPS, *self.by_id]
        for name in names:
            if name not in known:
                near = nearest(name, known)
                zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("。", ".")
                groups = ", ".join(GROUPS)
                raise StudyError(
                    zh=f"没有名为 {name} 的目标或目标组{zh}目标组：{groups}。",
                    en=f"There is no target and no group of targets {name}{en} Groups: {groups}.",
                )
        return [one for one in self.by_id.values() if not names or {one.id, one.entry.group} & {*names}]


@of_calibration
def targets(folder: Path) -> Targets:
    """The targets of the present folder of calibration.

    Raises ``ScenarioError``, whose errors hold everything that is wrong with them, and :class:`StudyError` where there
    are none.
    """
    file = calibration_file(folder, FILE)
    if not file.is_file():
        raise StudyError(
            zh=f"{folder} 中没有 {FILE}：没有可供检验的目标。",
            en=f"There is no {FILE} in {folder}: there is nothing to hold the model against.",
        )
    return read_targets(file, evidence())


def worlds() -> dict[str, Path]:
    """Files of the worlds that targets may be read in, by name."""
    return {path.stem: path for path in sorted((scenarios_folder() / WORLDS).glob("*.yaml"))}


def read_targets(file: Path, facts: Collection[str]) -> Targets:
    """The targets of a file, which stand on facts; ``facts``: the ids of those that there are.

    Raises ``ScenarioError``, whose errors hold everything that is wrong with it.
    """
    document = read(file)
    errors: list[ValidationError] = list(document.errors)
    known, loaded = worlds(), dict[str, Scenario]()
    found: dict[str, Target] = {}
    for id_, data in document.data.items():
        entry, wrong = check(TargetEntry, data, Source(document), (id_,))
        errors += wrong
        if not re.fullmatch(NAME, str(id_)):
            errors.append(document.error("wrong_form", (id_,), str(id_), FORMS[NAME]))
        if entry is None:
            continue
        spec = None
        if entry.world is not None and entry.reading is not None:
            world, wrong = _world(document, id_, entry.world, known, loaded)
            errors += wrong
            spec, wrong = _spec(document, id_, entry.reading, world)
            errors += wrong
        errors += [
            document.error("unknown_evidence", (id_, "evidence", place), fact, "", nearest(fact, facts))
            for place, fact in enumerate(entry.evidence)
            if fact not in facts
        ]
        found[id_] = Target(id_, entry, spec)
    if errors:
        raise ScenarioError(errors)
    return Targets(found, loaded)


def _world(
    document: Document, id_: str, name: str, known: Mapping[str, Path], loaded: dict[str, Scenario]
) -> tuple[Scenario | None, list[ValidationError]]:
    """The world of a name, loaded once."""
    if name not in known:
        return None, [document.error("no_file", (id_, "world"), name, listed(known), nearest(name, known))]
    if name not in loaded:
        loaded[name] = load(known[name])
    return loaded[name], []


def _spec(
    document: Document, id_: str, said: Mapping[str, Any], world: Scenario | None
) -> tuple[ReadingSpec | None, list[ValidationError]]:
    """How a run is read: the reading that is named, with arguments that its signature takes."""
    at = (id_, "reading")
    if "name" not in said:
        return None, [document.error("missing_key", (*at, "name"), "name")]
    name = str(said["name"])
    if name not in READINGS:
        return None, [document.error("unknown_reading", (*at, "name"), name, listed(READINGS), nearest(name, READINGS))]
    one = READINGS[name]
    given = {key: value for key, value in said.items() if key != "name"}
    arguments, errors = check(one.arguments, given, Source(document), at)
    if arguments is None:
        return None, errors
    spec = one.spec(id_, arguments)
    if world is not None:
        errors += [
            document.error("outside_horizon", at, day.isoformat(), f"{world.world.start} - {world.world.end}")
            for day in sorted(one.needs(one.given(spec), world.world.start).days)
            if not world.world.start <= day <= world.world.end
        ]
    return (None if errors else spec), errors
