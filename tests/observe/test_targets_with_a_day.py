"""Outcomes of targets by hand: arrears cleared and with a plan, a fund used, growth; each on the day of its target."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.few_firms import Firm, Town, measure

JUNE, YEAR = date(2022, 6, 30), date(2022, 12, 31)
OWED = Firm(overdue_public=9_000)


def clearing(start: date = date(2022, 6, 1), **more: Any) -> Any:
    """A measure that clears a third of the arrears a month, from June 2022 on."""
    return measure("clearing", "collection", way="none", start=start, **{"clearance_per_month": 1 / 3, **more})


def test_a_third_of_what_stood_before_the_plan_is_cleared_in_its_month():
    """What an individual business is owed is another clause's, and is paid too."""
    individual = Firm(size="individual", overdue_public=900_000)
    result = Town(OWED, individual, until=JUNE, measures=[clearing()]).live().result
    assert result.value("arrears_cleared") == pytest.approx(3_000 / 9_000)


def test_what_becomes_overdue_since_is_to_be_cleared_as_well():
    """Of 10,000 yuan of claims a tenth falls overdue each month: 5,904.90 are left before June, 590.49 follow in it."""
    late = {"receivables.overdue_per_month": 0.1, "receivables.collected_per_month": 0.0}
    one = Firm(customer="public_bodies", receivables_public=10_000)
    result = Town(one, until=JUNE, measures=[clearing()], parameters=late).live().result
    standing, found = 10_000 - 5_904.9, 590.49
    assert result.value("arrears_cleared") == pytest.approx(1 / 3, abs=1e-5)
    two = {**late, "receivables.disputed_share": 1.0}  # what is disputed is nobody's to clear
    disputed = Town(one, until=JUNE, measures=[clearing()], parameters=two).live().result
    assert disputed.value("arrears_cleared") != disputed.value("arrears_cleared")  # missing
    usual = {**late, "receivables.overdue_paid_per_month": 0.0}
    no_measure = Town(one, until=JUNE, parameters=usual).live().result
    assert no_measure.value("arrears_cleared") == 0.0
    assert no_measure.value("arrears_to_firms") == pytest.approx(100 * (standing + found), abs=10)


@pytest.mark.parametrize(
    ("start", "debtors", "share"),
    [(date(2022, 6, 30), "in_difficulty", 1.0), (date(2022, 7, 1), "in_difficulty", 0.0), (JUNE, "able", 0.0)],
)
def test_a_plan_counts_that_is_there_on_the_day_of_its_target(start, debtors, share):
    """The run goes on until December, when every arrear has a plan or has been paid."""
    difficult = {"receivables.difficult_share": 1.0}
    plan = clearing(start, debtors=debtors, clearance_per_month=0.04)
    result = Town(OWED, until=YEAR, measures=[plan], parameters=difficult).live().result
    assert result.value("arrears_with_plan") == share


def test_a_quarter_of_the_fund_is_used():
    grant = measure("grant", "grant", amount_yuan=1_000, per="firm", fund="sme_development")
    result = Town(Firm(), until=YEAR, measures=[grant], funds={"sme_development": 4_000}).live().result
    assert result.value("sme_fund_used") == pytest.approx(0.25)


def test_without_the_fund_its_use_is_unknown():
    used = Town(Firm(), until=JUNE).live().result.value("sme_fund_used")
    assert used != used


def test_growth_is_a_year():
    """One of four leaves within half a year: at that pace 0.75 to the power of 365 / 181 are left after a year."""
    impatient = {"firm.patience_months_min": 3.0, "firm.patience_beyond_min_months": 0.0, "firm.distress_months": 0.0}
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=1, eligible={"facts": []})
    three, closes = Firm(weight=3), Firm(sales=45_000, cash=0)
    result = Town(three, closes, until=JUNE, measures=[waiver], parameters=impatient).live().result
    assert result.value("survivors") == 3
    assert result.value("entity_growth") == pytest.approx(0.75 ** (365 / 181) - 1.0)
