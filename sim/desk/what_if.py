"""A what-if: a shipped scenario, what is switched off of it, and levers; the YAML that ``compare`` takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sim.data_folders import calibration_folder, scenarios_folder
from sim.desk.controls import said
from sim.measure import ISO_DAY, Words
from sim.refusal import Refusal, shown
from sim.report.words.catalogue import both, named
from sim.report.words.lever_names import lever_words
from sim.scenario import Scenario, ScenarioError, ValidationError, load, names
from sim.scenario.catalogue import catalogue
from sim.scenario.checking import Source, check
from sim.scenario.differences import lever_table
from sim.scenario.document import LARGEST_FILE, parse
from sim.scenario.levers import LeverEntry, same
from sim.scenario.plain import plain
from sim.scenario.schema import ScenarioFile
from sim.scenario.slips import near
from sim.scenario.validation_errors import listed
from sim.study.comparison.scenarios import MAIN
from sim.vocabulary import ACTIONS, MECHANISMS

LONGEST_NAME: Final = 60  # characters
NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*]')  # what Windows takes in no file's name
RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # names of devices there
SHOWN: Final = ("title", "description", "author", "expects", "extends", "without", "levers", "world")


@dataclass(frozen=True)
class WhatIf:
    """One what-if. Nothing in it changes: every change gives another.

    ``name``: what it is called, and its file (without ``.yaml``); see :func:`checked_name`. ``extends``: the shipped
    scenario that it starts from. ``without``: actions, steps (sections such as ``II.1``) and measures switched off.
    ``levers``: changed values by dotted path, plain as a file says them (a day in ISO form), ``world.*`` and
    ``funds.*`` among them. ``title``, ``description``, ``author``, ``expects``: what an opened file says of itself; the
    name stands for a missing title.
    """

    name: str
    extends: str = MAIN
    without: tuple[str, ...] = ()
    levers: Mapping[str, Any] = field(default_factory=dict)
    title: Words | None = None
    description: Words | None = None
    author: str = ""
    expects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        levers = {same(str(path)): _as_written(plain(value)) for path, value in sorted(self.levers.items())}
        object.__setattr__(self, "levers", levers)

    @property
    def file_name(self) -> str:
        """Name of the file that it is saved as."""
        return f"{self.name}.yaml"

    def renamed(self, name: str) -> WhatIf:
        """The same under another name; raises ``Refusal`` for one that no file can have."""
        return replace(self, name=checked_name(name), title=None)

    def switched(self, what: str, on: bool) -> WhatIf:
        """With an action, a step or a measure switched on or off.

        What is switched off loses its levers, for a file may not change what is not there; switching on an action or a
        step switches on all its measures. Raises ``ScenarioError`` for what the scenario does not have.
        """
        of_it = self._members(what)
        off = self._off() - of_it if on else self._off() | of_it
        levers = {path: value for path, value in self.levers.items() if path.partition(".")[0] not in off}
        return replace(self, without=_named(off, self._there()), levers=levers)

    def is_on(self, what: str) -> bool | None:
        """Whether an action, a step or a measure is on; None where some of its measures are on and some are off.

        Raises ``ScenarioError`` for what the scenario does not have.
        """
        of_it = self._members(what)
        off = of_it & self._off()
        return not off if not off or off == of_it else None

    def with_lever(self, path: str, value: Any) -> WhatIf:
        """With a lever set to a plain value; one that is the scenario's own value again is left out.

        Raises ``ScenarioError`` when the scenario's schema does not allow the value.
        """
        changed = replace(self, levers={**self.levers, path: value})
        path = same(path)
        own = self._own(path)
        if own is not None and own.value == changed.levers[path]:
            return self.without_lever(path)
        changed.scenario()
        return changed

    def without_lever(self, path: str) -> WhatIf:
        """With a lever as what it extends has it."""
        return replace(self, levers={one: value for one, value in self.levers.items() if one != same(path)})

    def yaml(self) -> str:
        """The file that ``shukun compare`` takes."""
        from ruamel.yaml import YAML  # start-up: heavy, and only who saves or runs needs it

        told: dict[str, Any] = {
            "title": self.title and self.title.model_dump(),
            "description": self.description and self.description.model_dump(),
            "author": self.author,
            "expects": list(self.expects),
            "extends": self.extends,
            "without": list(self.without),
            "levers": {path: _as_day(value) for path, value in self.levers.items()},
        }
        writer = YAML(typ="safe", pure=True)
        writer.default_flow_style, writer.allow_unicode = False, True
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library has None for its type
        out = StringIO()
        writer.dump({key: value for key, value in told.items() if value}, out)
        return out.getvalue()

    @classmethod
    def from_yaml(cls, text: str, file_name: str) -> WhatIf:
        """The what-if that a file says; ``file_name`` names it.

        Raises ``ScenarioError`` with everything that is wrong with it, or with one sentence why a page cannot show it:
        it does more than to extend a shipped scenario, switch off and set levers. ``Refusal`` for its name.
        """
        name = checked_name(file_name.removesuffix(".yaml").removesuffix(".yml"))
        if len(text.encode()) > LARGEST_FILE:
            size, most = (Words(zh=f"{n} 字节", en=f"{n} bytes") for n in (len(text.encode()), LARGEST_FILE))
            raise ScenarioError([ValidationError("too_large", file_name, None, "", size, most)])
        document = parse(text, file_name)
        content, errors = check(ScenarioFile, document.data, Source(document))
        if content is None or document.errors:
            raise ScenarioError([*document.errors, *errors])
        for key in document.data:
            at = ("levers", "firms") if key == "levers" and "firms" in content.levers else (str(key),)
            if key not in SHOWN or len(at) > 1:
                raise ScenarioError([document.error("reason", at, both("what_if.not_shown", key=at[-1]))])
        extends = (content.extends or "").removesuffix(".yaml")
        if extends not in names():
            at, close = ("extends",), near(extends, names()) if extends else None
            raise ScenarioError([document.error("reason", at, both("what_if.not_shipped"), listed(names()), close)])
        opened = cls(
            name,
            extends,
            tuple(content.without),
            {**{f"world.{key}": value for key, value in content.world.items()}, **content.levers},
            content.title,
            content.description,
            content.author,
            content.expects,
        )
        try:
            opened.scenario()
        except ScenarioError as refused:  # told where the file that was opened has it
            raise ScenarioError(document.placed(replace(one, file="", line=None)) for one in refused.errors) from None
        return opened.checked()

    def checked(self) -> WhatIf:
        """The same, what is off named in the one way that the page has; raises ``ScenarioError`` and ``Refusal``."""
        checked_name(self.name)
        if self.extends not in names():
            raise ScenarioError(
                [ValidationError("no_file", self.file_name, None, "extends", self.extends, listed(names()))]
            )
        self.scenario()
        return replace(self, without=_named(self._off(), self._there()))

    def scenario(self) -> Scenario:
        """What is run: the scenario that its file gives, and nothing that is on the page only.

        Raises ``ScenarioError``, whose sentences call the file by its name.
        """
        with TemporaryDirectory() as folder:
            file = Path(folder, self.file_name)
            file.write_text(self.yaml(), encoding="utf-8")
            try:
                return replace(load(file), origin=None)
            except ScenarioError as refused:
                told = str(file)
                raise ScenarioError(
                    replace(error, file=self.file_name) if error.file == told else error for error in refused.errors
                ) from None

    def differs(self) -> list[Words]:
        """What differs from the scenario that it extends, a sentence each; empty when nothing does."""
        lines = [both("what_if.off", what=_title(what)) for what in self.without]
        for path, value in self.levers.items():
            own, name = self._own(path), lever_words(path)
            now = said(path, value, self.extends)
            if own is None:
                lines.append(both("what_if.set", lever=name, value=now))
            else:
                lines.append(both("what_if.moved", lever=name, value=now, own=said(path, own.value, self.extends)))
        return lines

    def _there(self) -> set[str]:
        """Measures that are on in what it extends."""
        return {measure.id for measure in load(self.extends).measures}

    def _off(self) -> set[str]:
        return set[str]().union(*(self._members(what) for what in self.without))

    def _members(self, what: str) -> set[str]:
        there = self._there()
        found = there.intersection(catalogue(scenarios_folder()).switch(what))
        if not found:
            known = [*ACTIONS, MECHANISMS, *catalogue(scenarios_folder()).plan.sections, *sorted(there)]
            kind = "measure_is_off" if what in known else "unknown_measure"
            raise ScenarioError(
                [ValidationError(kind, self.file_name, None, "without", what, "", None if what in known
                                 else near(what, known))]
            )  # fmt: skip
        return found

    def _own(self, path: str) -> LeverEntry | None:
        return _own_levers(self.extends, str(scenarios_folder()), str(calibration_folder())).get(path)


@lru_cache(8)
def _own_levers(extends: str, scenarios: str, calibration: str) -> dict[str, LeverEntry]:
    """Every lever of a shipped scenario as it stands there, by path; ``scenarios``, ``calibration``: what it is of."""
    return {entry.path: entry for entry in lever_table(load(extends))}


def checked_name(name: str) -> str:
    """The name without blanks around it; raises ``Refusal`` for one that no file can have or that a scenario has."""
    name = name.strip()
    why = None
    if not name or len(name) > LONGEST_NAME:
        why = both("what_if.name.length", most=LONGEST_NAME)
    elif not name.isprintable() or NOT_IN_NAMES.search(name) or name[0] in ".-" or name[-1] == ".":
        why = both("what_if.name.characters")
    elif RESERVED.fullmatch(name) or name in names():
        why = both("what_if.name.taken", called=name)
    if why is not None:
        raise Refusal(zh=f"{shown(name)}：{why.zh}", en=f"{shown(name)}: {why.en}")
    return name


def _named(off: Iterable[str], there: Iterable[str]) -> tuple[str, ...]:
    """What is off in as few words as there are: whole actions, whole steps, then measures by themselves."""
    known, rest = catalogue(scenarios_folder()), {*off}
    every, found = {*off}, list[str]()
    for what in (*ACTIONS, MECHANISMS, *known.plan.sections):
        members = {*there}.intersection(known.switch(what))
        if members and members <= every and members & rest:
            found.append(what)
            rest -= members
    return (*found, *sorted(rest))


def _title(what: str) -> Words:
    """What an action, a step or a measure is called."""
    known = catalogue(scenarios_folder())
    if what in known.plan.sections:
        return known.plan.sections[what]
    return known.measures[what].title if what in known.measures else named("action", what)


def _as_written(value: Any) -> Any:
    """A value with days in ISO form and keys as texts, fit for JSON."""
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return {_as_written(key) if isinstance(key, date) else str(key): _as_written(v) for key, v in value.items()}
        case list() | tuple():
            return [_as_written(one) for one in value]
        case _:
            return value


def _as_day(value: Any) -> Any:
    """The way back, so that a file has days without quotes."""
    match value:
        case str() if ISO_DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:  # no day of the calendar: told by whoever reads it
                return value
        case Mapping():
            return {_as_day(key): _as_day(entry) for key, entry in value.items()}
        case list():
            return [_as_day(one) for one in value]
        case _:
            return value
