"""A bank on paper: whom it lends to, how much, at what rate, and when it has lent what it may.

A firm that is short of cash asks on Saturday 15 January; the bank decides on Monday. Its judgement is without noise
and every reason but the one that a case is about weighs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from sim.population.counties import counties
from tests.few_firms import Firm, Town, bank_giving, fen, measure

MONDAY = date(2022, 1, 17)
SHORT = Firm(sales=45_000, cash=0)  # 3,900 yuan short of 48,000 of wages and rent and 900 of materials
OUTLAYS = 48_000 + 0.3 * 900
DEBTOR = Firm(loan=1_000_000, loan_due=date(2023, 6, 1))  # so that something is lent, of which new loans are a part
PLAIN: dict[str, Any] = {
    **bank_giving(0.1),
    "credit.never_applies_share": 0.0,
    "credit.processing_days": 0.0,
    "credit.cases_per_day": 1e6,
    "credit.growth_per_year": 12.0,
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
    """144,000 yuan at 6 - 1 % beside 144,000 at 6 %: 5.5 % on all of it. It has just paid 720 yuan of interest."""
    indebted = Firm(sales=45_000, cash=4_620, loan=144_000, loan_rate=0.06, loan_due=date(2023, 6, 1))
    cut = measure("cut", "credit", way="none", rate_cut=0.01)
    town = asking(indebted, cut, amount_months=144_000 / (OUTLAYS + 720))
    assert town.firm("loan") == 2 * fen(144_000)
    assert town.firm("loan_rate") == pytest.approx(0.055)


def test_a_bank_that_has_lent_what_it_may_in_a_month_lets_the_others_wait():
    """A million is lent and a tenth of it may be lent anew: the first 144,000 yuan pass that, the second firm waits."""
    changed = {**PLAIN, "credit.growth_per_year": 1.2}
    town = Town(SHORT, SHORT, DEBTOR, until=MONDAY, parameters=changed).live()
    assert (town.cases("loan", "paid"), town.waiting("loan")) == (1, 1)


def test_incentives_raise_what_may_be_lent():
    """What may be lent in February is set on 31 January: a tenth of what is lent then, by a factor of 1.5."""
    more = measure("more", "credit", way="none", supply=1.5)
    town = Town(DEBTOR, measures=[more], parameters={**PLAIN, "credit.growth_per_year": 1.2}).live()
    assert town.run.banks.supply[0] == pytest.approx(0.15 * fen(1_000_000))


# For how long


@pytest.mark.parametrize(("short_share", "term", "days"), [(1.0, 12, 365), (0.0, 36, 1_095)])
def test_a_new_loan_runs_for_a_short_or_a_long_term_from_the_day_on_which_it_is_given(short_share, term, days):
    town = asking(short_share=short_share)
    assert (town.firm("loan_term"), town.firm("loan_due_on")) == (term, MONDAY.day - 1 + days)


def test_of_many_new_loans_the_short_share_is_short():
    much = replace(DEBTOR, loan=100_000_000)
    town = Town(*[SHORT] * 200, much, until=MONDAY, parameters={**PLAIN, "credit.short_share": 0.4}).live()
    terms = [town.firm("loan_term", k) for k in range(200)]
    assert {*terms} == {12, 36}
    assert 0.3 < terms.count(12) / 200 < 0.5


def test_the_old_loan_takes_the_term_and_the_maturity_of_the_new_one():
    indebted = Firm(sales=45_000, cash=0, loan=144_000, loan_due=date(2022, 6, 1), loan_term=12)
    town = asking(indebted, short_share=0.0)
    assert town.firm("loan") > fen(144_000)
    assert (town.firm("loan_term"), town.firm("loan_due_on")) == (36, MONDAY.day - 1 + 1_095)


def test_a_loan_on_claims_has_no_term():
    """3,900 yuan are missing and are borrowed on the day of the settlement, 15 January; the bank decides on Monday."""
    owed = Firm(sales=45_000, cash=0, customer="public_bodies", receivables_public=100_000, loan_due=None)
    slow = {**PLAIN, "receivables.collected_per_month": 0.0, "receivables.confirmed_share": 1.0}
    town = Town(owed, DEBTOR, until=date(2022, 1, 15), parameters=slow).live()
    assert town.firm("loan") == town.firm("advanced") == fen(3_900)
    assert town.firm("loan_due_on") == 32_767


# What may be lent in a month

GROWTH = {
    "credit.never_applies_share": 1.0,
    "credit.growth_per_year": 0.12,
    "tax.income_tax": 0.0,
}  # one in 100 a month
MATURED = Firm(loan=1_000_000, loan_due=date(2022, 1, 1), flags=("collateral",))
IN_PARTS = {**GROWTH, **bank_giving(-0.5), "credit.restructure_span": 1.0, "credit.run_off_months": 10}
# It keeps less than its next wages, so that the bank gets nothing; its loan is bad from the first month on.
BAD = replace(MATURED, sales=52_000, cash=0)
BAD_AT_ONCE = {**IN_PARTS, "credit.bad_after_months": 1, "credit.bad_share_tolerated": 0.25}


def supply(*firms: Firm, until: date = date(2022, 1, 31), prefecture: int = 0, **said: Any) -> float:
    """Fen that the banks of a prefecture may lend from the count at a month's end on."""
    return float(Town(*firms, until=until, **said).live().run.banks.supply[prefecture])


