"""In what order a firm pays, what it does before a bill stays unpaid, and what is left for its owner.

What a firm buys is never below two fen of a yuan sold, so a micro caterer that sells 50,000 yuan buys for 1,000.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, bank_giving, fen, measure

# Wages of 40,000 yuan, materials of 1,000, a rent of 12,000: 3,000 more than it sells, every month.
POOR = Firm(sales=50_000, rent=12_000, cash=0)
OUTLAYS = 40_000 + 12_000 + 0.3 * 1_000  # yuan of a usual month: 0.3 of the materials count
UNTIL_FEBRUARY = date(2022, 2, 28)
UNTAXED = {"tax.income_tax": 0.0}
IN_TWELVE_PARTS = {**bank_giving(-0.5), "credit.restructure_span": 1.0, "credit.run_off_months": 12}


def month(firm: Firm, **said: Any) -> Town:
    """January of one firm."""
    return Town(firm, **said).live()


def test_wages_come_first_and_the_landlord_waits():
    """40,000 yuan of wages and 1,000 of materials with 50,000 at hand: of 12,000 the landlord gets 9,000."""
    town = month(POOR)
    assert (town.paid("wages"), town.paid("materials")) == (fen(40_000), fen(1_000))
    assert (town.paid("rent"), town.unpaid("rent")) == (fen(9_000), fen(3_000))
    assert town.firm("arrears_private") == fen(3_000)
    assert town.firm("cash") == 0
    assert town.has_fact("short_of_cash")


def test_premiums_that_stay_unpaid_are_owed_to_the_state():
    """After wages of 40,000 yuan 2,000 are left for a pension premium of 6,400 and for nothing after it."""
    town = month(Firm(sales=42_000, cash=0, insured_share=1.0))
    assert town.unpaid("pension") == fen(4_400)
    assert town.firm("arrears_public") == fen(4_400 + 40_000 * (0.09 + 0.007 + 0.004))
    assert town.firm("arrears_private") == fen(8_000)
    assert town.firm("overdue_payables") == fen(840)


def test_materials_that_stay_unpaid_are_overdue_to_suppliers_at_once():
    """Sales of 50,000 yuan less wages leave 10,000 for materials of 25,000; to owe the rest is no distress."""
    town = month(Firm(sales=50_000, cash=0, materials_share=0.5, rent=0))
    assert town.paid("materials") == fen(10_000)
    assert town.firm("payables") == town.firm("overdue_payables") == fen(15_000)
    assert town.has_fact("short_of_cash")
    assert town.firm("distressed_months") == 0


# The owner


def test_the_owner_lives_on_what_he_could_earn_elsewhere_and_it_is_no_cost_of_the_year():
    lives = month(Firm(reservation=5_000), parameters=UNTAXED)
    assert lives.line("living") == fen(5_000)
    assert lives.firm("profit_this_year") == month(Firm(), parameters=UNTAXED).firm("profit_this_year") == fen(50_000)


@pytest.mark.parametrize(("cash", "living"), [(62_200, 5_000), (62_199, 1_650), (0, 1_650)])
def test_an_owner_lives_on_a_third_while_his_firm_is_tight(cash, living):
    """The target is two months of 40,000 + 8,000 + 600 + 5,000 yuan, 107,200; of sales of 100,000 a month leaves 50,000
    before the owner has lived, 45,000 after it: 62,200 at hand reach the target, a yuan less does not."""
    town = month(Firm(cash=cash, reservation=5_000), parameters=UNTAXED)
    assert town.line("living") == fen(living)


def test_an_owner_lives_before_bills_other_than_wages_are_paid_and_what_he_lacks_is_not_owed():
    """Of 42,000 yuan 40,000 are wages; he takes 1,650 of his 5,000, so 350 are left for materials of 840."""
    town = month(Firm(sales=42_000, cash=0, reservation=5_000, rent=0))
    assert town.line("living") == fen(1_650)
    assert (town.paid("materials"), town.firm("overdue_payables")) == (fen(350), fen(490))
    poorer = month(Firm(sales=41_000, cash=0, reservation=5_000, rent=0))
    assert (poorer.line("living"), poorer.paid("materials")) == (fen(1_000), 0)
    assert poorer.firm("arrears_private") == 0


def test_a_third_of_a_living_is_rounded_down():
    assert month(Firm(cash=0, reservation=50.02)).line("living") == 1_650, "0.33 x 5,002 fen are 1,650.66"


# What was put off, and old arrears


def test_instalments_of_what_was_put_off_come_after_wages_and_before_other_bills():
    """6,400 yuan fall due again in February; of 45,000 at hand 5,000 go to them, the landlord gets nothing."""
    deferral = measure(
        "deferral", "deferral", flows=["pension"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 2, 1)
    )
    firm = Firm(sales=45_000, cash=0, insured_share=1.0, rent=4_100)
    quiet = {"premiums.medical": 0.0, "premiums.unemployment": 0.0, "premiums.work_injury": 0.0}
    town = Town(firm, until=UNTIL_FEBRUARY, measures=[deferral], parameters=quiet).live()
    assert town.paid("rent", 0) == fen(4_100), "45,000 less wages and materials of 900"
    assert town.moved("deferral", "repaid", 1) == fen(5_000)
    assert town.moved("deferral", "lapsed_public", 1) == fen(1_400), "what is not paid becomes ordinary arrears"
    assert town.paid("rent", 1) == 0


@pytest.mark.parametrize(("help_", "paid"), [(60_000, 3_000), (31_000, 1_850), (20_000, 0)])
def test_old_arrears_are_paid_from_what_exceeds_half_a_month_of_outlays(help_, paid):
    """Short in January by 3,000 yuan of rent; of a subsidy of 31,000 in February 28,000 are left after the bills, and
    26,150, half a month, are kept."""
    later = measure("help", "grant", amount_yuan=help_, per="firm", start=date(2022, 2, 1))
    town = Town(POOR, until=UNTIL_FEBRUARY, measures=[later]).live()
    assert town.line("arrears_private_paid", 1) == fen(paid)
    assert town.firm("arrears_private") == fen(3_000 - paid)


def test_half_a_month_is_of_the_sales_that_are_expected():
    """At half the sales 150 yuan of materials count instead of 300: half of 52,150 is kept."""
    later = measure("help", "grant", amount_yuan=31_000, per="firm", start=date(2022, 2, 1))
    town = Town(replace(POOR, expected=0.5), until=UNTIL_FEBRUARY, measures=[later]).live()
    assert town.line("arrears_private_paid", 1) == fen(28_000 - 52_150 / 2)


# Before a bill stays unpaid


def test_owners_pay_in_what_is_missing_once_in_a_life():
    """3,000 yuan are missing each month: the owners bring them in January and never again."""
    owners = {"firm.injection_share": 1.0, "firm.injection_months": 1.0}
    town = Town(POOR, until=UNTIL_FEBRUARY, parameters=owners).live()
    assert [town.line("injection", m) for m in (0, 1)] == [fen(3_000), 0]
    assert [town.unpaid("rent", m) for m in (0, 1)] == [0, fen(3_000)]
    assert town.has_fact("owner_paid_in")


@pytest.mark.parametrize(("expected", "outlays"), [(1.0, OUTLAYS), (0.5, OUTLAYS - 150)])
def test_owners_pay_in_at_most_so_many_months_of_expected_outlays(expected, outlays):
    owners = {"firm.injection_share": 1.0, "firm.injection_months": 0.05}
    assert month(replace(POOR, expected=expected), parameters=owners).line("injection") == fen(0.05 * outlays)


OWED = replace(POOR, receivables_public=20_000, customer="public_bodies")
UNPAID = {"receivables.collected_per_month": 0.0, "receivables.advance_rate": 0.8}


def confirming(share: float, **eligible: Any) -> Measure:
    """A measure by which so many debtors confirm what they owe."""
    return measure("confirming", "credit", way="none", confirmed_share=share, eligible=eligible)


def test_a_firm_borrows_on_what_public_bodies_owe_it_once_they_have_confirmed_it():
    """20,000 yuan are owed to it and 80 % can be borrowed on: room for 16,000, of which 3,000 are needed."""
    for town in (
        Town(OWED, measures=[confirming(1.0)], parameters=UNPAID).live(),
        Town(OWED, parameters={**UNPAID, "receivables.confirmed_share": 1.0}).live(),
    ):
        assert town.line("loan_drawn") == town.firm("loan") == town.firm("advanced") == fen(3_000)
        assert town.unpaid("rent") == 0


@pytest.mark.parametrize("measures", [[], [confirming(1.0, sizes=["small"])], [confirming(0.0)]])
def test_nobody_borrows_on_claims_that_are_not_confirmed(measures):
    town = Town(OWED, measures=measures, parameters=UNPAID).live()
    assert (town.firm("loan"), town.unpaid("rent")) == (0, fen(3_000))


def test_a_share_of_debtors_confirms_and_more_of_them_are_the_same_and_others():
    def confirmed(share: float) -> set[int]:
        town = Town(*[OWED] * 200, measures=[confirming(share)], parameters=UNPAID).live()
        return {k for k in range(200) if town.firm("advanced", k) > 0}

    few, many = confirmed(0.2), confirmed(0.5)
    assert few < many
    assert 20 <= len(few) <= 60 <= len(many) <= 140


def test_at_most_the_advance_rate_of_claims_is_lent_on_them():
    town = Town(replace(OWED, receivables_public=2_000), measures=[confirming(1.0)], parameters=UNPAID).live()
    assert (town.firm("advanced"), town.unpaid("rent")) == (fen(1_600), fen(1_400))


def test_what_was_sold_in_the_month_is_not_confirmed_yet_nor_what_is_overdue():
    """Half of 45,000 yuan is sold on credit."""
    on_credit = {**UNPAID, "receivables.credit_share": 0.5}
    firm = replace(OWED, receivables_public=0, overdue_public=20_000)
    assert Town(firm, measures=[confirming(1.0)], parameters=on_credit).live().firm("advanced") == 0


def test_who_is_late_on_a_loan_borrows_nothing_on_claims():
    late = replace(OWED, loan=10_000, loan_due=date(2023, 6, 1), facts=("late_on_loan",))
    assert Town(late, measures=[confirming(1.0)], parameters=UNPAID).live().firm("advanced") == 0


def test_the_bank_is_repaid_first_when_the_debtor_pays():
    """In January 2,000 of 20,000 yuan come in and 1,000 of 3,000 are lent; of February's 1,800 the bank takes that."""
    paying = {**UNPAID, "receivables.collected_per_month": 0.1}
    told = {"measures": [confirming(1.0)], "parameters": paying}
    town = Town(OWED, until=date(2022, 1, 31), **told).live()
    assert town.firm("advanced") == fen(3_000 - 2_000)
    town = Town(OWED, until=date(2022, 2, 28), **told).live()
    assert town.paid("principal", 1) == fen(1_000)


