"""From a scenario file to a scenario: what it extends, what is on, which levers are changed.

Everything that is wrong is found in one pass and raised together. Nothing of a scenario that cannot be loaded is used.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim.data_folders import scenarios_folder
from sim.measure import Words
from sim.scenario import levers as lever_paths
from sim.scenario.catalogue import NOT_SCENARIOS, catalogue
from sim.scenario.checking import Source, check
from sim.scenario.composition import Composition
from sim.scenario.document import Document, read
from sim.scenario.scenario import Origin, Scenario
from sim.scenario.schema import ScenarioFile
from sim.scenario.slips import near
from sim.scenario.validation_errors import ScenarioError, ValidationError, listed, printable
from sim.vocabulary import ACTIONS, MECHANISMS

NO_SUPPORT: Final = "no_support"  # what a scenario is compared with that does not say it

# The order that people expect.
FIRST: Final = (
    NO_SUPPORT, "baseline", "national_rules",
    *(f"action_{action}" for action in ACTIONS),
    *(f"added_{action}" for action in (*ACTIONS, MECHANISMS)),
    "full_plan",
    *(f"without_{action}" for action in ACTIONS),
)  # fmt: skip

IN_THE_FOLDERS: Final = Words(zh="名称，或这些文件夹中的文件", en="a name, or a file in these folders")
AN_END: Final = Words(zh="有尽头的继承", en="a chain that ends")
AS_LOADED: Final = Words(zh="名称、文件，或 load() 返回的情景", en="a name, a file, or what load() gave")


class Link(NamedTuple):
    """A file of the chain that a scenario is made of."""

    document: Document
    content: ScenarioFile
    file: Path


def names() -> list[str]:
    """Names of the shipped scenarios: what is compared with, actions, plan, plan without each, then the others."""
    found = {file.stem for file in scenarios_folder().glob("*.yaml")} - {*NOT_SCENARIOS}
    return [name for name in FIRST if name in found] + sorted(found - {*FIRST})


def load(
    asked: str | Path | Scenario, levers: Mapping[str, Any] | None = None, drawn: Mapping[str, Any] | None = None
) -> Scenario:
    """A scenario by the name of a shipped one, by the path of a file or as it was loaded, with levers changed on top.

    ``levers``: dotted path to value, see :mod:`sim.scenario.levers`. Those of measures that are off change nothing and
    are listed in ``Scenario.unused``, so that the same levers can be given to several scenarios; the others are told by
    its title. ``drawn``: further levers, of one draw of many, that no title tells. To a loaded scenario levers do what
    they do to its file.
    Raises :class:`ScenarioError`, whose ``errors`` hold everything that is wrong.
    """
    if isinstance(asked, Scenario):
        return _changed(asked, levers or {}, drawn or {})
    known = catalogue(scenarios_folder())
    file = _find(str(asked))
    chain, errors = _chain(file)
    if not chain:
        raise ScenarioError(errors)
    against, said_by, wrong = _against(chain)
    composed = Composition(known, errors=[*known.errors, *errors, *wrong], is_clear=not errors, against=tuple(against))
    for document, content, _ in chain:
        composed.add(document, content, own=document is chain[-1].document)
    changes = lever_paths.given(levers or {}, drawn or {})
    for lever in changes:
        composed.put(lever)
    scenario = composed.scenario(printable(file.stem), chain[-1].content, *_texts(chain))
    origin = Origin(
        _told(file, str(asked)),
        scenario.title,
        {lever.path: lever.value for lever in changes},
        tuple(against.values()),
        said_by,
        chain[-1].content.extends,
    )
    title = changed_title(scenario.title, {path: origin.levers[path] for path in levers or {}}, scenario.unused)
    return replace(scenario, title=title, origin=origin)


def _texts(chain: Sequence[Link]) -> tuple[Words, Words]:
    """Title and description of a scenario: as its file has them, else its name, and what it extends and changes."""
    titles = []
    for document, content, _ in chain:
        name = printable(Path(document.name).stem)
        titles.append(content.title or Words(zh=name, en=name))
    own = chain[-1].content
    if own.description is not None:
        return titles[-1], own.description
    changes = [lever_paths.written(path, value) for path, value in own.levers.items()]
    if len(chain) == 1 and not changes:
        return titles[-1], titles[-1]
    parent = titles[-2:-1]
    zh, en = ([getattr(title, language) for title in parent] + changes for language in ("zh", "en"))
    return titles[-1], Words(zh="；".join(zh), en="; ".join(en))


def changed_title(title: Words, levers: Mapping[str, Any], unused: Container[str] = ()) -> Words:
    """The title of what levers have changed, which names them in order; those that change nothing are left out."""
    said = [lever_paths.written(path, value) for path, value in sorted(levers.items()) if path not in unused]
    return Words(zh=f"{title.zh}（{'，'.join(said)}）", en=f"{title.en} ({', '.join(said)})") if said else title


def recipe(scenario: Scenario) -> Origin:
    """What a loaded scenario was loaded from, when its file still says so.

    Raises :class:`ScenarioError` for one that was put together or changed otherwise.
    """
    origin = scenario.origin
    again = None if origin is None else load(origin.file, origin.levers)
    if origin is None or again is None or replace(again, firms=scenario.firms).fingerprint() != scenario.fingerprint():
        raise ScenarioError([ValidationError("not_from_file", scenario.name, None, "", scenario.name, AS_LOADED)])
    return origin


def start_of(scenario: Scenario) -> Scenario | None:
    """What a loaded scenario starts from: its file without the levers given, else what that file extends.

    None of one that starts from nothing, that was not loaded, or whose file does not lead there any more.
    """
    origin = scenario.origin
    if origin is None:
        return None
    try:
        if origin.levers:
            return load(origin.file)
        chain, _ = _chain(_find(origin.file))
        return load(_told(chain[-2].file, chain[-2].file.stem)) if len(chain) > 1 else None
    except ScenarioError:
        return None


def _changed(scenario: Scenario, levers: Mapping[str, Any], drawn: Mapping[str, Any]) -> Scenario:
    """A loaded scenario with levers on top of those that it was loaded with; its name, title and rows stay its own."""
    before = {} if scenario.origin is None else scenario.origin.levers
    new = {lever.path: lever.value for lever in lever_paths.given(levers, drawn)}
    if all(path in before and before[path] == value for path, value in new.items()):
        return scenario
    origin = recipe(scenario)
    spelled = {lever_paths.same(path) for path in new}
    kept = {path: value for path, value in before.items() if lever_paths.same(path) not in spelled}
    made = load(origin.file, {**kept, **{path: new[path] for path in levers}}, drawn)
    own = scenario.title != changed_title(origin.title, before, scenario.unused)
    title = changed_title(scenario.title, {path: new[path] for path in levers}, made.unused) if own else made.title
    return replace(made, name=scenario.name, title=title, firms=made.firms if "firms" in new else scenario.firms)


def _find(name: str) -> Path:
    """File of a shipped scenario, by its name or by that of its folder too, or of a path."""
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        within = scenarios_folder() / f"{name}.yaml"
        return within if not Path(name).exists() and within.is_file() else Path(name)
    shipped = names()
    if name not in shipped:
        raise ScenarioError([ValidationError("no_file", "", None, "", name, listed(shipped), near(name, shipped))])
    return scenarios_folder() / f"{name}.yaml"


def _chain(file: Path) -> tuple[list[Link], list[ValidationError]]:
    """A scenario and all that it extends, the furthest first, and the errors of these files."""
    chain: list[Link] = []
    errors: list[ValidationError] = []
    seen: list[Path] = []
    here: Path | None = file
    while here is not None:
        try:
            document = read(here)
        except ScenarioError as error:
            return [], [*errors, *error.errors]
        errors += document.errors
        seen.append(here.resolve())
        content, wrong = check(ScenarioFile, document.data, Source(document), (), {})
        errors += wrong
        if content is None:
            return [], errors
        chain.insert(0, Link(document, content, here))
        here, wrong = _extended(document, content, here, seen)
        errors += wrong
    return chain, errors


def _told(file: Path, name: str) -> str:
    """How a scenario's file is told: a shipped one by its name."""
    return name if file.resolve().parent == scenarios_folder().resolve() else str(file.resolve())


