"""Tenders on paper: 400 lots of goods a month for 200,000 yuan each in Kunming.

Prices do not scatter, so a large bidder wins against every smaller one when it is cheaper, and never when it is not.
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, fen, measure

LOTS, LOT = 400, 200_000
SELLER = Firm(sector="wholesale", sales=1_000_000, staff=2)
PLAIN: dict[str, Any] = {
    "procurement.form_share": {"goods": 1.0, "works": 0.0, "services": 0.0},
    "procurement.lot_yuan": {"goods": LOT, "works": 1_000_000, "services": 1_000_000},
    "procurement.bidders_per_lot": 5.0,
    "procurement.price_sd": 0.0,
    "procurement.large_advantage": 0.10,
    "procurement.large_bidder_share": 1.0,
    "procurement.consortium_share": 0.0,
    "procurement.baseline_price_deduction": 0.0,
    "procurement.baseline_consortium_bonus": 0.0,
    "procurement.baseline_reserved_works": 0.0,
    "procurement.delivery_share_per_month": 0.0,
}


def won(*measures: Measure, **changed: float) -> dict[str, float]:
    """Share of January's lots of goods that medium, small and micro, and large firms won."""
    parameters = {**PLAIN, **{f"procurement.{name}": value for name, value in changed.items()}}
    town = Town(SELLER, measures=measures, parameters=parameters)
    town.run.tenders.lots_a_month[:] = 0.0
    town.run.tenders.lots_a_month[0, 0] = LOTS
    town.live()
    medium, small, large = town.run.tenders.won[0] / (LOTS * fen(LOT))
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


def test_of_several_measures_the_highest_value_counts():
    measures = [
        measure(name, "procurement", way="none", reserved_goods_services=share)
        for name, share in (("low", 0.4), ("all", 1.0))
    ]
    assert won(*measures)["small"] == 1.0


def test_a_firm_bids_for_nothing_that_is_more_than_a_year_of_its_sales():
    """A lot of 200,000 yuan and sales of 10,000 a month: only others can win it, and there are none."""
    small = Firm(sector="wholesale", sales=10_000, staff=0, rent=0)
    town = Town(small, parameters={**PLAIN, "procurement.annual_yuan": 1e9}).live()
    assert town.firm("contract_backlog") == 0


def test_what_was_won_is_delivered_a_fifth_a_month_and_owed_by_public_bodies():
    """A contract of 100,000 yuan: 20,000 (and a fen) in the first month."""
    town = Town(Firm(), parameters={"procurement.delivery_share_per_month": 0.2})
    town.run.population.firms.contract_backlog[0] = fen(100_000)
    town.live()
    assert town.line("sales_public") == fen(20_000) + 1
    assert town.firm("contract_backlog") == fen(80_000) - 1