def test_growth_of_what_is_lent_may_be_lent():
    assert supply(DEBTOR, parameters=GROWTH) == pytest.approx(fen(10_000))


def test_what_was_repaid_in_the_month_may_be_lent_anew():
    """A tenth of a million is repaid, and a hundredth of what is left may be added."""
    assert supply(MATURED, parameters=IN_PARTS) == pytest.approx(fen(9_000 + 100_000))


def test_what_was_repaid_is_lent_anew_in_the_next_month_only():
    """The measure puts February's part off."""
    later = measure("later", "deferral", flows=["principal"], share=1, start=date(2022, 2, 1), until=date(2022, 2, 28),
                    repay_from=date(2022, 12, 1), loan_months=6)  # fmt: skip
    after = supply(MATURED, until=date(2022, 2, 28), measures=[later], parameters=IN_PARTS)
    assert after == pytest.approx(fen(9_000))


def test_what_is_renewed_is_not_repaid():
    assert supply(MATURED, parameters={**IN_PARTS, **bank_giving(0.5)}) == pytest.approx(fen(10_000))


def test_what_a_row_of_many_firms_repays_counts_as_many_times():
    assert supply(replace(MATURED, weight=7), parameters=IN_PARTS) == pytest.approx(7 * fen(9_000 + 100_000))


def test_what_a_bank_gets_of_who_leaves_may_be_lent_anew():
    """30,000 yuan and 50,000 of the month pay 20,000 of principal; a hundredth of a million comes on top."""
    leaves = Firm(size="small", cash=30_000, loan=20_000, loan_due=date(2023, 6, 1))
    retires = {**GROWTH, "leaving.retirement_per_year": {"individual": 0.0, "micro": 0.0, "small": 12.0, "medium": 0.0}}
    assert supply(leaves, DEBTOR, parameters=retires) == pytest.approx(fen(20_000 + 10_000))


def test_what_owners_answer_for_after_the_end_is_not_repaid_by_the_firm():
    """2,960 yuan are what there is; of the rest of a million 40 % are recovered, and are not lent anew."""
    pressed = {**BAD_AT_ONCE, "credit.foreclosure_months": 1, "credit.recovery_share": 0.4}
    town = Town(BAD, DEBTOR, parameters=pressed).live()
    assert (town.cause(), town.line("loan_recovered")) == ("insolvent", fen(0.4 * (1_000_000 - 2_960)))
    assert town.run.banks.supply[0] == pytest.approx(fen(10_000 + 2_960))


@pytest.mark.parametrize(("response", "growth"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0), (5.0, 0.0)])
def test_banks_with_more_bad_loans_than_they_tolerate_let_their_book_grow_less(response, growth):
    """Half of two millions are bad, twice what is tolerated: growth falls by the response, not below nothing."""
    bound = {**BAD_AT_ONCE, "credit.supply_response": response}
    assert supply(BAD, DEBTOR, parameters=bound) == pytest.approx(fen(20_000) * growth)


@pytest.mark.parametrize("changed", [{"credit.bad_share_tolerated": 0.5}, {"credit.bad_after_months": 2}])
def test_as_many_as_are_tolerated_bind_nobody_and_a_loan_that_is_only_late_is_not_bad(changed):
    bound = {**BAD_AT_ONCE, "credit.supply_response": 1.0, **changed}
    assert supply(BAD, DEBTOR, parameters=bound) == pytest.approx(fen(20_000))


def test_bad_loans_are_counted_by_amount():
    """A million of four is bad, as much as is tolerated."""
    bound = {**BAD_AT_ONCE, "credit.supply_response": 1.0}
    assert supply(BAD, replace(DEBTOR, loan=3_000_000), parameters=bound) == pytest.approx(fen(40_000))


