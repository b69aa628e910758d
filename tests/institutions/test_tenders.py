"""Tenders on paper: 400 lots of goods a month for 200,000 yuan each from wholesalers in Kunming.

Prices do not scatter, so a large bidder wins against every smaller one when it is cheaper, and never when it is not.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.institutions.tenders import SOLD
from sim.measure import Measure
from sim.population.contracts import lot_classes
from sim.vocabulary import SECTORS
from tests.few_firms import Firm, Town, fen, load_parameters, measure

LOTS, LOT = 400, 200_000
SELLER = Firm(sector="wholesale", sales=1_000_000_000, staff=2, cash=1e12)
GOODS_OF_WHOLESALERS = SOLD.index(("goods", SECTORS.index("wholesale")))
PLAIN: dict[str, Any] = {
    "procurement.form_share": {"goods": 1.0, "works": 0.0, "services": 0.0},
    "procurement.lot_yuan": {"goods": LOT, "works": 1_000_000, "services": 1_000_000},
    "procurement.lot_spread": 0.0,
    "procurement.reserved_below_yuan": {"goods": 0, "works": 0, "services": 0},
    "procurement.reserved_for_small_and_micro": 0.0,
    "procurement.bidders_per_lot": 5.0,
    "procurement.price_sd": 0.0,
    "procurement.large_advantage": 0.10,
    "procurement.large_bidder_share": 1.0,
    "procurement.consortium_share": 0.0,
    "procurement.baseline_price_deduction": 0.0,
    "procurement.baseline_consortium_bonus": 0.0,
    "procurement.baseline_reserved_works": 0.0,
    "procurement.baseline_reserved_goods_services": 0.0,
    "procurement.finance_share": 0.0,
    "procurement.working_capital_months": 0.0,
    "procurement.delivery_share_per_month": 0.0,
}
ONLY_SMALLER: dict[str, Any] = {"large_bidder_share": 0.0}


def bought(*firms: Firm, lots: int = LOTS, measures: tuple[Measure, ...] = (), **changed: Any) -> Town:
    """A town after public bodies have bought a month's lots of goods from its wholesalers.

    January's, of which notice was given before the first day; where there are measures February's, of which notice was
    given when they were in force.
    """
    parameters = {**PLAIN, **{f"procurement.{name}": value for name, value in changed.items()}}
    until = date(2022, 2, 1) if measures else date(2022, 1, 31)
    town = Town(*firms, measures=measures, parameters=parameters, until=until)
    tenders, buy = town.run.tenders, town.run.tenders.buy

    def of_the_month(day: int) -> None:
        tenders.lots_a_month[:] = 0.0
        tenders.lots_a_month[GOODS_OF_WHOLESALERS, 0, 0] = lots if bool(day) == bool(measures) else 0.0
        buy(day)

    tenders.buy = of_the_month  # type: ignore[method-assign]
    return town.live()


def won(*measures: Measure, **changed: Any) -> dict[str, float]:
    """Share of January's lots of goods that medium, small and micro, and large firms won."""
    medium, small, large = bought(SELLER, measures=measures, **changed).run.tenders.won[0] / (LOTS * fen(LOT))
    return {"medium": medium, "small": small, "large": large}


def test_large_bidders_who_are_ten_percent_cheaper_win_everything():
    """And are paid what they bid: nine tenths of the value."""
    assert won() == {"medium": 0.0, "small": 0.0, "large": pytest.approx(0.9)}


def test_a_deduction_of_more_than_their_advantage_turns_it_round():
    """The micro firm's price of 1.00 counts as 0.80 against 0.90, and it is paid its own price.

    Half of the bidders are large; only where all five of a lot are (1 of 32) is no smaller one there to win.
    """
    deduction = measure("deduction", "procurement", way="none", price_deduction=0.2)
    assert won(large_bidder_share=0.5)["small"] < 0.1
    assert won(deduction, large_bidder_share=0.5)["small"] > 0.9


def test_of_lots_reserved_at_40_percent_smaller_firms_win_about_40_percent():
    """Elsewhere only large firms bid, so smaller ones win the reserved lots and nothing else."""
    reserved = measure("reserved", "procurement", way="none", reserved_goods_services=0.4)
    found = won(reserved)
    assert found["small"] == pytest.approx(0.40, abs=0.06)
    assert found["large"] == pytest.approx(0.9 * (1 - found["small"]))


