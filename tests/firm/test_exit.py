"""When a firm closes, and who is left with what it owed."""

from __future__ import annotations

from datetime import date

from sim.vocabulary import EXIT_CAUSES
from tests.few_firms import Firm, Town, fen, measure

JAN, FEB, MAR, APR = range(4)
IMPATIENT = {"firm.patience_months_min": 3.0, "firm.patience_beyond_min_months": 0.0}


def cause(town: Town) -> str:
    """Why the first firm closed, empty when it is open."""
    return "" if town.firm("exit_cause") < 0 else EXIT_CAUSES[town.firm("exit_cause")]


def test_a_firm_closes_after_as_many_months_without_cash_as_it_has_patience_for():
    """3,000 yuan short every month; with a patience of three months it closes on 15 March, not before."""
    poor = Firm(sales=45_000, cash=0)
    assert Town(poor, until=date(2022, 2, 28), parameters=IMPATIENT).live().is_open()
    town = Town(poor, until=date(2022, 3, 31), parameters=IMPATIENT).live()
    assert cause(town) == "illiquid"
    assert town.run.timeline.date(town.firm("exited_on")) == date(2022, 3, 15)
    assert town.firm("staff") == 0


def test_a_firm_that_can_pay_stays():
    assert cause(Town(Firm(), until=date(2022, 12, 31), parameters=IMPATIENT).live()) == ""


def test_ordinary_closures_go_by_age_and_size():
    """A yearly rate of 12 closes every firm within a month; a factor of 0 on its size none."""
    certain = {"firm.churn_per_year": {0: 12.0}, "firm.churn_size_factor": 1.0}
    assert cause(Town(Firm(), parameters=certain).live()) == "churn"
    never = {**certain, "firm.churn_size_factor": {"individual": 1.0, "micro": 0.0, "small": 1.0, "medium": 1.0}}
    assert cause(Town(Firm(), parameters=never).live()) == ""


def test_who_loses_money_and_owes_more_than_it_owns_may_give_up():
    """In the red by 8,000 yuan a month and 20,000 owed to suppliers, with 10,000 at hand."""
    gives_up = {"firm.hopeless_hazard_per_year": 12.0, "firm.payables_paid_per_month": 0.0}
    owes = Firm(sales=40_000, cash=10_000, payables=20_000)
    assert cause(Town(owes, parameters=gives_up).live()) == "hopeless"
    owns = Firm(sales=40_000, cash=100_000, payables=20_000)
    assert cause(Town(owns, parameters=gives_up).live()) == ""


def test_private_creditors_come_before_the_state_the_state_before_suppliers_and_the_bank_last():
    """A firm that closes in January with 30,000 yuan left after its bills, of which 5,000 are owed to suppliers."""
    certain = {"firm.churn_per_year": {0: 12.0}, "firm.churn_size_factor": 1.0, "credit.recovery_share": 0.4,
               "firm.payables_paid_per_month": 0.0, "tax.income_tax": 0.0}  # fmt: skip
    firm = Firm(sales=48_000, cash=30_000, payables=5_000, loan=100_000, loan_due=date(2023, 6, 1))
    town = Town(firm, parameters=certain).live()
    assert cause(town) == "churn"
    assert town.line("payables_paid") == fen(5_000)
    assert town.paid("principal") == fen(25_000)
    # Of the 75,000 yuan that are left of the loan, the bank gets 40 % from owners and guarantors.
    assert town.line("loan_recovered") == fen(30_000)
    assert town.line("written_off_loan") == fen(45_000)
    assert town.line("closing_cash") == 0
    assert town.firm("loan") == town.firm("cash") == 0


def test_arrears_are_written_off_when_nothing_is_left():
    """Three months of 3,000 yuan of rent stay unpaid; when the firm closes its landlord loses 9,000."""
    town = Town(Firm(sales=45_000, cash=0), until=date(2022, 3, 31), parameters=IMPATIENT).live()
    assert town.line("written_off_arrears_private", MAR) == fen(9_000)


def test_what_was_put_off_is_lost_with_the_firm():
    """6,400 yuan of premiums put off in January; the firm closes in March before they fall due, without cash."""
    deferral = measure(
        "deferral", "deferral", flows=["pension"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 6, 1)
    )
    firm = Firm(sales=45_000, cash=0, insured_share=1.0)
    town = Town(firm, until=date(2022, 3, 31), measures=[deferral], parameters=IMPATIENT).live()
    assert cause(town) == "illiquid"
    assert town.moved("deferral", "forgiven", MAR) == fen(6_400)


def test_the_owners_keep_what_is_left():
    certain = {"firm.churn_per_year": {0: 12.0}, "firm.churn_size_factor": 1.0, "tax.income_tax": 0.0}
    town = Town(Firm(sales=48_000, cash=30_000), parameters=certain).live()
    assert town.line("closing_cash") == fen(30_000)