def test_what_is_repaid_is_lent_anew_whatever_is_bad():
    """A third of nearly three millions is bad, so that nothing is added to what the third firm repays."""
    bound = {**BAD_AT_ONCE, "credit.supply_response": 10.0}
    assert supply(BAD, DEBTOR, MATURED, parameters=bound) == pytest.approx(fen(100_000))


def test_bad_loans_anywhere_in_the_province_bind_all_and_what_is_repaid_is_lent_where_it_was():
    """The bad loan and the one that is repaid in parts lie in the first prefecture, a million more in the last."""
    last = len(counties().prefecture) - 1
    far = replace(DEBTOR, county=last)
    prefecture = int(counties().prefecture[last])
    bound = {**BAD_AT_ONCE, "credit.supply_response": 10.0}
    assert supply(BAD, MATURED, far, parameters=bound) == pytest.approx(fen(100_000))
    assert supply(BAD, MATURED, far, prefecture=prefecture, parameters=bound) == 0
    free = {**bound, "credit.supply_response": 0.0}
    assert supply(BAD, MATURED, far, prefecture=prefecture, parameters=free) == pytest.approx(fen(10_000))


def test_incentives_raise_what_was_repaid_too():
    more = measure("more", "credit", way="none", supply=1.5)
    assert supply(MATURED, measures=[more], parameters=IN_PARTS) == pytest.approx(1.5 * fen(9_000 + 100_000))


def test_in_the_first_month_nothing_is_bad_and_nothing_has_been_repaid():
    town = Town(MATURED, parameters=IN_PARTS)
    assert town.run.banks.supply[0] == pytest.approx(fen(10_000))


# What the central bank pays for the growth of inclusive loans


def incentive(*firms: Firm, share: float | None = 0.02, size: str = "micro", **changed: float) -> Town:
    """A firm in January, which borrows 144,810 yuan, beside a million that is lent; all of it is with local banks."""
    said = {"credit.local_bank_share": 1.0, "credit.incentive_passed_on": 1.0, "credit.short_share": 0.0}
    told = {**PLAIN, **said, **changed}
    measures = [] if share is None else [measure("support", "credit", way="none", growth_incentive=share)]
    return Town(*(firms or (replace(SHORT, size=size), DEBTOR)), measures=measures, parameters=told).live()


@pytest.mark.parametrize(("share", "paid"), [(None, 0.01), (0.005, 0.01), (0.02, 0.02)])
def test_the_central_bank_pays_local_banks_a_share_of_the_growth_of_inclusive_loans(share, paid):
    """One percent without a measure; a measure that says less takes nothing away."""
    assert incentive(share=share).line("loan_incentive") == fen(paid * 3 * OUTLAYS)
    half = {"credit.local_bank_share": 0.5}
    assert incentive(share=share, **half).line("loan_incentive") == fen(0.5 * paid * 3 * OUTLAYS)


def test_nothing_is_paid_for_medium_firms_nor_where_loans_do_not_grow():
    assert incentive(size="medium").line("loan_incentive") == 0
    assert incentive(Firm(), DEBTOR).line("loan_incentive") == 0


def test_what_is_paid_more_comes_off_new_rates_over_the_years_of_a_loan():
    """All that was lent in January is growth: one percent more of it, once, is a third of a percent in three years."""
    assert incentive().run.banks.bank.incentive[0] == pytest.approx(0.01 / 3)
    assert incentive(**{"credit.incentive_passed_on": 0.25}).run.banks.bank.incentive[0] == pytest.approx(0.0025 / 3)
    assert incentive(share=None).run.banks.bank.incentive[0] == 0.0


@pytest.mark.parametrize(("size", "rate"), [("micro", 0.06 - 0.01 / 3), ("medium", 0.06)])
def test_new_loans_of_inclusive_firms_are_cheaper_in_the_next_month(size, rate):
    """The second firm, whose cash lasts through January, asks in February."""
    later = Firm(sales=45_000, cash=7_000, loan_rate=0.06, size=size, buffer_months=0.0)
    told = {"credit.local_bank_share": 1.0, "credit.incentive_passed_on": 1.0, "credit.short_share": 0.0}
    support = measure("support", "credit", way="none", growth_incentive=0.02)
    town = Town(SHORT, later, DEBTOR, until=date(2022, 2, 28), measures=[support],
                parameters={**PLAIN, **told}).live()  # fmt: skip
    assert town.cases("loan", "paid", 0) == 1
    assert town.firm("loan_rate", 1) == pytest.approx(rate)
