"""Firms that are followed through two worlds: who each is, and every event with its money in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sim.measure import Words

if TYPE_CHECKING:
    from sim.study.comparison.journey import Journey


class Event(NamedTuple):
    """A day's event of a firm; ``flow``: what its money is for, or the cause of an exit.

    ``money``: amount and cash in fen under the scenario and without it, None if missing.
    """

    date: str
    event: str
    measure: str
    clause: str
    flow: str
    money: list[float | None]


class Followed(NamedTuple):
    """A firm in both worlds; without a ``fate`` if it did not live when they began."""

    firm: int
    fate: str
    sector: str
    size: str
    prefecture: str
    entities: float
    events: list[Event]


@dataclass(frozen=True)
class FollowedFirms:
    """Firms under a scenario and against another one, whose names and titles these are.

    ``measures``: titles of the measures that events may name, by id.
    """

    scenario: str
    against: str
    titles: Mapping[str, Words]
    measures: Mapping[str, Words]
    firms: list[Followed]

    @property
    def worlds(self) -> tuple[str, str]:
        """Names of the two scenarios."""
        return self.scenario, self.against

    def measure_title(self, measure: str) -> Words:
        """Title of a measure, or its id where it has none."""
        return self.measures.get(measure, Words(zh=measure, en=measure))


def of_journey(journey: Journey) -> FollowedFirms:
    """The firms of a journey with every event, routine too: so their cash is known month by month."""
    worlds = (journey.against, journey.scenario)
    traits = journey.firms[["firm", "fate", "sector", "size", "prefecture", "entities"]]
    return FollowedFirms(
        journey.scenario.name,
        journey.against.name,
        {world.name: world.title for world in worlds},
        {measure.id: measure.title for world in worlds for measure in world.measures},
        of_table(traits.merge(journey.side_by_side(), on="firm")),
    )


def of_table(table: pd.DataFrame) -> list[Followed]:
    """The firms of a table that has a row for each of their events (columns of ``journey.EXAMPLES``)."""
    return [
        Followed(
            firm=int(str(firm)),
            **{trait: str(rows[trait].iloc[0]) for trait in ("fate", "sector", "size", "prefecture")},
            entities=float(rows["entities"].iloc[0]),
            events=[_event(row) for row in rows.to_dict("records")],
        )
        for firm, rows in table.groupby("firm", sort=False)
    ]


def _event(row: Mapping[Any, Any]) -> Event:
    cells = [row[f"{what}_fen{of}"] for of in ("", "_against") for what in ("amount", "cash")]
    money = [None if pd.isna(fen) else float(fen) for fen in cells]
    return Event(row["date"], row["event"], row["measure"], row["clause"], row["flow"], money)
