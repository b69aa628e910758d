"""A loan on paper: for how long it runs, what the bank does when it is due, and what becomes of who does not pay.

Firms settle on the 15th. A firm that is not named otherwise has 50,000 yuan left of every month, and owes 120,000.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sim.firm.state import NEVER
from sim.measure import Measure
from tests.few_firms import Firm, Town, bank_giving, fen, measure

JAN, FEB, MAR, APR = range(4)
ENDS = (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31), date(2022, 4, 30))
LOAN = 120_000
PLAIN = {"tax.income_tax": 0.0, "credit.restructure_span": 1.0, "credit.run_off_months": 24, "credit.penalty_rate": 0.0}
RENEWS, RESTRUCTURES, CALLS = ({**PLAIN, **bank_giving(points)} for points in (0.5, -0.5, -1.5))
DUE = Firm(loan=LOAN, loan_due=date(2022, 1, 1), flags=("collateral",))
LATER = replace(DUE, loan_due=date(2023, 6, 1))
# 2,960 yuan are left of a month, less than the wages of 40,000 that are kept for the next: the bank gets nothing.
POOR = replace(DUE, sales=52_000, cash=0)
# Wages, materials of 1,000 yuan and rent take all of what it sells: nothing is left for 600 yuan of interest.
SPENT = replace(LATER, sales=50_000, rent=9_000, cash=0, loan_rate=0.06)
HELP = {"per": "firm", "start": date(2022, 2, 1), "end": date(2022, 2, 28)}


def live(firm: Firm = DUE, until: date = ENDS[FEB], **said: Any) -> Town:
    """The life of one firm up to a day, by default through January and February."""
    return Town(firm, until=until, **said).live()


def extension(id_: str = "extension", **values: Any) -> Measure:
    """A measure that puts off principal in January, by default by two months."""
    told = {
        "flows": ["principal"], "share": 1, "until": ENDS[JAN], "repay_from": date(2022, 7, 1), "loan_months": 2,
        **values,
    }  # fmt: skip
    return measure(id_, "deferral", **told)


def decided(town: Town, month: int | None = None) -> tuple[int, int, int]:
    """Fen of loans that were renewed, restructured and called."""
    renewed, restructured, called = (town.line(line, month) for line in ("renewed", "restructured", "called"))
    return renewed, restructured, called


# What the bank does when a loan is due


def test_what_is_borrowed_on_claims_does_not_fall_due_with_the_rest():
    """30,000 yuan of 120,000 were lent on claims: 90,000 are called."""
    town = live(replace(DUE, advanced=30_000), until=ENDS[JAN], parameters=CALLS)
    assert town.line("called") == fen(90_000)
    assert town.firm("advanced") == fen(30_000)


def test_a_loan_on_claims_alone_is_never_due():
    town = live(replace(DUE, advanced=LOAN), until=ENDS[JAN], parameters=CALLS)
    assert (decided(town), town.firm("loan")) == ((0, 0, 0), fen(LOAN))


@pytest.mark.parametrize(
    ("points", "at"), [(0.01, "renewed"), (0.0, "restructured"), (-0.99, "restructured"), (-1.0, "called")]
)
def test_the_bank_renews_above_0_restructures_within_the_span_below_and_calls_the_rest(points, at):
    town = live(replace(DUE, weight=3), parameters={**PLAIN, **bank_giving(points)})
    for line in ("renewed", "restructured", "called"):
        assert town.line(line, JAN) == (3 * fen(LOAN) if line == at else 0)
        assert town.line(line, FEB) == 0, "a maturity is an event"


@pytest.mark.parametrize(("due", "month"), [(date(2022, 1, 15), JAN), (date(2022, 1, 16), FEB)])
def test_it_decides_at_the_first_settlement_on_or_after_maturity(due, month):
    town = live(replace(DUE, loan_due=due), parameters=RESTRUCTURES)
    assert [town.line("restructured", m) for m in (JAN, FEB)] == [fen(LOAN) if m == month else 0 for m in (JAN, FEB)]


def test_before_its_maturity_nothing_of_a_loan_is_due():
    town = live(LATER, parameters=CALLS)
    assert (town.paid("principal"), decided(town)) == (0, (0, 0, 0))


@pytest.mark.parametrize(("term", "days"), [(12, 365), (36, 3 * 365), (7, 212)])
def test_a_renewed_loan_runs_for_a_term_of_the_same_length(term, days):
    """From the settlement of 15 January on; a twelfth of 7 x 365 days are 212 whole ones."""
    town = live(replace(DUE, loan_term=term), parameters=RENEWS)
    assert town.paid("principal") == 0
    assert (town.firm("loan"), town.firm("loan_term"), town.firm("loan_due_on")) == (fen(LOAN), term, 14 + days)
    assert not town.has_fact("late_on_loan")


def test_a_restructured_loan_is_repaid_in_equal_parts():
    town = live(until=ENDS[MAR], parameters=RESTRUCTURES)
    assert [town.paid("principal", m) for m in (JAN, FEB, MAR)] == [fen(5_000)] * 3
    assert town.firm("loan") == fen(105_000)
    assert not town.has_fact("late_on_loan")
    assert decided(town) == (0, fen(LOAN), 0), "the whole loan, once"


def test_parts_are_without_what_is_left_of_a_fen():
    """A twenty-fourth of 10,001 fen, then a twenty-third of 9,585."""
    town = live(replace(DUE, loan=100.01), parameters=RESTRUCTURES)
    assert [town.paid("principal", m) for m in (JAN, FEB)] == [416, 416]


def test_parts_are_counted_in_31_days_since_maturity_and_the_last_is_all_that_is_left():
    """Of two parts half falls due at once, the rest after 31 days; of three a part is due before each 31 days."""
    two = {**RESTRUCTURES, "credit.run_off_months": 2}
    town = live(until=ENDS[MAR], parameters=two)
    assert [town.paid("principal", m) for m in (JAN, FEB, MAR)] == [fen(60_000), fen(60_000), 0]
    assert (town.firm("loan"), town.firm("loan_due_on")) == (0, NEVER)
    assert not town.has_fact("has_loan")
    # 15 February is the 30th day since 16 January, 15 March the 58th, 15 April the 89th.
    late = live(
        replace(DUE, loan_due=date(2022, 1, 16)), until=ENDS[APR], parameters={**two, "credit.run_off_months": 3}
    )
    assert [late.paid("principal", m) for m in (JAN, FEB, MAR, APR)] == [0, fen(40_000), fen(40_000), fen(40_000)]


def test_a_part_that_was_not_paid_is_spread_over_those_that_are_left():
    """5,000 yuan are due in January; of help of 200,000 in February a twenty-third of all 120,000 is paid."""
    help_ = measure("help", "grant", amount_yuan=200_000, **HELP)
    town = live(POOR, measures=[help_], parameters=RESTRUCTURES)
    assert [town.paid("principal", m) for m in (JAN, FEB)] == [0, fen(LOAN) // 23]
    assert not town.has_fact("late_on_loan")


def test_a_loan_that_is_called_is_due_at_once():
    town = live(parameters=CALLS)
    assert [town.paid("principal", m) for m in (JAN, FEB)] == [fen(LOAN), 0]
    assert (town.firm("loan"), town.firm("loan_due_on")) == (0, NEVER)
    assert not town.has_fact("late_on_loan")


def test_a_called_loan_is_due_until_it_is_paid_from_what_exceeds_the_next_wages():
    """50,000 yuan a month, of which 40,000 are kept in January; after the fourth month all is paid."""
    town = live(replace(DUE, cash=0), until=ENDS[APR], parameters=CALLS)
    assert [town.paid("principal", m) for m in (JAN, FEB, MAR, APR)] == [
        fen(x) for x in (10_000, 50_000, 50_000, 10_000)
    ]
    assert decided(town) == (0, 0, fen(LOAN))


def test_a_bad_record_is_held_against_a_firm_at_maturity():
    """Late with the interest of January; half a point less one for the record is no renewal in February."""
    firm = replace(SPENT, loan_due=date(2022, 2, 10))
    strict = {**RENEWS, "credit.record_malus": 1.0}
    assert decided(live(firm, parameters=strict), FEB) == (0, fen(LOAN), 0)
    assert decided(live(replace(firm, cash=1_000_000), parameters=strict), FEB) == (fen(LOAN), 0, 0)


def test_banks_misjudge_at_maturity_each_firm_on_its_own():
    town = Town(*[DUE] * 50, parameters={**RENEWS, **bank_giving(0.0), "credit.noise": 1.0}).live()
    assert 10 * fen(LOAN) < town.line("renewed") < 40 * fen(LOAN)
    assert sum(decided(town)) == 50 * fen(LOAN)


# Extension


@pytest.mark.parametrize("term", [12, 36])
def test_an_extension_moves_all_of_it_without_penalty_or_record_and_nothing_is_drawn_again(term):
    """Sixty days from 15 January on: no bank decides, nobody pays or is late, and the loan is what it was."""
    town = live(replace(DUE, loan_term=term), measures=[extension()], parameters=CALLS)
    assert town.moved("extension", "extended") == fen(LOAN)
    assert (town.paid("principal"), decided(town)) == (0, (0, 0, 0))
    assert (town.firm("loan"), town.firm("loan_term"), town.firm("loan_due_on")) == (fen(LOAN), term, 14 + 60)
    assert (town.has_fact("late_on_loan"), town.firm("late_months")) == (False, 0)


def test_a_longer_extension_leaves_the_term_for_which_the_loan_was_given():
    """Put off by 18 months, a loan of twelve is renewed for twelve."""
    assert live(measures=[extension(loan_months=18)], parameters=CALLS).firm("loan_term") == 12


@pytest.mark.parametrize(("rules", "at"), [(RENEWS, 0), (RESTRUCTURES, 1), (CALLS, 2)])
def test_at_the_new_maturity_the_bank_decides_as_at_any(rules, at):
    """Moved to 16 March, so on 15 April."""
    town = live(until=ENDS[APR], measures=[extension()], parameters=rules)
    assert [decided(town, m)[at] for m in (JAN, FEB, MAR, APR)] == [0, 0, 0, fen(LOAN)]
    assert sum(decided(town)) == fen(LOAN)


def test_it_may_be_moved_again_while_the_measure_lasts():
    town = live(until=ENDS[APR], measures=[extension(until=ENDS[APR])], parameters=CALLS)
    assert [town.moved("extension", "extended", m) for m in (JAN, FEB, MAR, APR)] == [fen(LOAN), 0, 0, fen(LOAN)]
    assert sum(decided(town)) == 0


@pytest.mark.parametrize("values", [{"until": date(2022, 1, 14)}, {"flows": ["rent"], "loan_months": None}])
def test_a_measure_that_no_longer_puts_off_principal_or_never_did_leaves_it_to_the_bank(values):
    town = live(measures=[extension(**values)], parameters=CALLS)
    assert decided(town, JAN) == (0, 0, fen(LOAN))
    assert town.paid("principal", JAN) == fen(LOAN)


def test_an_extension_ends_lateness_and_a_called_loan_is_one_of_its_term_again():
    """Called in January, not paid; put off in February by six times 30 days."""
    later = extension(start=date(2022, 2, 1), until=ENDS[FEB], loan_months=6)
    town = live(POOR, measures=[later], parameters={**CALLS, "credit.bad_after_months": 1})
    assert town.moved("extension", "extended") == fen(LOAN)
    assert (town.firm("loan_term"), town.firm("loan_due_on")) == (6, 31 + 14 + 180)
    assert town.firm("late_months") == 0
    assert not town.has_fact("late_on_loan") and not town.has_fact("loan_bad")


def test_who_does_not_pay_his_interest_after_an_extension_is_late_anew():
    """Called in January, put off in February, when interest is not paid either: one month late, not two."""
    later = extension(start=date(2022, 2, 1), until=ENDS[FEB])
    spent = replace(SPENT, loan_due=date(2022, 1, 1))
    assert live(spent, parameters=CALLS).firm("late_months") == 2
    assert live(spent, measures=[later], parameters=CALLS).firm("late_months") == 1


def test_an_extension_that_comes_after_a_loan_was_restructured_moves_all_of_it():
    """5,000 yuan are due in February; they are put off, and nothing more is due before the new maturity."""
    later = extension(start=date(2022, 2, 1), until=ENDS[FEB])
    town = live(until=ENDS[APR], measures=[later], parameters=RESTRUCTURES)
    assert [town.paid("principal", m) for m in (JAN, FEB, MAR, APR)] == [fen(5_000), 0, 0, 0]
    assert town.moved("extension", "extended") == fen(5_000)
    assert (town.firm("loan"), town.firm("loan_due_on")) == (fen(115_000), 31 + 14 + 60)


# Lateness


def test_a_firm_is_late_from_the_month_in_which_it_does_not_pay_until_it_pays():
    """Called: nothing is left to pay in April only."""
    towns = [live(replace(DUE, cash=0), until=end, parameters=CALLS) for end in ENDS]
    assert [town.firm("late_months") for town in towns] == [1, 2, 3, 0]
    assert [town.has_fact("late_on_loan") for town in towns] == [True, True, True, False]
    assert [town.has_fact("loan_bad") for town in towns] == [False, False, True, False], "bad after three settlements"


def test_who_pays_one_part_in_full_is_late_no_more():
    help_ = measure("help", "grant", amount_yuan=50_000, **HELP)
    towns = [live(POOR, until=end, measures=[help_], parameters=RESTRUCTURES) for end in ENDS[: FEB + 1]]
    assert [town.firm("late_months") for town in towns] == [1, 0]


def test_a_penalty_is_charged_from_the_month_after():
    """6 % a year on 120,000 yuan are 600 a month; 2.75 % more are 275."""
    town = live(replace(POOR, loan_rate=0.06), until=ENDS[MAR], parameters={**CALLS, "credit.penalty_rate": 0.0275})
    assert [town.paid("interest", m) for m in (JAN, FEB, MAR)] == [fen(x) for x in (600, 875, 875)]


def test_who_does_not_pay_his_interest_is_late_before_anything_of_the_loan_is_due():
    towns = [live(SPENT, until=end, parameters=RENEWS) for end in ENDS[: MAR + 1]]
    assert [town.firm("late_months") for town in towns] == [1, 2, 3]
    assert towns[MAR].has_fact("loan_bad")
    assert towns[MAR].unpaid("interest") == towns[MAR].firm("arrears_private") == fen(3 * 600)


def test_what_is_due_in_the_month_makes_late_and_old_arrears_do_not():
    """Help of 2,000 yuan in February pays the interest of February; what is left of it is kept for the next weeks."""
    help_ = measure("help", "grant", amount_yuan=2_000, **HELP)
    town = live(SPENT, measures=[help_], parameters=RENEWS)
    assert (town.firm("late_months"), town.has_fact("late_on_loan")) == (0, False)
    assert town.firm("arrears_private") == fen(600)


def test_interest_that_is_put_off_is_not_due():
    later = extension("later", flows=["interest"], loan_months=None, until=ENDS[FEB])
    town = live(SPENT, measures=[later], parameters=RENEWS)
    assert (town.moved("later", "deferred"), town.firm("late_months")) == (fen(1_200), 0)


def test_other_bills_that_stay_unpaid_make_nobody_late():
    """600 yuan of rent are missing, and rent ranks before interest; without interest the bank gets what it asks for."""
    town = live(replace(SPENT, rent=9_600, loan_rate=0.0), parameters=RENEWS)
    assert (town.unpaid("rent", JAN), town.firm("late_months")) == (fen(600), 0)


def test_who_is_late_does_not_ask_for_a_loan():
    asks = {**CALLS, "credit.never_applies_share": 0.0}
    assert live(POOR, until=ENDS[JAN], parameters=asks).cases("loan", "applied") == 0
    assert live(POOR, until=ENDS[JAN], parameters={**asks, **RENEWS}).cases("loan", "applied") == 1


# Foreclosure


@pytest.mark.parametrize(("months", "day"), [(2, date(2022, 2, 15)), (4, date(2022, 4, 15))])
def test_a_bank_closes_who_is_late_for_so_many_settlements_in_a_row(months, day):
    """It pays its bills all the time; what it has kept, 2,960 yuan a month, goes to the bank."""
    presses = {**CALLS, "credit.foreclosure_months": months, "credit.recovery_share": 0.4}
    town = live(POOR, until=ENDS[APR], parameters=presses)
    assert town.cause() == "insolvent"
    assert town.run.timeline.date(town.firm("exited_on")) == day
    paid = months * 2_960
    assert town.paid("principal") == fen(paid)
    assert town.line("loan_recovered") == fen(0.4 * (LOAN - paid))
    assert town.line("written_off_loan") == fen(0.6 * (LOAN - paid))


def test_before_that_it_goes_on_with_a_bad_loan():
    town = live(POOR, until=ENDS[MAR], parameters={**CALLS, "credit.foreclosure_months": 4})
    assert town.is_open() and town.has_fact("loan_bad")


def test_it_is_insolvent_whatever_it_owns():
    """Its claims would pay the bank in full, had they come in."""
    owed = replace(POOR, customer="public_bodies", receivables_public=1_000_000)
    slow = {"receivables.collected_per_month": 0.0, "credit.foreclosure_months": 2}
    town = live(owed, parameters={**CALLS, **slow})
    assert town.cause() == "insolvent"
    assert (town.paid("principal"), town.line("written_off_loan")) == (fen(LOAN), 0)


def test_settlements_in_a_row_count():
    """Late in January, not in February, late in March: two in a row in April. 1,000 yuan pay 600 of interest once."""
    help_ = measure("help", "grant", amount_yuan=1_000, **HELP)
    presses = {**RENEWS, "credit.foreclosure_months": 2}
    town = live(SPENT, until=ENDS[MAR], measures=[help_], parameters=presses)
    assert town.cause() == ""
    assert live(SPENT, until=ENDS[APR], measures=[help_], parameters=presses).cause() == "insolvent"


# What its journey tells


def told(town: Town) -> list[tuple[str, int]]:
    """Month and event of everything that a journey tells of the loan, and of the end."""
    rows = town.result.journeys
    of_loan = rows[(rows["flow"] == "loan") | (rows["event"] == "exited")]
    return [(event, int(day[5:7])) for event, day in zip(of_loan["event"], of_loan["date"], strict=True)]


@pytest.mark.parametrize(
    ("bank", "event"), [(RENEWS, "loan_renewed"), (RESTRUCTURES, "loan_restructured"), (CALLS, "loan_called")]
)
def test_a_journey_tells_what_the_bank_decides_at_maturity(bank, event):
    rich = replace(DUE, cash=200_000)
    town = live(rich, until=ENDS[JAN], parameters=bank, follow=[0])
    assert told(town) == [(event, 1)]
    amounts = town.result.journeys.set_index("event")["amount_fen"]
    assert amounts[event] == fen(LOAN)


def test_a_journey_tells_of_lateness_of_a_bad_loan_and_of_its_end():
    """Called in January and not paid: late at once, bad after two months, and extended in April."""
    later = extension(start=date(2022, 4, 1), until=ENDS[APR], loan_months=6)
    bad = {**CALLS, "credit.bad_after_months": 2}
    town = live(POOR, until=ENDS[APR], measures=[later], parameters=bad, follow=[0])
    assert told(town) == [("loan_called", 1), ("loan_late", 1), ("loan_bad", 2), ("loan_caught_up", 4)]


def test_a_journey_tells_why_a_firm_that_its_bank_presses_is_gone():
    town = live(POOR, until=ENDS[APR], parameters={**CALLS, "credit.foreclosure_months": 2}, follow=[0])
    rows = town.result.journeys
    assert town.cause() == "insolvent"
    assert rows.loc[rows["event"] == "exited", "flow"].tolist() == ["insolvent"]
    assert ("loan_late", 1) in told(town) and ("loan_caught_up", 4) not in told(town)
