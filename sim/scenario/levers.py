"""Levers: what a planner may change, by dotted path.

============================================  =====================================================================
``rent_waiver.months``                        a value of the measure's instrument
``rent_waiver.delivery.processing_days``      also ``start``, ``end``, ``announced``, ``withdrawn``, ``fund``,
                                              ``bearer``, fields of ``eligible``
``all.delivery.way``                          the same of every measure that is on and states it, or is applied for
``funds.tourism.amount_yuan``                 a fund
``plan.rules``                                ``adopted``, ``actions`` or ``rules``, the days that measures may start on
``parameters.firm.crowding``                  no lever but a calibrated parameter, written like one
``reactions.help.above``                      of a reaction: also ``below``, ``delay_days`` and ``lasts``
``world.end``                                 what happens to the province
``firms``                                     how many
============================================  =====================================================================

A lever replaces a whole value: a number given for a table by date holds on every day.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.instruments import instruments
from sim.measure import DECIDED_UPON, Dated, Delivery, Eligibility, Measure, Words
from sim.reaction import WATCHES, Reaction
from sim.recalibration import PARAMETERS
from sim.refusal import shown
from sim.scenario.catalogue import reaches_firms
from sim.scenario.checking import Origins
from sim.scenario.document import Document, value_of
from sim.scenario.plain import plain
from sim.scenario.schema import PLAN_DAYS, Firms, Fund, Plan, ScenarioFile
from sim.scenario.slips import half_width, near
from sim.scenario.validation_errors import LEVERS, Said, ScenarioError, ValidationError, listed, printable
from sim.world.spec import WorldSpec

ALL: Final = "all"
PATH_AND_VALUE: Final = Words(zh="路径=值", en="path=value")
WHOLE: Final = ("start", "end", "announced", "withdrawn", "fund", "bearer")  # fields of a measure, levers as they stand
PARTS: Final[dict[str, type[BaseModel]]] = {"delivery": Delivery, "eligible": Eligibility}
OF_FUNDS: Final = ("amount_yuan", "when_dry")
OF_REACTIONS: Final = ("above", "below", "delay_days", "lasts")
ELSEWHERE: Final = ("funds", "plan", "reactions", "parameters", "world", "firms")  # first words that name no measure
EACH_ONCE: Final = Words(zh="每项政策参数一次", en="each lever once")
LONGEST_VALUE: Final = 40  # characters of a value in a title
UNITS: Final = (
    ("delivery.capacity", "cases a working day for 10,000 entities"), ("dispatch_meetings", "meetings a month"),
    ("approval", "points of the score"), ("awareness", "a month"), ("instalments", "monthly parts"),
    ("closed_share", "factor"), ("rate_cut", "share a year"), ("_yuan", "yuan"), ("_days", "working days"),
    ("_share", "share"), ("months", "months"), ("rate", "share a year"), ("rate_cap", "share a year"),
    ("quota", "firms"), ("firms", "firms"),
)  # fmt: skip
UNITS_BY_RANGE: Final = {"0 to 1": "share", "0 to 100": "factor"}  # of numbers whose name says no unit


@dataclass(frozen=True)
class Lever:
    """One change that was asked for: where, what, and in which file it is written."""

    path: str
    value: Any
    document: Document
    own: bool  # written in the scenario itself, not inherited

    @property
    def parts(self) -> list[str]:
        """The path's words."""
        return self.path.split(".")

    def error(self, kind: str, found: object, allowed: Said = "", near: str | None = None) -> ValidationError:
        """A validation error of this lever."""
        return self.document.error(kind, ("levers", self.path), found, allowed, near)


Kind = Literal["lever", "parameter"]


class LeverEntry(NamedTuple):
    """One lever as it stands in a scenario. ``value`` is plain: a number, a text, a list or a table by date.

    A calibrated parameter is written like a lever but is another thing: whoever changes it asks another model.
    """

    path: str
    value: Any
    type: str
    unit: str
    allowed: str
    measure: str
    clauses: tuple[str, ...]
    meaning: str
    nominal: bool = False  # of a measure whose effect is only a factor of assumed size

    @property
    def kind(self) -> Kind:
        """Whether it is a planner's to change."""
        return "parameter" if self.path.startswith(PARAMETERS) else "lever"


def given(*levers: Mapping[str, Any]) -> list[Lever]:
    """Levers that come from calls or a command line and not from a file; values of NumPy and pandas are made plain.

    Raises :class:`ScenarioError` for one that is given twice.
    """
    pairs = [(str(path), plain(value)) for mapping in levers for path, value in mapping.items()]
    refuse_twice(pairs)
    values = dict(pairs)
    document = Document("", {})
    return [Lever(path, values[path], document, own=False) for path in in_order(values)]


