"""How far a lever may be moved where nobody says it."""

from __future__ import annotations

from datetime import date

import pytest

from sim.scenario import Scenario, ScenarioError, load
from sim.study.designs.lever_ranges import present, ranges


@pytest.fixture(scope="module")
def plan() -> Scenario:
    return load("full_plan")


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("rent_waiver.months", [0, 24]),  # of 120 that its field allows, the months of the horizon
        ("rent_waiver.values.months", [0, 24]),
        ("rent_waiver.share", [0.0, 1.0]),
        ("rent_waiver.delivery.processing_days", [0, 365]),
        ("rent_waiver.start", [date(2022, 1, 1), date(2023, 12, 31)]),
        ("rent_waiver.delivery.list_first", {"of": [False, True]}),
        ("rent_waiver.delivery.way", {"of": ["automatic", "application", "by_list", "negotiated", "none"]}),
    ],
)
def test_all_that_its_field_allows_within_the_horizon(plan: Scenario, path: str, whole: object) -> None:
    assert ranges({path: "allowed"}, plan) == {path: whole}


def test_what_is_stated_stays(plan: Scenario) -> None:
    assert ranges({"rent_waiver.months": [1, 2]}, plan) == {"rent_waiver.months": [1, 2]}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("funds.tourism.amount_yuan", "how far it may move is not said; allowed: a low and a high end"),
        ("vat_stock_refund.delivery.capacity", "how far it may move is not said"),  # above 0
        ("rent_waiver.eligible.sectors", "how far it may move is not said"),
        ("rent_waver.months", "did you mean rent_waiver.months"),
    ],
)
def test_where_the_field_does_not_say_it_somebody_must(plan: Scenario, path: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        ranges({path: "allowed"}, plan)


def test_a_lever_of_a_measure_that_is_off_is_told() -> None:
    with pytest.raises(ScenarioError, match="rent_waiver is not switched on"):
        ranges({"rent_waiver.months": "allowed"}, load("no_support"))


def test_the_present_value_is_the_last_of_a_table_by_date(plan: Scenario) -> None:
    assert present("rent_waiver.months", plan) == 3
    assert present("rent_waiver.values.months", plan) == 3
    assert present("works_reservation.reserved_works", plan) == 0.4
    assert present("rent_waiver.withdrawn", plan) is None