def test_a_firm_borrows_on_claims_for_the_living_that_its_owner_has_while_it_is_tight():
    """What is missing counts what the owner lives on, a third of 5,000 yuan: 4,650 in all."""
    town = Town(replace(OWED, reservation=5_000), measures=[confirming(1.0)], parameters=UNPAID).live()
    assert town.line("loan_drawn") == fen(3_000 + 1_650)
    assert (town.line("living"), town.unpaid("rent")) == (fen(1_650), 0)


def test_who_cannot_repay_the_bank_is_late_and_stays_open():
    """10,000 yuan fall due; after the bills 52,000 - 49,040 = 2,960 are left, less than the next wages."""
    firm = Firm(sales=52_000, cash=0, loan=120_000, loan_due=date(2022, 1, 1), flags=("collateral",))
    town = month(firm, parameters={**IN_TWELVE_PARTS, **UNTAXED})
    assert town.paid("principal") == 0
    assert town.has_fact("late_on_loan")
    assert not town.has_fact("short_of_cash"), "principal is none of the bills that make cash short"
    assert town.is_open()


# Suppliers


def test_half_of_the_materials_are_bought_on_credit_and_fall_due_after_the_term():
    """Of 50,000 yuan a month half is owed, to be paid within twice a month: each month half of what is not due yet."""
    terms = {"suppliers.credit_share": 0.5, "suppliers.term_days": 2 * 365.25 / 12}
    town = Town(Firm(materials_share=0.5), until=date(2022, 3, 31), parameters=terms).live()
    assert [town.paid("materials", m) for m in range(3)] == [fen(25_000)] * 3
    assert [town.unpaid("materials", m) for m in range(3)] == [fen(25_000)] * 3
    assert [town.line("payables_paid", m) for m in range(3)] == [0, fen(12_500), fen(18_750)]
    assert town.firm("payables") == fen(3 * 25_000 - 12_500 - 18_750)
    assert town.firm("overdue_payables") == 0


