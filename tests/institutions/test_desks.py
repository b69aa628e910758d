"""Desks on paper: who is decided on which day, in what order, and what happens when the money is gone.

Firms settle and file on Saturday 15 January 2022; offices open on Monday the 17th.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.measure import Measure
from tests.few_firms import Firm, Town, fen, measure

MONDAY, TUESDAY, WEDNESDAY = (date(2022, 1, day) for day in (17, 18, 19))


def grant(id_: str = "grant", **more: Any) -> Measure:
    """100 yuan for each firm that applies at the finance desk."""
    return measure(id_, "grant", way="application", agency="finance", amount_yuan=100, per="firm", **more)


def eight_firms_at(until: date, **more: Any) -> Town:
    """Eight cases before a desk that can handle five a day."""
    return Town(*[Firm()] * 8, until=until, measures=[grant(**more)], desk=5).live()


def test_five_of_eight_cases_are_decided_on_monday_and_three_on_tuesday():
    monday, tuesday = eight_firms_at(MONDAY), eight_firms_at(TUESDAY)
    assert (monday.cases("grant", "decided"), monday.waiting("grant")) == (5, 3)
    assert (tuesday.cases("grant", "decided"), tuesday.waiting("grant")) == (8, 0)
    assert tuesday.moved("grant", "granted") == 8 * fen(100)


def test_who_filed_first_is_served_first():
    """Firms of one day are served in the order in which they settled."""
    town = eight_firms_at(MONDAY)
    assert [town.has("grant", k) for k in range(8)] == [True] * 5 + [False] * 3


def test_key_firms_go_to_the_head_of_the_queue_where_the_measure_says_so():
    firms = [*[Firm()] * 7, Firm(flags=("key_firm",))]
    for list_first in (True, False):
        town = Town(*firms, until=MONDAY, measures=[grant(list_first=list_first)], desk=5).live()
        assert town.has("grant", 7) is list_first


def test_a_case_takes_its_working_days_before_it_can_be_decided():
    """Two working days from Saturday: not on Monday, but on Tuesday."""
    assert eight_firms_at(MONDAY, processing_days=2).cases("grant", "decided") == 0
    assert eight_firms_at(TUESDAY, processing_days=2).cases("grant", "decided") == 5


def test_a_row_that_stands_for_many_firms_takes_as_many_days_of_work():
    """Ten firms in one row at five a day: capacity is saved on Monday and the row is served on Tuesday."""
    firm = Firm(weight=10)
    assert Town(firm, until=MONDAY, measures=[grant()], desk=5).live().cases("grant", "decided") == 0
    assert Town(firm, until=TUESDAY, measures=[grant()], desk=5).live().cases("grant", "decided") == 10


def test_an_application_that_is_refused_pays_nothing_and_takes_the_desks_time():
    town = eight_firms_at(MONDAY, refusal_share=1.0)
    assert (town.cases("grant", "refused"), town.waiting("grant")) == (5, 3)
    assert town.moved("grant", "granted") == 0


def test_a_measure_that_has_ended_decides_nothing_any_more():
    town = eight_firms_at(MONDAY, end=date(2022, 1, 16))
    assert town.cases("grant", "decided") == 0
    assert town.cases("grant", "refused") == 5


def test_one_desk_serves_its_measures_in_the_order_of_filing():
    """Two measures of one desk share its five cases a day."""
    town = Town(*[Firm()] * 4, until=MONDAY, measures=[grant("first"), grant("second")], desk=5).live()
    assert town.cases("first", "decided") + town.cases("second", "decided") == 5


def test_a_fund_that_runs_dry_refuses_who_comes_too_late():
    """250 yuan for four grants of 100: two are paid, two are refused, 50 yuan are left."""
    town = Town(*[Firm()] * 4, until=MONDAY, measures=[grant(fund="help")], funds={"help": 250}).live()
    assert town.moved("grant", "granted") == fen(200)
    assert (town.cases("grant", "paid"), town.cases("grant", "refused")) == (2, 2)
    assert town.left("help") == fen(50)


def test_or_lets_the_queue_wait_for_new_money():
    """A service puts 100 yuan more into the fund on Wednesday: the third firm is paid, the fourth waits on."""
    more = measure("more", "service", way="none", fund="help", top_up_yuan={WEDNESDAY: 100})
    for until, paid in ((TUESDAY, 2), (WEDNESDAY, 3)):
        town = Town(
            *[Firm()] * 4, until=until, measures=[grant(fund="help"), more], funds={"help": 250}, waits=True
        ).live()
        assert (town.cases("grant", "paid"), town.waiting("grant")) == (paid, 4 - paid)


def test_who_closes_while_waiting_is_taken_off_the_queue_without_a_decision():
    certain = {"leaving.retirement_per_year": 12.0}
    town = Town(Firm(), until=MONDAY, measures=[grant()], parameters=certain).live()
    assert not town.is_open()
    assert (town.waiting("grant"), town.cases("grant", "decided"), town.cases("grant", "refused")) == (0, 0, 0)


def test_a_campaign_doubles_the_cases_of_a_day():
    """A service with a factor of 2 on the capacity of the finance desk: all eight cases on Monday."""
    service = measure("service", "service", way="none", agencies=("finance",), capacity=2)
    town = Town(*[Firm()] * 8, until=MONDAY, measures=[grant(), service], desk=5)
    assert town.live().cases("grant", "decided") == 8


def test_a_service_lets_a_measure_be_delivered_without_application():
    service = measure("service", "service", way="none", target=("grant",), automatic=True)
    town = Town(*[Firm()] * 8, until=date(2022, 1, 15), measures=[grant(), service], desk=5).live()
    assert (town.cases("grant", "applied"), town.cases("grant", "paid")) == (0, 8)
