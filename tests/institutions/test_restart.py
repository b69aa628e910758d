"""Who helps a freed firm to work again, and with what: closed from 1 to 10 February 2022, free from Friday the 11th."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.vocabulary import TICKETS
from tests.few_firms import Firm, Town, bank_giving, measure
from tests.institutions.test_outbreak import CLOSED, NO_PROBLEMS

SATURDAY, MONDAY, TUESDAY = (date(2022, 2, day) for day in (12, 14, 15))
PLENTY: dict[str, Any] = {
    **NO_PROBLEMS,
    "restart.mean_days": 1_000.0,
    "restart.firms_per_officer": 1e-6,
    "restart.counter_problems_per_day": 1e9,
    "restart.supervised_per_day": 1e9,
    "restart.placed_per_month": 1e6,
    "restart.slots_per_day": 1e9,
    "restart.passes_per_day": 1e9,
}
KEY, OTHER = Firm(flags=("key_firm",)), Firm()
OFFICERS = measure("officers", "service", way="none", liaison_capacity=1)
COUNTER = measure("counter", "service", way="none", counter_capacity=1)
SUPERVISORS = measure("supervisors", "service", way="none", supervision_capacity=1, deadline_days=3)
RESOURCE = {"labour": "placed_per_month", "materials": "slots_per_day", "transport": "passes_per_day"}


def freed(*firms: Firm, until: date, measures: Any = (), lack: str = "labour", **changed: float) -> Town:
    """Firms that all lack one thing after the closure."""
    incidence = {name: float(name == lack) for name in TICKETS if name != "funds"}
    parameters = {**PLENTY, "restart.incidence": incidence, **{f"restart.{k}": v for k, v in changed.items()}}
    return Town(*firms, until=until, closed=CLOSED, measures=measures, parameters=parameters).live()


def requests(town: Town, kind: str, station: str) -> int:
    """Firms counted at a station of a kind of problem."""
    table = town.result.requests
    return int(table[(table["kind"] == kind) & (table["station"] == station)]["firms"].sum())


def test_without_help_a_lack_passes_on_its_own_day():
    """Forty days after 11 February is 23 March."""
    assert not freed(OTHER, until=date(2022, 3, 22), mean_days=40.0).is_open()
    assert freed(OTHER, until=date(2022, 3, 23), mean_days=40.0).is_open()


@pytest.mark.parametrize("lack", RESOURCE)
def test_a_problem_is_solved_on_the_first_working_day_where_there_is_what_ends_it(lack):
    """Handed in on Friday the 11th and solved the same day: the firm works on Saturday."""
    assert not freed(OTHER, until=date(2022, 2, 11), measures=[COUNTER], lack=lack).is_open()
    town = freed(OTHER, until=SATURDAY, measures=[COUNTER], lack=lack)
    assert town.is_open()
    assert requests(town, lack, "decided") == 1


@pytest.mark.parametrize("lack", RESOURCE)
def test_and_not_where_there_is_none_of_it(lack):
    town = freed(OTHER, until=date(2022, 3, 31), measures=[COUNTER, SUPERVISORS], lack=lack, **{RESOURCE[lack]: 0.0})
    assert not town.is_open()
    assert (requests(town, lack, "applied"), requests(town, lack, "decided")) == (1, 0)


def test_officers_serve_listed_key_firms_and_nobody_else():
    town = freed(KEY, OTHER, until=SATURDAY, measures=[OFFICERS])
    assert (town.is_open(0), town.is_open(1)) == (True, False)
    assert requests(town, "labour", "applied") == 1


def test_others_go_to_the_counter_and_key_firms_where_there_are_no_officers():
    town = freed(KEY, OTHER, until=SATURDAY, measures=[COUNTER])
    assert (town.is_open(0), town.is_open(1)) == (True, True)
    town = freed(KEY, OTHER, until=SATURDAY, measures=[COUNTER, OFFICERS], firms_per_officer=1e9)
    assert (town.is_open(0), town.is_open(1)) == (False, True)


def test_supervisors_take_what_is_older_than_the_deadline():
    """Counters without any time: handed in on the 11th, four days old on Tuesday the 15th, at work on the 16th."""
    measures = [COUNTER, SUPERVISORS]
    assert not freed(OTHER, until=TUESDAY, measures=measures, counter_problems_per_day=0.0).is_open()
    town = freed(OTHER, until=date(2022, 2, 16), measures=measures, counter_problems_per_day=0.0)
    assert town.is_open()
    assert requests(town, "labour", "supervised") == 1


def test_a_row_of_many_is_helped_with_the_chance_that_so_many_of_them_would_be():
    """Two hundred rows of ten firms, a counter for 500 problems a day: fifty rows are at work the day after."""
    heavy = Firm(weight=10)
    rows = [heavy] * 200
    solved = []
    for row in (rows, [Firm(weight=2_000)]):
        town = freed(*row, until=SATURDAY, measures=[COUNTER], counter_problems_per_day=500 / 2_000 * 10_000)
        solved.append(requests(town, "labour", "decided"))
    assert solved[0] == 500
    assert solved[1] in (0, 2_000), "one row goes as a whole, one time in four"


def test_supervised_cases_never_exceed_staff_times_days():
    """Eighty firms in one prefecture, supervisors for 1,250 of 10,000 problems a day: ten of eighty; five days."""
    town = freed(
        *[OTHER] * 80, until=date(2022, 2, 21), measures=[COUNTER, SUPERVISORS], counter_problems_per_day=0.0,
        supervised_per_day=1250.0,
    )  # fmt: skip
    assert requests(town, "labour", "supervised") == 50  # Tuesday to Friday, and Monday


def test_a_firm_with_three_of_ten_staff_missing_takes_three_persons():
    """Thirty persons a day for ten such firms and one more: ten are at work on Saturday."""
    # Out of work at the start: the share of 110 employees, and nobody returns.
    share = {"placed_per_month": 30.0 * 30.4375 / (0.055 / 0.945 * 110)}
    incidence = {"labour": 1.0, "materials": 0.0, "transport": 0.0}
    parameters = {**PLENTY, "restart.incidence": incidence, "restart.missing_staff": 0.3, "labour.migrants": 0.0}
    parameters |= {"restart.placed_per_month": share["placed_per_month"] + 1e-9, "labour.unemployed_share": 0.055}
    town = Town(*[OTHER] * 11, until=SATURDAY, closed=CLOSED, measures=[COUNTER], parameters=parameters).live()
    assert [town.is_open(k) for k in range(11)] == [True] * 10 + [False]


def test_placed_persons_take_the_places_of_staff_who_are_away():
    """All ten of its staff are away for good; the counter finds three, and with them it works."""
    away = {date(2022, 2, 1): 1.0}
    parameters = {**PLENTY, **NO_PROBLEMS, "restart.missing_staff": 0.3}
    for measures, works in (([COUNTER], True), ([], False)):
        town = Town(OTHER, until=SATURDAY, closed=CLOSED, away=away, measures=measures, parameters=parameters).live()
        assert town.is_open() is works
        assert requests(town, "labour", "decided") == works


def test_a_bridging_loan_is_a_loan_of_the_bank():
    """Needs half a month of outlays, holds less: the bank lends what is missing, or refuses and the firm waits."""
    poor = Firm(sales=48_000, cash=20_000 + 1_000)
    never = {"credit.never_applies_share": 0.0, "restart.funds_cash_months": 0.5}
    for points, works in ((1.0, True), (-1.0, False)):
        bank = {"credit.base": points, "credit.noise": 0.0, "credit.margin_weight": 0.0, "credit.collateral_bonus": 0.0}
        parameters = {**PLENTY, **NO_PROBLEMS, **never, **bank, "credit.growth_per_year": 1.0}
        rich = Firm(loan=10_000_000, loan_due=date(2024, 1, 1))  # so that its bank has something to lend
        town = Town(poor, rich, until=SATURDAY, closed=CLOSED, measures=[COUNTER], parameters=parameters).live()
        assert town.is_open() is works
        assert (town.line("loan_drawn") > 0) is works
        assert requests(town, "funds", "decided" if works else "refused") == 1


def test_a_bridging_loan_may_be_guaranteed():
    """The bank misses 0.1 points of 0.5 that collateral, or a guarantor in its place, would give."""
    poor = Firm(sales=48_000, cash=20_000 + 1_000)
    bank = {**bank_giving(-0.1), "credit.collateral_bonus": 0.5, "credit.never_applies_share": 0.0}
    parameters = {**PLENTY, **NO_PROBLEMS, **bank, "restart.funds_cash_months": 0.5, "credit.growth_per_year": 1.0}
    rich = Firm(loan=10_000_000, loan_due=date(2024, 1, 1))
    for limit, works in ((0.1, True), (0.0, False)):
        told = {**parameters, "credit.guarantee_limit": limit}
        town = Town(poor, rich, until=SATURDAY, closed=CLOSED, measures=[COUNTER], parameters=told).live()
        assert town.is_open() is works
        assert (town.firm("guaranteed") > 0) is works


def test_a_ticket_whose_lack_has_passed_is_struck_off():
    """Three days: gone on Monday the 14th, when the counter for the first time has a moment."""
    town = freed(OTHER, until=date(2022, 3, 1), measures=[COUNTER], mean_days=3.0, slots_per_day=0.0, lack="materials")
    assert town.is_open()
    assert (requests(town, "materials", "decided"), requests(town, "materials", "withdrawn")) == (0, 1)


def test_how_soon_firms_are_back_is_counted_by_length_of_closure():
    """Ten days closed and back on the first day: 14 days at most, within a week."""
    table = Town(OTHER, until=MONDAY, closed=CLOSED, parameters=NO_PROBLEMS).live().result.restarts
    assert table.to_dict("records") == [
        {
            "closure": "14", "freed": 1, "within_7_days": 1, "within_14_days": 1, "within_30_days": 1,
            "within_60_days": 1,
        }
    ]  # fmt: skip


def test_a_complaint_lets_a_case_be_decided_out_of_its_turn():
    """The desk of the measure has no time, the firm complains, and supervisors have time for it."""
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    for complains in (1.0, 0.0):
        parameters = {**PLENTY, "delivery.complaint_share": complains}
        town = Town(OTHER, until=date(2022, 1, 31), measures=[grant, SUPERVISORS], desk=1e-9, parameters=parameters)
        town.live()
        assert town.cases("grant", "decided") == town.cases("grant", "supervised") == complains
