"""What every clause does alone and in the plan, as the page tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sim.measure import Words
from sim.report.words.catalogue import both
from sim.report.words.numbers import (
    difference_in_unit,
    difference_interval_in_unit,
    interval,
    plain_count,
    plain_points,
)
from sim.report.words.sentences import listed
from sim.study.comparison.clause_effects import QUANTITIES
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.clause_effects import KEPT, SHOWN, nominal_clauses, sides_of
from sim.study.summaries.scenario_effects import ScenarioEffects


class Cell(NamedTuple):
    """One outcome in words; ``state`` as in :class:`sim.study.summaries.clause_effects.Found`."""

    state: str
    estimate: Estimate
    number: Words
    interval: Words


class Side(NamedTuple):
    """A clause alone or in the plan in words; see :class:`sim.study.summaries.clause_effects.Side`."""

    state: str
    reason: str
    cells: tuple[Cell, ...]


class Row(NamedTuple):
    """A clause and what it does, alone and in the plan; a ``nominal`` one is not ranked."""

    id: str
    paraphrase: Words
    nominal: bool
    sides: tuple[Side, ...]


def rows(scenario_effects: ScenarioEffects) -> list[Row]:
    """Every clause that was run, in the order of the register; none when the study ran no clauses."""
    texts = {row.id: row.paraphrase for row in scenario_effects.clauses}
    nominal = nominal_clauses(scenario_effects.summary.comparison)
    return [
        Row(
            clause,
            texts.get(clause, Words(zh="", en="")),
            clause in nominal,
            tuple(
                Side(
                    side.state,
                    side.reason,
                    tuple(
                        Cell(found.state, found.estimate, *_told(outcome, found.estimate))
                        for outcome, found in zip(SHOWN, side.found, strict=False)
                    ),
                )
                for side in sides
            ),
        )
        for clause, sides in sides_of(scenario_effects.summary.comparison).items()
    ]


def summary(found: Sequence[Row], place: int) -> Words:
    """How many clauses have an effect on firms, cannot be told from zero, or do nothing; ``place`` in QUANTITIES.

    Nominal ones, whose effect is what was assumed, do not count.
    """
    counted = [row for row in found if not row.nominal]
    states = Counter(row.sides[place].state for row in counted)
    return both(
        f"report.clauses.sum_{QUANTITIES[place]}",
        all=len(counted),
        **{state: states[state] for state in ("effect", "unsure", "nothing")},
    )


def nominal(found: Sequence[Row]) -> Words | None:
    """Which clauses are only factors of assumed size, and stand outside every ranking; None where none is."""
    ids = [row.id for row in found if row.nominal]
    return (
        both("report.clauses.sum_nominal", count=len(ids), clauses=listed(Words(zh=id_, en=id_) for id_ in ids))
        if ids
        else None
    )


def _told(outcome: str, found: Estimate) -> tuple[Words, Words]:
    """A difference and its interval, without the unit that the heading names."""
    if outcome == PUBLIC_COST:
        return difference_in_unit(found.mean, "fen"), difference_interval_in_unit(found.low, found.high, "fen")
    written = _signed_count if outcome == KEPT else plain_points
    return written(found.mean), interval(found.low, found.high, written)


def _signed_count(value: float) -> Words:
    plain = plain_count(value)
    return Words(zh=f"+{plain.zh}", en=f"+{plain.en}") if value > 0 else plain