def test_small_projects_are_reserved_whatever_the_share_is():
    """Ministry of Finance and MIIT (2020) No. 46: up to a value all projects are."""
    assert won(reserved_below_yuan={"goods": LOT, "works": 0, "services": 0})["small"] == 1.0
    assert won(reserved_below_yuan={"goods": LOT - 1, "works": 0, "services": 0})["small"] == 0.0


def test_of_reserved_lots_so_many_are_for_small_and_micro_firms():
    """A medium firm and a micro firm bid alike: the medium one is out of those six in ten."""
    medium = Firm(sector="wholesale", size="medium", sales=1_000_000_000, staff=2, cash=1e12)
    rules = {"baseline_reserved_goods_services": 1.0, "reserved_for_small_and_micro": 0.6}
    town = bought(medium, *[SELLER] * 9, bidders_per_lot=1.0, **rules)
    of_medium, of_small, _ = town.run.tenders.won[0] / (LOTS * fen(LOT))
    assert of_medium == pytest.approx(0.4 * 0.1, abs=0.03)
    assert of_medium + of_small == 1.0
    alone = bought(medium, **rules).run.tenders.won[0] / (LOTS * fen(LOT))
    assert alone[0] == pytest.approx(0.4, abs=0.06), "what is for others only it cannot have"


def test_of_several_measures_the_highest_value_counts():
    measures = [
        measure(name, "procurement", way="none", reserved_goods_services=share)
        for name, share in (("low", 0.4), ("all", 1.0))
    ]
    assert won(*measures)["small"] == 1.0


def test_a_firm_bids_for_what_its_free_capacity_holds_and_a_backlog_limits_the_next_bid():
    """Of 1.5 times its sales half, 505,000 yuan a month, is free: contracts of 12 of these, 30 lots."""
    able = Firm(sector="wholesale", sales=1_010_000, staff=2, cash=1e12)
    town = bought(able, **ONLY_SMALLER, capacity=1.5)
    assert town.firm("contract_backlog") == 30 * fen(LOT) - 1, "a fen is delivered whatever the share"
    small, large = town.run.tenders.won[0, 1], town.run.tenders.won[0, 2]
    assert (small, large) == (30 * fen(LOT), 370 * fen(LOT)), "what nobody can deliver a large firm does, at price 1"
    assert bought(able, **ONLY_SMALLER, capacity=1.0).firm("contract_backlog") == 0


def test_a_firm_bids_for_what_it_can_pay_until_it_is_paid():
    """Two months of a fifth of 200,000 yuan, a tenth of it materials: 8,000 yuan; prepaid or lent, half of it."""
    costs = {**ONLY_SMALLER, "working_capital_months": 2.0, "delivery_share_per_month": 0.2}

    def backlog(cash: float, **more: float) -> int:
        firm = Firm(sector="wholesale", sales=10_000_000, staff=0, rent=0, materials_share=0.1, cash=cash)
        return int(bought(firm, lots=1, **costs, **more).firm("contract_backlog"))

    # January's lot is bought on the first day, before anything is sold.
    assert backlog(7_999) == 0
    assert backlog(8_001) > 0
    assert backlog(3_999, prepayment_share=0.02) == 0
    assert backlog(4_001, prepayment_share=0.02) > 0
    assert backlog(3_999, finance_share=0.02) == 0
    assert backlog(4_001, finance_share=0.02) > 0


def test_a_bank_lends_on_a_contract_what_is_lacking():
    """8,000 yuan are needed, 5,000 are there, 2,000 are prepaid: 1,000 yuan are lent."""
    rules = {"working_capital_months": 2.0, "delivery_share_per_month": 0.2, "prepayment_share": 0.01}
    firm = Firm(sector="wholesale", sales=10_000_000, staff=0, rent=0, materials_share=0.1, cash=5_000)
    town = bought(firm, lots=1, **ONLY_SMALLER, **rules, finance_share=0.5)
    assert town.line("loan_drawn") == fen(1_000)
    assert town.line("prepaid") == fen(2_000)
    assert town.firm("loan") == fen(1_000)
    late = Firm(
        sector="wholesale", sales=10_000_000, staff=0, rent=0, materials_share=0.1, cash=5_000, facts=("late_on_loan",)
    )
    assert bought(late, lots=1, **ONLY_SMALLER, **rules, finance_share=0.5).line("prepaid") == 0, "nobody lends to it"


