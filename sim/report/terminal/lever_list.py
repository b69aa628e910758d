"""What may be changed, as a list for people: found by words in either language, told in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sim.data_folders import scenarios_folder
from sim.refusal import Refusal, nearest
from sim.report.terminal.tables import paragraph, plain, table
from sim.report.words.catalogue import LANGUAGES, Language, both, catalogue, named, text
from sim.report.words.lever_names import lever_names
from sim.report.words.sentences import say
from sim.scenario import Scenario, lever_table, names
from sim.scenario.catalogue import catalogue as measures_folder
from sim.scenario.levers import ALL, ELSEWHERE, LeverEntry, all_fields

MEASURES: Final = "measures"
GROUPS: Final = (MEASURES, ALL, *ELSEWHERE)
RANGE: Final = re.compile(r"(\S+) to (\S+)")


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
    given = " ".join(words)
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
    for entry, name in zip(entries, lever_names([entry.path for entry in entries], lang), strict=True):
        meaning = "" if name in (entry.path, entry.path.partition(".")[2]) else name
        if entry.nominal:
            meaning = " ".join(filter(None, (meaning, f"[{text('cli.note.nominal_lever', lang)}]")))
        unit = "" if entry.unit == "-" else say(lang, named("figure_unit", entry.unit))
        value = "null" if entry.value is None else plain(entry.value)
        told.append(Line(entry.path, value, unit, _allowed(entry, lang), meaning))
    return told


def answering(entries: Sequence[LeverEntry], words: Sequence[str]) -> list[LeverEntry]:
    """The levers to which all of the words apply: the name of a group, or how a word begins that is said of a lever.

    Said of a lever are its path and unit, what it means, and of a measure its action and what its clauses say, in both
    languages.
    """
    groups = {name: group for group in GROUPS for name in (group, *_both(f"lever.group.{group}"))}
    known = measures_folder(scenarios_folder())
    clauses = {id_: f"{id_} {clause.paraphrase.zh} {clause.paraphrase.en}" for id_, clause in known.register.items()}
    actions = {
        id_: " ".join([measure.action, *_both(f"action.{measure.action}")]) for id_, measure in known.measures.items()
    }
    wanted = [(groups.get(word.lower()), pattern(word)) for word in words]
    found = []
    words_of = zip(*(lever_names([entry.path for entry in entries], lang) for lang in LANGUAGES), strict=True)
    for entry, called in zip(entries, words_of, strict=True):
        more = [actions.get(entry.measure, ""), *(clauses.get(id_, "") for id_ in entry.clauses)]
        said = " ".join([entry.path, entry.unit, entry.meaning, *called, *more])
        if all(group == _group(entry) if group else pattern.search(said) for group, pattern in wanted):
            found.append(entry)
    return found


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


def _show(entries: Sequence[LeverEntry], kind: str, title: str, lang: Language) -> None:
    columns = [text(f"cli.column.{name}", lang) for name in (kind, "value", "unit", "allowed", "meaning")]
    table(columns, lines(entries, lang), title)


def _allowed(entry: LeverEntry, lang: Language) -> str:
    """The range or the words that are allowed, and the type where it says more."""
    kind: str = say(lang, named("lever.type", entry.type))
    if not entry.allowed:
        return kind
    ends = RANGE.fullmatch(entry.allowed)
    allowed = text("unit.interval", lang, low=ends[1], high=ends[2]) if ends else entry.allowed
    return allowed if entry.type in ("number", "word", "date") else f"{allowed} ({kind})"


def _group(entry: LeverEntry) -> str:
    return MEASURES if entry.measure else entry.path.partition(".")[0]


def _both(name: str) -> list[str]:
    return [say(lang, catalogue()[name]) for lang in LANGUAGES] if name in catalogue() else []


def pattern(word: str) -> re.Pattern[str]:
    """A word as people look for it: in Latin letters from where a word begins, in Chinese anywhere."""
    begins = r"(?<![A-Za-z0-9])" if word[:1].isascii() else ""
    return re.compile(begins + re.escape(word), re.IGNORECASE)
