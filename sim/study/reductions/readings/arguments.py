"""What readings may be given in a file, typed: who is meant, which days and months, which columns."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Annotated, Any, Final, Literal, TypedDict

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.data_folders import scenarios_folder
from sim.ledger import LINES, MOVE_KIND
from sim.measure import ISO_DAY, Sector, Size, Strict
from sim.observe.outcomes import OUTCOMES
from sim.observe.tables import TABLES
from sim.observe.universes import STRATA
from sim.refusal import Refusal, UnknownName
from sim.scenario.catalogue import catalogue
from sim.vocabulary import COUNTED_BY, CUSTOMERS, LANDLORDS, PARTIES, REQUESTS, WINNERS
from sim.world.spec import MONTH, PrefectureCode

UNIVERSE: Final = (*STRATA, "enterprises")  # a stratum, or what is a union of them
# Columns of the snapshots that are numbers of a firm, or true or false of it.
VARIABLES: Final = tuple(
    name
    for name, column in TABLES["snapshots"].items()
    if column.kind == "bool" or (column.kind.startswith(("float", "int")) and name != "firm")
)
POSTED_FLOWS: Final = tuple(sorted({line.flow for line in LINES.values()}))
POSTED_KINDS: Final = tuple(sorted({*(line.kind for line in LINES.values()), *MOVE_KIND.values(), "relieved"}))

Variable = Literal[VARIABLES]  # type: ignore[valid-type]
By = Literal[COUNTED_BY]  # type: ignore[valid-type]
Request = Literal[REQUESTS]  # type: ignore[valid-type]
Winner = Literal[WINNERS]  # type: ignore[valid-type]
Month = Annotated[str, Field(pattern=MONTH)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Days = Annotated[int, Field(ge=0)]


def _measure(name: str) -> str:
    known = catalogue(scenarios_folder()).measures
    if name not in known:
        raise UnknownName("measure", name, known)
    return name


def _one_or_several(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


Winners = Annotated[tuple[Winner, ...], Field(min_length=1), BeforeValidator(_one_or_several)]
Variables = Annotated[tuple[Variable, ...], Field(min_length=1), BeforeValidator(_one_or_several)]
Parties = Annotated[tuple[Literal[PARTIES], ...], Field(min_length=1), BeforeValidator(_one_or_several)]  # type: ignore[valid-type]
Flows = Annotated[tuple[Literal[POSTED_FLOWS], ...], Field(min_length=1), BeforeValidator(_one_or_several)]  # type: ignore[valid-type]
Kinds = Annotated[tuple[Literal[POSTED_KINDS], ...], Field(min_length=1), BeforeValidator(_one_or_several)]  # type: ignore[valid-type]
Measures = Annotated[
    tuple[Annotated[str, AfterValidator(_measure)], ...], Field(min_length=1), BeforeValidator(_one_or_several)
]
Months = Annotated[tuple[Month, ...], Field(min_length=1), BeforeValidator(_one_or_several)]


def _month_of(given: Any, is_end: bool) -> Any:
    """The month that a day begins or ends; what is no day is given back as it is."""
    if isinstance(given, str) and ISO_DAY.fullmatch(given):
        with suppress(ValueError):  # no day of the calendar, and no month either
            given = date.fromisoformat(given)
    if not isinstance(given, date):
        return given
    if given.day != (monthrange(given.year, given.month)[1] if is_end else 1):
        raise Refusal(
            zh=f"该读数按整月统计：请写月份，或某月的{'最后' if is_end else '第'}一天，而不是 {given}",
            en=f"this reading counts whole months: a month or its {'last' if is_end else 'first'} day, not {given}",
        )
    return f"{given:%Y-%m}"


SinceMonth = Annotated[Month, BeforeValidator(partial(_month_of, is_end=False))]
UntilMonth = Annotated[Month, BeforeValidator(partial(_month_of, is_end=True))]


def _outcome(name: str) -> str:
    if name not in OUTCOMES:
        raise UnknownName("outcome", name, OUTCOMES)
    return name


OutcomeName = Annotated[str, AfterValidator(_outcome)]


class Lines(TypedDict, total=False):
    """Which lines of the ledger are meant."""

    payer: Parties
    payee: Parties
    flow: Flows
    kind: Kinds
    measure: Measures


class Flow(Strict):
    """The same as one argument."""

    payer: Parties | None = None
    payee: Parties | None = None
    flow: Flows | None = None
    kind: Kinds | None = None


class Cells(Strict):
    """Which cells of a table by size, sector and prefecture are meant: every condition that is given holds."""

    size: tuple[Size, ...] = ()
    sector: tuple[Sector, ...] = ()
    prefecture: tuple[PrefectureCode, ...] = ()


class Stops(Cells):
    """Whose stops are meant: every condition that is given holds."""

    universe: tuple[Literal[UNIVERSE], ...] = ()  # type: ignore[valid-type]


class Of(Stops):
    """Which firms are meant: every condition that is given holds."""

    founder: bool | None = None
    age_years: tuple[float, float] | None = Field(None, description="[from, below], on the day looked at")
    insured: bool | None = None
    owes: bool | None = Field(None, description="has a bank loan")
    renting: bool | None = Field(None, description="has a landlord")
    landlord: tuple[Literal[LANDLORDS], ...] = ()  # type: ignore[valid-type]
    customer: tuple[Literal[CUSTOMERS], ...] = ()  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _ages_in_order(self) -> Of:
        if self.age_years is not None and self.age_years[0] >= self.age_years[1]:
            raise Refusal(
                zh="age_years 为 [起, 止]，起小于止",
                en="age_years is [from, below], from being less",
                at=("age_years",),
            )
        return self
