"""Who leaves, in good order or by his creditors, and who is left with what it owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.few_firms import Firm, Town, fen, measure

JAN, FEB, MAR, APR = range(4)
UNTIL_FEBRUARY, UNTIL_MARCH = date(2022, 2, 28), date(2022, 3, 31)
UNTAXED = {"tax.income_tax": 0.0}
# Any overdue fen is distress, and three months of it in a row are the end.
IMPATIENT = {"firm.patience_months_min": 3.0, "firm.distress_months": 0.0}
RETIRES = {"leaving.retirement_per_year": 12.0, **UNTAXED}  # every owner in his first month
CLOSES = {"leaving.hazard_per_month": 1e7, **UNTAXED}  # every owner who is expected to earn too little
# Wages of 40,000 yuan, materials of 1,000 and a rent of 12,000: 3,000 more than it sells, every month.
POOR = Firm(sales=50_000, rent=12_000, cash=0)
# Sales of 48,000 yuan, wages of 40,000, materials of 960 and a rent of 8,040: it loses 1,000 yuan a month.
LOSES = Firm(size="small", sales=48_000, rent=8_040)


def month(firm: Firm, **said: Any) -> Town:
    """January of one firm."""
    return Town(firm, **said).live()


# By creditors


def test_creditors_close_a_firm_after_as_many_months_of_distress_as_they_are_patient_for():
    """3,000 yuan short every month; with a patience of three months it closes on 15 March, not before."""
    assert Town(POOR, until=UNTIL_FEBRUARY, parameters=IMPATIENT).live().is_open()
    town = Town(POOR, until=UNTIL_MARCH, parameters=IMPATIENT).live()
    assert town.cause() == "insolvent"
    assert town.run.timeline.date(town.firm("exited_on")) == date(2022, 3, 15)
    assert town.firm("staff") == 0


def test_a_firm_that_can_pay_stays():
    assert Town(Firm(), until=date(2022, 12, 31), parameters=IMPATIENT).live().cause() == ""


def test_creditors_who_bear_what_is_overdue_close_nobody():
    """9,000 yuan are overdue after three months, and half a month of outlays, 26,150, is borne."""
    bear = {**IMPATIENT, "firm.distress_months": 0.5}
    assert Town(POOR, until=UNTIL_MARCH, parameters=bear).live().is_open()
    assert Town(POOR, until=date(2022, 12, 31), parameters=bear).live().cause() == "insolvent"


def test_patience_beyond_the_least_is_each_firms_own():
    patience = {**IMPATIENT, "firm.patience_months_min": 1.0, "firm.patience_beyond_min_months": 2.0}
    others = Firm(sales=1e9, cash=1e12)  # who leaves hardly leaves anybody a customer
    town = Town(*[POOR] * 50, others, until=date(2022, 12, 31), parameters=patience).live()
    left = [town.firm("exited_on", k) for k in range(50)]
    assert left.count(14) > 5
    assert len({*left}) > 4


def test_creditors_who_close_a_firm_close_it_as_insolvent_whatever_it_owns():
    """Its claims would cover all that it owes, had they come in."""
    owed = replace(POOR, customer="public_bodies", receivables_public=1_000_000)
    town = Town(owed, until=UNTIL_MARCH, parameters={**IMPATIENT, "receivables.collected_per_month": 0.0}).live()
    assert town.cause() == "insolvent"
    assert town.line("written_off_arrears_private") == 0
    assert town.line("arrears_private_paid") == fen(9_000)
    assert town.line("closing_cash") == fen(900_000 - 9_000)


def test_arrears_are_written_off_when_nothing_is_left():
    """Three months of 3,000 yuan of rent stay unpaid; when the firm closes its landlord loses 9,000."""
    town = Town(POOR, until=UNTIL_MARCH, parameters=IMPATIENT).live()
    assert town.line("written_off_arrears_private", MAR) == fen(9_000)


def test_what_was_put_off_is_lost_with_the_firm():
    """6,400 yuan of premiums put off in January; the firm closes in March before they fall due, without cash."""
    deferral = measure(
        "deferral", "deferral", flows=["pension"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 6, 1)
    )
    town = Town(
        replace(POOR, insured_share=1.0), until=UNTIL_MARCH, measures=[deferral], parameters=IMPATIENT
    ).live()  # fmt: skip
    assert town.cause() == "insolvent"
    assert town.moved("deferral", "forgiven", MAR) == fen(6_400)


# In good order


def test_owners_retire_by_size():
    """A yearly rate of 12 retires every owner within a month; one of 0 for his size none."""
    assert month(Firm(), parameters=RETIRES).cause() == "retired"
    others = {"individual": 12.0, "micro": 0.0, "small": 12.0, "medium": 12.0}
    assert month(Firm(), parameters={**RETIRES, "leaving.retirement_per_year": others}).cause() == ""


@pytest.mark.parametrize(("loan", "cause"), [(80_000, "retired"), (80_001, "")])
def test_only_who_can_pay_what_he_owes_retires(loan, cause):
    """30,000 yuan and 100,000 less 50,000 of bills are at hand on 15 January; who owes more goes on."""
    firm = Firm(cash=30_000, loan=loan, loan_due=date(2023, 6, 1))
    assert month(firm, parameters=RETIRES).cause() == cause


def test_who_leaves_in_good_order_pays_everybody_and_keeps_the_rest():
    """30,000 + 50,000 yuan, of which suppliers get 5,000 that are not due and the bank 20,000."""
    firm = Firm(cash=30_000, payables=5_000, loan=20_000, loan_due=date(2023, 6, 1))
    town = month(firm, parameters={**RETIRES, "suppliers.term_days": 1e9})
    assert town.cause() == "retired"
    assert (town.line("payables_paid"), town.paid("principal")) == (fen(5_000), fen(20_000))
    assert town.line("closing_cash") == fen(30_000 + 50_000 - 25_000)
    assert town.firm("loan") == town.firm("payables") == town.firm("cash") == 0
    assert all(town.line(name) == 0 for name in ("written_off_payables", "written_off_loan", "loan_recovered"))


def test_what_was_put_off_is_paid_by_who_leaves_in_good_order():
    later = measure("later", "deferral", flows=["rent"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 12, 1))
    town = month(Firm(cash=0), measures=[later], parameters=RETIRES)
    assert town.cause() == "retired"
    assert (town.moved("later", "repaid"), town.moved("later", "forgiven")) == (fen(8_000), 0)
    assert town.line("closing_cash") == fen(50_000)


def test_claims_equipment_and_deposit_are_sold():
    """Claims at nine tenths and overdue ones at half, equipment for 15 months of its wear of 1,000 yuan."""
    firm = Firm(cash=0, customer="public_bodies", receivables_public=10_000, overdue_public=4_000,
                receivables_private=2_000, quality_deposit=200)  # fmt: skip
    keeps = {"receivables.collected_per_month": 0.0, "costs.depreciation": 0.01}
    town = month(firm, parameters={**RETIRES, **keeps})
    assert (town.line("collected_public"), town.line("claims_given_up")) == (fen(9_000), fen(1_000))
    assert (town.line("collected_overdue"), town.line("overdue_given_up")) == (fen(2_000), fen(2_000))
    assert (town.line("collected_private"), town.line("bad_debt")) == (fen(1_800), fen(200))
    assert (town.line("equipment_sold"), town.line("deposit_back")) == (fen(15_000), fen(200))
    assert town.line("closing_cash") == fen(50_000 + 9_000 + 2_000 + 1_800 + 15_000 + 200)


@pytest.mark.parametrize(("returned", "back"), [(False, 200), (True, 0)])
def test_the_quality_deposit_of_a_travel_agency_that_closes_goes_back_once(returned, back):
    """200 yuan on deposit: with what is returned by a measure before, nothing is left to be given back on closing."""
    refund = measure("refund", "refund", base="quality_deposit", share=1)
    agency = replace(LOSES, flags=("travel_agency",), cash=30_000, quality_deposit=200)
    town = month(agency, measures=[refund] if returned else [], parameters=CLOSES)
    assert town.cause() == "closed"
    assert town.line("deposit_back") == fen(back)
    assert not returned or town.moved("refund", "deposit_returned") == fen(200)
    assert town.line("closing_cash") == fen(30_000 - 1_000 + 200)
    assert town.firm("quality_deposit") == 0


def test_a_vat_credit_lapses_with_the_firm():
    town = month(Firm(vat_credit=3_000), parameters=RETIRES)
    assert town.line("closing_vat_credit") == fen(3_000)
    assert town.firm("vat_credit") == 0


# Who closes and cannot pay


@pytest.mark.parametrize(("loan", "cause"), [(29_000, "closed"), (29_001, "")])
def test_who_could_not_pay_all_he_owes_goes_on_as_long_as_he_can_pay_his_bills(loan, cause):
    """48,000 yuan of sales, 49,000 of bills: 29,000 of 30,000 are left."""
    firm = replace(LOSES, cash=30_000, loan=loan, loan_due=date(2023, 6, 1))
    assert month(firm, parameters=CLOSES).cause() == cause


def test_private_creditors_come_before_the_state_the_state_before_suppliers_and_the_bank_last():
    """Creditors close it in January with 29,000 yuan left after its bills; it owes 5,000 to suppliers, not yet due."""
    firm = replace(LOSES, cash=30_000, payables=5_000, loan=100_000, loan_due=date(2023, 6, 1))
    pressed = {"firm.distress_months": -1.0, "firm.patience_months_min": 1.0, "firm.patience_beyond_min_months": 0.0}
    town = month(firm, parameters={**UNTAXED, **pressed, "credit.recovery_share": 0.4, "suppliers.term_days": 1e9})
    assert town.cause() == "insolvent"
    assert town.line("payables_paid") == fen(5_000)
    assert town.paid("principal") == fen(24_000)
    # Of the 76,000 yuan that are left of the loan, the bank gets 40 % from owners and guarantors.
    assert town.line("loan_recovered") == fen(30_400)
    assert town.line("written_off_loan") == fen(45_600)
    assert town.line("closing_cash") == 0
    assert town.firm("loan") == town.firm("cash") == 0


def test_each_rank_gets_what_those_before_it_leave():
    """15,000 yuan of equipment pay 9,000 of rent and 6,000 of premiums; suppliers and the bank get nothing."""
    firm = replace(LOSES, cash=0, sales=40_000, rent=9_000, insured_share=1.0, payables=5_000, loan=10_000,
                   loan_due=date(2023, 6, 1))  # fmt: skip
    worn = {**CLOSES, "suppliers.term_days": 1e9, "costs.depreciation": 15_000 / 15 / 40_000}
    only_pension = {"premiums.medical": 0.0, "premiums.unemployment": 0.0, "premiums.work_injury": 0.0}
    town = month(firm, parameters={**worn, **only_pension})
    assert town.cause() == "insolvent"
    assert (town.line("arrears_private_paid"), town.line("written_off_arrears_private")) == (fen(9_000), 0)
    assert (town.line("arrears_public_paid"), town.line("written_off_arrears_public")) == (fen(6_000), fen(400))
    assert (town.line("payables_paid"), town.line("written_off_payables")) == (0, fen(5_000 + 800))
    assert (town.paid("principal"), town.line("written_off_loan")) == (0, fen(10_000 * 0.6))


# Who cannot wait

# Stopped from 15 January on: sales of 50,000 are had, wages cut to 24,000, materials of 1,000 and rent of 8,000 paid.
WAITS = Firm(sales=50_000, cash=0)
# The closure has lasted 31 days on 15 February, and is expected to last 31 more at 32,000 yuan a month.
NEEDED = 32_000 * 31 / (365.25 / 12)


def waits(firm: Firm, until: date = date(2022, 12, 31), **parameters: Any) -> Town:
    """January and February of a firm in a county that is closed from 15 January until a day; by dotted names."""
    return Town(
        firm, until=UNTIL_FEBRUARY, closed=(date(2022, 1, 15), until), parameters={**UNTAXED, **parameters}
    ).live()  # fmt: skip


@pytest.mark.parametrize(("more", "cause"), [(1, ""), (-1, "closed_while_stopped")])
def test_who_is_stopped_and_cannot_reach_the_expected_reopening_closes(more, cause):
    """17,000 yuan are left on 15 January, enough for a week; 32,000 more are paid in February."""
    firm = replace(WAITS, cash=32_000 - 17_000 + NEEDED + more)
    town = waits(firm)
    assert town.cause() == cause
    assert town.firm("exited_on") == (-1 if cause == "" else 31 + 14)


@pytest.mark.parametrize(("more", "cause"), [(1, ""), (-1, "closed_while_stopped")])
def test_an_owner_who_waits_lives_on_a_third(more, cause):
    """3,000 yuan asked for: 990 in January and February and a month of waiting."""
    firm = replace(WAITS, reservation=3_000, cash=32_000 - 17_000 + 2 * 990 + NEEDED * 32_990 / 32_000 + more)
    assert waits(firm).cause() == cause


@pytest.mark.parametrize(
    "parameters",
    [
        {"firm.injection_share": 1.0, "firm.injection_months": 1.0},  # 48,300 yuan of his own
        {"credit.never_applies_share": 0.0, "credit.base": -1_000.0},  # three months from a bank that will say no
    ],
)
def test_money_that_an_owner_has_and_that_a_bank_might_lend_count(parameters):
    """A yuan is missing, and in January he has not paid in."""
    firm = replace(WAITS, cash=32_000 - 17_000 + NEEDED - 1)
    assert waits(firm).cause() == "closed_while_stopped"
    assert waits(firm, **parameters).cause() == ""


def test_nothing_counts_from_an_owner_who_has_paid_in_or_a_bank_that_was_not_repaid():
    paid_in = {"firm.injection_share": 1.0, "firm.injection_months": 1.0}
    late = {"credit.never_applies_share": 0.0, "credit.base": -1_000.0}
    for fact, parameters in (("owner_paid_in", paid_in), ("late_on_loan", late)):
        firm = replace(WAITS, facts=(fact,), cash=32_000 - 17_000 + NEEDED - 1)
        assert waits(firm, **parameters).cause() == "closed_while_stopped"


def test_who_is_stopped_and_cannot_pay_is_insolvent_while_stopped():
    firm = replace(WAITS, loan=100_000, loan_due=date(2023, 6, 1))
    town = waits(firm)
    assert town.cause() == "insolvent_while_stopped"
    assert town.line("written_off_loan") > 0


def test_who_waits_for_a_day_that_is_known_needs_money_until_then():
    """Closed from 15 January to 12 February: on the 15th he is free, and works again on a day that is drawn."""
    lacks = {"restart.incidence": {"labour": 1.0, "materials": 0.0, "transport": 0.0}, "restart.mean_days": 20.0}
    opens = date(2022, 2, 12)
    waiting = waits(replace(WAITS, cash=1_000_000), opens, **lacks)
    days = waiting.firm("restart_on") - (31 + 14)
    assert days > 0
    for more, cause in ((1, ""), (-1, "closed_while_stopped")):
        firm = replace(WAITS, cash=32_000 - 17_000 + 32_000 * days / (365.25 / 12) + more)
        assert waits(firm, opens, **lacks, **{"restart.funds_cash_months": 0.0}).cause() == cause
