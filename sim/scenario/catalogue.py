"""The catalogue: every measure, fund and clause that the files in ``scenarios/`` hold.

It is read once and kept until a file changes. A measure that a scenario alters by a lever is built anew from the same
plain data, by the same checks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from sim.instruments import instruments
from sim.measure import DECIDED_UPON, Dated, Measure, Words
from sim.population.counties import Kind, counties
from sim.refusal import Refusal, shown
from sim.scenario.checking import Source, check
from sim.scenario.document import Document, read
from sim.scenario.register import register_errors
from sim.scenario.schema import PLAN_DAYS, Clause, Fund, FundsFile, Plan, RegisterFile
from sim.scenario.slips import apart, near
from sim.scenario.validation_errors import Said, ScenarioError, ValidationError, listed
from sim.vocabulary import ACTIONS, AGENCIES, MECHANISMS, SIZES
from sim.world.areas import code_of

NOT_SCENARIOS: Final = ("plan", "funds", "register")  # files of the folder that are read by name
ONCE: Final = Words(zh="每个编号一次", en="each id once")
REGISTERED: Final = Words(zh="register.yaml 中的编号", en="the ids of register.yaml")
SHARES_TOLERANCE: Final = 1e-6
# What takes the place of a required field that is wrong, while the rest of a measure is checked.
STAND_INS: Final[dict[str, Any]] = {
    "id": "measure", "title": {"zh": "", "en": ""}, "clauses": (), "action": MECHANISMS, "instrument": "", "values": {},
    "delivery": {"way": "automatic"},
}  # fmt: skip
DAYS: Final = ("start", "end", "announced", "withdrawn")  # of a measure
AREAS: Final[dict[str, Kind]] = {"prefectures": "prefecture", "counties": "county"}


class ClauseEntry(NamedTuple):
    """A clause of the plan and what carries it out.

    ``origin`` with its ``origin_source``: nation, province or both. ``nominal``: whether all of its measures are, and
    ``nominal_measures`` which. ``start`` is the first of its measures', ``end`` the last, None where one has none or no
    measure carries it out.
    """

    id: str
    state: str
    measures: tuple[str, ...]
    note: dict[str, str] | None
    paraphrase: dict[str, str]
    origin: str
    origin_source: dict[str, str]
    nominal: bool
    nominal_measures: tuple[str, ...]
    start: date | None
    end: date | None


@dataclass(frozen=True)
class Catalogue:
    """Everything that scenarios choose from. ``sources`` are measures as written, ``measures`` the same checked."""

    folder: Path
    plan: Plan
    funds: Mapping[str, Fund]
    funds_file: Document
    register: Mapping[str, Clause]
    sources: Mapping[str, Document]
    measures: Mapping[str, Measure]
    errors: tuple[ValidationError, ...]

    def switch(self, name: str) -> list[str]:
        """Measures of an action or of a section, or the one of that name."""
        if name in self.sources:
            return [name]
        return [id_ for id_, measure in self.measures.items() if name in (measure.action, measure.section)]

    def clauses(self) -> list[ClauseEntry]:
        """The register in the plan's order."""
        return [self._clause(id_, clause) for id_, clause in self.register.items()]

    def _clause(self, id_: str, clause: Clause) -> ClauseEntry:
        carry = [measure for measure in self.measures.values() if id_ in measure.clauses]
        nominal = tuple(sorted(measure.id for measure in carry if measure.nominal is not None))
        ends = [measure.end for measure in carry if measure.end is not None]
        return ClauseEntry(
            id_,
            clause.status,
            tuple(sorted(measure.id for measure in carry)),
            plain(clause.note),
            clause.paraphrase.model_dump(),
            clause.origin,
            clause.origin_source.model_dump(),
            bool(carry) and len(nominal) == len(carry),
            nominal,
            min((measure.start for measure in carry), default=None),
            max(ends) if carry and len(ends) == len(carry) else None,
        )

    def heading(self, clause: str) -> Words:
        """Heading of the section that a clause stands in."""
        section = ".".join(clause.split(".")[:2])
        return self.plan.sections.get(section) or self.plan.sections[clause.split(".")[0]]


_kept: dict[Path, tuple[object, Catalogue]] = {}


def catalogue(folder: Path) -> Catalogue:
    """The catalogue of a folder, read again when a file was added, removed or changed (time or size)."""
    stamp = _stamp(folder)
    if folder not in _kept or _kept[folder][0] != stamp:
        _kept[folder] = stamp, _read(folder, sorted(folder.glob("measures/*/*.yaml")))
    return _kept[folder][1]


