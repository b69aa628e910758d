"""One clause of the plan from its sentence to the files that carry it out: figures by date, who qualifies, who pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from pydantic.fields import FieldInfo

from sim.data_folders import scenarios_folder
from sim.drawing import Told
from sim.measure import Measure
from sim.parameters import load as load_parameters
from sim.scenario import levers
from sim.scenario.catalogue import REGISTERED, Catalogue, catalogue, plain
from sim.scenario.schema import Fund
from sim.scenario.slips import near
from sim.scenario.validation_errors import ScenarioError, ValidationError

SAYS_NOTHING: Final[tuple[object, ...]] = (None, False, [])  # values that a measure leaves out


@dataclass(frozen=True)
class Figure:
    """One value of a measure, from ``since`` on; ``since`` is None for a value that never changes."""

    name: str
    since: date | None
    value: Any
    unit: str
    meaning: dict[str, str]


@dataclass(frozen=True)
class FundDetail:
    """The fund that a measure draws on: yuan put in on each day, before what other measures add."""

    id: str
    title: dict[str, str]
    level: str
    bearer: str
    amounts_yuan: tuple[tuple[date | None, float], ...]
    amount_from: str | None
    when_dry: str


@dataclass(frozen=True)
class MeasureDetail:
    """One measure that carries the clause out. ``bearer`` holds the share of each; ``file`` lies in ``scenarios/``.

    ``nominal``: why its effect is a factor of assumed size, None for a mechanism.
    """

    id: str
    title: dict[str, str]
    action: str
    section: str
    origin: str
    in_force_anyway: bool
    nominal: dict[str, str] | None
    instrument: str
    figures: tuple[Figure, ...]
    eligible: dict[str, list[str]]
    way: str
    agency: str | None
    processing_days: int
    capacity: float | None
    take_up: float | None
    refusal_share: float
    bearer: dict[str, float]
    fund: FundDetail | None
    start: date
    end: date | None
    window: dict[str, str] | None
    announced: date
    withdrawn: date | None
    note: dict[str, str] | None
    file: str


@dataclass(frozen=True)
class TargetDetail:
    """What the clause promises of an outcome: one of the two bounds is given."""

    outcome: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, repr=False)
class ClauseDetail(Told):
    """A clause: ``paraphrase`` and ``heading`` (of its section) in both languages, ``state`` modelled or declared.

    ``origin``: nation, province or both, by the document in ``origin_source``.
    """

    id: str
    heading: dict[str, str]
    paraphrase: dict[str, str]
    state: str
    origin: str
    origin_source: dict[str, str]
    note: dict[str, str] | None
    targets: tuple[TargetDetail, ...]
    measures: tuple[MeasureDetail, ...]

    def plain(self) -> dict[str, Any]:
        """The same fit for JSON, days as texts."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def clause(id: str) -> ClauseDetail:
    """Everything that the catalogue holds of a clause such as ``II.1.b``.

    Raises :class:`ScenarioError`: for an unknown id with the nearest one, and for what is wrong with the catalogue.
    """
    known = catalogue(scenarios_folder())
    if id not in known.register:
        names = list(known.register)
        raise ScenarioError([ValidationError("unknown_clause", "", None, "", id, REGISTERED, near(id, names))])
    if known.errors:
        raise ScenarioError(known.errors)
    entry = known.register[id]
    return ClauseDetail(
        id,
        known.heading(id).model_dump(),
        entry.paraphrase.model_dump(),
        entry.status,
        entry.origin,
        entry.origin_source.model_dump(),
        plain(entry.note),
        tuple(TargetDetail(t.outcome, t.at_least, t.at_most) for t in known.plan.targets if t.clause == id),
        tuple(_measure(known, measure) for measure in known.measures.values() if id in measure.clauses),
    )


def _measure(known: Catalogue, measure: Measure) -> MeasureDetail:
    delivery = measure.delivery
    return MeasureDetail(
        measure.id,
        measure.title.model_dump(),
        measure.action,
        measure.section,
        measure.origin,
        measure.in_force_anyway,
        plain(measure.nominal),
        measure.instrument,
        tuple(_figures(measure)),
        measure.eligible.model_dump(mode="json", exclude_defaults=True),
        delivery.way,
        delivery.agency,
        delivery.processing_days,
        delivery.capacity,
        delivery.take_up,
        delivery.refusal_share,
        measure.bearers,
        None if measure.fund is None else _fund(known.funds[measure.fund]),
        measure.start,
        measure.end,
        plain(measure.window),
        measure.heard_from,
        measure.withdrawn,
        plain(measure.note),
        f"measures/{measure.action}/{measure.id}.yaml",
    )


def _figures(measure: Measure) -> Iterable[Figure]:
    """Every value that the measure's instrument has, tables by date spelled out."""
    values = type(measure.values).model_fields
    for entry in levers.of_measure(measure):
        name = entry.path.removeprefix(f"{measure.id}.")
        if name not in values or entry.value in SAYS_NOTHING:
            continue
        table = entry.value if isinstance(entry.value, dict) else {None: entry.value}
        for since, value in table.items():
            day = None if since is None else date.fromisoformat(since)
            yield Figure(name, day, value, entry.unit, _meaning(values[name]))


def _meaning(field: FieldInfo) -> dict[str, str]:
    """What a value means, in both languages: its field of the instrument says so."""
    extra = field.json_schema_extra
    zh = extra.get("zh", "") if isinstance(extra, dict) else ""
    return {"zh": str(zh), "en": field.description or ""}


def _fund(fund: Fund) -> FundDetail:
    if fund.amount_from is not None:
        amounts: dict[date | None, float] = {None: load_parameters()[fund.amount_from]}
    else:
        table = {} if fund.amount_yuan is None else fund.amount_yuan.table
        amounts = {None if day == date.min else day: amount for day, amount in table.items()}
    return FundDetail(
        fund.id, fund.title.model_dump(), fund.level, fund.bearer, tuple(amounts.items()), fund.amount_from,
        fund.when_dry,
    )  # fmt: skip


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data
