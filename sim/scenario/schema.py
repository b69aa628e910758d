"""What the files in ``scenarios/`` may say, as typed models; the JSON Schemas of them are in `json_schemas`.

A *scenario file* names what it extends, what is switched on and which levers are changed. A *lever* is anything that a
planner may choose (months of a waiver, days at a desk, a fund's size); a *parameter* describes how the province behaves
and belongs to calibration: a scenario may change one under ``parameters.``, so that nobody takes it for policy.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.measure import Action, Dated, Name, Party, Strict, Title, Words, Yuan
from sim.names import Named
from sim.observe.outcomes import A_YEAR, OUTCOMES
from sim.refusal import Refusal, UnknownName

MOST_MEASURES: Final = 128  # as many as `sim.population.columns.MASK_WORDS` has bits for
PLAN_DAYS: Final = ("adopted", "actions", "rules")  # words that stand for these days of the plan in measures and funds
MOST_ROWS: Final = 20_000_000  # of firms in a run: more do not fit in memory
ClauseOrigin = Annotated[Literal["nation", "province", "both"], Named(("origin",))]
Firms = Annotated[int, Field(ge=1, le=MOST_ROWS)] | Literal["province"]


class Fund(Strict):
    """Money set aside. Of a measure with several bearers, a fund pays the part that its own bearer bears."""

    id: Name
    title: Title
    level: Literal["province", "prefecture"] = Field(
        description="one fund for the province, or one treasury in each prefecture"
    )
    bearer: Party = Field(description="whose money it is")
    amount_yuan: Dated[Yuan] | None = Field(
        None, description="money put in on each day named, all prefectures together"
    )
    amount_from: str | None = Field(None, description="the parameter that gives the amount, in place of `amount_yuan`")
    when_dry: Literal["refuse", "wait"] = Field(
        description="an empty fund refuses what is asked of it, or lets the queue wait for new money"
    )
    note: Words | None = Field(None, description="where its figures come from")


class FundsFile(Strict):
    """``funds.yaml``."""

    funds: tuple[dict[str, Any], ...] = Field(description="money set aside, see `Fund`")


def outcome_among(*more: str) -> AfterValidator:
    """That a name is one of the outcomes, or of ``more``: a question may ask for what is made of outcomes too."""

    def known(name: str) -> str:
        names = (*OUTCOMES, *more)
        if name not in names:
            raise UnknownName("outcome", name, names)
        return name

    return AfterValidator(known)


class Target(Strict):
    """What the plan promises of one outcome."""

    outcome: Annotated[Name, outcome_among()] = Field(description="an outcome of `sim/observe/outcomes.py`")
    at_least: float | None = Field(None, description="promised least value, in the outcome's unit")
    at_most: float | None = Field(None, description="promised greatest value; one of the two is given")
    clause: str = Field(description="clause that promises it")
    on: date | None = Field(
        None, description="day of the horizon whose month it is read in, that of `targets_on` where it is left out"
    )
    ceiling_yuan: Yuan | Name | None = Field(
        None, description="only what is owed to a firm below this sum counts; the id of a measure stands for its own"
    )

    @model_validator(mode="after")
    def _has_one_bound(self) -> Target:
        if (self.at_least is None) == (self.at_most is None):
            raise Refusal(
                zh="目标应在 at_least 与 at_most 中恰好写一项", en="a target has exactly one of at_least and at_most"
            )
        return self

    @model_validator(mode="after")
    def _has_a_day_only_where_one_is_looked_at(self) -> Target:
        if self.on is not None and OUTCOMES[self.outcome].read == "end":
            raise Refusal(
                zh=f"{self.outcome} 按期末读取，不能另写日期 on",
                en=f"{self.outcome} is read at the end of the horizon and takes no day of its own",
                at=("on",),
            )
        return self


class Plan(Strict):
    """``plan.yaml``: what holds for the whole plan. ``adopted``, ``actions`` and ``rules`` may stand for their days."""

    title: Words = Field(description="of the document")
    name: Words | None = Field(None, description="what pages call it; its title where it is left out")
    number: str = Field(description="number of the document")
    adopted: date = Field(description="day on which the plan was made public")
    actions: date = Field(description="day of the detailed rules of its actions")
    rules: date = Field(description="day by which departments publish their rules (clause III.1)")
    horizon: tuple[date, date] = Field(description="first and last day of a run whose world names no others")
    targets_on: date = Field(
        description="day of the horizon whose month the targets are read in; the last month of a shorter run"
    )
    targets: tuple[Target, ...] = Field(description="what the plan promises to reach")
    sections: dict[str, Words] = Field(description="headings of the plan")
    note: Words | None = Field(None, description="where its days come from")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Plan:
        first, last = self.horizon
        if last < first:
            raise Refusal(
                zh=f"horizon 的结束日 {last} 早于开始日 {first}",
                en=f"the horizon ends on {last}, before it begins on {first}",
                at=("horizon",),
            )
        return self

    @model_validator(mode="after")
    def _reads_each_outcome_on_one_day(self) -> Plan:
        for place, target in enumerate(self.targets):
            first, on = self.read_on(target.outcome), target.on or self.targets_on
            if first != on:
                raise Refusal(
                    zh=f"{target.outcome} 已按 {first} 读取，不能另按 {on} 读取",
                    en=f"{target.outcome} is read on {first} already, not on {on} too",
                    at=("targets", place),
                )
        return self

    @model_validator(mode="after")
    def _reads_within_its_horizon(self) -> Plan:
        """A shorter run reads in its last month what it does not reach; the plan's own horizon must reach it."""
        days: list[tuple[tuple[str | int, ...], date]] = [(("targets_on",), self.targets_on)]
        days += [
            (("targets", place, "on"), target.on)
            for place, target in enumerate(self.targets)
            if target.on is not None and not (target.outcome in A_YEAR and target.on > self.horizon[1])
        ]
        first, last = self.horizon
        for at, day in days:
            if not first <= day <= last:
                raise Refusal(
                    zh=f"{day} 在 horizon 之外，读不到；应为 {first} 至 {last}",
                    en=f"{day} lies outside the horizon, so that nothing can be read then; allowed: {first} to {last}",
                    at=at,
                )
        return self

    def read_on(self, outcome: str) -> date:
        """The day whose month an outcome is read in: that of its target, of the plain outcome's, or ``targets_on``."""
        for name in (outcome, OUTCOMES[outcome].base):
            for target in self.targets:
                if target.outcome == name:
                    return target.on or self.targets_on
        return self.targets_on

    def ceiling_yuan(self, outcome: str) -> float | None:
        """Sum below which something counts in the outcome of a target, None where all of it does.

        Raises ``TypeError`` for a plan that was not read with its measures, so that an id still stands for their sum.
        """
        ceiling = next((target.ceiling_yuan for target in self.targets if target.outcome == outcome), None)
        if isinstance(ceiling, str):
            raise TypeError(f"the ceiling of {outcome} is that of {ceiling}, which was not looked up")
        return ceiling


