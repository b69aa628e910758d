"""Whom a firm dismisses and takes on, and what keeping people and hiring is worth to it.

A micro firm of 10 staff at 4,000 yuan. Where staff is said to follow expected sales in full it wants 5 at half of them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, measure

WANTS_FIVE = Firm(expected=0.5)
IN_FULL = {"staff.fixed_share": 0.0, "staff.dismissed_per_month": 1.0}
# Six whole months of 30 days are left on the settlement of 15 January.
IN_SIX_MONTHS = date(2022, 7, 13)


def lived(firm: Firm, *measures: Measure, **parameters: Any) -> Town:
    """January of one firm; parameters by their dotted names."""
    return Town(firm, measures=measures, parameters=parameters).live()


# Dismissals


def test_people_go_for_whom_no_work_is_expected_although_cash_lasts():
    town = lived(WANTS_FIVE, **IN_FULL)
    assert town.firm("staff") == 5
    assert town.firm("usual_staff") == 10


@pytest.mark.parametrize(("fixed", "staff"), [(0.0, 5), (0.4, 7), (1.0, 10)])
def test_a_part_of_the_staff_is_wanted_whatever_is_sold(fixed, staff):
    """10 x (fixed + (1 - fixed) x 0.5)"""
    assert lived(WANTS_FIVE, **{**IN_FULL, "staff.fixed_share": fixed}).firm("staff") == staff


@pytest.mark.parametrize(("cash", "gone"), [(10_000_000, 1), (0, 4)])
def test_who_is_short_dismisses_faster(cash, gone):
    """A fifth or four fifths of the five too many; 50,000 yuan do not pay wages, materials and a rent of 10,000."""
    firm = Firm(sales=50_000, rent=10_000, cash=cash, expected=0.5)
    rates = {"staff.dismissed_per_month": 0.2, "staff.dismissed_when_short_per_month": 0.8}
    assert lived(firm, **{**IN_FULL, **rates}).firm("staff") == 10 - gone


def test_what_is_left_of_a_person_is_dismissed_by_chance():
    """Of 0.5 persons too many, 10 x (0.9 + 0.1 x 0.5) wanted, one goes in about half of 200 firms."""
    town = Town(*[WANTS_FIVE] * 200, parameters={**IN_FULL, "staff.fixed_share": 0.9}).live()
    staff = [town.firm("staff", k) for k in range(200)]
    assert {*staff} == {9, 10}
    assert 70 < staff.count(9) < 130


def test_staff_follow_with_a_lag_what_the_firm_has_come_to_expect():
    """Sales halve, expectations follow by half: 0.75, 0.625, 0.5625; half of the surplus leaves each month."""
    lag = {"staff.fixed_share": 0.0, "staff.dismissed_per_month": 0.5, "firm.expectation_weight": 0.5}
    lag["firm.local_demand_share"] = 0.0
    ends = (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31))
    people = [
        [town.firm("staff", k) for k in range(100)]
        for town in (Town(*[Firm(staff=80)] * 100, until=end, trade=0.5, parameters=lag).live() for end in ends)
    ]
    assert {*people[0]} == {80 - 10}
    assert {*people[1]} == {70 - 10}
    assert {*people[2]} == {60 - 7, 60 - 8}, "of 60, 45 are wanted"


# Keeping people


@pytest.mark.parametrize(("limit", "kept"), [(0.5, True), (0.4, False)])
def test_who_dismisses_more_than_the_limit_has_not_kept_its_staff(limit, kept):
    town = lived(WANTS_FIVE, **IN_FULL, **{"staff.retention_limit": limit})
    assert town.firm("staff") == 5
    assert town.has_fact("kept_staff") is kept


def test_each_january_it_begins_anew():
    towns = [Town(WANTS_FIVE, until=date(2022 + k, 1, 31), parameters=IN_FULL) for k in (0, 1)]
    assert [town.live().has_fact("kept_staff") for town in towns] == [False, True]


def for_keeping(yuan: float, **said: Any) -> Measure:
    """What is paid each month to firms that have kept their staff."""
    asked = {"repeats": "monthly", "end": IN_SIX_MONTHS, **said}
    return measure("keep", "grant", amount_yuan=yuan, per="firm", eligible={"facts": ["kept_staff"]}, **asked)


@pytest.mark.parametrize(("yuan", "staff"), [(16_667, 8), (16_666, 5)])
def test_who_is_paid_enough_for_keeping_people_keeps_as_many_as_he_must(yuan, staff):
    """Five people cost 20,000 yuan a month, 120,000 in six; six payments of 16,667 and a month's wages of hiring them
    again are more. Eight of ten must stay."""
    town = lived(WANTS_FIVE, for_keeping(yuan), **IN_FULL)
    assert town.firm("staff") == staff
    assert town.has_fact("kept_staff") is (staff == 8)


@pytest.mark.parametrize("hiring", [0.0, 1.0, 6.0])
def test_nobody_is_kept_for_nothing(hiring):
    """Without a payment the costs of hiring again keep nobody, however high."""
    rates = {**IN_FULL, "staff.hiring_cost_months": hiring}
    assert lived(WANTS_FIVE, **rates).firm("staff") == 5
    assert lived(WANTS_FIVE, for_keeping(100_000), **rates).firm("staff") == 8


def test_what_was_paid_once_for_all_keeps_nobody_afterwards():
    """100,000 yuan come in January before the decision: they are had whoever goes."""
    town = lived(WANTS_FIVE, for_keeping(100_000, repeats="once"), **IN_FULL)
    assert town.moved("keep", "granted") == 100_000 * 100
    assert town.firm("staff") == 5


@pytest.mark.parametrize(("yuan", "staff"), [(100_000, 8), (99_999, 5)])
def test_what_is_filed_for_and_not_yet_paid_does(yuan, staff):
    """One payment for people whom keeping six months costs 120,000 yuan less a month's wages for hiring again."""
    filed = for_keeping(yuan, repeats="once", way="application", agency="finance", processing_days=40)
    assert lived(WANTS_FIVE, filed, **IN_FULL).firm("staff") == staff