def _against(chain: Sequence[Link]) -> tuple[dict[str, str], str, list[ValidationError]]:
    """Names of the scenarios that one is compared with and their files (names of shipped ones), and who says so.

    Its own file says it, else the nearest that it extends which names any, else it is the world without support.
    """
    for document, content, file in reversed(chain):
        said = content.against
        names = (said,) if isinstance(said, str) else said or ()
        if names or (file is chain[-1].file and "against" in content.model_fields_set):
            found: dict[str, str] = {}
            errors: list[ValidationError] = []
            for place, name in enumerate(names):
                at = ("against",) if isinstance(said, str) else ("against", place)
                path, wrong = _named(document, at, name, file)
                errors += wrong
                if path is not None:
                    found[printable(path.stem)] = _told(path, path.stem)
            return found, _told(file, file.stem), errors
    return {NO_SUPPORT: NO_SUPPORT}, NO_SUPPORT, []


def _extended(
    document: Document, content: ScenarioFile, file: Path, seen: Sequence[Path]
) -> tuple[Path | None, list[ValidationError]]:
    """File that a scenario extends."""
    if content.extends is None:
        return None, []
    at = ("extends",)
    found, errors = _named(document, at, content.extends, file)
    if found is not None and found in seen:
        circle = " -> ".join(path.stem for path in (*seen[seen.index(found) :], found))
        return None, [document.error("circular", at, circle, AN_END)]
    return found, errors


def _named(
    document: Document, at: tuple[str | int, ...], name: str, file: Path
) -> tuple[Path | None, list[ValidationError]]:
    """File that another file names: beside it, or a shipped one."""
    own, shipped = file.resolve().parent, scenarios_folder().resolve()
    file_name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    try:
        candidates = [(folder / file_name).resolve() for folder in (own, shipped)]
        files = [path for path in candidates if path.is_file()]
    except (OSError, ValueError, RuntimeError):  # no name that a file can have, or a link to itself
        candidates, files = [], []
    if not all(path.is_relative_to(own) or path.is_relative_to(shipped) for path in candidates):
        return None, [document.error("climbs_out", at, name, IN_THE_FOLDERS)]
    found = next((path for path in files if path != file.resolve()), next(iter(files), None))
    if found is None:
        beside = [path.stem for path in own.glob("*.yaml") if path != file.resolve()] if own != shipped else []
        allowed = list(dict.fromkeys([*names(), *beside]))
        return None, [document.error("no_file", at, name, listed(allowed), near(name, allowed))]
    return found, []


def check_files(paths: Iterable[str | Path]) -> list[ValidationError]:
    """Everything that is wrong with scenario files, and with the catalogue that they use; empty when all is well."""
    errors: list[ValidationError] = []
    for path in paths:
        try:
            load(path)
        except ScenarioError as error:
            errors += error.errors
    return list(dict.fromkeys(errors))
