"""What may be seen inside a run beside its outcomes, and how firms are spread that have been looked at.

The looks themselves are in :mod:`sim.observe.looks`; nothing of this is done for a run that nobody looks into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.observe.tables import PERCENTILES, TABLES, nothing
from sim.refusal import Refusal, UnknownName, shown
from sim.timeline import Timeline
from sim.vocabulary import STATUSES, Status

if TYPE_CHECKING:
    import pandas as pd

MONTH_ENDS: Final = "month-ends"
VARIABLES: Final = ("cash_months", "arrears_months", "margin", "debt_ratio", "age_years")  # of `distributions`
GROUPED_BY: Final = ("all", "size", "sector", "prefecture", "universe", "age")
AGES: Final = (0, 1, 3, 5, 10)  # years from which on a class of age reaches to the next


@dataclass(frozen=True)
class Inside:
    """What somebody wants to see inside a run.

    ``days``: on whose evenings the firms are written down, dates (or what they are in ISO form) or ``"month-ends"``;
    ``sample``: so many of those alive at the start, and of newcomers the same share, chosen by identity, so that they
    are the same in every scenario and under every seed; None for all. ``distributions``: how cash, arrears, margins,
    debt and age are spread on the last day of each month. ``stops``: every stop of a firm by the epidemic, and day by
    day how many are closed, wait and work again. Raises :class:`~sim.refusal.Refusal` for what cannot be meant.
    """

    days: Sequence[date | str] | Literal["month-ends"] = ()
    sample: int | None = None
    distributions: bool = False
    stops: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MONTH_ENDS if self.days == MONTH_ENDS else _days(self.days))
        if self.sample is not None:
            if isinstance(self.sample, bool) or not isinstance(self.sample, int | np.integer) or self.sample < 1:
                raise Refusal(
                    zh=f"记录的样本 sample 为 {shown(self.sample)}；应为不小于 1 的整数。",
                    en=f"The sample of firms is {shown(self.sample)}; it takes a whole number of at least 1.",
                )
            if not self.days:
                raise Refusal(
                    zh="给出了样本大小，却没有给出记录企业的日子。",
                    en="A sample of firms is asked for without days on which to look at it.",
                )
            object.__setattr__(self, "sample", int(self.sample))
        for name in ("distributions", "stops"):
            if not isinstance(getattr(self, name), bool):
                found = shown(getattr(self, name))
                raise Refusal(
                    zh=f"{name} 为 {found}；应为 true 或 false。", en=f"{name} is {found}; it takes true or false."
                )

    def told(self) -> dict[str, Any]:
        """The same in plain data: ``Inside(**told)`` is the way back."""
        days = MONTH_ENDS if self.days == MONTH_ENDS else [day.isoformat() for day in _days(self.days)]
        return asdict(self) | {"days": days}

    def on(self, timeline: Timeline) -> list[int]:
        """The days asked for, counted from the start; ``Refusal`` when one is outside the horizon."""
        if self.days == MONTH_ENDS:
            return list(timeline.month_ends())
        days = _days(self.days)
        for day in days:
            if not timeline.start <= day <= timeline.end:
                raise Refusal(
                    zh=f"{day} 不在时间范围 {timeline.start} 至 {timeline.end} 之内，无法记录当日的企业。",
                    en=f"Firms cannot be looked at on {day}: the horizon is {timeline.start} to {timeline.end}.",
                )
        return [timeline.day(day) for day in days]


def _days(given: Any) -> tuple[date, ...]:
    """The days in order, each once."""
    if isinstance(given, str):
        raise _no_days(given)
    try:
        return tuple(sorted({_day(one) for one in given}))
    except TypeError:
        raise _no_days(given) from None


def _day(given: Any) -> date:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise _no_days(given) from None


def _no_days(given: Any) -> Refusal:
    return Refusal(
        zh=f"记录企业的日子为 {shown(given)}；应为日期（如 2022-03-31），或 {MONTH_ENDS}。",
        en=f"The days to look at firms are {shown(given)}; they are dates such as 2022-03-31, or {MONTH_ENDS}.",
    )


def distribution(snapshots: pd.DataFrame, by: str | Sequence[str] = "all") -> pd.DataFrame:
    """How the firms that live are spread, by date (columns: ``TABLES['distributions']``).

    ``snapshots``: of one run (columns: ``TABLES['snapshots']``), all firms or a sample; ``by``: ``all``, ``age``, any
    column of words of theirs, or several of these. Raises :class:`~sim.refusal.UnknownName` for another.
    """
    import pandas as pd

    names = [by] if isinstance(by, str) else list(by)
    living = snapshots[snapshots["status"] != STATUSES[Status.EXITED]]
    found = []
    for on, firms in living.groupby("date", sort=True):
        weights = firms["entities"].to_numpy(np.int64)
        grouped = [(name, *_groups(firms, name)) for name in names]
        for variable in VARIABLES:
            values = firms[variable].to_numpy(np.float64)
            known = np.flatnonzero(~np.isnan(values))
            ordered = known[np.argsort(values[known])]
            for name, codes, groups in grouped:
                of_groups = ordered[np.argsort(codes[ordered], kind="stable")]
                ends = np.searchsorted(codes[of_groups], np.arange(len(groups) + 1))
                for group, first, after in zip(groups, ends[:-1], ends[1:], strict=True):
                    if first < after:
                        ones = of_groups[first:after]
                        found.append((on, name, group, variable, after - first, *_spread(values[ones], weights[ones])))
    if not found:
        return nothing("distributions")
    table = pd.DataFrame(found, columns=list(TABLES["distributions"]))
    return table.astype({"date": "datetime64[ns]", "firms": np.int64, "entities": np.int64})


def _groups(firms: pd.DataFrame, by: str) -> tuple[NDArray[Any], list[str]]:
    """To which group each firm belongs, as an index into the groups' names."""
    if by == "all":
        return np.zeros(len(firms), np.int8), ["all"]
    if by == "age":
        names = [f"{first}-{after}" for first, after in pairwise(AGES)]
        codes = np.searchsorted(AGES, firms["age_years"].to_numpy(), side="right") - 1
        return codes.astype(np.int8), [*names, f"{AGES[-1]}+"]
    words = [str(name) for name in firms if firms[name].dtype == "category"]
    if by not in words:
        raise UnknownName("grouping of firms", by, ["all", "age", *words])
    return firms[by].cat.codes.to_numpy(), [str(name) for name in firms[by].cat.categories]


def _spread(values: NDArray[np.float64], weights: NDArray[np.int64]) -> tuple[float, ...]:
    """Entities, mean and ``PERCENTILES`` of values in order."""
    total = int(weights.sum())
    return total, float((values * weights).sum() / total), *quantiles(values, weights, np.array(PERCENTILES) / 100)


def quantiles(
    values: NDArray[np.float64], weights: NDArray[np.int64], shares: Sequence[float] | NDArray[np.float64]
) -> list[float]:
    """For each of ``shares`` the smallest of ``values`` (in order) up to which that share of the entities lies."""
    upto = np.cumsum(weights)
    # Entities are whole: a share of them that is a hair too large for want of decimals must not reach the next firm.
    place = np.searchsorted(upto, np.asarray(shares) * upto[-1] - 1e-6)
    return [float(value) for value in values[place]]
