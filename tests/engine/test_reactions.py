"""A rule that reacts changes nothing where it sees nothing, and acts only where it sees something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from sim.engine import simulate
from sim.observe.tables import TABLES, Result
from sim.reaction import Reaction
from sim.scenario import Scenario, load
from tests.engine.conftest import scenario_of

FIRMS = 1_000
NEVER = {"watch": "listed_counties", "above": 1_000}  # more than there are


def reacting(scenario: Scenario, **said: Any) -> Scenario:
    """The same with one reaction."""
    return replace(scenario, reactions=(Reaction.model_validate({"id": "one", **said}),))


def as_well(scenario: Scenario, id_: str) -> Scenario:
    """The same with a measure of the plan once more, under a name that comes last."""
    measure = next(one for one in scenario.measures if one.id == id_)
    return replace(scenario, measures=(*scenario.measures, measure.model_copy(update={"id": "zz_as_well"})))


@pytest.fixture(scope="module")
def plan() -> Scenario:
    return scenario_of("full_plan")


@pytest.fixture(scope="module")
def unmoved(plan: Scenario) -> Result:
    return simulate(plan, firms=FIRMS, fates=True)


def assert_same(seen: Result, unmoved: Result, but_for: str = "") -> None:
    """Every table is the same to the last bit, rows of one measure apart."""
    for name in TABLES:
        one, other = getattr(seen, name), getattr(unmoved, name)
        if but_for and name == "delivery":
            one = one[one["measure"] != but_for].reset_index(drop=True)
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=name)


@pytest.mark.parametrize("place", ["province", "prefecture"])
def test_a_measure_that_never_begins_is_as_one_that_is_off(plan: Scenario, unmoved: Result, place: str) -> None:
    for id_ in ("rent_help_other_landlords", "linked_officials"):  # a desk of its own; those who deliver
        held_back = reacting(as_well(plan, id_), **NEVER, place=place, begin=("zz_as_well",))
        assert_same(simulate(held_back, firms=FIRMS, fates=True), unmoved, but_for="zz_as_well")


@pytest.mark.parametrize(
    "said",
    [
        {"end": ("rent_waiver", "toll_waiver"), "place": "prefecture"},
        {"set": {"rent_waiver.months": 6, "linked_officials.awareness": 1}},
        {"pay": {"fund": "prefecture_treasuries", "yuan": 1e9}, "place": "prefecture"},
        {"watch": "fund_left", "fund": "prefecture_treasuries", "above": 1, "end": ("prefecture_cost_subsidy",)},
    ],
)
def test_what_never_fires_changes_nothing(plan: Scenario, unmoved: Result, said: dict[str, Any]) -> None:
    assert_same(simulate(reacting(plan, **{**NEVER, **said}), firms=FIRMS, fates=True), unmoved)


def test_help_that_begins_where_many_are_stopped_reaches_nobody_elsewhere() -> None:
    scenario = load("help_where_stopped")
    seen = simulate(scenario, firms=4_000, fates=True)
    began = seen.reactions[seen.reactions["what"] == "begins"]
    assert 0 < began["place"].nunique() < 16
    place = [one.id for one in scenario.measures].index("rent_help_other_landlords")
    column, bit = ("granted_first", place) if place < 64 else ("granted_further", place - 64)
    has_it = (seen.fates[column].astype("uint64").to_numpy() >> bit) & 1 == 1
    helped = {str(code) for code in seen.fates["prefecture"][has_it].unique()}
    assert helped and helped <= {*began["place"]}
    stopped = seen.panel.groupby(["month", "prefecture"])[["open", "suspended", "paused"]].sum()
    most = (stopped["suspended"] / stopped.sum(axis=1)).groupby("prefecture").max()
    assert {*most[most > 0.02].index} <= {*began["place"]}  # month's ends are some of the evenings


def test_each_reaction_begins_and_ends_by_turns() -> None:
    table = simulate(load("help_where_stopped"), firms=FIRMS).reactions
    for _, of_place in table.groupby(["reaction", "place"]):
        assert of_place["what"].tolist() == [("begins", "ends")[k % 2] for k in range(len(of_place))]
        assert of_place["date"].is_monotonic_increasing and of_place["date"].is_unique