def test_who_owes_taxes_may_not_bid():
    """Government Procurement Law, article 22."""
    town = Town(SELLER, parameters={**PLAIN, "procurement.large_bidder_share": 0.0})
    town.run.tenders.lots_a_month[:] = 0.0
    town.run.tenders.lots_a_month[GOODS_OF_WHOLESALERS, 0, 0] = LOTS
    town.run.state.firms.arrears_public[0] = 1
    town.run.opening[:] = town.run._accounts()  # as if it had come into the world so
    town.live()
    assert town.firm("contract_backlog") == 0


def test_a_large_winner_that_shares_gives_its_part_to_a_small_firm():
    """Every large bidder's cost of sharing is below the bonus: 35 percent of what it wins at 0.9 is given on."""
    shares = {"consortium_share": 0.3, "baseline_consortium_bonus": 0.025, "consortium_part": 0.35}
    bonus = measure("bonus", "procurement", way="none", consortium_bonus=0.09)
    assert won(bonus, **shares)["small"] == pytest.approx(0.35 * 0.9)
    before = won(**shares, bidders_per_lot=1.0)["small"]
    assert before == pytest.approx(0.3 * 0.35 * 0.9, abs=0.03), "without it three in ten share"


def test_projects_are_lognormal_and_works_come_in_packages():
    """The middle of five classes of equal value; 47.8 m yuan of works are ten packages."""
    parameters = load_parameters()
    projects, lots = lot_classes(parameters, "works")
    assert projects[2] == fen(5_000_000 * 2.718281828459045 ** (1.2**2 / 2)) // 1
    assert projects[4] / lots[4] == pytest.approx(10)
    assert (lots <= fen(5_000_000)).all()


def test_what_was_won_is_delivered_a_fifth_a_month_and_owed_by_public_bodies():
    """A contract of 100,000 yuan: 20,000 (and a fen) in the first month."""
    town = Town(Firm(), parameters={"procurement.delivery_share_per_month": 0.2})
    town.run.population.firms.contract_backlog[0] = fen(100_000)
    town.live()
    assert town.line("sales_public") == fen(20_000) + 1
    assert town.firm("contract_backlog") == fen(80_000) - 1


def test_no_more_is_delivered_in_a_month_than_there_is_room_for():
    """Usual sales of 100,000 yuan are sold, 150,000 can be made: 50,000 of a million are delivered."""
    town = Town(Firm(), parameters={"procurement.delivery_share_per_month": 0.2, "procurement.capacity": 1.5})
    town.run.population.firms.contract_backlog[0] = fen(1_000_000)
    town.live()
    assert town.firm("contract_backlog") == fen(950_000)


def test_a_contract_earns_the_firms_own_margin():
    """Twice the sales, half of them on contract, earn twice as much: materials, hands, rent, equipment for each yuan.

    Sales stay below the limit of VAT, and there is no income tax.
    """
    costs = {
        "costs.utilities": 0.02, "costs.fees": 0.01, "costs.depreciation": 0.03, "costs.tolls": 0.01,
        "tax.income_tax": 0.0, "procurement.delivery_share_per_month": 0.2, "procurement.capacity": 2.0,
    }  # fmt: skip
    firm = Firm(sector="construction", sales=60_000, staff=1, wage=6_000, rent=4_000, materials_share=0.6)

    def earned(backlog: int) -> int:
        town = Town(firm, parameters={"procurement.delivery_share_per_month": 0.2, **costs})
        town.run.population.firms.contract_backlog[0] = backlog
        return int(town.live().firm("profit_this_year"))

    alone, doubled = earned(0), earned(5 * fen(60_000) - 5)
    assert alone > 0
    assert doubled == pytest.approx(2 * alone, rel=1e-3)


def test_what_holds_on_the_day_of_notice_holds_for_the_award():
    """A reservation that ends in January still holds for what was announced on the 1st and is awarded in February."""
    for end, small in ((date(2022, 1, 31), 1.0), (date(2021, 12, 31), 0.0)):
        reserved = measure(
            "reserved", "procurement", way="none", reserved_goods_services=1.0, start=date(2021, 12, 1), end=end
        )
        assert won(reserved)["small"] == small
