"""The hours of a day, and the days on which a case can be decided."""

from __future__ import annotations

from datetime import date

import simpy

from sim.institutions import calendar
from sim.institutions.calendar import Duty, in_turn, on_days, working_days
from sim.institutions.province import days_until_ready
from sim.timeline import Timeline

JANUARY = Timeline(date(2022, 1, 1), date(2022, 1, 31))


def test_a_day_goes_from_measures_to_the_count_of_the_monitor():
    hours = [
        calendar.MEASURES, calendar.PUBLICITY, calendar.OUTBREAK, calendar.SETTLEMENT, calendar.DESKS,
        calendar.RESTART, calendar.TENDERS, calendar.DISPATCH, calendar.MONITOR,
    ]  # fmt: skip
    assert hours == sorted(set(hours))


def test_a_process_acts_on_its_days_in_the_order_of_the_hours():
    env, seen = simpy.Environment(), []
    env.process(on_days(env, [0, 2], calendar.MONITOR, lambda day: seen.append(("count", day))))
    env.process(on_days(env, [0, 1, 2], calendar.SETTLEMENT, lambda day: seen.append(("settle", day))))
    env.run(until=3)
    assert seen == [("settle", 0), ("count", 0), ("settle", 1), ("settle", 2), ("count", 2)]


def test_duties_of_a_day_keep_their_order_and_wake_one_process_once():
    env, seen = simpy.Environment(), []
    duties = [
        Duty(calendar.DISPATCH, [0, 1], lambda day: seen.append(("meet", day))),
        Duty(calendar.OUTBREAK, [1], lambda day: seen.append(("close", day))),
        Duty(calendar.DISPATCH, [1], lambda day: seen.append(("then", day))),
    ]
    env.process(in_turn(env, duties))
    env.step()  # the process begins
    env.step()
    assert seen == [("meet", 0)]
    env.step()
    assert seen == [("meet", 0), ("close", 1), ("meet", 1), ("then", 1)]


def test_whoever_acts_between_two_duties_comes_between_them():
    env, seen = simpy.Environment(), []
    duties = [
        Duty(hour, [0, 1], lambda day, hour=hour: seen.append((day, hour)))
        for hour in (calendar.OUTBREAK, calendar.SETTLEMENT, calendar.DISPATCH)
    ]
    env.process(on_days(env, [1], calendar.DESKS, lambda day: seen.append((day, calendar.DESKS))))
    env.process(in_turn(env, duties))
    env.run(until=2)
    assert seen == sorted(seen)
    assert (1, calendar.DESKS) in seen


def test_offices_are_shut_at_new_year_and_open_on_make_up_days():
    """Holidays from 1 to 3 January 2022 and from the 31st on; the weekend of the 29th and 30th was worked."""
    open_on = {JANUARY.date(day).day for day in working_days(JANUARY)}
    assert open_on.isdisjoint({1, 2, 3, 31})
    assert {29, 30} <= open_on


def test_a_case_is_ready_after_its_working_days():
    """Filed on Saturday 15 January: one working day is Monday the 17th, five are Friday the 21st, six the 24th."""
    ready = days_until_ready(JANUARY)[14]
    assert [int(ready[k]) + 1 for k in (0, 1, 5, 6)] == [15, 17, 21, 24]