class Clause(Strict):
    """One clause of the plan in ``register.yaml``."""

    paraphrase: Words
    status: Literal["modelled", "declared"] = Field(
        description="modelled: a measure carries it out; declared: not modelled, for the reason in `note`"
    )
    origin: ClauseOrigin = Field(description="whose it is: the nation's, the province's, or both, as its measures are")
    origin_source: Words = Field(
        description="the document of the nation that says so, or the plan's own wording; short"
    )
    note: Words | None = Field(None, description="why it is not modelled, or what else is to be known")


class RegisterFile(Strict):
    """``register.yaml``."""

    clauses: dict[str, Clause]


class ScenarioFile(Strict):
    """A scenario file. Everything may be left out."""

    title: Words | None = Field(None, description="the file's name where it is left out")
    description: Words | None = Field(
        None, description="what it does, in sentences; what it extends and its levers where it is left out"
    )
    author: str = Field("", description="who wrote it")
    against: str | tuple[str, ...] | None = Field(
        None,
        description="name or file of the scenario that it is compared with, or several, the first of which is its "
        "baseline; null for one that is only compared with. Left out: as in what it extends, else `no_support`",
    )
    extends: str | None = Field(None, description="name or file of the scenario that this one starts from")
    in_force_anyway: bool = Field(
        False, description="true switches on every measure of the catalogue that held without the plan too"
    )
    actions: tuple[Action, ...] = Field((), description="actions whose measures are switched on")
    sections: tuple[str, ...] = Field(
        (), description="sections of the plan whose measures are switched on, such as II.1"
    )
    measures: tuple[Name, ...] = Field((), description="measures switched on")
    without: tuple[str, ...] = Field((), description="actions, sections or measures switched off, after all the above")
    define: dict[Name, dict[str, Any]] = Field(
        {}, description="measures of this scenario's own, by id, written as in `scenarios/measures/`; switched on"
    )
    funds: tuple[dict[str, Any], ...] = Field(
        (), description="money of this scenario's own, written as in `scenarios/funds.yaml`"
    )
    reactions: tuple[dict[str, Any], ...] = Field(
        (), description="what begins, ends or changes by what the monitor counts, see `Reaction`"
    )
    levers: dict[str, Any] = Field({}, description="changed values by dotted path, such as `rent_waiver.months: 6`")
    world: dict[str, Any] = Field({}, description="what happens to the province, where it differs from the record")
    firms: Firms | None = Field(None, description="number of sampled firms, or `province` for one row a firm")
    expects: tuple[str, ...] = Field((), description="what the author expects to come out, in sentences")