def test_at_the_steady_state_as_much_falls_due_as_is_bought():
    terms = {"suppliers.credit_share": 0.5, "suppliers.term_days": 2 * 365.25 / 12}
    town = month(Firm(materials_share=0.5, payables=50_000), parameters=terms)
    assert town.line("payables_paid") == town.unpaid("materials") == fen(25_000)
    assert town.firm("payables") == fen(50_000)


def test_within_a_term_of_less_than_a_month_all_falls_due():
    town = month(Firm(materials_share=0.5, payables=20_000), parameters={"suppliers.term_days": 20})
    assert town.line("payables_paid") == fen(20_000)


def test_suppliers_are_paid_from_what_exceeds_the_next_wages_and_to_get_less_than_was_meant_is_to_be_short():
    """Wages of 20,000, materials of 30,000 and rent leave 42,000 of 100,000 yuan: 20,000 are kept, 30,000 were due."""
    firm = Firm(staff=5, materials_share=0.3, cash=0, payables=30_000, overdue_payables=30_000)
    town = month(firm, parameters=UNTAXED)
    assert town.line("payables_paid") == fen(22_000)
    assert town.firm("overdue_payables") == town.firm("payables") == fen(8_000)
    assert town.has_fact("short_of_cash")


@pytest.mark.parametrize(("cash", "paid"), [(57_200, 10_000), (57_199, 7_000)])
def test_a_tight_firm_stretches_its_suppliers_and_is_not_short(cash, paid):
    """The target is twice 48,600 yuan; with 57,200 that are there 57,200 + 100,000 - 50,000 - 10,000 are left of it."""
    stretches = {"firm.stretch_share": 0.3, **UNTAXED}
    town = month(Firm(cash=cash, payables=10_000, overdue_payables=10_000), parameters=stretches)
    assert town.line("payables_paid") == fen(paid)
    assert town.firm("overdue_payables") == fen(10_000 - paid)
    assert not town.has_fact("short_of_cash")


