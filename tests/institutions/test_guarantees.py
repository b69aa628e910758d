"""Public guarantors on paper: whom they stand in for, how much they can bear, what it costs, who pays in the end.

A firm that is short of cash asks on Saturday 15 January for 144,810 yuan; on Monday its bank gives it 0.3 points less
than it takes. Collateral, or a guarantor in its place, is worth 0.5.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, bank_giving, fen, measure

MONDAY = date(2022, 1, 17)
SHORT = Firm(sales=45_000, cash=0)
AMOUNT = 3 * (48_000 + 0.3 * 900)  # three months of wages, rent and a part of the materials
DEBTOR = Firm(loan=1_000_000, loan_due=date(2023, 6, 1))
BANK: dict[str, Any] = {
    **bank_giving(-0.3),
    "credit.collateral_bonus": 0.5,
    "credit.never_applies_share": 0.0,
    "credit.processing_days": 0.0,
    "credit.cases_per_day": 1e6,
    "credit.growth_per_year": 12.0,
    "credit.amount_months": 3.0,
    "credit.guarantee_limit": 0.1,  # of a million that is lent
    "tax.income_tax": 0.0,
}


def asking(*firms: Firm, measures: tuple[Measure, ...] = (), **credit: Any) -> Town:
    """The firms, or one that is short of cash, and somebody who has a loan, up to the bank's decision."""
    changed = {f"credit.{name}": value for name, value in credit.items()}
    return Town(*(firms or (SHORT, DEBTOR)), until=MONDAY, measures=measures, parameters={**BANK, **changed}).live()


def test_who_is_refused_for_want_of_collateral_borrows_with_a_guarantee_of_the_whole_loan():
    """The guarantors' last 100,000 yuan of room are enough: the last guarantee may go beyond it."""
    town = asking()
    assert town.cases("loan", "paid") == 1
    assert town.firm("loan") == town.firm("guaranteed") == town.line("guaranteed") == fen(AMOUNT)


def test_who_needs_no_guarantor_has_none():
    town = asking(base=0.1)
    assert (town.cases("loan", "paid"), town.firm("guaranteed"), town.line("guaranteed")) == (1, 0, 0)


@pytest.mark.parametrize(("points", "station"), [(-0.49, "paid"), (-0.5, "refused")])
def test_a_guarantee_is_worth_as_much_as_collateral(points, station):
    assert asking(base=points).cases("loan", station) == 1


def test_who_has_collateral_already_gets_no_guarantee_on_top():
    secured = replace(SHORT, flags=("collateral",))
    assert asking(secured, DEBTOR, base=-0.6).cases("loan", "refused") == 1


@pytest.mark.parametrize(("limit", "station"), [(0.100001, "paid"), (0.1, "refused")])
def test_what_is_guaranteed_already_takes_of_what_guarantors_can_bear(limit, station):
    """100,000 yuan of a million are guaranteed."""
    held = replace(DEBTOR, guaranteed=100_000)
    assert asking(SHORT, held, guarantee_limit=limit).cases("loan", station) == 1


def test_when_there_is_no_room_left_the_next_is_refused():
    town = asking(SHORT, SHORT, DEBTOR)
    assert (town.cases("loan", "paid"), town.cases("loan", "refused")) == (1, 1)
    assert [town.firm("guaranteed", k) for k in range(2)] == [fen(AMOUNT), 0]


@pytest.mark.parametrize(("size", "most", "station"), [
    ("micro", 144_810, "paid"), ("micro", 144_809, "refused"), ("medium", 144_810, "refused"),
])  # fmt: skip
def test_guarantors_serve_small_firms_up_to_a_sum(size, most, station):
    mosts = {"individual": 0, "micro": most, "small": 0, "medium": 0}
    assert asking(replace(SHORT, size=size), DEBTOR, guarantee_most_yuan=mosts).cases("loan", station) == 1


# Who expands: half a yuan of a yuan of sales is left, so a turnover of a tenth earns 5 % a year on what is invested

GROWS = Firm(loan_rate=0.0449)
EXPANDS = {"expansion_per_month": 1.0, "asset_turnover": 0.1}


def waiver(until: date | None = None, **eligible: Any) -> Measure:
    """A measure that takes the whole fee off."""
    return measure("waiver", "relief", flows=["guarantee_fee"], share=1, end=until, eligible=eligible)


@pytest.mark.parametrize(("fee", "station"), [(0.005, "paid"), (0.0052, "refused")])
def test_who_expands_takes_a_guarantee_only_if_what_he_invests_earns_interest_and_fee(fee, station):
    town = asking(GROWS, DEBTOR, **EXPANDS, guarantee_fee=fee)
    assert town.cases("loan", station) >= 1
    assert (town.firm("guaranteed") > 0) is (station == "paid")


