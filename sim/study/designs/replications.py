"""How often each draw is run: a number, or until it is precise; and until the time is spent.

The confidence-interval method of Hoad, Robinson and Davies (2010, J. Oper. Res. Soc. 61, 1632-1644): after each
replication the half-width of the mean's 95 % interval, its wider side, is looked at; the replications suffice when it
is small enough and stays so for as many replications more as their rule looks ahead, so that a lucky streak does not
end them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.designs.design import Precision
from sim.study.ensemble import ends, limits, quantile
from sim.study.runs.runner import Runner, RunSpec

if TYPE_CHECKING:
    from sim.scenario import Scenario

LOOK_AHEAD: Final = 5  # kLimit of the paper, the value that it recommends


def replicate(
    draws: int, scenario: Callable[[int], Scenario], rule: int | Precision, seed: int, runner: Runner
) -> pd.DataFrame:
    """Run every draw (``scenario`` gives what it asks) as often as the rule says; rows of ``Runner.run``.

    Rows are in order of draws, then replications. When the runner's time is spent every draw has as many replications
    as every other, or one more.
    """
    most = rule if isinstance(rule, int) else rule.most
    timed = runner.ends is not None

    def specs(which: Sequence[int], first: int, last: int) -> Iterator[RunSpec]:
        for draw in which:
            asked = scenario(draw)
            for replication in range(first, min(last, most)):
                yield RunSpec(asked, seed + replication, replication, draw)

    frames: list[pd.DataFrame] = []
    open_ = list(range(draws))
    done, step = 0, (1 if timed else most) if isinstance(rule, int) else LOOK_AHEAD
    while open_ and done < most and not runner.is_over:
        runner.expect(len(open_) * (min(done + step, most) - done))
        frames.append(runner.run(specs(open_, done, done + step)))
        done += step
        if isinstance(rule, Precision):
            so_far = pd.concat(frames, ignore_index=True)
            by_draw = so_far[so_far["draw"].isin(open_)].groupby("draw", sort=False)
            there = {draw: rows.sort_values("replication") for draw, rows in by_draw}
            open_ = [draw for draw in open_ if draw not in there or not suffices(there[draw], rule)]
    runs = pd.concat(frames, ignore_index=True) if frames else runner.run(())
    return runs.sort_values(["draw", "replication"], kind="stable", ignore_index=True)


def suffices(runs: pd.DataFrame, rule: Precision) -> bool:
    """Whether the replications of one draw, in order, are enough for every outcome that the rule names.

    An outcome without a value in any of them (nothing was ever stopped) asks for nothing.
    """
    if len(runs) < rule.least:
        return False
    for outcome, half_width in rule.half_width.items():
        values = runs[outcome].to_numpy(float)
        values = values[~np.isnan(values)]
        if len(values) and enough(values, half_width, rule.least, *limits(outcome)) is None:
            return False
    return True


def enough(
    values: NDArray[np.float64], half_width: float, fewest: int = 3, least: float = -np.inf, most: float = np.inf
) -> int | None:
    """How many of the values, in order, were enough; None when they are not yet. ``least``, ``most``: what they can be.

    They were at ``n`` when the half-width is at most ``half_width`` at ``n`` and for all of the values that the rule
    looks ahead: LOOK_AHEAD, of more than a hundred values ``LOOK_AHEAD * n / 100`` (the paper's rule).
    """
    widths = half_widths(values, least, most)
    for n in range(fewest, len(values) + 1):
        ahead = LOOK_AHEAD if n <= 100 else LOOK_AHEAD * n // 100
        if n + ahead <= len(values) and np.all(widths[n - 1 : n + ahead] <= half_width):
            return n
    return None


def half_widths(values: NDArray[np.float64], least: float = -np.inf, most: float = np.inf) -> NDArray[np.float64]:
    """Wider side of the 95 % interval of the mean of the first 1, 2, ... values; missing for one."""
    count = np.arange(1, len(values) + 1, dtype=np.float64)
    mean = np.cumsum(values) / count
    centred = values - values[0]  # large numbers that differ little keep their digits
    square = np.cumsum(centred**2) - count * (mean - values[0]) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.maximum(square, 0.0) / (count - 1.0))
        half = np.where(count > 1, quantile(count) * spread / np.sqrt(count), np.nan)
    low, high = ends(mean, half, least, most)
    return np.maximum(high - mean, mean - low)
