"""Dispatch meetings: staff move from the desk with the shortest backlog to the one with the longest."""

from __future__ import annotations

from datetime import date

import pytest

from tests.few_firms import Firm, Town, measure


def desks(meetings: int, until: date) -> tuple[float, float]:
    """Capacity of a desk with twenty cases and of one with none, each staffed for one case a day."""
    busy = measure("busy", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    idle = measure(
        "idle", "grant", way="application", agency="tax", amount_yuan=100, per="firm", eligible={"sizes": ["medium"]}
    )
    dispatch = measure("dispatch", "service", way="none", dispatch_meetings=meetings)
    town = Town(*[Firm()] * 20, until=until, measures=[busy, idle, dispatch], desk=1).live()
    finance, tax = town.run.desks.desk.capacity[:, 0]
    return float(finance), float(tax)


def test_without_meetings_staff_stay_where_they_are():
    assert desks(0, date(2022, 1, 31)) == (1.0, 1.0)


def test_one_meeting_a_month_moves_a_tenth_of_the_staff_on_the_sixteenth():
    assert desks(1, date(2022, 1, 15)) == (1.0, 1.0)
    assert desks(1, date(2022, 1, 16)) == pytest.approx((1.1, 0.9))


def test_a_desk_keeps_half_of_its_staff_whatever_the_meetings():
    finance, tax = desks(20, date(2022, 2, 14))
    assert tax >= 0.5
    assert finance + tax == pytest.approx(2.0)
