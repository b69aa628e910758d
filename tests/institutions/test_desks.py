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
    more = {"way": "application", "agency": "finance", "amount_yuan": 100, "per": "firm", **more}
    return measure(id_, "grant", **more)


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


def test_what_is_filed_in_time_is_decided_and_paid_after_the_end():
    town = eight_firms_at(TUESDAY, end=date(2022, 1, 16))
    assert (town.cases("grant", "decided"), town.cases("grant", "refused")) == (8, 0)
    assert town.moved("grant", "granted") == 8 * fen(100)


def test_nobody_files_after_the_end():
    assert eight_firms_at(TUESDAY, end=date(2022, 1, 14)).cases("grant", "applied") == 0


def test_a_measure_that_is_called_off_refuses_who_waits():
    town = eight_firms_at(TUESDAY, withdrawn=date(2022, 1, 17))
    assert (town.cases("grant", "decided"), town.cases("grant", "refused")) == (0, 8)


def test_each_measure_has_a_desk_of_its_own():
    """A second measure of the same agency takes no time from the first."""
    town = Town(*[Firm()] * 8, until=MONDAY, measures=[grant("first"), grant("second")], desk=5).live()
    assert (town.cases("first", "decided"), town.cases("second", "decided")) == (5, 5)


def test_who_waits_for_longer_than_he_has_patience_withdraws():
    """Nobody is served on the way: a desk for a thousandth of a case a day, and patience for ten days."""
    short = {"delivery.patience_days": 10}
    for until, withdrawn in ((date(2022, 1, 25), 0), (date(2022, 1, 26), 8)):
        town = Town(*[Firm()] * 8, until=until, measures=[grant()], desk=0.001, parameters=short).live()
        assert (town.cases("grant", "withdrawn"), town.waiting("grant")) == (withdrawn, 8 - withdrawn)


def test_a_bill_that_can_no_longer_be_put_off_is_no_reason_to_wait():
    """Premiums may be put off until the 20th, and the desk comes to nobody before."""
    deferral = measure(
        "deferral", "deferral", way="application", flows=["pension"], until=date(2022, 1, 20),
        repay_from=date(2022, 3, 1), instalments=1, share=1,
    )  # fmt: skip
    for until, withdrawn in ((date(2022, 1, 20), 0), (date(2022, 1, 21), 1)):
        town = Town(Firm(insured_share=1.0), until=until, measures=[deferral], desk=0.001).live()
        assert town.cases("deferral", "withdrawn") == withdrawn


def test_an_office_that_works_by_list_asks_nobody_whether_he_knows():
    """Nobody has heard of the measure, and nobody would file for it."""
    nobody = {"delivery.awareness_per_month": 0.0, "delivery.apply_share": 0.0}
    for way, decided in (("application", 0), ("by_list", 8)):
        town = Town(*[Firm()] * 8, until=MONDAY, measures=[grant(way=way, take_up=1)], parameters=nobody).live()
        assert town.cases("grant", "decided") == decided


def test_a_measure_may_say_what_share_takes_it_up():
    """Of those who know: three fifths of five hundred, by their own draws; half a dozen standard deviations are 66."""
    town = Town(*[Firm()] * 500, until=MONDAY, measures=[grant(take_up=0.6)]).live()
    assert 234 < town.cases("grant", "applied") < 366


def test_a_list_does_not_use_up_what_a_firm_can_file_for():
    """One application a month: the list comes on top."""
    one = {"delivery.applications_per_month_max": 1}
    measures = [grant("asked"), grant("by_list", way="by_list", take_up=1), grant("not_asked")]
    town = Town(Firm(), until=MONDAY, measures=measures, parameters=one).live()
    assert [town.cases(name, "applied") for name in ("asked", "by_list", "not_asked")] == [1, 1, 0]


def test_handlers_of_their_own_do_not_let_anybody_queue():
    """A thousand tenants, each before a landlord of his own: in ten working days on average, 1 - 1/e of them."""
    waiver = grant(way="negotiated", agency=None, own_handlers=True, processing_days=10)
    town = Town(*[Firm()] * 1000, until=date(2022, 1, 28), measures=[waiver], desk=0.001).live()  # ten working days
    assert 550 < town.cases("grant", "decided") < 720
    assert town.cases("grant", "decided") + town.waiting("grant") == 1000


def test_a_handler_whose_fund_is_empty_asks_again_on_the_next_working_day():
    own = grant(own_handlers=True, fund="help")
    more = measure("more", "service", way="none", fund="help", top_up_yuan={WEDNESDAY: 100})
    for until, paid in ((TUESDAY, 0), (WEDNESDAY, 1)):
        town = Town(Firm(), until=until, measures=[own, more], funds={"help": 50}, waits=True).live()
        assert (town.cases("grant", "paid"), town.waiting("grant")) == (paid, 1 - paid)


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
    """A service with a factor of 2 on the capacity of the finance desk: ten of twelve cases on Monday."""
    service = measure("service", "service", way="none", agencies=("finance",), capacity=2)
    town = Town(*[Firm()] * 12, until=MONDAY, measures=[grant(), service], desk=5)
    assert town.live().cases("grant", "decided") == 10


def test_a_service_lets_a_measure_be_delivered_without_application():
    service = measure("service", "service", way="none", target=("grant",), automatic=True)
    town = Town(*[Firm()] * 8, until=date(2022, 1, 15), measures=[grant(), service], desk=5).live()
    assert (town.cases("grant", "applied"), town.cases("grant", "paid")) == (0, 8)