def _stamp(folder: Path) -> dict[str, tuple[int, int]]:
    """Time and size of each file of a catalogue, asked of the system once each, since every draw asks for them."""
    found = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        actions = [entry.path for entry in os.scandir(folder / "measures") if entry.is_dir()]
        paths = [entry.path for action in actions for entry in os.scandir(action) if entry.name.endswith(".yaml")]
        for path in (*(f"{folder}/{name}.yaml" for name in NOT_SCENARIOS), *paths):
            with suppress(FileNotFoundError):
                status = os.stat(path)
                found[path] = status.st_mtime_ns, status.st_size
    return found


def _read(folder: Path, files: Iterable[Path]) -> Catalogue:
    counties()  # what is wrong with them is no fault of a measure that names a place
    errors: list[ValidationError] = []

    def typed(name: str, model: type[BaseModel]) -> tuple[Any, Document]:
        document = read(folder / f"{name}.yaml")
        value, wrong = check(model, document.data, Source(document))
        if value is None:
            raise ScenarioError(wrong)
        return value, document

    plan, plan_file = typed("plan", Plan)
    register, register_file = typed("register", RegisterFile)
    funds_file, funds_document = typed("funds", FundsFile)
    funds: dict[str, Fund] = {}
    for place, data in enumerate(funds_file.funds):
        fund, wrong = build_fund(plan, data, Source(funds_document, ("funds", place)))
        errors += wrong
        if fund is not None and fund.id in funds:
            errors.append(funds_document.error("duplicate_id", ("funds", place, "id"), fund.id, ONCE))
        elif fund is not None:
            funds[fund.id] = fund
    sources: dict[str, Document] = {}
    faulty: list[Mapping[str, Any]] = []  # measures as written that cannot be used
    for file in files:
        try:
            document = read(file)
        except ScenarioError as error:
            errors += error.errors
            faulty.append({})
            continue
        errors += document.errors
        id_ = str(document.data.get("id"))
        if id_ in sources:
            other = sources[id_].name
            once = Words(zh=f"每个编号一次；{other} 中已有", en=f"each id once; it is also in {other}")
            errors.append(document.error("duplicate_id", ("id",), id_, once))
            faulty.append(document.data)
            continue
        expected = {"id": file.stem, "action": file.parent.name}
        for key, name in expected.items():
            if key in document.data and document.data[key] != name:
                errors.append(document.error("wrong_name", (key,), document.data[key], name, name))
        if "origin" not in document.data:
            errors.append(document.error("missing_key", ("origin",), "origin", listed(("nation", "province"))))
        sources[id_] = document
    found = Catalogue(
        folder, plan, funds, funds_document, register.clauses,
        dict(sorted(sources.items())), {}, (),
    )  # fmt: skip
    measures: dict[str, Measure] = {}
    for id_, document in found.sources.items():
        measure, wrong = build(found, document.data, Source(document), plan.horizon, found.sources)
        errors += wrong
        if measure is None:
            faulty.append(document.data)
        else:
            measures[id_] = measure
    errors += register_errors(register.clauses, register_file, measures.values(), faulty)
    errors += [
        plan_file.error("unknown_clause", ("targets", place, "clause"), target.clause, REGISTERED)
        for place, target in enumerate(plan.targets)
        if target.clause not in register.clauses
    ]
    plan, wrong = _with_ceilings(plan, plan_file, measures)
    return replace(found, plan=plan, measures=measures, errors=(*errors, *wrong))


def _with_ceilings(
    plan: Plan, document: Document, measures: Mapping[str, Measure]
) -> tuple[Plan, list[ValidationError]]:
    """The plan with the sums that measures state in place of the measures' ids."""
    targets, errors = [], []
    for place, target in enumerate(plan.targets):
        found = measures.get(str(target.ceiling_yuan))
        ceiling = getattr(found and found.values, "ceiling_yuan", None)
        if isinstance(target.ceiling_yuan, str) and ceiling is None:
            stated = Words(zh="写明 ceiling_yuan 的措施", en="a measure that states its ceiling_yuan")
            at = ("targets", place, "ceiling_yuan")
            errors.append(document.error("unknown_measure", at, target.ceiling_yuan, stated))
        targets.append(target if ceiling is None else target.model_copy(update={"ceiling_yuan": ceiling}))
    return plan.model_copy(update={"targets": tuple(targets)}), errors


def plain(words: Words | None) -> dict[str, str] | None:
    """A text in both languages as plain data, None for none."""
    return None if words is None else words.model_dump()


