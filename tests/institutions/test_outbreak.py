"""A closure on paper: everybody is stopped from 1 to 10 February 2022 and free from Friday the 11th on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.vocabulary import Status
from tests.few_firms import Firm, Town, fen, measure

CLOSED = (date(2022, 2, 1), date(2022, 2, 10))
FEB = 1
NO_PROBLEMS: dict[str, Any] = {
    "restart.incidence": {"labour": 0.0, "materials": 0.0, "transport": 0.0},
    "restart.funds_cash_months": 0.0,
}
NO_LABOUR: dict[str, Any] = {
    **NO_PROBLEMS,
    "restart.incidence": {"labour": 1.0, "materials": 0.0, "transport": 0.0},
    "restart.mean_days": 1_000.0,  # years, and cash lasts for decades
}


def closed(until: date, *measures: Any, firm: Firm | None = None, **parameters: Any) -> Town:
    """One firm through the closure."""
    return Town(firm or Firm(), until=until, closed=CLOSED, measures=measures, parameters=parameters).live()


def test_who_is_closed_for_ten_days_of_a_month_of_31_sells_the_rest():
    """From 15 January to 14 February 31 days; 21 of them are worked."""
    town = closed(date(2022, 2, 28), **NO_PROBLEMS)
    assert town.line("sales_cash", FEB) == pytest.approx(fen(100_000 * 21 / 31), abs=1)
    assert town.has_fact("county_listed")
    assert town.has_fact("hit_by_epidemic")


def test_who_is_closed_pays_part_of_the_wages_and_all_of_the_rent():
    """Still closed on 15 February: six tenths of the wages (`firm.wage_share_when_suspended`)."""
    town = Town(
        Firm(), until=date(2022, 2, 28), closed=(date(2022, 2, 1), date(2022, 2, 20)), parameters=NO_PROBLEMS
    ).live()
    assert town.paid("wages", FEB) == fen(40_000 * 0.6)
    assert town.paid("rent", FEB) == fen(8_000)


def test_a_firm_without_problems_works_again_on_the_first_free_day():
    assert not closed(date(2022, 2, 10), **NO_PROBLEMS).is_open()
    assert closed(date(2022, 2, 11), **NO_PROBLEMS).is_open()


def test_a_firm_that_lacks_labour_stays_stopped_while_nobody_helps():
    assert closed(date(2022, 3, 31), **NO_LABOUR).firm("status") == Status.SUSPENDED


@pytest.mark.parametrize(("cash", "works"), [(25_103, False), (25_104, True)])
def test_a_firm_without_half_a_month_of_cash_lacks_funds(cash, works):
    """40,000 + 8,000 + 0.3 x 960 yuan of outlays a month: 24,144 are needed to begin again, and 960 are lost before."""
    needs = {**NO_LABOUR, **NO_PROBLEMS, "restart.funds_cash_months": 0.5}
    assert closed(date(2022, 2, 11), firm=Firm(sales=48_000, cash=cash), **needs).is_open() is works


def test_a_control_measure_lets_everybody_work_on():
    """A factor of 0 on the closed share."""
    zones = measure("zones", "control", way="none", closed_share=0)
    town = closed(date(2022, 2, 28), zones, **NO_PROBLEMS)
    assert town.line("sales_cash", FEB) == fen(100_000)


def test_a_firm_whose_cash_does_not_last_until_it_works_again_closes():
    """48,000 yuan of sales in January and no help with a lack that lasts for years; with cash for them it waits."""
    poor, rich = (closed(date(2022, 2, 28), firm=Firm(sales=48_000, cash=cash), **NO_LABOUR) for cash in (30_000, 1e8))
    assert (poor.cause(), rich.cause()) == ("closed_while_stopped", "")