@pytest.mark.parametrize(
    ("expected", "overdue", "on_credit"),
    [(1.0, 50_000, True), (1.0, 50_001, False), (0.5, 25_000, True), (0.5, 25_001, False)],
)
def test_suppliers_ask_for_cash_beyond_a_month_of_what_the_firm_expects_to_buy(expected, overdue, on_credit):
    """50,000 yuan a month at usual sales, half of it at half the sales; else half is bought on credit."""
    firm = Firm(materials_share=0.5, expected=expected, payables=overdue, overdue_payables=overdue)
    town = month(firm, parameters={"suppliers.credit_share": 0.5})
    assert town.paid("materials") == fen(25_000 if on_credit else 50_000)
    assert town.unpaid("materials") == fen(25_000 if on_credit else 0)


@pytest.mark.parametrize(
    ("overdue", "cash", "sold"), [(100_000, 0, 100_000), (100_001, 10_000, 20_000), (100_001, 0, 0)]
)
def test_beyond_two_months_they_deliver_what_the_cash_of_the_morning_pays_for(overdue, cash, sold):
    """At 0.5 yuan of materials for a yuan of sales, 10,000 yuan make sales of 20,000."""
    town = month(Firm(materials_share=0.5, cash=cash, payables=overdue, overdue_payables=overdue))
    assert town.line("sales_cash") == fen(sold)


def test_what_a_supplier_has_not_been_paid_before_its_day_is_held_against_nobody():
    firm = Firm(materials_share=0.5, payables=500_000)
    town = month(firm, parameters={"suppliers.credit_share": 0.5, "suppliers.term_days": 1e9})
    assert (town.line("sales_cash"), town.unpaid("materials")) == (fen(100_000), fen(25_000))


# What is left


def test_equipment_is_bought_anew_and_owners_draw_on_what_exceeds_the_target():
    """A target of two months of 48,600 yuan; 5,000 of equipment wear out, and 30 % of the rest goes to the owners."""
    habits = {"firm.drawings_share": 0.3, "costs.depreciation": 0.05, **UNTAXED}
    town = month(Firm(cash=200_000), parameters=habits)
    spare = 200_000 + 100_000 - 50_000 - 2 * 48_600
    assert town.line("replaced") == fen(5_000)
    assert town.line("drawings") == fen((spare - 5_000) * 0.3)