@pytest.mark.parametrize(
    ("said", "parameters"),
    [
        ({"way": "application", "agency": "finance", "processing_days": 40}, {"delivery.awareness_per_month": 0.0}),
        ({"eligible": {"facts": ["kept_staff", "short_of_cash"]}}, {}),
        ({"eligible": {"facts": ["kept_staff"], "sizes": ["small"]}}, {}),
        ({"eligible": {}}, {}),  # it asks for nobody to be kept
    ],
)
def test_who_has_not_heard_of_it_or_does_not_qualify_keeps_nobody(said, parameters):
    one = measure("keep", "grant", amount_yuan=1_000_000, per="firm", repeats="monthly", end=IN_SIX_MONTHS,
                  **{"eligible": {"facts": ["kept_staff"]}, **said})  # fmt: skip
    assert lived(WANTS_FIVE, one, **IN_FULL, **parameters).firm("staff") == 5


def test_months_of_the_next_year_do_not_count():
    """Without an end eleven months are left of the year: 11 x 20,000 yuan against 11 x 18,182 and 20,000."""
    for yuan, staff in ((18_182, 8), (18_181, 5)):
        one = for_keeping(yuan, end=None)
        assert lived(WANTS_FIVE, one, **IN_FULL).firm("staff") == staff


# Hiring


def test_an_open_firm_takes_on_a_share_of_those_whom_it_lacks():
    """Fifteen are wanted at one and a half of usual sales: of five, two fifths a month."""
    firm = Firm(expected=1.5)
    town = lived(firm, **{"staff.fixed_share": 0.0, "staff.hired_per_month": 0.4})
    assert (town.firm("staff"), town.firm("hires")) == (12, 2)
    assert not town.has_fact("hired"), "a fact of the next month"
    later = Town(firm, until=date(2022, 2, 28), parameters={"staff.hired_per_month": 0.4}).live()
    assert later.has_fact("hired")


def test_who_is_short_or_stopped_takes_on_nobody():
    hires = {"staff.fixed_share": 0.0, "staff.hired_per_month": 1.0}
    short = Firm(sales=50_000, rent=10_000, cash=0, expected=1.5)
    assert Town(short, parameters=hires).live().firm("staff") == 10
    stopped = Town(Firm(expected=1.5), parameters=hires, closed=(date(2022, 1, 10), date(2022, 1, 31))).live()
    assert stopped.firm("staff") == 10


def for_hiring(yuan: float, **said: Any) -> Measure:
    """What is paid for each person taken on."""
    return measure("hire", "grant", amount_yuan=yuan, per="hire", repeats="monthly", **said)


@pytest.mark.parametrize(("yuan", "hires"), [(0, 0), (4_800, 1), (9_600, 2)])
def test_a_subsidy_for_a_hire_makes_more_of_them_wanted(yuan, hires):
    """A tenth of the 48,000 yuan that a person costs a year, at an elasticity of one: eleven instead of ten."""
    elastic = {"staff.demand_elasticity": 1.0, "staff.hired_per_month": 1.0}
    assert lived(Firm(), for_hiring(yuan), **elastic).firm("hires") == hires


@pytest.mark.parametrize(
    ("said", "parameters"),
    [
        ({"way": "application", "agency": "finance", "processing_days": 40}, {"delivery.awareness_per_month": 0.0}),
        ({"eligible": {"sizes": ["small"]}}, {}),
        ({"eligible": {"facts": ["has_loan"]}}, {}),
        ({"announced": date(2022, 1, 1), "start": date(2022, 2, 1)}, {}),
    ],
)
def test_a_subsidy_that_one_does_not_know_or_get_moves_nothing(said, parameters):
    elastic = {"staff.demand_elasticity": 1.0, "staff.hired_per_month": 1.0, **parameters}
    assert lived(Firm(), for_hiring(9_600, **said), **elastic).firm("hires") == 0


def test_a_subsidy_is_for_who_will_have_hired_and_asks_for_no_hire_before():
    elastic = {"staff.demand_elasticity": 1.0, "staff.hired_per_month": 1.0}
    town = lived(Firm(), for_hiring(9_600, eligible={"facts": ["hired"]}), **elastic)
    assert town.firm("hires") == 2
    assert town.moved("hire", "granted") == 0
