"""What is owed to a firm beyond its day: debts of one size, debtors with and without money, who pays (clause I.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.few_firms import Firm, Town, fen, measure

JAN, FEB, MAR = range(3)
OWED = Firm(overdue_public=9_000)
BY_LARGE = Firm(customer="large_firms", overdue_public=9_000)


def clearing(**more: Any) -> Any:
    """A measure that clears a third of the arrears a month."""
    return measure("clearing", "collection", way="none", **{"clearance_per_month": 1 / 3, **more})


def cleared(town: Town, by: str = "public_bodies", month: int | None = None) -> int:
    """Fen that debtors have paid for the measure."""
    return town.moved("clearing", f"cleared_by_{by}", month)


def test_a_public_body_pays_out_of_the_fund_of_its_prefecture():
    town = Town(OWED, measures=[clearing(fund="treasury")], funds={"treasury": 5_000}).live()
    assert cleared(town) == fen(3_000)
    assert town.left("treasury") == fen(2_000)
    assert town.firm("overdue_public") == fen(6_000)


def test_and_does_not_pay_without_money():
    town = Town(OWED, measures=[clearing(fund="treasury")], funds={"treasury": 2_999}).live()
    assert (cleared(town), town.left("treasury")) == (0, fen(2_999))
    assert town.firm("overdue_public") == fen(9_000)


def test_what_arrears_take_is_missing_for_what_else_the_fund_pays():
    """Two firms, 3,000 yuan: who is owed settles first, and nothing is left for the grant of the other."""
    grant = measure("grant", "grant", amount_yuan=3_000, per="firm", fund="treasury", eligible={"sizes": ["small"]})
    firms = [OWED, Firm(size="small")]
    town = Town(*firms, measures=[clearing(fund="treasury"), grant], funds={"treasury": 3_000}).live()
    assert (cleared(town), town.has("grant", 1)) == (fen(3_000), False)
    assert Town(*firms, measures=[grant], funds={"treasury": 3_000}).live().has("grant", 1)


def test_a_large_firm_pays_only_what_it_can_find():
    """It owes 20,000 yuan on time, a tenth of that is what it can find: 2,000, while 3,000 are asked for."""
    trade = {"receivables.collected_per_month": 0.5, "receivables.large_firms_extra_share": 0.1}
    one = Firm(customer="large_firms", overdue_public=9_000, receivables_public=40_000)
    assert cleared(Town(one, measures=[clearing()], parameters=trade).live(), "large_firms") == 0
    more = {**trade, "receivables.large_firms_extra_share": 0.15}
    assert cleared(Town(one, measures=[clearing()], parameters=more).live(), "large_firms") == fen(3_000)


def test_and_then_pays_its_other_bills_more_slowly():
    """Of 20,000 yuan due 3,000 went to old debts, so the month after pays 0.85 of what is due: 8,500 of 10,000."""
    trade = {"receivables.collected_per_month": 0.5, "receivables.large_firms_extra_share": 0.15}
    one = Firm(customer="large_firms", overdue_public=9_000, receivables_public=40_000)
    town = Town(one, until=date(2022, 2, 28), measures=[clearing(end=date(2022, 1, 31))], parameters=trade).live()
    assert [town.line("collected_large", m) for m in (JAN, FEB)] == [fen(20_000), fen(8_500)]


@pytest.mark.parametrize(
    ("debtors", "in_difficulty", "pays"),
    [(None, 0.0, True), (None, 1.0, True), ("able", 0.0, True), ("able", 1.0, False), ("in_difficulty", 0.0, False),
     ("in_difficulty", 1.0, True)],
)  # fmt: skip
def test_a_measure_may_be_about_debtors_that_can_pay_or_cannot(debtors, in_difficulty, pays):
    difficult = {"receivables.difficult_share": in_difficulty}
    town = Town(OWED, measures=[clearing(debtors=debtors)], parameters=difficult).live()
    assert cleared(town) == (fen(3_000) if pays else 0)


@pytest.mark.parametrize(("debt", "pays"), [(2_000, True), (2_500, True), (9_000, False)])
def test_a_ceiling_is_for_one_debt_and_not_for_all_that_is_owed(debt, pays):
    """9,000 yuan in debts of up to 2,000 are five of 1,800; of up to 2,500 four of 2,250; of up to 9,000 one."""
    sizes = {"receivables.debt_yuan": debt}
    town = Town(OWED, measures=[clearing(ceiling_yuan=2_250)], parameters=sizes).live()
    assert cleared(town) == (fen(3_000) if pays else 0)


def test_a_deadline_asks_for_what_the_other_payments_leave_of_its_part():
    """Three months to go: a third of 9,000 yuan is due, of which 900 are paid anyhow and 1,800 by another measure."""
    deadline = measure("deadline", "collection", way="none", cleared_by=date(2022, 3, 31))
    tenth = {"receivables.overdue_paid_per_month": 0.1}
    town = Town(OWED, measures=[clearing(clearance_per_month=0.2), deadline], parameters=tenth).live()
    assert town.line("collected_overdue") == fen(900)
    assert cleared(town) == fen(1_800)
    assert town.moved("deadline", "cleared_by_public_bodies") == fen(300)


def test_the_ledger_names_the_payer():
    town = Town(OWED, BY_LARGE, measures=[clearing()], parameters={"receivables.collected_per_month": 1.0}).live()
    table = town.result.ledger
    paid = table[table["kind"] == "cleared"].set_index("payer")["amount_fen"]
    assert paid.to_dict() == {"prefectures": fen(3_000)}  # a large firm that owes nothing on time finds nothing
