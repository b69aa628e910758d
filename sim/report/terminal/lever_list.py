"""What may be changed, as a list for people: found by words in either language, told in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim.data_folders import scenarios_folder
from sim.recalibration import PARAMETERS
from sim.refusal import Refusal, nearest, shown
from sim.report.terminal.tables import paragraph, plain, table
from sim.report.words.catalogue import LANGUAGES, Language, both, catalogue, named, text
from sim.report.words.lever_names import WORDS_OF_VALUES, all_lever_words, value_name
from sim.report.words.parameter_names import group_name, unit_name
from sim.report.words.sentences import say
from sim.scenario import Scenario, lever_table, names
from sim.scenario.catalogue import catalogue as measures_folder
from sim.scenario.differences import Change
from sim.scenario.levers import ALL, ELSEWHERE, LeverEntry, all_fields

MEASURES: Final = "measures"
GROUPS: Final = (MEASURES, ALL, *ELSEWHERE)
RANGE: Final = re.compile(r"(above )?(\S+) to (\S+)")


class Line(NamedTuple):
    """A lever in words: its path, how it stands, its unit, what is allowed, and what it means."""

    path: str
    value: str
    unit: str
    allowed: str
    meaning: str


def found(scenario: Scenario | str | Path, words: Sequence[str]) -> list[LeverEntry]:
    """The levers of a scenario to which all of the words apply, all without words; a refusal where there is none."""
    entries = lever_table(scenario)
    if answers := answering(entries, words):
        return answers
    given = shown(" ".join(words))
    if meant := next((word for word in words if word in names()), None):
        said = both("cli.fault.levers_scenario", given=meant)
    elif near := nearest(given, {part for entry in entries for part in (entry.path, *entry.path.split("."))}):
        said = both("cli.fault.levers_near", given=given, near=near)
    else:
        said = both("cli.fault.levers", given=given)
    raise Refusal(zh=said.zh, en=said.en)


def lines(entries: Sequence[LeverEntry], lang: Language) -> list[Line]:
    """Levers in words."""
    told = []
    for entry, name in zip(entries, all_lever_words(entry.path for entry in entries), strict=True):
        meaning = _unless_path(say(lang, name), entry.path)
        if entry.nominal:
            meaning = " ".join(filter(None, (meaning, f"[{text('cli.note.nominal_lever', lang)}]")))
        unit = "" if entry.unit == "-" else say(lang, unit_name(entry.unit))
        value = "null" if entry.value is None else plain(entry.value)
        told.append(Line(entry.path, value, unit, _allowed(entry, lang), meaning))
    return told


def answering(entries: Sequence[LeverEntry], words: Sequence[str]) -> list[LeverEntry]:
    """The levers to which all of the words apply: the name of a group, or how a word begins that is said of a lever.

    Said of a lever are its path, what it means, its unit and the words that it is set to, of a measure its action and
    what its clauses say, of a parameter its group, in both languages.
    """
    if not words:
        return list(entries)
    groups = {name: group for group in GROUPS for name in (group, *_both(f"lever.group.{group}"))}
    known = measures_folder(scenarios_folder())
    clauses = {id_: f"{id_} {clause.paraphrase.zh} {clause.paraphrase.en}" for id_, clause in known.register.items()}
    actions = {
        id_: " ".join([measure.action, *_both(f"action.{measure.action}")]) for id_, measure in known.measures.items()
    }
    wanted = [(groups.get(word.lower()), pattern(word)) for word in words]
    found = []
    called_so = all_lever_words(entry.path for entry in entries)
    units = {unit: unit_name(unit) for unit in {entry.unit for entry in entries}}
    for entry, name in zip(entries, called_so, strict=True):
        more = [actions.get(entry.measure, ""), *(clauses.get(id_, "") for id_ in entry.clauses)]
        if entry.value and entry.path.rpartition(".")[2] in WORDS_OF_VALUES:
            more += [value_name(entry.path, entry.value, lang) for lang in LANGUAGES]
        called = [name, units[entry.unit]]
        if entry.kind == "parameter":
            called.append(group_name(entry.path.removeprefix(PARAMETERS)))
        in_words = [say(lang, one) for one in called for lang in LANGUAGES]
        said = " ".join([entry.path, entry.unit, entry.meaning, *in_words, *more])
        if all(group == _group(entry) if group else pattern.search(said) for group, pattern in wanted):
            found.append(entry)
    return found


def answer(entries: Sequence[LeverEntry]) -> list[dict[str, Any]]:
    """Everything that is known of levers, as plain values, with their names in both languages."""
    names = all_lever_words(entry.path for entry in entries)
    return [
        {**entry._asdict(), "kind": entry.kind, "name": dict(name)} for entry, name in zip(entries, names, strict=True)
    ]


def show(entries: Sequence[LeverEntry], lang: Language) -> None:
    """Print levers with their present values, as they are written after ``--lever``; in a pipe one line each.

    Calibrated parameters come after them, by themselves, with the remark that they are not a plan's to change.
    """
    levers = [entry for entry in entries if entry.kind == "lever"]
    parameters = [entry for entry in entries if entry.kind == "parameter"]
    if levers:
        _show(levers, "lever", text("cli.note.levers", lang) if parameters else "", lang)
    if any(_group(entry) == ALL for entry in levers):
        paragraph(text("cli.note.all", lang, fields=", ".join(all_fields())))
    if parameters:
        _show(parameters, "parameter", text("cli.note.parameters", lang), lang)
        paragraph(text("cli.note.not_levers", lang))


def show_changes(changes: Sequence[Change], sides: tuple[str, str], lang: Language) -> None:
    """Print what differs between two scenarios, whose names are ``sides``."""
    paths = [change.path.removeprefix(f"{MEASURES}.") for change in changes]
    columns = [text("cli.column.lever", lang), *sides, text("cli.column.meaning", lang)]
    table(columns, [
        (change.path, plain(change.a), plain(change.b), _unless_path(say(lang, name), path))
        for change, path, name in zip(changes, paths, all_lever_words(paths), strict=True)
    ])  # fmt: skip


def _unless_path(name: str, path: str) -> str:
    """A name beside its path, nothing where there is none but the path."""
    return "" if name in (path, path.removeprefix(PARAMETERS)) else name


def _show(entries: Sequence[LeverEntry], kind: str, title: str, lang: Language) -> None:
    columns = [text(f"cli.column.{name}", lang) for name in (kind, "value", "unit", "allowed", "meaning")]
    table(columns, lines(entries, lang), title)


def _allowed(entry: LeverEntry, lang: Language) -> str:
    """The range or the words that are allowed, and the type where it says more."""
    kind: str = say(lang, named("lever.type", entry.type))
    if not entry.allowed:
        return kind
    ends = RANGE.fullmatch(entry.allowed)
    if ends:
        low = text("lever.above", lang, number=ends[2]) if ends[1] else ends[2]
        allowed = text("unit.interval", lang, low=low, high=ends[3])
    else:
        allowed = entry.allowed
    return allowed if entry.type in ("number", "word", "date") else f"{allowed} ({kind})"


def _group(entry: LeverEntry) -> str:
    return MEASURES if entry.measure else entry.path.partition(".")[0]


def _both(name: str) -> list[str]:
    return [say(lang, catalogue()[name]) for lang in LANGUAGES] if name in catalogue() else []


def pattern(word: str) -> re.Pattern[str]:
    """A word as people look for it: in Latin letters from where a word begins, in Chinese anywhere."""
    begins = r"(?<![A-Za-z0-9])" if word[:1].isascii() else ""
    return re.compile(begins + re.escape(word), re.IGNORECASE)
