"""What can be moved on the page, made of the catalogue: measures by action and step, the world, funds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, get_args

from pydantic.fields import FieldInfo

from sim import timeline
from sim.data_folders import calibration_folder, scenarios_folder
from sim.instruments import instruments
from sim.measure import Measure, Words
from sim.report.terminal.lever_list import RANGE
from sim.report.terminal.lever_list import answering as levers_answering
from sim.report.words.catalogue import both, catalogue, named
from sim.report.words.lever_names import all_lever_words, value_name
from sim.report.words.numbers import share, whole_yuan
from sim.report.words.parameter_names import unit_name
from sim.report.words.sentences import joined
from sim.scenario import Scenario, lever_table, load
from sim.scenario.catalogue import catalogue as measures_folder
from sim.scenario.levers import PARTS, WHOLE, LeverEntry, place
from sim.scenario.schema import Fund
from sim.study.comparison.scenarios import MAIN
from sim.vocabulary import ACTIONS, MECHANISMS, SECTORS
from sim.world.spec import WorldSpec

Kind = Literal["number", "whole", "choice", "several", "switch", "day", "by_sector", "other"]
STEP: Final = "II."  # how the sections of the plan's steps begin
WIDE: Final = 10.0  # a range so many times as wide as the plan's value, or wider, gets a shorter slider
SHARES: Final = ("share", "share a year")
DAYS: Final = 90  # working days that a slider has at least
STEPS: Final = 100  # of a slider, about
WORLD: Final = ("outbreak", "outbreak_factor", "demand_index", "demand", "logistics_factor", "wave_factor")
NONE: Final = re.compile(r"\bNone\b")  # what a field of the page is called that holds no value
NOTHING: Final = Words(zh="", en="")


@dataclass(frozen=True)
class Control:
    """One lever as a page shows it.

    ``name``: what it changes, ``field`` the same without the measure or fund; ``note``: what it is, in a sentence.
    ``kind``: ``number`` and ``whole`` are sliders from ``least`` to ``most`` by ``step`` (all None where only typing
    makes sense); ``choice`` one and ``several`` any of ``choices`` (value, name); ``switch`` true or false; ``day`` a
    date in ISO form between ``first`` and ``last``; ``by_sector`` a number for each of ``choices``, 1 where none is
    named; ``other`` a list or table that a page only shows. ``value``: the scenario's own, plain, a table by date for a
    value that changes; ``stands_at``: where the slider stands then (the value that holds at the end), None for no
    value. ``unit``: in words, empty where there is none; shares are from 0 to 1. ``allowed``: what may be typed.
    ``is_optional``: whether null is a value. ``why``: why the slider is shorter than what is ``allowed``, or why it
    changes more than one value; None where there is nothing to say. ``nominal``: of a measure that is only a factor of
    assumed size.
    """

    path: str
    name: Words
    field: Words
    note: Words
    kind: Kind
    value: Any
    stands_at: float | None
    unit: Words
    allowed: Words
    least: float | None = None
    most: float | None = None
    step: float | None = None
    why: Words | None = None
    choices: tuple[tuple[Any, Words], ...] = ()
    first: str = ""
    last: str = ""
    is_optional: bool = False
    nominal: bool = False

    def placed(self, number: float) -> Any:
        """What the lever is set to when the slider stands at a number: of money put in on one day, on the same day."""
        placed = round(number) if self.kind == "whole" else number
        if isinstance(self.value, Mapping) and len(self.value) == 1:
            return {next(iter(self.value)): placed}
        return placed

    def stands(self, value: Any) -> float | None:
        """Where the slider stands for a value of the lever."""
        return _last(value)


@dataclass(frozen=True)
class MeasureControls:
    """A measure with its levers. ``action``, ``section``: those that switch it; ``note``: its clauses in words."""

    id: str
    title: Words
    action: str
    section: str
    clauses: tuple[str, ...]
    note: Words
    nominal: bool
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Group:
    """Measures that one switch holds, or levers of the world or of funds.

    ``kind``: ``action`` (one of the ten, or the mechanisms), ``step`` (a section of part II), ``world`` or ``funds``.
    ``id``: what :meth:`WhatIf.switched` takes (an action or a section); of the others the kind. Every measure stands in
    one group: its step if it has one, else its action. ``controls``: levers of the world or of funds.
    """

    kind: Literal["action", "step", "world", "funds"]
    id: str
    title: Words
    measures: tuple[MeasureControls, ...] = ()
    controls: tuple[Control, ...] = ()


def controls(extends: str = MAIN) -> tuple[Group, ...]:
    """All groups of a shipped scenario, in the order of the plan: actions, mechanisms, steps, world, funds."""
    return _groups(extends, str(scenarios_folder()), str(calibration_folder()))


def control(path: str, extends: str = MAIN) -> Control | None:
    """The control of a lever, None for a path that the page has no control for."""
    return _by_path(extends, str(scenarios_folder()), str(calibration_folder())).get(path)


def answering(words: str, extends: str = MAIN) -> frozenset[str]:
    """Paths of the levers to which all of the words apply, as ``shukun levers`` finds them."""
    return frozenset(entry.path for entry in levers_answering(lever_table(load(extends)), words.split()))


def shown(groups: Sequence[Group], paths: frozenset[str]) -> tuple[Group, ...]:
    """The groups with only these levers; measures and groups without any are left out."""
    found = []
    for group in groups:
        measures = tuple(
            replace(measure, controls=kept)
            for measure in group.measures
            if (kept := tuple(one for one in measure.controls if one.path in paths))
        )
        own = tuple(one for one in group.controls if one.path in paths)
        if measures or own:
            found.append(replace(group, measures=measures, controls=own))
    return tuple(found)


def said(path: str, value: Any, extends: str = MAIN) -> Words:
    """A value of a lever in words, with its unit."""
    if value in ({}, []):
        return both("unit.none")
    if isinstance(value, Mapping):
        parts = [(key, said(path, entry, extends)) for key, entry in value.items()]
        named_keys = [(_key(str(key)), entry) for key, entry in parts]
        return Words(
            zh="，".join(f"{key.zh} {entry.zh}" for key, entry in named_keys),
            en=", ".join(f"{key.en} {entry.en}" for key, entry in named_keys),
        )
    found = control(path, extends)
    if isinstance(value, bool) or not isinstance(value, int | float) or found is None:
        return Words(zh=value_name(path, value, "zh"), en=value_name(path, value, "en"))
    number, unit = f"{value:.10g}".replace("-", "−"), found.unit
    if unit in map(unit_name, SHARES):
        return share(value)
    if unit == unit_name("yuan"):
        return whole_yuan(value)
    if unit == unit_name("months"):
        return both("unit.months", number=number)
    return Words(zh=f"{number} {unit.zh}".strip(), en=f"{number} {unit.en}".strip())


@lru_cache(8)
def _groups(extends: str, scenarios: str, calibration: str) -> tuple[Group, ...]:
    """``scenarios`` and ``calibration``: the folders at hand, on which the answer depends."""
    scenario = load(extends)
    entries = [entry for entry in lever_table(scenario) if entry.kind == "lever"]
    words = dict(zip((one.path for one in entries), all_lever_words(one.path for one in entries), strict=True))
    by_owner: dict[str, list[LeverEntry]] = {}
    for entry in entries:
        by_owner.setdefault(entry.measure or entry.path.partition(".")[0], []).append(entry)

    def made(owner: str) -> tuple[Control, ...]:
        return tuple(_control(entry, words[entry.path], scenario) for entry in by_owner.get(owner, ()))

    steps = [("step", section) for section in scenario.plan.sections if section.startswith(STEP)]
    groups: dict[tuple[Any, str], list[MeasureControls]] = {}
    for of in (*(("action", action) for action in (*ACTIONS, MECHANISMS)), *steps):
        groups[of] = []
    known = measures_folder(scenarios_folder())
    for measure in scenario.measures:
        kind = ("step", measure.section) if ("step", measure.section) in groups else ("action", measure.action)
        clauses = [known.register[id_].paraphrase for id_ in measure.clauses if id_ in known.register]
        groups[kind].append(
            MeasureControls(
                measure.id, measure.title, measure.action, measure.section, measure.clauses, joined(clauses),
                measure.nominal is not None, made(measure.id),
            )
        )  # fmt: skip
    of_measures = [
        Group(kind, id_, scenario.plan.sections[id_] if kind == "step" else named("action", id_), tuple(measures))
        for (kind, id_), measures in groups.items()
        if measures
    ]
    world = tuple(one for one in made("world") if one.path.partition(".")[2] in WORLD)
    return (
        *of_measures,
        Group("world", "world", both("control.world"), controls=world),
        Group("funds", "funds", both("control.funds"), controls=made("funds")),
    )


@lru_cache(8)
def _by_path(extends: str, scenarios: str, calibration: str) -> Mapping[str, Control]:
    groups = _groups(extends, scenarios, calibration)
    every = [one for group in groups for measure in group.measures for one in measure.controls]
    return {one.path: one for one in (*every, *(one for group in groups for one in group.controls))}


def _control(entry: LeverEntry, name: Words, scenario: Scenario) -> Control:
    info, note = _field(entry, scenario)
    kind = _kind(entry)
    short = Words(zh=name.zh.rpartition("：")[2], en=name.en.rpartition(": ")[2])
    unit = NOTHING if entry.unit == "-" else unit_name(entry.unit)
    is_number = kind in ("number", "whole")
    found = Control(
        entry.path, name, short, note or short, kind, entry.value, _last(entry.value) if is_number else None, unit,
        _allowed(entry), is_optional=type(None) in get_args(info.annotation), nominal=entry.nominal,
        first=scenario.world.start.isoformat(), last=scenario.world.end.isoformat(),
        choices=tuple(_choices(entry, kind, scenario)),
    )  # fmt: skip
    if kind == "by_sector":
        return replace(found, least=0.0, most=2.0, step=0.05)
    if not is_number:
        return found
    least, most, why = _bounds(entry, found.stands_at, scenario)
    if isinstance(entry.value, Mapping) and len(entry.value) > 1:
        table = said_plainly(entry.value)
        why = joined(part for part in (both("control.by_date", table=table), why) if part is not None)
    step = None if most is None or least is None else _step(most - least, kind)
    return replace(found, least=least, most=most, step=step, why=why)


def said_plainly(table: Mapping[str, Any]) -> str:
    """A table by date in one line."""
    return ", ".join(f"{day}: {value:.10g}" if isinstance(value, int | float) else f"{day}: {value}"
                     for day, value in table.items())  # fmt: skip


def _bounds(
    entry: LeverEntry, stands_at: float | None, scenario: Scenario
) -> tuple[float | None, float | None, Words | None]:
    """Ends of the slider, and why they are not those of what is allowed."""
    ends = RANGE.fullmatch(entry.allowed)
    if ends is None:
        return None, None, None
    low, high = float(ends[2]), float(ends[3])
    lasts = timeline.horizon(scenario.world.start, scenario.world.end)
    if entry.unit == "months":
        return low, min(high, lasts.months), both("control.whole_horizon", most=lasts.months)
    own = abs(stands_at or 0.0)
    if entry.unit == "working days":
        most = min(high, lasts.days, max(DAYS, 2 * own))
        return low, most, both("control.days_of_horizon", most=f"{most:g}") if most < high else None
    if entry.unit == "share" or (high <= WIDE * max(own, 1.0) and entry.unit != "share a year"):
        return low, high, None
    if not own:  # nothing says what would be much
        return (low, 2.0, both("control.near_own")) if entry.unit == "factor" else (None, None, None)
    most = min(high, _round(2 * own))
    return low, most, both("control.near_own") if most < high else None


def _round(number: float) -> float:
    """Up to the next number of one digit that counts, or one and a half, or two and a half."""
    scale = 10.0 ** math.floor(math.log10(number))
    return next(k * scale for k in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if k * scale >= number * (1 - 1e-12))


def _step(width: float, kind: Kind) -> float:
    if kind == "whole":
        return float(max(1, round(width / STEPS)))
    scale = 10.0 ** math.floor(math.log10(width / STEPS)) if width > 0 else 1.0
    # To twelve digits: a step of 0.1 * 3 would not be one that people read.
    return float(f"{next(k * scale for k in (1, 2, 5, 10) if k * scale >= width / STEPS * (1 - 1e-9)):.12g}")


def _kind(entry: LeverEntry) -> Kind:
    if entry.path == "world.demand":
        return "by_sector"
    name, kinds = entry.path.rpartition(".")[2], entry.type
    if "whole number" in kinds:
        return "whole"
    if "number" in kinds:
        return "number"
    if kinds == "true or false":
        return "switch"
    if kinds == "date":
        return "day"
    if kinds == "list" and entry.allowed:
        return "several"
    if (kinds.startswith("word") and entry.allowed and not isinstance(entry.value, Mapping)) or name == "fund":
        return "choice"
    return "other"


def _choices(entry: LeverEntry, kind: Kind, scenario: Scenario) -> Iterator[tuple[Any, Words]]:
    if kind == "by_sector":
        yield from ((sector, named("sector", sector)) for sector in SECTORS)
    elif entry.path.rpartition(".")[2] == "fund" and kind == "choice":
        yield from ((fund.id, fund.title) for fund in scenario.funds)
    elif kind in ("choice", "several"):
        for word in entry.allowed.split(", "):
            yield word, Words(zh=value_name(entry.path, word, "zh"), en=value_name(entry.path, word, "en"))


def _field(entry: LeverEntry, scenario: Scenario) -> tuple[FieldInfo, Words | None]:
    """The field of the schema that a lever sets, and what it is, in a sentence of each language."""
    first, *rest = entry.path.split(".")
    notes = catalogue()
    if not entry.measure:
        model: Any = Fund if first == "funds" else WorldSpec if first == "world" else type(scenario.plan)
        group = "fund_of" if first == "funds" else first
        return model.model_fields.get(rest[-1], FieldInfo()) if rest else FieldInfo(), notes.get(
            f"control.note.{group}.{rest[-1] if rest else ''}"
        )
    where = place(rest)
    note = notes.get(f"control.note.{'.'.join(rest)}")
    if where[0] in PARTS:
        return PARTS[where[0]].model_fields[where[1]], note
    if where[0] in WHOLE:
        return Measure.model_fields[where[0]], note
    measure = next(one for one in scenario.measures if one.id == entry.measure)
    info = instruments()[measure.instrument].Values.model_fields[where[1]]
    more = info.json_schema_extra
    zh = str(more.get("zh", "")) if isinstance(more, dict) else ""
    return info, Words(zh=_sentence(zh, "。"), en=_sentence(info.description or "", ".")) if zh else None


def _sentence(text: str, stop: str) -> str:
    text = NONE.sub("empty", text.replace("`", ""))
    return f"{text[:1].upper()}{text[1:]}{stop}"


def _allowed(entry: LeverEntry) -> Words:
    ends = RANGE.fullmatch(entry.allowed)
    if ends is None:
        return NOTHING
    low, high = (f"{float(end):,.15g}" for end in (ends[2], ends[3]))
    if ends[1]:
        first = both("lever.above", number=low)
        return both("unit.interval", low=first, high=high)
    return both("unit.interval", low=low, high=high)


def _last(value: Any) -> float | None:
    """The number that holds at the end, of a table by date the last."""
    if isinstance(value, Mapping):
        return _last(value[max(value)]) if value else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _key(key: str) -> Words:
    """What a key of a table is called."""
    for group in ("sector", "sector_group", "party"):
        if f"{group}.{key}" in catalogue():
            return catalogue()[f"{group}.{key}"]
    return Words(zh=key, en=key)