def build(
    known: Catalogue, data: Mapping[str, Any], source: Source, horizon: tuple[date, date], ids: Iterable[str]
) -> tuple[Measure | None, list[ValidationError]]:
    """A measure from plain data, or everything that is wrong with it.

    ``ids`` are the measures that it may name. Days called by the words of PLAN_DAYS become those of the plan.
    """
    errors: list[ValidationError] = []
    data = with_days(known.plan, data)
    if isinstance(data.get("values"), Mapping):
        errors += _same_day_twice(known.plan, data["values"], source, ("values",))
        data["values"] = with_days(known.plan, data["values"])
    errors += _spell_out_places(data, source)
    name, values = data.get("instrument"), data.get("values", {})
    module = instruments().get(str(name))
    if module is not None:
        found, wrong = check(module.Values, values, source, ("values",), {})
        values = values if found is None else found
        errors += wrong
    elif "instrument" in data:
        names = list(instruments())
        errors.append(source.error("unknown_instrument", ("instrument",), name, listed(names), near(str(name), names)))
    if "values" in data:
        data["values"] = values
    measure, wrong = check(
        Measure, data, source, (), STAND_INS | {"start": horizon[0], "section": next(iter(known.plan.sections))}
    )
    errors += wrong
    if measure is not None:
        errors += _sense(known, measure, source, horizon, ids)
        if not any(error.field.rpartition(".")[2] in DAYS for error in wrong):  # else one of them is a stand-in
            errors += _days_in_order(measure, source)
    return (None if errors else measure), errors


def build_fund(plan: Plan, data: Mapping[str, Any], source: Source) -> tuple[Fund | None, list[ValidationError]]:
    """A fund from plain data, or everything that is wrong with it. Days of the plan as above."""
    fund, errors = check(Fund, with_days(plan, data), source)
    return fund, [*errors, *_same_day_twice(plan, data, source, ())]


def reaches_firms(instrument: object) -> bool:
    """Whether an instrument acts on firms one by one, so that its measures must be delivered to them."""
    module = instruments().get(str(instrument))
    return module is not None and module.Values.reaches_firms


def waits_for_plan(data: Mapping[str, Any]) -> bool:
    """Whether a measure or a fund names a day of the plan by its word."""
    values = data.get("values")
    parts = [*data.values(), *(values.values() if isinstance(values, Mapping) else ())]
    words = (word for part in parts for word in (part if isinstance(part, Mapping) else [part]))
    return any(isinstance(word, str) and word in PLAN_DAYS for word in words)


def with_days(plan: Plan, data: Mapping[Any, Any]) -> dict[Any, Any]:
    """Data in which the plan's days stand for the words of PLAN_DAYS, as values and as keys of tables."""

    def day(word: Any) -> Any:
        return getattr(plan, word) if isinstance(word, str) and word in PLAN_DAYS else word

    return {
        key: {day(inner): entry for inner, entry in value.items()} if isinstance(value, Mapping) else day(value)
        for key, value in data.items()
    }


def _same_day_twice(
    plan: Plan, data: Mapping[Any, Any], source: Source, at: tuple[str, ...]
) -> Iterable[ValidationError]:
    """Tables that name a day both by its word and by its date."""
    for key, value in data.items():
        for word in PLAN_DAYS if isinstance(value, Mapping) else ():
            if word in value and getattr(plan, word) in value:
                yield source.error("duplicate_key", (*at, str(key), word), f"{word} = {getattr(plan, word)}")


def _spell_out_places(data: dict[str, Any], source: Source) -> Iterable[ValidationError]:
    """Put codes for the names of counties and prefectures that a measure is limited to."""
    eligible = data.get("eligible")
    for key, kind in AREAS.items():
        named = eligible.get(key) if isinstance(eligible, dict) else None
        if not isinstance(named, list):
            continue
        codes = []
        for place, name in enumerate(named):
            try:
                codes.append(code_of(name if isinstance(name, str) else shown(name), kind))
            except Refusal as refused:
                error = source.refusal(("eligible", key, place), refused)
                several = apart(str(name), partial(code_of, kind=kind))
                yield error if several is None else replace(error, kind="full_width", nearest=several)
        data["eligible"] = {**data["eligible"], key: codes}


def _sense(
    known: Catalogue, measure: Measure, source: Source, horizon: tuple[date, date], ids: Iterable[str]
) -> Iterable[ValidationError]:
    """What types cannot say: names that must exist, dates in order, shares that add up."""
    measures = list(ids)

    def must_be(
        kind: str, path: tuple[str | int, ...], found: str, names: Iterable[str], allowed: Said = ""
    ) -> Iterable[ValidationError]:
        names = list(names)
        if found not in names:
            yield source.error(kind, path, found, allowed or listed(sorted(names)), near(found, names))

    for place, clause in enumerate(measure.clauses):
        yield from must_be("unknown_clause", ("clauses", place), clause, known.register, REGISTERED)
    yield from must_be("unknown_section", ("section",), measure.section, known.plan.sections)
    if measure.fund is not None:
        yield from must_be("unknown_fund", ("fund",), measure.fund, known.funds)
    if isinstance(measure.bearer, dict) and abs(sum(measure.bearer.values()) - 1) > SHARES_TOLERANCE:
        yield source.error("shares_do_not_add_up", ("bearer",), f"{sum(measure.bearer.values()):g}", "1")
    if reaches_firms(measure.instrument) and measure.delivery.way == "none":
        yield source.error("no_delivery", ("delivery", "way"), "none", listed(("automatic", *DECIDED_UPON)))
    if measure.delivery.capacity is not None and measure.delivery.agency is None:
        yield source.error("no_agency", ("delivery", "agency"), measure.delivery.way, listed(AGENCIES))
    first, last = horizon
    for path, day in dates(measure):
        if not first <= day <= last:
            yield source.error("outside_horizon", path, day, within(horizon))
    if not isinstance(measure.values, BaseModel):
        return  # its own errors are known already
    yield from _values_sense(known, measure, source, measures)


