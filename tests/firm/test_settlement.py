"""What a firm sells and collects in a month, what is noted of it, and what it comes to expect."""

from __future__ import annotations

from datetime import date

from tests.few_firms import Firm, Town, fen, measure

JAN, FEB, MAR = range(3)
ENDS = (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31))


def test_a_usual_month_sells_what_the_firm_usually_sells():
    town = Town(Firm(sales=100_000), until=date(2022, 3, 31)).live()
    assert [town.line("sales_cash", m) for m in (JAN, FEB, MAR)] == [fen(100_000)] * 3


def test_a_row_that_stands_for_50_firms_is_counted_50_times_and_lives_once():
    town = Town(Firm(sales=100_000, weight=50)).live()
    assert town.line("sales_cash") == 50 * fen(100_000)
    assert town.firm("usual_sales") == fen(100_000)


def test_what_is_sold_on_credit_becomes_a_claim_and_is_collected_later():
    """80 % of 100,000 yuan are owed by a large firm, which pays half of what it owes each month."""
    trade = {"receivables.credit_share": 0.8, "receivables.collected_per_month": 0.5}
    town = Town(Firm(customer="large_firms"), until=date(2022, 2, 28), parameters=trade).live()
    assert town.line("sales_cash", JAN) == fen(20_000)
    assert town.line("sales_large", JAN) == fen(80_000)
    assert town.line("collected_large", JAN) == 0, "in January nothing was owed yet"
    assert town.line("collected_large", FEB) == fen(40_000)
    assert town.firm("receivables_public") == fen(40_000 + 80_000)


def test_claims_on_public_bodies_become_overdue_and_are_cleared():
    """Of 100,000 yuan owed 10 % become overdue and, of what is overdue, 20 % are paid in the same month."""
    trade = {"receivables.collected_per_month": 0.5, "receivables.overdue_per_month": 0.1,
             "receivables.overdue_paid_per_month": 0.2}  # fmt: skip
    town = Town(Firm(customer="public_bodies", receivables_public=100_000), parameters=trade).live()
    assert town.line("became_overdue") == fen(10_000)
    assert town.line("collected_public") == fen(50_000)
    assert town.line("collected_overdue") == fen(2_000)
    assert town.firm("overdue_public") == fen(8_000)


def test_a_collection_measure_clears_more_each_month():
    """20 % would be paid anyway, 30 % more by the measure: half of 10,000 yuan of arrears."""
    clearance = measure("clearance", "collection", way="none", clearance_per_month=0.3)
    trade = {"receivables.overdue_paid_per_month": 0.2}
    town = Town(Firm(overdue_public=10_000), measures=[clearance], parameters=trade).live()
    assert town.line("collected_overdue") == fen(2_000)
    assert town.moved("clearance", "cleared_by_public_bodies") == fen(3_000)


def test_disputed_claims_are_left_out_of_collection_measures():
    clearance = measure("clearance", "collection", way="none", clearance_per_month=0.3)
    trade = {"receivables.overdue_paid_per_month": 0.2, "receivables.disputed_share": 1.0}
    town = Town(Firm(overdue_public=10_000), measures=[clearance], parameters=trade).live()
    assert town.line("collected_overdue") == fen(2_000)


def test_small_arrears_are_paid_by_their_deadline():
    """Three settlements up to 31 March: a third of 9,000 yuan, half of the rest, all of it."""
    small = measure("small", "collection", way="none", ceiling_yuan=300_000, cleared_by=date(2022, 3, 31))
    town = Town(Firm(overdue_public=9_000), until=date(2022, 3, 31), measures=[small]).live()
    assert [town.moved("small", "cleared_by_public_bodies", m) for m in (JAN, FEB, MAR)] == [fen(3_000)] * 3


def test_private_customers_pay_late_or_never():
    """Of 10,000 yuan 10 % are lost; of what is left half is collected."""
    trade = {"receivables.private_default_per_month": 0.1, "receivables.collected_per_month": 0.5}
    town = Town(Firm(customer="other_firms", receivables_private=10_000), parameters=trade).live()
    assert town.line("bad_debt") == fen(1_000)
    assert town.line("collected_private") == fen(4_500)


def test_facts_of_the_month():
    """Who has a loan, was short of cash in the month before, is owed overdue money: what measures may ask for."""
    plain = Town(Firm()).live()
    assert not any(plain.has_fact(fact) for fact in ("has_loan", "short_of_cash", "overdue_receivables"))
    loan = Firm(loan=10_000, loan_due=date(2023, 6, 1), overdue_public=5_000)
    town = Town(loan).live()
    assert town.has_fact("has_loan")
    assert town.has_fact("overdue_receivables")
    short = Town(Firm(sales=45_000, cash=0), until=date(2022, 2, 28)).live()
    assert short.has_fact("short_of_cash")


def test_cultivated_firms_sell_more_and_need_less_material():
    """10 % more sales, a tenth less material: 110,000 yuan and 0.5 x 110,000 x 0.9."""
    cultivation = measure("cultivation", "cultivation", demand=1.1, materials=0.9)
    town = Town(Firm(materials_share=0.5), until=date(2022, 2, 28), measures=[cultivation]).live()
    assert town.line("sales_cash", FEB) == fen(110_000)
    assert town.paid("materials", FEB) == fen(49_500)


def test_what_a_firm_expects_to_sell_follows_what_it_has_sold():
    """Half of usual sales are made. A quarter of the error is learned each month: 1 - 0.125, then 0.875 - 0.09375."""
    learns = {"firm.expectation_weight": 0.25}
    town = Town(Firm(), until=date(2022, 2, 28), trade=0.5, parameters=learns).live()
    assert town.firm("expected") == 0.78125


def test_a_firm_that_was_stopped_for_a_part_of_the_month_expects_what_it_did():
    learns = {"firm.expectation_weight": 0.25, "restart.incidence": 0.0, "restart.funds_cash_months": 0.0}
    stopped = (date(2022, 1, 20), date(2022, 1, 25))
    towns = [Town(Firm(expected=0.5), until=end, closed=stopped, parameters=learns) for end in ENDS]
    assert [town.live().firm("expected") for town in towns] == [0.625, 0.625, 0.71875]


def test_who_has_no_usual_sales_expects_what_he_did():
    town = Town(Firm(sales=0, expected=0.5), parameters={"firm.expectation_weight": 0.25}).live()
    assert town.firm("expected") == 0.5


def test_what_is_delivered_on_contract_is_no_reason_to_expect_more():
    town = Town(Firm(expected=0.5), trade=0.5, parameters={"firm.expectation_weight": 0.25})
    town.run.state.firms.contract_backlog[0] = fen(500_000)
    town.live()
    assert town.line("sales_public") > fen(50_000)
    assert town.firm("expected") == 0.5


def test_a_general_taxpayer_adds_to_its_vat_credit():
    """A stock of 1.8 months of sales grew over 36 months: a twentieth of monthly sales a month."""
    stock = {"population.vat_credit_months": 1.8, "tax.vat_credit_build_up_months": 36.0}
    town = Town(Firm(flags=("vat_general",), vat_credit=1_000), parameters=stock).live()
    assert town.firm("vat_credit") == fen(1_000 + 5_000)
