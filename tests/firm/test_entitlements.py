"""What a measure pays one firm, who has it by itself, who files for it, and what an empty fund does."""

from __future__ import annotations

from datetime import date

import pytest

from tests.few_firms import Firm, Town, fen, measure

FIRM = Firm(staff=10, wage=4_000, sales=100_000, rent=8_000, insured_share=0.5, vat_credit=36_000, quality_deposit=200)


@pytest.mark.parametrize(
    ("values", "yuan"),
    [
        ({"amount_yuan": 1_000, "per": "firm"}, 1_000),
        ({"amount_yuan": 500, "per": "head"}, 500 * 10),
        ({"amount_yuan": 500, "per": "head", "cap_yuan": 3_000}, 3_000),
        ({"amount_yuan": 0.02, "per": "sales"}, 2_000),
        ({"amount_yuan": 0.5, "per": "rent"}, 4_000),
    ],
)
def test_a_grant_is_so_much_for_each_unit_of_its_base(values, yuan):
    town = Town(FIRM, measures=[measure("grant", "grant", **values)]).live()
    assert town.moved("grant", "granted") == fen(yuan)


def test_a_refund_of_last_years_unemployment_premiums():
    """Half of the staff are insured: 12 months of 20,000 yuan at 0.7 %; 90 % of it comes back."""
    refund = measure("refund", "refund", base="unemployment_premiums_last_year", share=0.9)
    town = Town(FIRM, measures=[refund]).live()
    assert town.moved("refund", "granted") == fen(12 * 20_000 * 0.007 * 0.9)


def test_a_refund_of_vat_credits_is_the_firms_own_money_and_no_income():
    refund = measure("refund", "refund", base="vat_credit_stock", share=1)
    town = Town(FIRM, measures=[refund]).live()
    assert town.moved("refund", "vat_refunded") == fen(36_000)
    assert town.firm("vat_credit") == 0
    without = Town(FIRM).live()
    assert town.firm("profit_this_year") == without.firm("profit_this_year")
    assert town.firm("cash") == without.firm("cash") + fen(36_000)


def test_a_deposit_is_returned_once():
    refund = measure("refund", "refund", base="quality_deposit", share=1)
    town = Town(FIRM, until=date(2022, 2, 28), measures=[refund]).live()
    assert town.moved("refund", "deposit_returned") == fen(200)
    assert town.firm("quality_deposit") == 0


def test_a_share_that_is_paid_anyway_moves_nothing():
    """60 % of the stock would be refunded in any case: only 30 % of 90 % are the measure's."""
    refund = measure("refund", "refund", base="vat_credit_stock", share=0.9, standing_share=0.6)
    assert Town(FIRM, measures=[refund]).live().moved("refund", "vat_refunded") == fen(36_000 * 0.3)


def test_a_monthly_grant_is_paid_every_month_and_a_single_one_once():
    """Delivered in January, the monthly one is paid again in February and March."""
    grants = [measure(name, "grant", amount_yuan=100, per="firm", repeats=name) for name in ("once", "monthly")]
    town = Town(FIRM, until=date(2022, 3, 31), measures=grants).live()
    assert town.moved("once", "granted") == fen(100)
    assert town.moved("monthly", "granted") == 3 * fen(100)


@pytest.mark.parametrize(
    ("eligible", "has"),
    [
        ({"sizes": ["micro"]}, True),
        ({"sizes": ["small", "medium"]}, False),
        ({"sectors": ["hard_hit"]}, True),
        ({"sectors": ["construction"]}, False),
        ({"landlords": ["state"]}, False),
        ({"flags": ["technology"]}, False),
        ({"facts": ["short_of_cash"]}, False),
        ({"prefectures": ["5301"]}, True),
        ({"prefectures": ["5303"]}, False),
    ],
)
def test_only_who_qualifies_has_a_measure(eligible, has):
    """A micro caterer in Kunming that rents from a private landlord and can pay its bills."""
    grant = measure("grant", "grant", amount_yuan=100, per="firm", eligible=eligible)
    assert Town(FIRM, measures=[grant]).live().has("grant") is has


def test_a_firm_files_at_most_three_applications_a_month():
    """Five measures to apply for: three in January, the other two in February."""
    grants = [
        measure(f"grant_{k}", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
        for k in range(5)
    ]
    town = Town(FIRM, until=date(2022, 2, 28), measures=grants).live()
    filed = [sum(town.cases(one.id, "applied", month) for one in grants) for month in (0, 1)]
    assert filed == [3, 2]


def test_who_would_never_ask_does_not_apply():
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    town = Town(FIRM, measures=[grant], parameters={"delivery.apply_share": 0.0}).live()
    assert town.cases("grant", "applied") == 0
    assert not town.has("grant")


def test_who_does_not_know_of_a_measure_does_not_apply():
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    town = Town(FIRM, measures=[grant], parameters={"delivery.awareness_per_month": 0.0}).live()
    assert town.cases("grant", "applied") == 0


@pytest.mark.parametrize(("refusal", "waits"), [(0.0, False), (1.0, False), (None, True)])
def test_a_firm_waits_from_the_day_on_which_it_files_until_it_is_decided(refusal, waits):
    """Decided on within a day, one way or the other, or after ninety."""
    delivery = {"processing_days": 90} if refusal is None else {"refusal_share": refusal}
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm", **delivery)
    town = Town(FIRM, measures=[grant]).live()
    assert town.cases("grant", "applied") == 1
    assert bool(town.firm("waiting")[0]) is waits
    assert bool(town.firm("applied")[0]) is True
    assert town.has("grant") is (refusal == 0.0)


def test_who_would_never_ask_has_decided_and_does_not_wait():
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    town = Town(FIRM, measures=[grant], parameters={"delivery.apply_share": 0.0}).live()
    assert (bool(town.firm("applied")[0]), bool(town.firm("waiting")[0])) == (True, False)


def test_nothing_is_given_before_the_first_day_or_after_the_last():
    """In force in February only: the rents of January and March are paid."""
    waiver = measure("waiver", "relief", flows=["rent"], share=1, start=date(2022, 2, 1), end=date(2022, 2, 28))
    town = Town(FIRM, until=date(2022, 3, 31), measures=[waiver]).live()
    assert [town.paid("rent", month) for month in range(3)] == [fen(8_000), 0, fen(8_000)]
