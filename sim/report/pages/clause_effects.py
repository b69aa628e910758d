"""What every clause does alone and in the plan, as the page tells it. Definitions are those of ``docs/effects.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isnan
from typing import Any, Final, NamedTuple

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.words.catalogue import both
from sim.report.words.numbers import (
    difference_in_unit,
    difference_interval_in_unit,
    interval,
    plain_count,
    plain_points,
)
from sim.study.comparison.clause_effects import QUANTITIES
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.summaries.direction import direction
from sim.study.summaries.rows import tuples
from sim.study.summaries.scenario_effects import ScenarioEffects

KEPT: Final = "survivors"  # whose difference is the number of firms kept: saved minus harmed
OF_FIRMS: Final = (*HEADLINES, KEPT)
SHOWN: Final = (*OF_FIRMS, PUBLIC_COST)


class Cell(NamedTuple):
    """One outcome: ``state`` is nothing, same (not to be told from zero), better, worse, apart or no_interval."""

    state: str
    estimate: Estimate
    number: Words
    interval: Words


class Side(NamedTuple):
    """A clause alone or in the plan: ``state`` is failed, nothing, unsure or effect; ``cells`` as in SHOWN."""

    state: str
    reason: str
    cells: tuple[Cell, ...]


class Row(NamedTuple):
    """A clause and what it does, alone and in the plan."""

    id: str
    paraphrase: Words
    sides: tuple[Side, ...]


def rows(scenario_effects: ScenarioEffects) -> list[Row]:
    """Every clause that was run, in the order of the register; none when the study ran no clauses."""
    table = scenario_effects.summary.comparison.clause_effects
    texts = {row.id: row.paraphrase for row in scenario_effects.clauses}
    return [
        Row(
            str(id_),
            texts.get(str(id_), Words(zh="", en="")),
            tuple(_side(list(tuples(of_clause[of_clause["quantity"] == quantity]))) for quantity in QUANTITIES),
        )
        for id_, of_clause in table.groupby("clause", sort=False)
    ]


def summary(found: Sequence[Row], place: int) -> Words:
    """How many clauses have an effect on firms, cannot be told from zero, or do nothing; ``place`` in QUANTITIES."""
    states = Counter(row.sides[place].state for row in found)
    return both(
        f"report.clauses.sum_{QUANTITIES[place]}",
        all=len(found),
        **{state: states[state] for state in ("effect", "unsure", "nothing")},
    )


def _side(of_side: Sequence[Any]) -> Side:
    reason = next((row.reason for row in of_side if row.reason), "")
    if all(row.replications == 0 for row in of_side):
        return Side("failed", reason, ())
    known = {row.outcome: Estimate(row.mean, row.low, row.high) for row in of_side}
    cells = tuple(_cell(outcome, known.get(outcome, UNKNOWN)) for outcome in SHOWN)
    # An outcome that does not exist in these worlds differs in none of them.
    if all(_is_zero(estimate) or isnan(estimate.mean) for estimate in known.values()):
        return Side("nothing", reason, cells)
    on_firms = cells[: len(OF_FIRMS)]
    return Side("effect" if any(cell.state in ("better", "worse") for cell in on_firms) else "unsure", reason, cells)


def _cell(outcome: str, found: Estimate) -> Cell:
    if outcome == PUBLIC_COST:
        told = not isnan(found.low) and not found.low <= 0 <= found.high
        state = "no_interval" if isnan(found.low) else "apart" if told else "same"
        number = difference_in_unit(found.mean, "fen")
        ends = difference_interval_in_unit(found.low, found.high, "fen")
    else:
        state = direction(outcome, found)
        written = _signed_count if outcome == KEPT else plain_points
        number, ends = written(found.mean), interval(found.low, found.high, written)
    return Cell("nothing" if _is_zero(found) else state, found, number, ends)


def _signed_count(value: float) -> Words:
    plain = plain_count(value)
    return Words(zh=f"+{plain.zh}", en=f"+{plain.en}") if value > 0 else plain


def _is_zero(found: Estimate) -> bool:
    """Exactly zero under every luck: the mean is, and so is the spread."""
    return found.mean == 0 and (isnan(found.low) or found.low == found.high == 0)
