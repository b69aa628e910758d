"""One run that is lived step by step, so that somebody can look at the province between two months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.drawing import Told
from sim.observe.months import of_enterprises, rates_by_month
from sim.observe.tables import Result
from sim.scenario import Scenario
from sim.study.arguments import Whole, checked
from sim.study.keywords import Firms
from sim.study.runs.specification import rows_of
from sim.study.runs.worker import asked_for

if TYPE_CHECKING:
    import pandas as pd

    from sim.engine import Run
    from sim.observe.inside import Inside


class LiveRun(Told):
    """A run that has got as far as :attr:`date`: :meth:`step` lets months pass, :meth:`result` all that are left.

    Looking changes nothing: the result is that of ``sim.run``, bit for bit, however many steps it took.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario,
        levers: Mapping[str, Any],
        firms: Firms,
        seed: int,
        follow: Sequence[int],
        inside: Inside | None,
        threads: int | None,
    ) -> None:
        """The arguments of ``sim.run``; raises what it raises."""
        from sim.engine import Wanted, laid_out  # start-up: Numba is loaded where a run starts, not before

        began = perf_counter()
        with asked_for(scenario, levers, firms, inside, threads) as (asked, cores):
            wanted = Wanted(follow, fates=True, inside=inside)
            # Careful: no step is ever to be taken back because a fund turns out to be empty.
            self._run: Run = laid_out(asked, rows_of(asked), seed, wanted, cores, careful=True)
        self.scenario, self.seed = asked, seed
        self._run.begin(lambda share: None)
        self._passed = 0
        self._result: Result | None = None
        self._seconds = perf_counter() - began

    @property
    def rows(self) -> int:
        """Rows of firms alive at the start."""
        return self._run.population.alive

    @property
    def date(self) -> date | None:
        """The last day that has passed; None before the first step."""
        return self._run.timeline.date(self._passed - 1) if self._passed else None

    @property
    def months_left(self) -> int:
        """Months of the horizon that have not passed."""
        return sum(day >= self._passed for day in self._run.timeline.month_ends())

    @checked(months=Whole(1).argument())
    def step(self, months: int = 1) -> LiveRun:
        """Let months pass, as many as are left if that is fewer, and give this run back."""
        since = perf_counter()
        left = [day for day in self._run.timeline.month_ends() if day >= self._passed]
        if left:
            self._passed = left[min(months, len(left)) - 1] + 1
            self._run.env.run(until=self._passed)
        self._seconds += perf_counter() - since
        return self

    @property
    def panel(self) -> pd.DataFrame:
        """The months so far by prefecture, sector and size (columns: ``TABLES['panel']`` of ``sim.observe.tables``)."""
        return self._run.record.panel_table(self._run.timeline.months - self.months_left)

    @property
    def outcomes(self) -> pd.DataFrame:
        """Headline outcomes of enterprises at the end of each month so far.

        Columns: month, survival_rate, resumption_rate (missing before anything was stopped), loss_share,
        loss_share_with_owner, as shares.
        """
        return rates_by_month(of_enterprises(self.panel))

    def firms(self) -> pd.DataFrame:
        """All firms as they stand in the evening of :attr:`date` (columns: ``TABLES['snapshots']``).

        Before the first step they stand as they are laid out.
        """
        everybody = np.ones(len(self._run.population.firms.key), np.bool_)
        return self._run.looks.snapshot(max(self._passed - 1, 0), everybody)

    def result(self) -> Result:
        """Live through the months that are left, and give what the run leaves."""
        if self._result is None:
            if self.months_left:
                self.step(self.months_left)
            since = perf_counter()
            result = self._run.result()
            took = self._seconds + perf_counter() - since
            self._result = replace(result, wall_seconds=took, seconds=self._run.seconds)
        return self._result
