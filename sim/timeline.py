"""Days of a run: day 0 is the first day of the horizon, day ``days`` the morning after the last.

Firms settle once a month on a settlement day between 1 and 28, so that every month has the same cohorts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.classification import Calendar, calendar

COHORTS: Final = 28  # settlement days of a month; cohort c settles on day c + 1 of the month


@dataclass(frozen=True)
class Timeline:
    """The horizon of a run, both days included, in a calendar: the present case's if no other is given."""

    start: date
    end: date
    calendar: Calendar = field(default_factory=calendar)

    @property
    def days(self) -> int:
        """Number of days in the horizon."""
        return (self.end - self.start).days + 1

    def day(self, on: date) -> int:
        """Index of a date; negative before the horizon, ``>= days`` after it."""
        return (on - self.start).days

    def month_of(self, on: date) -> int:
        """Calendar month of a date, counted from the first of the horizon; negative before it."""
        return (on.year - self.start.year) * 12 + on.month - self.start.month

    def date(self, day: int) -> date:
        """Date of a day index."""
        return self.start + timedelta(days=int(day))

    @cached_property
    def month(self) -> NDArray[np.int16]:
        """Index of the calendar month of each day, 0 for the month of the first day, shape (days + 1,)."""
        dates = [self.date(d) for d in range(self.days + 1)]
        first = self.start.year * 12 + self.start.month
        return np.array([d.year * 12 + d.month - first for d in dates], np.int16)

    @property
    def months(self) -> int:
        """Calendar months that the horizon touches."""
        return int(self.month[self.days - 1]) + 1

    @cached_property
    def month_names(self) -> list[str]:
        """``2022-01`` and so on, one for each month of the horizon."""
        first = self.start.year * 12 + self.start.month - 1
        return [f"{(first + m) // 12:04d}-{(first + m) % 12 + 1:02d}" for m in range(self.months)]

    @cached_property
    def cohort(self) -> NDArray[np.int8]:
        """Cohort that settles on each day, -1 on the 29th to 31st, shape (days,)."""
        of_month = np.array([self.date(d).day for d in range(self.days)], np.int8)
        return np.where(of_month <= COHORTS, of_month - 1, -1).astype(np.int8)

    def days_since(self, started: NDArray[np.int32]) -> NDArray[np.float64]:
        """Days from each of ``started`` to the middle of what each month holds after it, shape (months, started)."""
        ends = np.array(list(self.month_ends()), np.float64)[:, None]
        starts = np.concatenate([[0.0], ends[:-1, 0] + 1.0])[:, None]
        return np.asarray(np.maximum((np.maximum(starts, started) + ends) / 2.0 - started, 0.0))

    @cached_property
    def is_working_day(self) -> NDArray[np.bool_]:
        """Working days of the calendar, weekends that are worked included, shape (days,)."""
        return np.array([_is_working(self.date(d), self.calendar) for d in range(self.days)], np.bool_)

    @cached_property
    def is_month_end(self) -> NDArray[np.bool_]:
        """Last day of each calendar month in the horizon, and the last day of the horizon."""
        last = np.diff(self.month) > 0
        last[-1] = True
        return last

    def month_ends(self) -> Iterator[int]:
        """Days on which the monitor counts the province (clause III.3)."""
        yield from (int(d) for d in np.flatnonzero(self.is_month_end))


def horizon(start: date, end: date) -> Timeline:
    """The days from ``start`` to ``end``, laid out once for all runs of a process."""
    return _laid_out(start, end, calendar())


@lru_cache(maxsize=16)
def _laid_out(start: date, end: date, days: Calendar) -> Timeline:
    return Timeline(start, end, days)


@cache
def _is_working(on: date, days: Calendar) -> bool:
    """Asked for the same days in every run of a study."""
    if on in days.days_off or on in days.days_worked:
        return on in days.days_worked
    if days.published == "china":
        from chinese_calendar import is_workday

        try:
            return bool(is_workday(on))
        except NotImplementedError:  # before or after the years that it has
            pass
    return on.weekday() < 5