def test_who_is_short_of_cash_takes_it_whatever_it_costs():
    assert asking(guarantee_fee=0.02, asset_turnover=0.1).cases("loan", "paid") == 1


def test_without_a_fee_some_ask_who_would_not():
    """4.49 % of interest and 1 % of fee are more than 5 %."""
    assert asking(GROWS, DEBTOR, **EXPANDS).firm("guaranteed") == 0
    assert asking(GROWS, DEBTOR, **EXPANDS, measures=(waiver(facts=["has_loan"]),)).firm("guaranteed") > 0


@pytest.mark.parametrize(("until", "asks"), [(date(2022, 7, 15), True), (date(2022, 5, 16), False)])
def test_of_a_waiver_counts_what_it_takes_off_the_fee_of_a_year(until, asks):
    """Six months of twelve leave half a percent, so 4.99 % in all; four months leave two thirds, 5.16 %."""
    assert (asking(GROWS, DEBTOR, **EXPANDS, measures=(waiver(until),)).firm("guaranteed") > 0) is asks


@pytest.mark.parametrize("of_others", [waiver(sizes=["small"]), waiver(facts=["hit_by_epidemic"])])
def test_a_waiver_for_others_does_not_count(of_others):
    assert asking(GROWS, DEBTOR, **EXPANDS, measures=(of_others,)).firm("guaranteed") == 0


# What becomes of it

HELD = Firm(loan=120_000, guaranteed=60_000, loan_due=date(2022, 1, 1))


@pytest.mark.parametrize(("guaranteed", "line"), [(120_000, "renewed"), (73_000, "renewed"), (71_000, "restructured")])
def test_at_maturity_the_guaranteed_part_of_a_loan_is_the_part_of_collateral_that_counts(guaranteed, line):
    """0.3 points are missing: three fifths of 0.5, of 120,000 yuan 72,000."""
    firm = replace(HELD, guaranteed=guaranteed)
    assert Town(firm, parameters=BANK).live().line(line) == fen(120_000)


def test_what_is_repaid_is_the_rest_first():
    """Half of 120,000 yuan is repaid: a guarantee of 60,000 stays as it is, one of 90,000 does not."""
    parts = {**BANK, "credit.never_applies_share": 1.0, "credit.run_off_months": 2, "credit.collateral_bonus": 0.0}
    town = Town(HELD, until=date(2022, 1, 31), parameters=parts).live()
    assert (town.firm("loan"), town.firm("guaranteed")) == (fen(60_000), fen(60_000))
    town = Town(replace(HELD, guaranteed=90_000), until=date(2022, 1, 31), parameters=parts).live()
    assert (town.firm("loan"), town.firm("guaranteed")) == (fen(60_000), fen(60_000))


def test_guarantors_pay_the_bank_four_fifths_of_its_loss_on_what_they_guaranteed():
    """2,960 yuan are what there is; owners pay 40 % of 997,040; of the 598,224 left a half was guaranteed."""
    fails = Firm(sales=52_000, cash=0, loan=1_000_000, guaranteed=500_000, loan_due=date(2022, 1, 1))
    pressed = {
        **bank_giving(-0.5), "credit.run_off_months": 10, "credit.foreclosure_months": 1, "credit.recovery_share": 0.4,
        "credit.growth_per_year": 0.12, "credit.guarantee_risk_share": 0.8, "credit.guarantee_fee": 0.0,
        "tax.income_tax": 0.0,
    }  # fmt: skip
    town = Town(fails, DEBTOR, parameters=pressed).live()
    assert (town.cause(), town.firm("guaranteed")) == ("insolvent", 0)
    compensated = fen(0.8 * 598_224 / 2)
    assert town.line("compensated") == compensated
    assert town.line("written_off_loan") == fen(598_224) - compensated
    # What guarantors pay may be lent anew, beside what was repaid and a hundredth of the million that is left.
    assert town.run.banks.supply[0] == pytest.approx(fen(2_960 + 10_000) + compensated)


def test_room_comes_back_at_the_next_count_when_a_guaranteed_loan_is_gone():
    """At the start 100,000 yuan of two millions can be guaranteed and are; then half of them are repaid."""
    parts = {
        **BANK,
        "credit.never_applies_share": 1.0,
        "credit.run_off_months": 2,
        "credit.guarantee_limit": 0.05,
        "credit.collateral_bonus": 0.0,
    }
    held = Firm(loan=1_000_000, guaranteed=1_000_000, loan_due=date(2022, 1, 1))
    town = Town(held, DEBTOR, parameters=parts)
    assert town.run.banks.room[0] == pytest.approx(fen(100_000 - 1_000_000))
    assert town.live().run.banks.room[0] == pytest.approx(fen(100_000 - 500_000))
