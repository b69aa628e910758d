"""The targets that a scenario misses: by how much, where the gap lies, and what is known beside; nothing of causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.observe.outcomes import OUTCOMES, RATES, STOCK_REFUND, variant
from sim.study.comparison import target_gap
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.comparison.target_gap import ALL
from sim.study.comparison.targets import Target, missed, of_row
from sim.study.statistics.estimate import Estimate
from sim.study.statistics.intervals import interval
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.direction import largest
from sim.study.summaries.rows import tuples
from sim.study.summaries.stations import STOCKS
from sim.vocabulary import COUNTED_BY, TICKETS, UNIVERSES

BY: Final = ("sector", "size", "prefecture")
RESUMPTION: Final = "resumption_rate"
REFUNDS: Final = ("applied", "paid", "refused", "queued")  # stations of the refund, by the month of its target


@dataclass(frozen=True)
class MissedTarget:
    """One target that a scenario misses on the mean."""

    summary: ComparisonSummary
    judged: pd.DataFrame  # its row of ``Comparison.targets``

    @cached_property
    def row(self) -> Any:
        """Its row of ``Comparison.targets``."""
        return next(tuples(self.judged))

    @cached_property
    def target(self) -> Target:
        """The target."""
        return of_row(self.row)

    @property
    def scenario(self) -> str:
        """The scenario that misses it."""
        return str(self.row.scenario)

    @property
    def outcome(self) -> str:
        """The outcome that it is set for."""
        return self.target.outcome

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        return OUTCOMES[self.outcome].unit

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of firms, counted by cell."""
        return OUTCOMES[self.outcome].base in RATES

    @property
    def is_divided(self) -> bool:
        """Whether it can be told group by group."""
        return target_gap.can_be_divided(self.target)

    @cached_property
    def gap(self) -> Estimate:
        """How far the outcome is from the limit, above zero where it is short, in its own unit."""
        mean, low, high = (float(end) - self.target.limit for end in (self.row.mean, self.row.low, self.row.high))
        return Estimate(mean, low, high) if self.target.bound == "at_most" else Estimate(-mean, -high, -low)

    @cached_property
    def universes(self) -> dict[str, Estimate]:
        """Of a rate by firms its value in each universe, its own first; nothing of others."""
        outcome = OUTCOMES[self.outcome]
        if not self.is_rate or outcome.by != COUNTED_BY[0]:
            return {}
        order = sorted(UNIVERSES, key=lambda universe: universe != outcome.universe)
        of = {universe: variant(outcome.base, universe, COUNTED_BY[0]) for universe in order}
        return {universe: self.summary.effect(self.scenario, name).value for universe, name in of.items()}

    @cached_property
    def whole(self) -> Any | None:
        """The row of :func:`.target_gap.table` of all groups together; None where it cannot be told group by group."""
        return next(tuples(self._tables[ALL]), None)

    def groups(self, by: str) -> list[Any]:
        """The rows of :func:`.target_gap.table` by one of BY, the largest part first; none where nothing is known."""
        return list(tuples(self._tables[by]))

    def leading(self, by: str) -> dict[str, Any]:
        """Where the largest part lies, of groups of enough rows: the first, and whoever is not told from it, by name.

        None where none is told to be short.
        """
        rows = {row.group: row for row in self.groups(by) if row.rows >= FEWEST_ROWS}
        of_runs = self._by_run[by].pivot(index="replication", columns="group", values="short")
        values = {group: Estimate(row.short, row.short_low, row.short_high) for group, row in rows.items()}
        names = largest(values, lambda one, other: _estimate(of_runs[one] - of_runs[other]))
        return {name: rows[name] for name in names}

    @cached_property
    def not_working(self) -> dict[str, Estimate]:
        """Of resumption those that have not worked again: ``still`` stopped then, and who ``left`` while stopped."""
        if OUTCOMES[self.outcome].base != RESUMPTION or self.whole is None:
            return {}
        counts = target_gap.counts(self.summary.comparison, ALL, self.scenario, self.outcome)
        left = counts["stopped"] - counts["suspended"] - RATES[RESUMPTION].part(counts)
        return {"still": _estimate(counts["suspended"], 0.0), "left": _estimate(left, 0.0)}

    @cached_property
    def waiting(self) -> dict[str, float]:
        """Of resumption the firms of all kinds that wait at the month's end for what they lack, by what it is."""
        if OUTCOMES[self.outcome].base != RESUMPTION:
            return {}
        table = self.summary.comparison.requests
        then = (table["scenario"] == self.scenario) & (table["month"] == self.summary.month_of(self.outcome))
        rows = table[then & (table["station"] == "queued")].groupby("kind", observed=True)["firms"].sum()
        return {kind: float(rows[kind]) for kind in TICKETS if kind in rows.index}

    @cached_property
    def refunds(self) -> Mapping[str, float]:
        """Of the refund of VAT credits the firms at each of REFUNDS by then; nothing of other targets."""
        if self.outcome != "stock_refunds_paid":
            return {}
        table, month = self.summary.comparison.delivery, self.summary.month_of(self.outcome)
        rows = table[(table["scenario"] == self.scenario) & (table["measure"] == STOCK_REFUND)]
        by_then = rows[rows["month"].astype(str) <= month]
        of = {station: by_then[by_then["station"] == station] for station in REFUNDS}
        return {
            station: float((found[found["month"] == month] if station in STOCKS else found)["firms"].sum())
            for station, found in of.items()
        }

    @cached_property
    def _by_run(self) -> dict[str, pd.DataFrame]:
        return {by: target_gap.by_run(self.summary.comparison, by, self.judged) for by in (ALL, *BY)}

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {by: target_gap.table(of_runs) for by, of_runs in self._by_run.items()}


def missed_targets(summary: ComparisonSummary, scenario: str) -> list[MissedTarget]:
    """The targets that a scenario misses, or that are not certain and on the mean not met, in the plan's order."""
    judged = missed(summary.comparison.targets)
    judged = judged[judged["scenario"] == scenario]
    return [MissedTarget(summary, judged.iloc[place : place + 1]) for place in range(len(judged))]


def _estimate(values: pd.Series[Any], least: float = -np.inf) -> Estimate:
    """Mean and interval of numbers of firms, one for each replication."""
    mean, low, high = interval(values.to_numpy(float), least)
    return Estimate(float(mean), float(low), float(high))
