"""What every clause does alone and in the plan, as far as replications tell. Definitions: ``docs/effects.md``."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any, Final, NamedTuple

from sim.observe.months import HEADLINES
from sim.study.comparison.clause_effects import AMONG_REACHED, QUANTITIES
from sim.study.questions.comparison import Comparison
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.summaries.direction import direction
from sim.study.summaries.rows import tuples

KEPT: Final = "survivors"  # whose difference is the number of firms kept: saved minus harmed
OF_FIRMS: Final = (*HEADLINES, KEPT)
SHOWN: Final = (*OF_FIRMS, *AMONG_REACHED, PUBLIC_COST)
OVER_ALL: Final = {"reached_survival": "survival_rate", "reached_staff": "jobs"}  # what is read of the reached alone


class Found(NamedTuple):
    """One outcome: ``state`` is nothing, same (not to be told from zero), better, worse, apart or no_interval."""

    state: str
    estimate: Estimate


class Side(NamedTuple):
    """A clause alone or in the plan: ``state`` is failed, nothing, unsure or effect; ``found`` as in SHOWN."""

    state: str
    reason: str
    found: tuple[Found, ...]


def sides_of(comparison: Comparison) -> dict[str, tuple[Side, ...]]:
    """Both sides (QUANTITIES) of every clause that was run, in the order of the register; none without such runs."""
    return {
        str(id_): tuple(_side(list(tuples(of_clause[of_clause["quantity"] == quantity]))) for quantity in QUANTITIES)
        for id_, of_clause in comparison.clause_effects.groupby("clause", sort=False)
    }


def nominal_clauses(comparison: Comparison) -> frozenset[str]:
    """The clauses that nothing but nominal measures carries out, so that their effect is what was assumed of them."""
    carried: dict[str, list[bool]] = {}
    for scenario in comparison.manifest.scenarios:
        for measure in scenario.contents["measures"].values():
            for clause in measure["clauses"]:
                carried.setdefault(clause, []).append(measure.get("nominal") is not None)
    return frozenset(clause for clause, nominal in carried.items() if all(nominal))


def _side(of_side: Sequence[Any]) -> Side:
    reason = next((row.reason for row in of_side if row.reason), "")
    if all(row.replications == 0 for row in of_side):
        return Side("failed", reason, ())
    known = {row.outcome: Estimate(row.mean, row.low, row.high) for row in of_side}
    found = tuple(_found(outcome, known.get(outcome, UNKNOWN)) for outcome in SHOWN)
    # An outcome that does not exist in these worlds differs in none of them.
    if all(_is_zero(estimate) or isnan(estimate.mean) for estimate in known.values()):
        return Side("nothing", reason, found)
    on_firms = found[: len(OF_FIRMS)]
    return Side("effect" if any(one.state in ("better", "worse") for one in on_firms) else "unsure", reason, found)


def _found(outcome: str, estimate: Estimate) -> Found:
    if _is_zero(estimate):
        return Found("nothing", estimate)
    if outcome != PUBLIC_COST:
        return Found(direction(OVER_ALL.get(outcome, outcome), estimate), estimate)
    if isnan(estimate.low):
        return Found("no_interval", estimate)
    return Found("same" if estimate.low <= 0 <= estimate.high else "apart", estimate)


def _is_zero(estimate: Estimate) -> bool:
    """Exactly zero in every replication: the mean is, and so is the spread."""
    return estimate.mean == 0 and (isnan(estimate.low) or estimate.low == estimate.high == 0)
