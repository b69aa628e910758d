"""A bank on paper: whom it lends to, how much, at what rate, and when it has lent what it may.

A firm that is short of cash asks on Saturday 15 January; the bank decides on Monday. Its judgement is without noise
and every reason but the one that a case is about weighs nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, fen, measure

MONDAY = date(2022, 1, 17)
SHORT = Firm(sales=45_000, cash=0)  # 3,900 yuan short of 48,000 of wages and rent and 900 of materials
OUTLAYS = 48_000 + 0.3 * 900
DEBTOR = Firm(loan=1_000_000, loan_due=date(2023, 6, 1))  # so that something is lent, of which new loans are a part
PLAIN: dict[str, Any] = {
    "credit.never_applies_share": 0.0,
    "credit.base": 0.1,
    "credit.margin_weight": 0.0,
    "credit.leverage_weight": 0.0,
    "credit.collateral_bonus": 0.0,
    "credit.record_malus": 0.0,
    "credit.noise": 0.0,
    "credit.processing_days": 0.0,
    "credit.cases_per_day": 1e6,
    "credit.growth_per_year": 11.75,
    "credit.amount_months": 3.0,
}


def asking(firm: Firm = SHORT, *measures: Measure, **credit: float) -> Town:
    """The firm and somebody who has a loan, up to the bank's decision."""
    changed = {f"credit.{name}": value for name, value in credit.items()}
    return Town(firm, DEBTOR, until=MONDAY, measures=measures, parameters={**PLAIN, **changed}).live()


def test_a_firm_that_is_short_of_cash_borrows_three_months_of_outlays():
    town = asking()
    assert (town.cases("loan", "applied"), town.cases("loan", "paid")) == (1, 1)
    assert town.firm("loan") == town.firm("cash") == 3 * fen(OUTLAYS)
    assert town.has_fact("new_loan")


def test_a_firm_that_has_cash_does_not_ask():
    assert asking(Firm()).cases("loan", "applied") == 0


@pytest.mark.parametrize(("cash", "asks"), [(47_199, 1), (47_200, 0)])
def test_a_firm_whose_cash_is_below_its_target_asks_although_it_has_paid_everybody(cash, asks):
    """100,000 - 50,000 yuan come in; the target is two months of 48,600."""
    firm = Firm(cash=cash)
    parameters = {**PLAIN, "tax.income_tax": 0.0}
    assert Town(firm, DEBTOR, until=MONDAY, parameters=parameters).live().cases("loan", "applied") == asks
    less = {**parameters, "firm.tight_share": 0.9}
    assert Town(firm, DEBTOR, until=MONDAY, parameters=less).live().cases("loan", "applied") == 0


def test_a_negative_score_refuses():
    town = asking(base=-0.1)
    assert town.cases("loan", "refused") == 1
    assert town.firm("loan") == 0


def test_collateral_makes_good_for_what_a_score_lacks():
    secured = Firm(sales=45_000, cash=0, flags=("collateral",))
    assert asking(SHORT, base=-0.3, collateral_bonus=0.5).cases("loan", "refused") == 1
    assert asking(secured, base=-0.3, collateral_bonus=0.5).cases("loan", "paid") == 1


@pytest.mark.parametrize(("waiver", "station"), [(0.5, "refused"), (0.7, "paid")])
def test_a_measure_takes_part_of_the_missing_collateral_away(waiver, station):
    """0.3 below zero and a bonus of 0.5: half of it is not enough, seven tenths of it are."""
    support = measure("support", "credit", way="none", collateral_waiver=waiver)
    assert asking(SHORT, support, base=-0.3, collateral_bonus=0.5).cases("loan", station) == 1


def test_a_firm_in_the_red_has_a_lower_score():
    """3,900 yuan lost on sales of 45,000: a margin of -8.7 %, which at a weight of 4 takes 0.35 off."""
    assert asking(SHORT, base=0.4, margin_weight=4.0).cases("loan", "paid") == 1
    assert asking(SHORT, base=0.3, margin_weight=4.0).cases("loan", "refused") == 1


def test_the_support_of_several_measures_adds_up():
    support = [measure(name, "credit", way="none", approval=0.2) for name in ("one", "two")]
    assert asking(SHORT, support[0], base=-0.3).cases("loan", "refused") == 1
    assert asking(SHORT, *support, base=-0.3).cases("loan", "paid") == 1


def test_a_rate_cut_holds_for_the_new_loan_and_the_old_one_keeps_its_rate():
    """144,000 yuan at 6 - 1 % beside 144,000 at 6 %: 5.5 % on all of it."""
    indebted = Firm(sales=45_000, cash=720, loan=144_000, loan_rate=0.06, loan_due=date(2023, 6, 1))
    cut = measure("cut", "credit", way="none", rate_cut=0.01)
    town = asking(indebted, cut, amount_months=144_000 / (OUTLAYS + 720))
    assert town.firm("loan") == 2 * fen(144_000)
    assert town.firm("loan_rate") == pytest.approx(0.055)


def test_a_bank_that_has_lent_what_it_may_in_a_month_lets_the_others_wait():
    """A million is lent and a tenth of it may be lent anew: the first 144,000 yuan pass that, the second firm waits."""
    changed = {**PLAIN, "credit.growth_per_year": 0.95}
    town = Town(SHORT, SHORT, DEBTOR, until=MONDAY, parameters=changed).live()
    assert (town.cases("loan", "paid"), town.waiting("loan")) == (1, 1)


def test_incentives_raise_what_may_be_lent():
    """What may be lent in February is set on 31 January: a tenth of what is lent then, by a factor of 1.5."""
    more = measure("more", "credit", way="none", supply=1.5)
    town = Town(DEBTOR, measures=[more], parameters={**PLAIN, "credit.growth_per_year": 0.95}).live()
    assert town.run.banks.supply[0] == pytest.approx(0.15 * fen(1_000_000))
