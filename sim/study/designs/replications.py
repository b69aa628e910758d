"""How often each draw is run: a number, or until it is precise; and until the time is spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.study.designs.design import Precision
from sim.study.outcomes import possible_range
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec
from sim.study.statistics.stopping import LOOK_AHEAD, enough

if TYPE_CHECKING:
    from sim.scenario import Scenario


def replicate(
    draws: int, scenario: Callable[[int], Scenario], rule: int | Precision, seed: int, runner: Runner
) -> pd.DataFrame:
    """Run every draw (``scenario`` gives what it asks) as often as the rule says; rows of ``Runner.run``.

    Rows are in order of draws, then replications. When the runner's time is spent every draw has as many replications
    as every other, or one more.
    """
    most = rule if isinstance(rule, int) else rule.most
    timed = runner.deadline is not None

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
        if len(values) and enough(values, half_width, rule.least, *possible_range(outcome)) is None:
            return False
    return True
