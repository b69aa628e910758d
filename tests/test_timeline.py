"""Days, months and settlement days."""

from __future__ import annotations

from datetime import date

import pytest

from sim.classification import Calendar
from sim.timeline import Timeline
from sim.units import fen, yuan

TWO_MONTHS = Timeline(date(2022, 1, 10), date(2022, 2, 28))


def test_days_and_dates_are_two_ways_to_say_the_same():
    assert TWO_MONTHS.days == 22 + 28
    assert TWO_MONTHS.day(date(2022, 1, 10)) == 0
    assert TWO_MONTHS.date(22) == date(2022, 2, 1)
    assert TWO_MONTHS.day(date(2021, 12, 31)) == -10


def test_months_that_the_horizon_touches():
    assert TWO_MONTHS.months == 2
    assert TWO_MONTHS.month_names == ["2022-01", "2022-02"]
    assert [TWO_MONTHS.date(day) for day in TWO_MONTHS.month_ends()] == [date(2022, 1, 31), date(2022, 2, 28)]


def test_nobody_settles_on_the_29th_to_31st():
    by_day = {TWO_MONTHS.date(day).day: int(TWO_MONTHS.cohort[day]) for day in range(22)}
    assert by_day[15] == 14
    assert by_day[28] == 27
    assert by_day[29] == by_day[31] == -1


@pytest.mark.parametrize(("amount", "whole"), [(1, 100), (0.5, 50), (0.005, 0), (0.015, 2), (8_000, 800_000)])
def test_yuan_become_whole_fen_half_to_even(amount, whole):
    assert fen(amount) == whole
    assert yuan(100) == 1.0


def test_working_days_are_those_of_the_calendar_of_the_case() -> None:
    own = Calendar(published="none", days_off={date(2022, 5, 4)}, days_worked={date(2022, 5, 7)})
    days = Timeline(date(2022, 5, 1), date(2022, 5, 8), own).is_working_day
    assert days.tolist() == [False, True, True, False, True, True, True, False]  # 2 and 3 May are holidays in China
    national = Timeline(date(2022, 5, 1), date(2022, 5, 8), Calendar()).is_working_day
    assert national.tolist() == [False, False, False, False, True, True, True, False]
