"""What a measure is: who qualifies, what it is worth by date, how it reaches a firm, who pays.

A measure is one YAML file in ``scenarios/measures/<action>/``. This module types everything about it except its
``values``: those belong to the instrument that acts (``sim/instruments/``), one typed model for each instrument.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, TypeVar, get_args, overload

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from sim.names import Named
from sim.vocabulary import (
    ACTIONS,
    AGENCIES,
    FACTS,
    FLAGS,
    LANDLORDS,
    MECHANISMS,
    PARTIES,
    SECTOR_GROUPS,
    SECTORS,
    SIZES,
)

Action = Annotated[Literal[(*ACTIONS, MECHANISMS)], Named(("action",))]  # type: ignore[valid-type]
Sector = Annotated[Literal[(*SECTORS, *SECTOR_GROUPS)], Named(("sector", "sector_group"))]  # type: ignore[valid-type]
Size = Annotated[Literal[SIZES], Named(("size",))]  # type: ignore[valid-type]
Flag = Annotated[Literal[FLAGS], Named(("flag",))]  # type: ignore[valid-type]
Fact = Annotated[Literal[FACTS], Named(("fact",))]  # type: ignore[valid-type]
Landlord = Annotated[Literal[LANDLORDS], Named(("landlord",))]  # type: ignore[valid-type]
Agency = Annotated[Literal[AGENCIES], Named(("agency",))]  # type: ignore[valid-type]
Party = Annotated[Literal[PARTIES], Named(("party",))]  # type: ignore[valid-type]
Way = Annotated[Literal["automatic", "application", "by_list", "negotiated", "none"], Named(("way",))]
DECIDED_UPON: Final = ("application", "by_list", "negotiated")  # ways of delivery on which somebody decides
NAME: Final = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME, description="small letters, digits and underscores")]


ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("int_type")
    return value


def _day(value: Any) -> Any:
    if not (isinstance(value, date) or (isinstance(value, str) and ISO_DAY.fullmatch(value))):
        raise PydanticKnownError("date_type")
    return value


TAKEN: Final = {"int": _whole, "date": _day}


def _as_it_says(schema: Any) -> None:
    """Let every value of a schema be taken for what it says only; models in it are references and have seen to it."""
    if isinstance(schema, list):
        for part in schema:
            _as_it_says(part)
    elif isinstance(schema, dict):
        kind = schema.get("type")
        if kind in ("bool", "float"):
            schema["strict"] = True
        elif kind in TAKEN and schema.get("strict") is None:
            inner = core_schema.no_info_before_validator_function(TAKEN[kind], {**schema, "strict": False})
            schema.clear()
            schema.update(inner)
        else:
            for key, part in schema.items():
                if key not in ("default", "expected", "metadata"):
                    _as_it_says(part)


class Strict(BaseModel):
    """Base of everything read from a file: unknown keys are refused, values do not change afterwards.

    A value is what it says: true is no number, 1 is not true, a number or a text is no day (a text in the form
    2022-07-01 is), a text is no number, and every number is finite. A number without a fraction is a whole one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _as_it_says(handler.resolve_ref_schema(schema))
        return schema


