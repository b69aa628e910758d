"""Readings of who leaves, who pauses, who is born and who loses money."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sim.observe.tables import Result
from sim.study.reductions.readings.arguments import By, Of
from sim.study.reductions.readings.choice import EVERYBODY, LIVING, firms, living, numbers, ratio, share, weights, years
from sim.study.reductions.readings.registry import reading
from sim.vocabulary import EXIT_CAUSES

Cause = Literal[EXIT_CAUSES]  # type: ignore[valid-type]
SPAN = ("since", "until")


@reading(days=SPAN)
def exits(
    result: Result,
    since: date,
    until: date,
    of: Of = EVERYBODY,
    causes: tuple[Cause, ...] = (),
    a_year: bool = True,
) -> float:
    """Of entities alive on ``since`` (and meant on that day) the share that has left by ``until``.

    ``causes``: of exits that count, empty for all. ``a_year``: the share a year at the same rate, 1 - (1 - share) to
    the power of 1 / years.
    """
    before, after = living(result, since, of), firms(result, until, EVERYBODY)
    gone = after[~after["status"].isin(LIVING)]
    if causes:
        gone = gone[gone["exit_cause"].isin(causes)]
    left = share(before["firm"].isin(gone["firm"]).to_numpy(), weights(before))
    return 1.0 - (1.0 - left) ** (1.0 / years(since, until)) if a_year else left


@reading(days=SPAN)
def share_of_exits(
    result: Result, since: date, until: date, causes: Annotated[tuple[Cause, ...], Field(min_length=1)],
    of: Of = EVERYBODY,
) -> float:  # fmt: skip
    """Of entities that left between two days, the share that left for one of ``causes`` (share).

    Who is meant by ``of`` is looked at on the second day.
    """
    gone = _gone_between(result, since, until, of)
    return share(gone["exit_cause"].isin(causes).to_numpy(), weights(gone))


@reading(days=("on",))
def paused(result: Result, on: date, of: Of = EVERYBODY) -> float:
    """Of living firms on a day, the share that their owners have paused (share)."""
    table = living(result, on, of)
    return share((table["status"] == "paused").to_numpy(), weights(table))


@reading(days=("on",))
def at_work(result: Result, on: date, of: Of = EVERYBODY) -> float:
    """Of living firms on a day, the share that works: neither stopped from outside nor paused (share)."""
    table = living(result, on, of)
    return share((table["status"] == "open").to_numpy(), weights(table))


@reading(days=SPAN)
def births(result: Result, since: date, until: date, of: Of = EVERYBODY) -> float:
    """Entities born between two days, those gone again among them, over those alive on the first, a year (share)."""
    before, after = living(result, since, of), firms(result, until, of)
    born = after[~after["firm"].isin(firms(result, since, EVERYBODY)["firm"])]
    return ratio(float(weights(born).sum()), float(weights(before).sum())) / years(since, until)


@reading(days=SPAN)
def exit_age(result: Result, since: date, until: date, of: Of = EVERYBODY, below: float | None = None) -> float:
    """Of entities that left between two days, the share younger than ``below`` years then; without it their mean age.

    Who is meant by ``of`` is looked at on the second day, on which the age of who has left is that of when it did.
    """
    gone = _gone_between(result, since, until, of)
    age, weight = numbers(gone, "age_years"), weights(gone)
    if below is not None:
        return share(age < below, weight)
    return ratio(float((age * weight).sum()), float(weight.sum()))


@reading(days=("on",))
def loss_share(
    result: Result, on: date, of: Of = EVERYBODY, by: By = "firms", with_owner: bool = False
) -> float:  # fmt: skip
    """Of living firms on a day, the share whose result of the year so far is below 0 (by firms or by their jobs).

    ``with_owner``: the result after the owner has lived on the firm, as surveys of small operators are read.
    """
    table = living(result, on, of)
    results = table["result_with_owner_fen" if with_owner else "result_of_year_fen"]
    return share(results.to_numpy(np.float64) < 0, weights(table, by))


@reading(days=("year_end", "until"))
def exits_of_losers(result: Result, year_end: date, until: date, of: Of = EVERYBODY) -> float:
    """Of entities living with a loss at a year's end, the share gone by a later day (share, not a year)."""
    table = living(result, year_end, of)
    losers = table[table["result_of_year_fen"].to_numpy(np.float64) < 0]
    after = firms(result, until, EVERYBODY)
    gone = after.loc[~after["status"].isin(LIVING), "firm"]
    return share(losers["firm"].isin(gone).to_numpy(), weights(losers))


def _gone_between(result: Result, since: date, until: date, of: Of) -> pd.DataFrame:
    """The firms meant on the later of two days that had left after the earlier."""
    after = firms(result, until, of)
    return after[(after["exited_on"] > pd.Timestamp(since)).to_numpy()]