def _days_in_order(measure: Measure, source: Source) -> Iterable[ValidationError]:
    """Announced, begun, ended or withdrawn: a day that comes too soon or too late, said of the lever that moved it."""
    start, heard_from = measure.start, measure.heard_from
    if measure.end is not None and measure.end < start:
        at = "start" if ("start",) in source.levers else "end"
        yield source.error("ends_before_start", (at,), measure.end, Words(zh=f"{start} 或以后", en=f"{start} or later"))
    if heard_from > start:
        at = "announced" if ("announced",) in source.levers or ("start",) not in source.levers else "start"
        by_then = Words(zh=f"{start} 或以前", en=f"{start} or earlier")
        yield source.error("announced_after_start", (at,), heard_from, by_then)
    if measure.withdrawn is not None and measure.withdrawn < heard_from:
        at = next((name for name in ("withdrawn", "announced", "start") if (name,) in source.levers), "withdrawn")
        from_then = Words(zh=f"{heard_from} 或以后", en=f"{heard_from} or later")
        kind = "withdrawn_before_announced"
        if measure.announced is None:
            kind = "withdrawn_unannounced"
            announced = Words(
                zh=f"，或写明 announced，不晚于 {measure.withdrawn}",
                en=f", or announced: on {measure.withdrawn} or earlier",
            )
            from_then = Words(zh=from_then.zh + announced.zh, en=from_then.en + announced.en)
        yield source.error(kind, (at,), measure.withdrawn, from_then)


def _values_sense(known: Catalogue, measure: Measure, source: Source, measures: list[str]) -> Iterable[ValidationError]:
    values = measure.values
    tops_up = getattr(values, "tops_up", None)
    if tops_up is not None and tops_up not in measures:
        yield source.error(
            "unknown_measure",
            ("values", "tops_up"),
            tops_up,
            Words(zh="工具相同的措施", en="a measure of the same instrument"),
            near(tops_up, measures),
        )
    elif tops_up is not None and (
        tops_up == measure.id
        or (tops_up in known.sources and known.sources[tops_up].data.get("instrument") != measure.instrument)
    ):
        another = Words(zh=f"另一项 {measure.instrument} 类措施", en=f"another measure of {measure.instrument}")
        yield source.error("bad_top_up", ("values", "tops_up"), tops_up, another)
    for place, target in enumerate(getattr(values, "target", ())):
        names = (*ACTIONS, MECHANISMS, *measures)
        if target not in names:
            either = Words(zh="行动或措施", en="an action or a measure")
            yield source.error("unknown_measure", ("values", "target", place), target, either, near(target, names))
    if getattr(values, "top_up_yuan", None) is not None and measure.fund is None:
        yield source.error("missing_key", ("fund",), "fund", listed(known.funds))
    reached = measure.eligible.sizes or SIZES
    for_nothing = [size for size in reached if size in values.worth_nothing_to]
    if for_nothing:
        has_worth = listed(size for size in SIZES if size not in values.worth_nothing_to)
        yield source.error("worth_nothing_to", ("eligible", "sizes"), listed(for_nothing), has_worth)


def within(horizon: tuple[date, date]) -> Words:
    """From the first day of a horizon to its last."""
    return Words(zh=f"{horizon[0]} 至 {horizon[1]}", en=f"{horizon[0]} to {horizon[1]}")


def dates(measure: Measure) -> Iterable[tuple[tuple[str | int, ...], date]]:
    """Every day that a measure names, and where."""
    for name in DAYS:
        day = getattr(measure, name)
        if day is not None:
            yield (name,), day
    if not isinstance(measure.values, BaseModel):
        return
    for name in type(measure.values).model_fields:
        value = getattr(measure.values, name)
        if isinstance(value, Dated):
            yield from ((("values", name, day.isoformat()), day) for day in value.changes())
        elif isinstance(value, date):
            yield ("values", name), value
