"""Every clause that is called modelled does something: what carries it out, switched on alone, changes a run.

A service that only makes other measures known, handles or pays them has nothing to do alone. It is compared with what
it serves: the measures that it targets, whose desks it staffs or whose fund it fills, or all of the plan's.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import cache
from typing import Final

import pandas as pd
import pytest

from sim import scenario
from sim.engine import simulate
from sim.measure import Measure, Words
from sim.observe.tables import Result

# Seed and rows. Some clauses move a handful of firms: the first world in which they do is enough.
WORLDS = ((1, 5_000), (2, 5_000), (3, 30_000))
TITLE = Words(zh="试验", en="Test")
PLAN = scenario.load("full_plan")
MEASURES = {measure.id: measure for measure in PLAN.measures}
CLAUSES = {entry.id: entry.measures for entry in scenario.clauses() if entry.state == "modelled"}
TABLES = ("outcomes", "ledger", "panel", "requests", "delivery")
AT_FIRMS = ("applied", "decided", "refused", "paid")  # stations of delivery that are events


def serves_only(measure: Measure) -> bool:
    """Whether a measure does nothing unless others are on."""
    alone = ("liaison_capacity", "counter_capacity")  # problems are solved with or without measures
    return measure.instrument == "service" and all(getattr(measure.values, name) is None for name in alone)


def served(measure: Measure) -> list[str]:
    """Measures of the plan that a service makes known, handles or pays."""
    values = measure.values
    if measure.fund is not None:
        return [other.id for other in PLAN.measures if other.fund == measure.fund and other.instrument != "service"]
    targets = [other.id for other in PLAN.measures if {other.id, other.action} & {*values.target}]
    desks = [other.id for other in PLAN.measures if other.delivery.agency in values.agencies]
    found = {*targets, *desks} or {*MEASURES}
    return sorted(found - {measure.id})


@cache
def run(ids: tuple[str, ...], seed: int, firms: int) -> Result:
    """The world with some of the plan's measures; ``ids`` sorted."""
    return simulate(PLAN.with_measures(ids, name="some", title=TITLE), firms=firms, seed=seed)


def changes(without: Iterable[str], with_: Iterable[str], tables: Set[str]) -> bool:
    """Whether one of the tables differs between two sets of measures, in any of the worlds."""
    ids = [tuple(sorted({*some})) for some in (without, with_)]
    return any(differences(*(run(some, *world) for some in ids)) & tables for world in WORLDS)


def differences(one: Result, other: Result) -> set[str]:
    """Tables in which something happens in one world that does not in the other; what firms could have is no event."""
    tables = [
        {
            "outcomes": result.outcomes,
            "ledger": result.ledger[result.ledger["amount_fen"] != 0],
            "panel": result.panel,
            "requests": result.requests,
            "delivery": result.delivery[result.delivery["station"].isin(AT_FIRMS) & (result.delivery["firms"] > 0)],
        }
        for result in (one, other)
    ]
    return {name for name in TABLES if not same(tables[0][name], tables[1][name])}


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return len(one) == len(other) and bool((one.to_numpy().astype(str) == other.to_numpy().astype(str)).all())


NOTHING_LEFT_TO_TELL: Final = pytest.mark.xfail(
    reason="tax offices work the lists of refunds themselves, and no other tax measure waits to be heard of",
    strict=True,
)


@pytest.mark.parametrize(
    "clause", [pytest.param(id_, marks=NOTHING_LEFT_TO_TELL if id_ == "I.2.b" else ()) for id_ in CLAUSES]
)
def test_a_clause_that_is_modelled_changes_something(clause: str) -> None:
    ids = CLAUSES[clause]
    if not all(serves_only(MEASURES[id_]) for id_ in ids):
        others: set[str] = set()
    else:
        others = {other for id_ in ids for other in served(MEASURES[id_])}
    assert changes(others - {*ids}, others | {*ids}, {"outcomes", "ledger", "panel"}), f"{clause}: {', '.join(ids)}"


@pytest.mark.parametrize(
    "id_",
    [
        pytest.param(id_, marks=NOTHING_LEFT_TO_TELL if id_ == "tax_policy_push" else ())
        for id_, measure in MEASURES.items()
        if serves_only(measure)
    ],
)
def test_a_service_changes_what_it_serves(id_: str) -> None:
    others = served(MEASURES[id_])
    assert others
    assert changes(others, [*others, id_], {*TABLES})
