"""In what order a firm pays when cash is short, and what it does before a bill stays unpaid."""

from __future__ import annotations

from datetime import date

from tests.few_firms import Firm, Town, fen, measure


def test_wages_come_first_and_the_landlord_waits():
    """40,000 yuan of wages and 8,000 of rent with 45,000 at hand: staff are paid in full, the landlord gets 5,000."""
    town = Town(Firm(sales=45_000, cash=0)).live()
    assert town.paid("wages") == fen(40_000)
    assert (town.paid("rent"), town.unpaid("rent")) == (fen(5_000), fen(3_000))
    assert town.firm("arrears_private") == fen(3_000)
    assert town.firm("cash") == 0
    assert town.firm("distressed_months") == 1


def test_premiums_that_stay_unpaid_are_owed_to_the_state():
    """After wages of 40,000 yuan 2,000 are left for a pension premium of 6,400 and for nothing after it."""
    town = Town(Firm(sales=42_000, cash=0, insured_share=1.0)).live()
    assert town.unpaid("pension") == fen(4_400)
    assert town.firm("arrears_public") == fen(4_400 + 40_000 * (0.09 + 0.007 + 0.004))
    assert town.firm("arrears_private") == fen(8_000)


def test_materials_that_stay_unpaid_are_owed_to_suppliers():
    """Sales of 50,000 yuan less wages leave 10,000 for materials of 25,000; suppliers let a firm wait for the rest."""
    town = Town(Firm(sales=50_000, cash=0, materials_share=0.5, rent=0)).live()
    assert town.paid("materials") == fen(10_000)
    assert town.firm("payables") == fen(15_000)
    assert town.firm("distressed_months") == 0, "to owe suppliers less than a month and a half is not to be short"


def test_instalments_of_what_was_put_off_come_after_wages_and_before_other_bills():
    """6,400 yuan fall due again in February; of 44,000 at hand 4,000 go to them, the landlord gets nothing."""
    deferral = measure(
        "deferral", "deferral", flows=["pension"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 2, 1)
    )
    firm = Firm(sales=44_000, cash=0, insured_share=1.0, rent=4_000)
    quiet = {"premiums.medical": 0.0, "premiums.unemployment": 0.0, "premiums.work_injury": 0.0}
    town = Town(firm, until=date(2022, 2, 28), measures=[deferral], parameters=quiet).live()
    assert town.paid("rent", 0) == fen(4_000)
    assert town.moved("deferral", "repaid", 1) == fen(4_000)
    assert town.moved("deferral", "lapsed_public", 1) == fen(2_400), "what is not paid becomes ordinary arrears"
    assert town.paid("rent", 1) == 0


def test_old_arrears_are_paid_from_what_exceeds_half_a_month_of_outlays():
    """Short in January by 3,000 yuan of rent; in February a subsidy of 60,000 yuan comes in."""
    help_later = measure("help", "grant", amount_yuan=60_000, per="firm", start=date(2022, 2, 1))
    town = Town(Firm(sales=45_000, cash=0), until=date(2022, 2, 28), measures=[help_later]).live()
    # February: 45,000 + 60,000 - 48,000 = 57,000 yuan after the bills, 24,000 of which are kept.
    assert town.line("arrears_private_paid", 1) == fen(3_000)
    assert town.firm("arrears_private") == 0


def test_owners_pay_in_once_and_at_most_a_month():
    """3,000 yuan are missing each month: the owners bring them in January and never again."""
    owners = {"firm.injection_share": 1.0, "firm.injection_months": 1.0}
    town = Town(Firm(sales=45_000, cash=0), until=date(2022, 2, 28), parameters=owners).live()
    assert [town.line("injection", m) for m in (0, 1)] == [fen(3_000), 0]
    assert [town.unpaid("rent", m) for m in (0, 1)] == [0, fen(3_000)]
    assert town.has_fact("owner_paid_in")


def test_a_firm_borrows_on_what_public_bodies_owe_it_where_a_measure_lets_it():
    """20,000 yuan are owed to it and 80 % can be borrowed on: room for 16,000, of which 3,000 are needed."""
    advance = measure("advance", "credit", way="none", receivables_advance=0.8)
    firm = Firm(sales=45_000, cash=0, receivables_public=20_000, customer="public_bodies")
    slow = {"receivables.collected_per_month": 0.0}
    town = Town(firm, measures=[advance], parameters=slow).live()
    assert town.line("loan_drawn") == fen(3_000)
    assert town.firm("loan") == fen(3_000)
    assert town.unpaid("rent") == 0


def test_who_cannot_repay_the_bank_is_late_and_stays_open():
    """10,000 yuan fall due; after the bills 52,000 - 48,000 = 4,000 are left, less than the next wages."""
    firm = Firm(sales=52_000, cash=0, loan=120_000, loan_due=date(2022, 1, 1), flags=("collateral",))
    quiet = {"credit.renewal_share": 0.0, "tax.income_tax": 0.0}
    town = Town(firm, parameters=quiet).live()
    assert town.paid("principal") == 0
    assert town.has_fact("late_on_loan")
    assert town.is_open()


def test_suppliers_who_have_waited_are_paid_from_what_exceeds_the_next_wages():
    """80 % of 10,000 yuan owed from before."""
    town = Town(Firm(payables=10_000)).live()
    assert town.line("payables_paid") == fen(8_000)
    assert town.firm("payables") == fen(2_000)


def test_owners_draw_a_share_of_what_exceeds_the_buffer():
    """48,000 yuan of outlays and no tax, a buffer of two months of them; 30 % of what is above goes to the owners."""
    habits = {"firm.drawings_share": 0.3, "tax.income_tax": 0.0}
    town = Town(Firm(cash=200_000), parameters=habits).live()
    after_bills = 200_000 + 100_000 - 48_000
    assert town.line("drawings") == fen((after_bills - 2 * 48_000) * 0.3)