@pytest.mark.parametrize(("cash", "replaced"), [(47_200, 0), (50_000, 2_800), (60_000, 5_000)])
def test_below_the_target_what_wears_out_is_a_cost_and_is_not_bought_anew(cash, replaced):
    """100,000 - 50,000 yuan come in: with 47,200 before there are just two months of 48,600."""
    town = month(Firm(cash=cash), parameters={"costs.depreciation": 0.05, **UNTAXED})
    assert town.line("replaced") == fen(replaced)
    assert town.firm("profit_this_year") == fen(100_000 - 50_000 - 5_000)


def test_the_target_is_each_firms_own_and_of_the_sales_that_it_expects():
    """Three months of 48,300 yuan, in which at half the sales only 300 yuan of materials count."""
    habits = {"firm.drawings_share": 1.0, **UNTAXED}
    town = month(Firm(cash=200_000, buffer_months=3, expected=0.5), parameters=habits)
    assert town.firm("cash") == fen(3 * (40_000 + 8_000 + 300))


def test_what_has_only_been_put_off_is_kept():
    """Whether a rent of 8,000 yuan is paid or put off, owners draw the same."""
    later = measure("later", "deferral", flows=["rent"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 12, 1))
    habits = {"firm.drawings_share": 0.3, **UNTAXED}
    drawn = [month(Firm(), measures=some, parameters=habits).line("drawings") for some in ([], [later])]
    assert drawn[0] == drawn[1] > 0


def test_owners_draw_nothing_while_suppliers_wait():
    """A firm that is tight below three times its target lets suppliers wait although it holds more than its target."""
    habits = {"firm.drawings_share": 0.3, "firm.tight_share": 3.0, "firm.stretch_share": 0.3, **UNTAXED}
    waits = Firm(cash=200_000, payables=10_000, overdue_payables=10_000)
    assert month(waits, parameters=habits).line("drawings") == 0
    assert month(Firm(cash=200_000), parameters=habits).line("drawings") > 0


# Distress


@pytest.mark.parametrize(("bearable", "months"), [(0.05, 2), (0.1, 1), (0.2, 0)])
def test_a_month_is_one_of_distress_when_more_is_overdue_than_so_many_months_of_expected_outlays(bearable, months):
    """3,000 yuan are overdue after January and 6,000 after February, against 2,615, 5,230 or 10,460."""
    town = Town(POOR, until=UNTIL_FEBRUARY, parameters={"firm.distress_months": bearable}).live()
    assert town.firm("distressed_months") == months


def test_principal_that_is_due_and_not_paid_is_overdue_and_what_has_been_put_off_is_not():
    """10,000 yuan of principal against 0.2 x 48,312 of outlays; of 8,000 yuan of rent put off nothing counts."""
    firm = Firm(sales=52_000, cash=0, loan=120_000, loan_due=date(2022, 1, 1), flags=("collateral",))
    strict = {**IN_TWELVE_PARTS, "firm.distress_months": 0.2}
    assert month(firm, parameters=strict).firm("distressed_months") == 1
    later = measure("later", "deferral", flows=["rent"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 12, 1))
    put_off = month(Firm(sales=45_000, cash=0), measures=[later], parameters={"firm.distress_months": 0.0})
    assert put_off.firm("distressed_months") == 0


def test_months_of_distress_are_in_a_row():
    """Help in February pays the arrears of January and all bills of the next months: nothing is left of the count."""
    later = measure("help", "grant", amount_yuan=33_000, per="firm", start=date(2022, 2, 1))
    strict = {"firm.distress_months": 0.0}
    ends = (date(2022, 1, 31), UNTIL_FEBRUARY, date(2022, 3, 31))
    towns = [Town(POOR, until=end, measures=[later], parameters=strict).live() for end in ends]
    assert [town.firm("distressed_months") for town in towns] == [1, 0, 0]
    without = Town(POOR, until=date(2022, 3, 31), parameters=strict).live()
    assert without.firm("distressed_months") == 3
