"""One firm, or the firms that a condition picks, through two worlds of the same random numbers, side by side.

Which firms a condition picks is known only when both worlds have been lived through: they are run once to choose and
once more to follow. Following changes nothing, so both times they are the same worlds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim import drawing
from sim.observe.conditions import OF_FIRMS, Conditions, Where, understood
from sim.refusal import Language, Refusal
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.keywords import InBothWorlds, Progress
from sim.study.reductions.fates import FATES
from sim.study.runs.specification import sized
from sim.study.runs.worker import once
from sim.vocabulary import EXIT_CAUSES

if TYPE_CHECKING:
    from sim.observe.tables import Result

TRAITS: Final = ("entities", "prefecture", "sector", "size", "founder")
ENDS: Final = ("alive", "exited_on", "exit_cause", "staff")
# What a condition may ask for: what is true of a firm from the start, and how it ended.
CONDITIONS: Final[Conditions] = {
    "fate": FATES,
    **{name: known for name, known in OF_FIRMS.items() if name in TRAITS},
    "exit_cause": EXIT_CAUSES,
}
# The course of business. What is left when they are taken out can be read by a person.
ROUTINE: Final = frozenset({
    "sold", "sold_on_credit", "collected", "became_overdue", "lost", "bought_on_credit", "paid", "owners_lived",
    "owners_drew",
})  # fmt: skip
REACHED: Final = ("received", "borne", "put_off", "extended")  # what a measure does to a firm's money
SAME: Final = ["firm", "date", "event", "measure", "flow"]  # what makes an event of one world that of the other

EXAMPLES: Final = (
    "scenario", "firm", "entities", "prefecture", "sector", "size", "fate", *SAME[1:4], "clause", "flow", "amount_fen",
    "cash_fen", "amount_fen_against", "cash_fen_against",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Journey(drawing.Told):
    """What happened to each firm under ``scenario`` and under ``against``, with the random numbers of ``seed``.

    ``firms``: firm, entities, prefecture, sector, size, founder, fate (empty for firms born later), and how it ended
    under the one and the other: alive, exited_on (date, empty if alive), exit_cause, staff, and the same names with
    ``_against``; of a world in which it was never born they are missing. ``events``: world, firm, date, event, measure,
    clause, flow, amount_fen, cash_fen, staff, status (columns as in ``TABLES['journeys']``, money of one entity).
    """

    scenario: Scenario
    against: Scenario
    seed: int
    firms: pd.DataFrame
    events: pd.DataFrame

    def side_by_side(self) -> pd.DataFrame:
        """Every event once: firm, date, event, measure, clause, flow, then amount_fen and cash_fen under both.

        Columns of ``against`` end in ``_against``; an event that a world lacks has no amount and no cash there.
        """
        halves = []
        for world in (self.scenario.name, self.against.name):
            half = self.events[self.events["world"] == world].drop(columns=["world", "staff", "status"])
            half = half.assign(time=half.groupby(SAME).cumcount(), place=half.groupby(["firm", "date"]).cumcount())
            halves.append(half.astype({"amount_fen": "Int64", "cash_fen": "Int64"}))
        together = halves[0].merge(halves[1], on=[*SAME, "clause", "time"], how="outer", suffixes=("", "_against"))
        together["place"] = together["place"].fillna(together["place_against"])
        order = together.sort_values(["firm", "date", "place"], kind="stable", ignore_index=True)
        amounts = ["amount_fen", "amount_fen_against", "cash_fen", "cash_fen_against"]
        return order[["firm", "date", "event", "measure", "clause", "flow", *amounts]]

    def told(self) -> pd.DataFrame:
        """What a person would tell of :meth:`side_by_side`: without routine and without reliefs that only repeat.

        Cash is that at the day's end: between the lines of a settlement it is nobody's cash yet.
        """
        both = self.side_by_side()
        of_day = both.groupby(["firm", "date"])
        for cash in ("cash_fen", "cash_fen_against"):
            both[cash] = of_day[cash].transform("last").where(both[cash].notna())
        again = both["event"].isin(("borne", "put_off")) & both.duplicated(["firm", "event", "measure", "flow"])
        return both[~both["event"].isin(ROUTINE) & ~again].reset_index(drop=True)

    def plot(
        self, *, lang: Language | None = None, ax: Any = None, width: int | None = None, height: int | None = None
    ) -> Any:
        """Cash of each firm in both worlds, with closures, measures by clause, and exits, one firm below the other.

        See :func:`sim.drawing.draw` for the keywords and for what is given back.
        """
        return drawing.draw(self, lang=lang, ax=ax, width=width, height=height)


@dataclass(frozen=True)
class Picked:
    """Which firms are followed: ``firms`` by identity (column ``firm`` of fates), or those that ``where`` picks.

    ``where``: conditions over both worlds, each a name or several of which one must hold (``CONDITIONS``): fate,
    sector, size, prefecture, exit_cause (under the scenario, or under the other where it lives on under the scenario).
    The first ``most`` firms by identity are taken.
    """

    firms: Sequence[int] = ()
    where: Where | None = None
    most: int = 3


def journey(
    picked: Picked,
    scenario: str | Path | Scenario,
    against: str | Path | Scenario,
    both: InBothWorlds,
    progress: Progress | None = None,
) -> Journey:
    """Follow firms through two scenarios under the same random numbers.

    Raises ``ScenarioError`` for scenarios that are not understood and :class:`StudyError` when no firm is asked for,
    none meets the conditions, or one does not exist.
    """
    conditions = {} if picked.where is None else _understood(picked.where)
    chosen = list(dict.fromkeys(picked.firms))
    if bool(chosen) == bool(conditions):
        raise StudyError(
            zh="请给出企业编号，或者给出条件（二者择一）。",
            en="Give either identities of firms or conditions, not both and not neither.",
        )
    one, other = sized([load(asked, both.levers) for asked in (scenario, against)], both.rows)
    report = progress or (lambda share: None)
    runs = 2 if chosen else 4

    def lived(place: int, asked: Scenario, follow: Sequence[int] = ()) -> Result:
        return once(asked, {}, None, both.seed, follow, _part(report, place, runs))

    if not chosen:
        fates = _fates(lived(0, one), lived(1, other))
        chosen = _chosen(fates, conditions, picked.most)
    try:
        worlds = [lived(runs - 2, one, chosen), lived(runs - 1, other, chosen)]
    except ValueError as error:
        known = next((firm for firm in chosen if f"no firm {firm} " in str(error)), None)
        if known is None:
            raise
        raise _unknown(known) from None
    fates = _fates(*worlds).set_index("firm")
    for firm in chosen:
        if firm not in fates.index:
            raise _unknown(firm)
    return Journey(
        scenario=one,
        against=other,
        seed=both.seed,
        firms=_with_dates(fates.loc[chosen].reset_index(), one),
        events=pd.concat([_events(*pair) for pair in zip((one, other), worlds, strict=True)], ignore_index=True),
    )


def examples(scenario: Scenario, against: Scenario, firms: Sequence[int], seed: int) -> pd.DataFrame:
    """What is told of firms in both worlds, as one table (columns: EXAMPLES); empty without firms."""
    if not firms:
        return pd.DataFrame(columns=list(EXAMPLES))
    followed = journey(Picked(firms), scenario, against, InBothWorlds(seed=seed))
    traits = followed.firms[["firm", "entities", "prefecture", "sector", "size", "fate"]]
    return traits.merge(followed.told(), on="firm").assign(scenario=scenario.name)[list(EXAMPLES)]


def stops(events: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """From when to when a firm was stopped, by its (day, event) in order; to the last day if it never worked again."""
    told = list(events)
    over = ("restarted", "exited")
    return [
        (first, next((day for day, event in told if day > first and event in over), told[-1][0]))
        for first, happened in told
        if happened == "suspended"
    ]


def _part(report: Progress, place: int, runs: int) -> Progress:
    return lambda share: report((place + share) / runs)


def _unknown(firm: int) -> StudyError:
    return StudyError(
        zh=f"这两种情形下没有编号为 {firm} 的企业；编号取决于种子与样本户数。",
        en=f"There is no firm {firm} in these two worlds; identities depend on the seed and on the number of firms.",
    )


def _understood(where: Where) -> dict[str, list[str]]:
    try:
        return understood(where, CONDITIONS)
    except Refusal as refused:
        raise StudyError(zh=refused.zh, en=refused.en) from None


def _fates(one: Result, other: Result) -> pd.DataFrame:
    """Traits, fate and both ends of every firm that lived in either world, in order of identity."""
    columns = ["firm", *TRAITS, *ENDS]
    tables = [result.fates[columns].astype(dict.fromkeys(TRAITS[1:4], str)) for result in (one, other)]
    both = tables[0].merge(tables[1], on="firm", how="outer", suffixes=("", "_against"))
    for trait in TRAITS:
        both[trait] = both[trait].where(both[trait].notna(), both.pop(f"{trait}_against"))
    alive, alive_against = both["alive"] == True, both["alive_against"] == True  # noqa: E712  (missing: never born)
    fates = np.select([alive & alive_against, alive, alive_against], ["lives_either_way", "saved", "harmed"], "")
    both["fate"] = np.where(fates == "", "lost_either_way", fates)
    both.loc[both["founder"] != True, "fate"] = ""  # noqa: E712
    return both.sort_values("firm", ignore_index=True)


def _chosen(fates: pd.DataFrame, conditions: Mapping[str, Sequence[str]], most: int) -> list[int]:
    held = np.ones(len(fates), np.bool_)
    for name, values in conditions.items():
        column = fates[name]
        if name == "exit_cause":
            cause, other = (fates[end].astype(object).fillna("").astype(str) for end in (name, f"{name}_against"))
            column = cause.where(cause != "", other)
        held &= column.isin(values).to_numpy()
    chosen = [int(firm) for firm in fates.loc[held, "firm"].head(most)]
    if not chosen:
        said = ", ".join(f"{name}={'|'.join(values)}" for name, values in conditions.items())
        raise StudyError(zh=f"没有企业符合条件：{said}。", en=f"No firm meets the conditions: {said}.")
    return chosen


def _with_dates(firms: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """The days of exit as dates, the fate beside the traits."""
    start = scenario.world.start

    def on(day: Any) -> str:
        return "" if pd.isna(day) or day < 0 else (start + timedelta(days=int(day))).isoformat()

    ends = [f"{end}{of}" for of in ("", "_against") for end in ENDS]
    dated = firms.assign(**{name: firms[name].map(on) for name in ends if name.startswith("exited_on")})
    return dated[["firm", *TRAITS, "fate", *ends]]


def _events(scenario: Scenario, result: Result) -> pd.DataFrame:
    clauses = {measure.id: ", ".join(measure.clauses) for measure in scenario.measures}
    events = result.journeys
    columns = [
        "world",
        "firm",
        "date",
        "event",
        "measure",
        "clause",
        "flow",
        "amount_fen",
        "cash_fen",
        "staff",
        "status",
    ]
    return events.assign(world=scenario.name, clause=events["measure"].map(clauses).fillna(""))[columns]
