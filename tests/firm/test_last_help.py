"""When a firm was last helped by what has an end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.few_firms import Firm, Town, measure

APRIL, DECEMBER = date(2022, 4, 30), date(2022, 12, 31)


def last_helped(*measures, until=DECEMBER, firm=None) -> int:
    return Town(firm or Firm(rent=8_000), until=until, measures=measures).live().result.fates["last_helped"].iloc[0]


@pytest.mark.parametrize(
    ("values", "month"),
    [
        ({"end": APRIL}, 3),
        ({"months": 2}, 1),
        ({}, -1),  # a rule that stands for good
        ({"end": DECEMBER}, -1),  # nobody sees it end
        ({"withdrawn": date(2022, 3, 1)}, 1),  # though it was to stand
    ],
)
def test_a_relief_helps_until_it_ends_and_one_that_stands_for_good_is_no_help_that_ends(values, month):
    assert last_helped(measure("waiver", "relief", flows=["rent"], share=1, **values)) == month


def test_payments_help_when_they_are_made():
    """On 15 March, or every month from then on."""
    once = {"amount_yuan": 100, "per": "firm", "start": date(2022, 3, 1)}
    assert last_helped(measure("grant", "grant", **once)) == 2
    assert last_helped(measure("grant", "grant", repeats="monthly", **once)) == -1
    assert last_helped(measure("grant", "grant", repeats="monthly", end=APRIL, **once)) == 3


def test_what_is_put_off_helps_when_it_is_put_off_not_until_it_falls_due():
    later = {"share": 1, "until": APRIL, "repay_from": date(2022, 10, 1)}
    assert last_helped(measure("later", "deferral", flows=["rent"], **later)) == 3
    loan = Firm(loan=20_000, loan_due=date(2022, 2, 10))
    later["loan_months"] = 6
    assert last_helped(measure("later", "deferral", flows=["principal"], **later), firm=loan) == 1


def test_the_last_of_several_measures_counts():
    waiver = measure("waiver", "relief", flows=["rent"], share=0.5, months=2)
    stands = measure("stands", "relief", flows=["rent"], share=0.5)
    grant = measure("grant", "grant", amount_yuan=100, per="firm", start=date(2022, 6, 1))
    assert last_helped(waiver, stands, grant) == 5