class Words(Strict):
    """A text for people in both languages. Written as one text, or in one language, it stands for the other too."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"zh": given, "en": given}
        if isinstance(given, Mapping) and given:
            texts = [given[language] for language in cls.model_fields if language in given]
            return dict.fromkeys(cls.model_fields, texts[0] if texts else "") | dict(given)
        return given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        written = handler(schema)
        table = handler.resolve_ref_schema(written)
        texts: dict[str, Any] = {key: table.pop(key) for key in ("title", "description") if key in table}
        both = {key: value for key, value in table.items() if key != "required"} | {"minProperties": 1}
        table.clear()
        table.update({**texts, "anyOf": [{"type": "string"}, both]})
        return written


def _called_as_its_id(data: Mapping[str, Any]) -> Words:
    """The title of what has none of its own."""
    return Words(zh=data["id"], en=data["id"])


Title = Annotated[Words, Field(default_factory=_called_as_its_id, description="the id where it is left out")]


T = TypeVar("T")


class Dated(Generic[T]):
    """A value that changes by date: ``0.6`` for always, or a table ``{2022-01-01: 0.6, 2022-05-31: 0.9}``.

    Each entry holds from its day on, until the next; before the first entry the measure has no value yet.
    """

    def __init__(self, table: dict[date, T]) -> None:
        self.table = dict(sorted(table.items()))

    @overload
    def on(self, day: date) -> T | None: ...

    @overload
    def on(self, day: date, default: T) -> T: ...

    def on(self, day: date, default: T | None = None) -> T | None:
        """The value in force on a day, ``default`` before the first entry."""
        place = bisect_right(list(self.table), day)
        return list(self.table.values())[place - 1] if place else default

    def changes(self) -> list[date]:
        """The days on which a new value comes into force."""
        return [day for day in self.table if day != date.min]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dated) and self.table == other.table

    def __hash__(self) -> int:
        return hash(tuple(self.table.items()))

    def __repr__(self) -> str:
        return f"Dated({self.table})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        value = handler.generate_schema(get_args(source)[0])
        table = core_schema.dict_schema(core_schema.date_schema(), value, min_length=1)

        def build(given: Any) -> Dated[Any]:
            return cls(given if isinstance(given, dict) else {date.min: given})

        def plain(dated: Dated[Any]) -> Any:
            if list(dated.table) == [date.min]:
                return dated.table[date.min]
            return {day.isoformat(): entry for day, entry in dated.table.items()}

        return core_schema.no_info_after_validator_function(
            build,
            core_schema.union_schema([table, value], mode="left_to_right"),
            serialization=core_schema.plain_serializer_function_ser_schema(plain),
        )


Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1, description="a year")]
Yuan = Annotated[float, Field(ge=0, le=1e13)]
Factor = Annotated[float, Field(ge=0, le=100)]
Months = Annotated[int, Field(ge=0, le=120)]


class InstrumentValues(Strict):
    """Base of what a measure may write under ``values:``; every instrument has its own, and says here what it does."""

    reaches_firms: ClassVar[bool] = False  # acts on firms one by one, so it must be delivered to them
    gives: ClassVar[bool] = False  # bears bills of firms or pays them
    pays_at_once: ClassVar[bool] = False  # its money follows the decision; that of others comes with later bills

    @property
    def worth_nothing_to(self) -> tuple[str, ...]:
        """Sizes to which it can bring nothing, so that it must not reach them."""
        return ()


class Eligibility(Strict):
    """Who qualifies. Every field that is given must hold; an absent field asks nothing."""

    sectors: tuple[Sector, ...] | None = Field(None, description="sectors or names of sector groups")
    sizes: tuple[Size, ...] | None = None
    prefectures: tuple[str, ...] | None = Field(None, description="codes such as '5301' or names of prefectures")
    counties: tuple[str, ...] | None = Field(None, description="codes such as '530102' or names of counties")
    landlords: tuple[Landlord, ...] | None = None
    flags: tuple[Flag, ...] = Field((), description="traits that the firm must have, all of them")
    facts: tuple[Fact, ...] = Field((), description="what must be true on the day, all of it")


class Delivery(Strict):
    """How the measure reaches a firm."""

    way: Way = Field(
        "none",
        description="automatic: whoever qualifies has it; application: aware, apply, wait, decision; by_list: the "
        "office takes up the case of whoever qualifies, who need neither know nor ask; negotiated: asked for like an "
        "application, of a landlord, bank or platform, who may refuse; none: acts on institutions only",
    )
    agency: Agency | None = Field(None, description="whose staff decide, None where two parties agree by themselves")
    processing_days: Annotated[int, Field(ge=0, le=365)] = Field(
        0, description="working days before a decision; with a handler for each case their mean"
    )
    capacity: Annotated[float, Field(gt=0, le=10_000)] | None = Field(
        None,
        description="cases a working day for 10,000 entities that qualify, of a desk of its own in each prefecture; "
        "None where each case has a handler of its own",
    )
    take_up: Share | None = Field(
        None,
        description="share of those who know of it, or stand on the list, that would ever ask or accept; None for "
        "`delivery.apply_share`",
    )
    refusal_share: Share = Field(0.0, description="share of the applications that is refused")
    list_first: bool = Field(False, description="firms on the list of key firms go to the head of the queue")


class Measure(Strict):
    """One measure of the catalogue, with the values of its instrument."""

    id: Annotated[Name, Field(description="the file's name")]
    title: Title
    clauses: tuple[str, ...] = Field(description="ids of the plan's clauses that the measure carries out")
    action: Action
    section: str = Field(description="section of the plan, such as I.4 or II.1")
    instrument: str
    eligible: Eligibility = Eligibility()
    delivery: Delivery = Delivery()
    start: date = Field(description="first day on which anything may move")
    end: date | None = Field(None, description="last day on which anything may be filed, None for none")
    window: Words | None = Field(None, description="where its start and end come from, or why it has no end")
    announced: date | None = Field(
        None, description="day from which firms hear of it, on its start or before; None for its start"
    )
    withdrawn: date | None = Field(
        None,
        description="day from which it is called off for good, None for never; on its start or before, and it never "
        "comes into force",
    )
    fund: str | None = Field(None, description="name in `scenarios/funds.yaml` that the money comes from")
    bearer: Party | dict[Party, Share] | None = Field(
        None, description="who bears it; with several, the share of each (they add up to 1)"
    )
    note: Words | None = Field(None, description="what the plan leaves open, and where the figures come from")
    values: Any = Field(description="the instrument's own model")

    @property
    def heard_from(self) -> date:
        """The day from which firms hear of it."""
        return self.announced or self.start

    @property
    def last(self) -> date | None:
        """Its last day as things turn out, None for the end of the horizon; before ``start`` of one never in force."""
        before = None if self.withdrawn is None else self.withdrawn - timedelta(days=1)
        return min((day for day in (self.end, before) if day is not None), default=None)

    @property
    def bearers(self) -> dict[str, float]:
        """Who bears it, and the share of each; the province where nobody is named."""
        if self.bearer is None:
            return {"province": 1.0}
        shares = {self.bearer: 1.0} if isinstance(self.bearer, str) else self.bearer
        # One order, whatever the file's: the first bears what rounding leaves.
        return {party: shares[party] for party in PARTIES if party in shares}

    @property
    def gives(self) -> bool:
        """Whether it bears bills of firms or pays them, one by one."""
        return isinstance(self.values, InstrumentValues) and self.values.gives

    @property
    def moves(self) -> str:
        """What it defers, refunds or grants, as one name for the ledger."""
        return "+".join(getattr(self.values, "flows", ())) or getattr(self.values, "base", None) or self.instrument

    @property
    def changes(self) -> set[date]:
        """Every day on which one of its values changes."""
        tables = (getattr(self.values, name) for name in type(self.values).model_fields)
        return {day for table in tables if isinstance(table, Dated) for day in table.changes()}