def same(path: str) -> str:
    """The one spelling of a lever: ``rent_waiver.values.months`` is ``rent_waiver.months``."""
    first, _, rest = path.partition(".")
    return path if first in ELSEWHERE else f"{first}.{_field(rest.split('.'))}"


def twice(pairs: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Of levers (path and value) those that are set again: the later path, and both as one writes them."""
    first: dict[str, str] = {}
    for path, value in pairs:
        said = written(path, value)
        if same(path) in first:
            yield path, f"{first[same(path)]}, {said}"
        first.setdefault(same(path), said)


def refuse_twice(pairs: Iterable[tuple[str, Any]], file: str = "", line: int | None = None) -> None:
    """Raise :class:`ScenarioError` when a lever is set twice, in one spelling or in two."""
    errors = [ValidationError("set_twice", file, line, "", both, EACH_ONCE) for _, both in twice(pairs)]
    if errors:
        raise ScenarioError(errors)


def written(path: str, value: Any) -> str:
    """A lever with its value, as one writes them: ``rent_waiver.months = 6``."""
    return printable(f"{path} = {shown(_written(value), LONGEST_VALUE)}")


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def in_order(levers: Iterable[str]) -> list[str]:
    """Paths given together, those for ``all`` first: in any order the one that names its measure wins."""
    return sorted(levers, key=lambda path: not path.startswith(f"{ALL}."))


def from_words(assignments: Iterable[str]) -> dict[str, Any]:
    """Levers written as ``path=value``, the value in YAML: ``rent_waiver.months=6``.

    Raises :class:`ScenarioError` when there is no ``=``, the value is not plain YAML, or a lever is given twice.
    """
    pairs: list[tuple[str, Any]] = []
    for words in assignments:
        path, equals, value = words.partition("=")
        path = path.strip()
        if not equals or not path:
            half = half_width(words).strip()
            mark = next((mark for mark in ("=", ":", " ") if mark in half.strip("=")), None) if path else None
            meant = mark and "=".join(part.strip() for part in half.split(mark, 1))
            kind = "full_width" if half != words.strip() else "wrong_form"
            raise ScenarioError(
                [ValidationError(kind, "", None, LEVERS + shown(words), shown(words), PATH_AND_VALUE, meant)]
            )
        pairs.append((path, value_of(value, ValidationError("reason", "", None, f"{LEVERS}{path}", ""))))
    refuse_twice(pairs)
    return dict(pairs)


def change_measures(
    levers: Sequence[Lever],
    data: Mapping[str, dict[str, Any]],
    on: Container[str],
    known: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Origins], list[str], list[ValidationError]]:
    """Put levers into the plain data of measures; ``all`` reaches those that are on. ``known`` are all names there are.

    Returns, for each changed measure, which of its fields come from which lever; the paths that change nothing because
    no measure that is on has them; and the errors.
    """
    origins: dict[str, Origins] = {}
    unused: list[str] = []
    errors: list[ValidationError] = []
    decided = [id_ for id_ in data if id_ in on and (data[id_].get("delivery") or {}).get("way") in DECIDED_UPON]
    for lever in levers:
        first, *rest = lever.parts
        if first != ALL and first not in data:
            others = listed((ALL, *ELSEWHERE))
            allowed = Words(zh=f"措施名、{others.zh}", en=f"a measure, {others.en}")
            errors.append(lever.error("unknown_lever", lever.path, allowed, _nearest(lever.path, known)))
            continue
        if first != ALL:
            reached = [first]
        elif rest[:1] == ["delivery"]:
            reached = [id_ for id_ in decided if rest[1:] != ["capacity"] or data[id_]["delivery"].get("capacity")]
        else:
            reached = [id_ for id_ in data if id_ in on and _has(data[id_], rest)]
        fields = paths(data[first]) if first != ALL else all_fields()
        if _field(rest) not in fields:
            meant = near(_field(rest), fields)
            errors.append(lever.error("unknown_lever", lever.path, listed(fields), meant and f"{first}.{meant}"))
            continue
        if not any(id_ in on for id_ in reached):
            unused.append(lever.path)
        for id_ in reached:
            where = place(rest)
            _put(data[id_], where, lever.value)
            origins.setdefault(id_, {})[where] = lever.document, ("levers", lever.path)
    return origins, unused, errors


def _nearest(path: str, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The lever that there is and that is most like one whose first word means nothing."""
    from sim.parameters import load  # the file is long: read only when somebody looks at it

    first, *rest = path.split(".")
    of_group = [one.path for one in load().settings() if one.path.startswith(f"{first}.")]
    parameter = near(path, of_group)
    if parameter is not None:
        return f"{PARAMETERS}{parameter}"
    meant = near(first, (*known, ALL, *ELSEWHERE))
    if meant is None or meant in ELSEWHERE:
        return None
    fields = all_fields() if meant == ALL else paths(known[meant])
    field = _field(rest) if _field(rest) in fields else near(_field(rest), fields)
    return field and f"{meant}.{field}"


def _field(words: Sequence[str]) -> str:
    """A lever's words after the measure, with the word `values` left out."""
    return ".".join(words[1:] if words[:1] == ["values"] else words)


def place(words: Sequence[str]) -> tuple[str, ...]:
    """Where in a measure's data a lever's words point."""
    name = _field(words)
    return (name,) if name in WHOLE else tuple(words) if words[0] in PARTS else ("values", name)


def _values_model(measure: Mapping[str, Any]) -> type[BaseModel] | None:
    module = instruments().get(str(measure.get("instrument")))
    return module.Values if module else None


def _has(measure: Mapping[str, Any], words: Sequence[str]) -> bool:
    """Whether `all` reaches this field of this measure: a value only where the measure states one."""
    return _field(words) in (*WHOLE, *(measure.get("values") or ())) or words[:1] == ["eligible"]


def _put(measure: dict[str, Any], where: tuple[str, ...], value: Any) -> None:
    """Replace one value; tables on the way are copied, for they belong to the catalogue."""
    if len(where) == 2:
        measure[where[0]] = {**(measure.get(where[0]) or {}), where[1]: value}
    else:
        measure[where[0]] = value


def paths(measure: Mapping[str, Any]) -> list[str]:
    """Fields of a measure, as it is written, that are levers: one that acts on institutions only is delivered to none.

    Parts of a table are joined by a dot.
    """
    model = _values_model(measure)
    way = (measure.get("delivery") or {}).get("way", Delivery().way)
    none = way == Delivery().way and not reaches_firms(measure.get("instrument"))
    parts = {part: fields for part, fields in PARTS.items() if not (none and fields is Delivery)}
    inside = [f"{part}.{name}" for part, fields in parts.items() for name in fields.model_fields]
    return [*(model.model_fields if model else ()), *WHOLE, *inside]


def all_fields() -> list[str]:
    """Fields that `all` may be given for."""
    values = {name for module in instruments().values() for name in module.Values.model_fields}
    parts = [f"{part}.{name}" for part, fields in PARTS.items() for name in fields.model_fields]
    return [*sorted(values), *WHOLE, *parts]


def of_measure(measure: Measure) -> Iterable[LeverEntry]:
    """Every lever of one measure."""

    def entry(path: str, value: Any, model: type[BaseModel], name: str) -> LeverEntry:
        field = model.model_fields[name]
        return LeverEntry(
            f"{measure.id}.{path}",
            value,
            *_described(field, path),
            measure.id,
            measure.clauses,
            field.description or "",
            measure.nominal is not None,
        )

    data = measure.model_dump(mode="json")
    values = measure.values.model_dump(mode="json")
    for name in type(measure.values).model_fields:
        yield entry(name, values[name], type(measure.values), name)
    for name in WHOLE:
        yield entry(name, data[name], Measure, name)
    for part, model in PARTS.items():
        for name in model.model_fields:
            yield entry(f"{part}.{name}", data[part][name], model, name)


def of_fund(fund: Fund) -> Iterable[LeverEntry]:
    """Every lever of one fund."""
    yield from (_plain_lever(f"funds.{fund.id}", fund, name) for name in OF_FUNDS)


def of_reaction(reaction: Reaction) -> Iterable[LeverEntry]:
    """Every lever of one reaction: the bound that it has, in the unit of what it watches, and its days."""
    watch = WATCHES[reaction.watch]
    for name in OF_REACTIONS:
        if getattr(reaction, name) is None:
            continue
        entry = _plain_lever(f"reactions.{reaction.id}", reaction, name)
        if name in ("above", "below"):
            meaning = f"{entry.meaning}: {watch.meaning.en}"
            allowed = "0 to 1" if watch.unit == "share" else entry.allowed
            entry = entry._replace(unit=watch.unit, allowed=allowed, meaning=meaning)
        else:
            entry = entry._replace(unit="days")
        yield entry


def of_all(measures: Iterable[Measure]) -> Iterable[LeverEntry]:
    """Levers for ``all`` of a scenario's measures, of which every measure that they reach has the same value."""
    reached: dict[str, list[LeverEntry]] = {}
    for measure in measures:
        data = {"values": measure.values.model_fields_set}
        for entry in of_measure(measure):
            words = entry.path.split(".")[1:]
            delivery = measure.delivery
            decided = delivery.way in DECIDED_UPON and (words != ["delivery", "capacity"] or delivery.capacity)
            if decided if words[0] == "delivery" else _has(data, words):
                reached.setdefault(".".join(words), []).append(entry)
    for field in all_fields():
        entries = reached.get(field, [])
        if entries and all(entry.value == entries[0].value for entry in entries):
            kinds, allowed = (
                " or ".join(dict.fromkeys(getattr(e, name) for e in entries)) for name in ("type", "allowed")
            )
            yield LeverEntry(f"{ALL}.{field}", entries[0].value, kinds, entries[0].unit, allowed, "", (), "")


def of_plan(plan: Plan) -> Iterable[LeverEntry]:
    """The days of the plan that are levers."""
    yield from (_plain_lever("plan", plan, name) for name in PLAN_DAYS)


def of_world(world: WorldSpec) -> Iterable[LeverEntry]:
    """Every lever of the world: its keys, a whole key at a time."""
    yield from (_plain_lever("world", world, name) for name in WorldSpec.model_fields)


def of_firms(firms: Firms | None) -> LeverEntry:
    """How many firms; None where the scenario leaves it to whoever runs it."""
    field = ScenarioFile.model_fields["firms"]
    return LeverEntry("firms", firms, *_described(field, "firms"), "", (), field.description or "")


def of_parameters(changes: Mapping[str, Any]) -> Iterable[LeverEntry]:
    """Every number of the calibration, inside tables too; of a table the factor on all its values."""
    from sim.parameters import load  # the file is long: read only when somebody looks at it

    for path, value, unit, low, high, is_factor in load(changed=changes).settings():
        kind = "date" if isinstance(value, date) else "factor on a table" if is_factor else "number"
        present = value.isoformat() if isinstance(value, date) else changes.get(path, value) if is_factor else value
        ends = (end.isoformat() if isinstance(end, date) else f"{end:.6g}" for end in (low, high))
        yield LeverEntry(f"parameters.{path}", present, kind, unit, " to ".join(ends), "", (), "")


def _plain_lever(group: str, model: BaseModel, name: str) -> LeverEntry:
    field = type(model).model_fields[name]
    value = model.model_dump(mode="json")[name]
    return LeverEntry(f"{group}.{name}", value, *_described(field, name), "", (), field.description or "")


def _described(field: FieldInfo, name: str) -> tuple[str, str, str]:
    """Type of a field as a lever, its unit, and what is allowed."""
    annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    kind, allowed = describe(annotation)
    return kind, unit(name, kind, allowed), allowed


def unit(name: str, kind: str, allowed: str) -> str:
    """Unit of a lever: its name says it, or else what is allowed."""
    if "number" not in kind:
        return "-"
    return next((unit for ending, unit in UNITS if name.endswith(ending)), UNITS_BY_RANGE.get(allowed, "-"))


def describe(annotation: Any) -> tuple[str, str]:
    """Type of a lever in words, and what is allowed: a range or a list of words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        kind, allowed = describe(arguments[0])
        low, high = _range(arguments[1:])
        return kind, f"{low} to {high}" if low or high else allowed
    if origin is Dated:
        kind, allowed = describe(arguments[0])
        return f"{kind}, or a table by date", allowed
    if origin in (Union, UnionType):
        kinds = [describe(kind) for kind in arguments if kind is not type(None)]
        return " or ".join(kind for kind, _ in kinds), "; ".join(dict.fromkeys(said for _, said in kinds if said))
    if origin is Literal:
        return "word", ", ".join(map(str, arguments))
    if origin is tuple:
        return "list", describe(arguments[0])[1]
    if origin is dict:
        return "table", describe(arguments[0])[1]
    names = {int: "whole number", float: "number", bool: "true or false", str: "text"}
    return names.get(annotation, getattr(annotation, "__name__", "value")), ""


def _range(metadata: Iterable[Any]) -> tuple[str, str]:
    low = high = ""
    for item in metadata:
        for rule in getattr(item, "metadata", [item]):
            low = (
                f"{rule.ge:.15g}" if isinstance(rule, Ge) else f"above {rule.gt:.15g}" if isinstance(rule, Gt) else low
            )
            high = (
                f"{rule.le:.15g}" if isinstance(rule, Le) else f"below {rule.lt:.15g}" if isinstance(rule, Lt) else high
            )
    return low, high
