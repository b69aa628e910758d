"""A closure on paper: everybody is stopped from 1 to 10 February 2022 and free from Friday the 11th on."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

import numpy as np
import pytest

from sim.random_numbers import Purpose, uniform
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


AWAY = {date(2022, 2, 11): 0.9, date(2022, 2, 20): 0.0}  # a tenth less each day
OF_TEN_THREE: dict[str, Any] = {**NO_PROBLEMS, "restart.missing_staff": 0.3}


def returns(staff: int, key: int = 1) -> list[float]:
    """Shares away below which the staff of a firm are back, the last to return first."""
    return sorted(uniform(1, int(Purpose.RETURN), np.uint64(key), person) for person in range(staff))


def back_on(
    *firms: Firm, away: dict[date, float], closed: tuple[date, date] | None = CLOSED, **changed: Any
) -> list[int]:
    """Days of 2022, from 0, on which firms work again; -1 for who never stopped."""
    town = Town(*firms, until=date(2022, 3, 31), closed=closed, away=away, parameters={**OF_TEN_THREE, **changed})
    columns = town.live().run.state.firms
    assert (columns.status == Status.OPEN).all() and not (columns.tickets & 15).any()
    return columns.restart_on.tolist()


def test_a_firm_waits_until_fewer_are_away_than_it_would_have_to_find():
    """Three of ten: the third of those who return last is back when no more than its draw is away."""
    enough = 41 + ceil((0.9 - returns(10)[2]) / 0.1)
    assert 42 < enough < 50
    assert back_on(Firm(), away=AWAY) == [enough]


def test_who_has_no_staff_or_was_not_closed_waits_for_nobody():
    assert back_on(Firm(size="individual", staff=0), away=AWAY) == [41]
    assert back_on(Firm(), away=AWAY, closed=None) == [-1]


def test_nobody_is_back_earlier_because_staff_are_away_and_nobody_later_where_none_are():
    """Forty firms of 1 to 40 persons; every third lacks labour anyhow, for 12 days."""
    firms = [Firm(staff=staff) for staff in range(1, 41)]
    chance = {"labour": 0.33, "materials": 0.2, "transport": 0.0}
    lacks = {"restart.incidence": chance, "restart.mean_days": 12.0}
    ordinary, all_there, some_away = (
        back_on(*firms, away=away, **lacks) for away in ({}, dict.fromkeys(AWAY, 0.0), AWAY)
    )
    assert all_there == ordinary and set(ordinary) == {41, 53}
    enough = []
    for k, firm in enumerate(firms):
        last = returns(firm.staff, k + 1)[max(1, int(0.3 * firm.staff + 0.5)) - 1]
        enough.append(41 + max(0, ceil((0.9 - last) / 0.1)))
    assert some_away == [max(pair) for pair in zip(ordinary, enough, strict=True)]
    assert sum(late > usual for late, usual in zip(some_away, ordinary, strict=True)) > 10


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
