"""The engine and the oracle agree, firm by firm, month by month, fen by fen, in shipped worlds and in drawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sim.data_folders import scenarios_folder
from sim.measure import DECIDED_UPON
from sim.scenario import Scenario, load
from sim.vocabulary import ACTIONS, TICKETS
from sim.world.spec import WorldSpec
from tests.reference.comparison import Pair, live_both
from tests.reference.drawn import a_scenario

NOT_SCENARIOS = ("plan", "funds", "register")
SHIPPED = sorted(path.stem for path in scenarios_folder().glob("*.yaml") if path.stem not in NOT_SCENARIOS)
DRAWN = settings(
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example of a disagreement costs more than it tells
    suppress_health_check=list(HealthCheck),
)


def assert_agreement(pair: Pair) -> None:
    """No firm differs in any month, no table in any entry, no account is below zero."""
    assert len(pair.engine_states) == len(pair.oracle_states) == pair.run.timeline.months
    first = next(pair.differences(), None)
    assert first is None, f"first disagreement: {first}"
    entry = next(pair.table_differences(), None)
    assert entry is None, f"first disagreement of a table (engine, oracle): {entry}"
    below = next(pair.below_zero(), None)
    assert below is None, f"below zero: {below}"


def cut(name: str, first: date, last: date, levers: Mapping[str, Any] | None = None) -> Scenario:
    """A shipped scenario over a part of its horizon, with other values where levers say so."""
    scenario = load(name, levers or {})
    stated = scenario.world.model_dump() | {"start": first, "end": last, "demand": {}, "listings": ()}
    return replace(scenario, world=WorldSpec.model_validate(stated))


@pytest.mark.parametrize(("name", "firms", "seed"), [("baseline", 200, 1), ("full_plan", 150, 2)])
def test_every_firm_has_the_same_two_years(name: str, firms: int, seed: int) -> None:
    assert_agreement(live_both(load(name), firms, seed))


@pytest.mark.parametrize("action", ACTIONS)
def test_every_firm_has_the_same_months_under_a_single_action(action: str) -> None:
    scenario = cut(f"action_{action}", date(2022, 5, 10), date(2022, 12, 31))
    assert_agreement(live_both(scenario, 120, seed=3 + ACTIONS.index(action)))


def test_every_firm_has_the_same_months_where_much_is_bought_and_many_are_stopped() -> None:
    # A row is thousands of problems.
    figures = {
        "counter_problems_per_day": 5, "supervised_per_day": 0.5, "slots_per_day": 12, "passes_per_day": 12,
        "placed_per_month": 0.4, "mean_days": 2.5,
    }  # fmt: skip
    staff = {
        "liaison_officers.liaison_capacity": 100, "problems_closed.counter_capacity": 100,
        "problems_closed.supervision_capacity": 100, "problems_closed.deadline_days": 3,
    }  # fmt: skip
    scenario = load("full_plan", staff)
    figures_changed = {f"restart.{name}": float(figure) for name, figure in figures.items()}
    listing = {"province": "53", "high_places": 30}
    spells = [("2022-07-05", "2022-08-10"), ("2022-09-01", "2022-09-20"), ("2022-09-25", "2022-10-30")]
    world = WorldSpec.model_validate(
        {
            "start": "2022-06-01",
            "end": "2023-02-14",
            "listings": [{**listing, "from": first, "to": last} for first, last in spells],
        }
    )
    pair = live_both(
        replace(scenario, world=world, parameter_changes=figures_changed), 300, seed=4, scale=20.0, every=6
    )
    assert_agreement(pair)
    stations = {(item, station) for _, item, station in pair.oracle.province.stations.firms}
    lacks = {(lack, station) for lack in TICKETS for station in ("decided", "withdrawn")}
    assert lacks | {("materials", "supervised"), ("funds", "refused"), ("loan", "refused")} <= stations
    assert pair.oracle.tenders.won["small_micro"] > 0 and pair.oracle.tenders.won["large"] > 0


def test_every_firm_has_the_same_months_where_cases_wait_at_desks() -> None:
    levers = {"problems_closed.supervision_capacity": 100, "problems_closed.deadline_days": 3}
    scenario = cut("full_plan", date(2022, 5, 10), date(2023, 3, 31), levers)
    decided = [measure for measure in scenario.measures if measure.delivery.way in DECIDED_UPON]
    desks = {
        measure.id: measure.delivery.model_copy(
            update={
                "way": DECIDED_UPON[k % 3],
                "capacity": (None, 20.0, 200.0, 2000.0)[k % 4],
                "take_up": (None, 1.0)[k % 2],
                "list_first": True,
            }
        )
        for k, measure in enumerate(decided)
    }
    measures = tuple(m.model_copy(update={"delivery": desks.get(m.id, m.delivery)}) for m in scenario.measures)
    changed = {
        "restart.supervised_per_day": 0.5, "delivery.patience_days": 60.0, "delivery.complaint_share": 0.3,
    }  # fmt: skip
    pair = live_both(replace(scenario, measures=measures, parameter_changes=changed), 150, seed=6, every=5)
    assert_agreement(pair)
    at_desks = {desk.rule.id for desk in pair.oracle.desks}
    stations = {station for _, item, station in pair.oracle.province.stations.firms if item in at_desks}
    assert {"applied", "decided", "refused", "withdrawn", "supervised", "paid"} <= stations


def test_every_firm_has_the_same_months_where_measures_are_announced_and_withdrawn() -> None:
    days = {
        "rent_waiver": {"announced": "2022-06-02", "start": "2022-07-20"},  # heard of for seven weeks
        "rent_help_other_landlords": {
            "announced": "2022-06-02",
            "start": "2022-09-01",
            "withdrawn": "2022-08-10",
        },  # never
        "premium_deferral": {"announced": "2022-04-20", "withdrawn": "2022-09-16"},  # after three months
    }
    levers = {f"{id_}.{name}": day for id_, said in days.items() for name, day in said.items()}
    pair = live_both(cut("full_plan", date(2022, 5, 10), date(2022, 12, 31), levers), 150, seed=5)
    assert_agreement(pair)
    applied = {(month, item) for month, item, station in pair.oracle.province.stations.firms if station == "applied"}
    first = {item: min(month for month, one in applied if one == item) for _, item in applied}
    assert pair.oracle.province.timeline.month_names[first["rent_waiver"]] == "2022-07"
    assert "rent_help_other_landlords" not in first
    assert any(
        hazard > 0 for (id_, *_), hazard in pair.oracle.province.told.items() if id_ == "rent_help_other_landlords"
    )


def test_every_firm_has_the_same_months_where_the_country_stops_by_order() -> None:
    stop = load(scenarios_folder() / "years" / "early_2020.yaml")
    assert stop.world.stops
    world = {**stop.world.model_dump(mode="json"), "end": "2020-10-31"}
    world["demand"] = {
        name: {day: f for day, f in by.items() if day < "2020-11"} for name, by in world["demand"].items()
    }
    assert_agreement(live_both(replace(stop, world=WorldSpec.model_validate(world)), 250, seed=4))


def test_every_firm_has_the_same_months_where_the_plan_reacts() -> None:
    scenario = load(Path(__file__).parent / "reacting.yaml")
    pair = live_both(scenario, 250, seed=7, scale=5.0, every=5)
    assert_agreement(pair)
    acted = {(reaction, what) for reaction, _, _, what in pair.oracle.reactions.acted}
    assert acted >= {(reaction.id, "begins") for reaction in scenario.reactions}
    assert {reaction for reaction, what in acted if what == "ends"} >= {"help_where_listed", "quick_where_stopped"}
    places = {place for reaction, place, *_ in pair.oracle.reactions.acted if reaction == "help_where_listed"}
    assert len(places) > 3 and None not in places
    reached = {item for _, item, station in pair.oracle.province.stations.firms if station == "paid"}
    assert {"rent_waiver", "rent_help_other_landlords"} <= reached


def test_every_firm_has_the_same_months_under_every_kind_of_gift() -> None:
    pair = live_both(load(Path(__file__).parent / "gifts.yaml"), 220, seed=8)
    assert_agreement(pair)
    reached = {(item, station) for _, item, station in pair.oracle.province.stations.firms}
    gifts = (
        "a_head", "a_hire", "a_rent", "a_utility", "a_welcome", "b_living", "b_premiums", "d_wages", "d_wages_more",
        "e_later",
    )  # fmt: skip
    assert {(gift, "paid") for gift in gifts} | {("a_welcome", "refused"), ("loan", "on claims")} <= reached
    assert pair.oracle.province.books.extended


@settings(DRAWN, max_examples=8)
@given(a_scenario())
def test_every_firm_has_the_same_months_in_drawn_scenarios(drawn: SimpleNamespace) -> None:
    assert_agreement(live_both(drawn.scenario, drawn.firms, drawn.seed, drawn.scale, drawn.every))


def test_a_disagreement_names_month_firm_and_field() -> None:
    pair = live_both(cut("baseline", date(2022, 1, 1), date(2022, 3, 31)), 60)
    pair.oracle_states[1][7]["cash"] += 1
    difference = next(pair.differences())
    assert (difference.month, difference.firm, difference.field) == ("2022-02", 7, "cash")
    assert difference.oracle - difference.engine == 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_firm_has_the_same_two_years_in_every_shipped_scenario(name: str, seed: int) -> None:
    assert_agreement(live_both(load(name), 400, seed))


@pytest.mark.long
@settings(DRAWN, max_examples=300)
@given(a_scenario())
def test_every_firm_has_the_same_months_in_many_drawn_scenarios(drawn: SimpleNamespace) -> None:
    assert_agreement(live_both(drawn.scenario, drawn.firms, drawn.seed, drawn.scale, drawn.every))
