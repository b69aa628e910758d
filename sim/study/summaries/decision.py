"""A decision put in the order in which people read it: which plan at which worth, where it matters, what to measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from sim.measure import Words
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.decide import Decision

SHOWN_FROM: Final = 0.05  # probability of being best that a plan reaches somewhere to be drawn


class Span(NamedTuple):
    """Neighbouring worths (yuan, the rows of a table at them) at which the same plan is named."""

    plan: str
    rows: list[Any]


@dataclass(frozen=True)
class DecisionSummary:
    """The tables of a decision as people ask for them."""

    study: Decision

    @cached_property
    def titles(self) -> dict[str, Words]:
        """What the plans are called, the baseline first."""
        return {asked.name: asked.title for asked in self.study.manifest.scenarios}

    @cached_property
    def different(self) -> int:
        """Draws that count and are not the same as one before."""
        counted = self.study.drawn["draw"].isin(self.study.benefits["draw"])
        return int(self.study.drawn.loc[counted, "same_as"].nunique())

    @cached_property
    def left_out(self) -> int:
        """Draws that do not count, because a run failed there."""
        return len(self.study.drawn) - int(self.study.benefits["draw"].nunique())

    @cached_property
    def on_average(self) -> list[Span]:
        """Which plan is best on average, worth by worth."""
        return list(_spans(self.study.worths))

    @cached_property
    def least_regret(self) -> list[Span]:
        """Which plan has the least largest regret, worth by worth."""
        return list(_spans(self.by_rule("regret")))

    @cached_property
    def rules_agree(self) -> bool:
        """Whether the plan of least regret is the one that is best on average, at every worth."""
        return list(self.by_rule("regret")["plan"]) == list(self.study.worths["plan"])

    def by_rule(self, rule: str) -> pd.DataFrame:
        """The rows of ``choices`` of one rule, by worth."""
        return self.study.choices[self.study.choices["rule"] == rule]

    @cached_property
    def untold(self) -> list[float]:
        """Worths at which luck may have put the plan before the second."""
        return [row.worth_yuan for row in tuples(self.study.worths) if row.lead_low <= 0]

    @cached_property
    def crux(self) -> Any:
        """The row of ``worths`` where it is worth most to know more."""
        return next(tuples(self.study.worths.loc[[self.study.worths["evpi"].idxmax()]]))

    @cached_property
    def at_crux(self) -> pd.DataFrame:
        """What the parameters are worth there, the most first."""
        worth = float(self.crux.worth_yuan)
        return self.study.parameters[self.study.parameters["worth_yuan"] == worth]

    @cached_property
    def told(self) -> list[Any]:
        """Parameters that are told to be worth something, each where it is worth most, the most first."""
        told = self.study.parameters[self.study.parameters["is_told"]]
        told = told.sort_values("evppi", ascending=False, kind="stable")
        return list(tuples(told.drop_duplicates("parameter")))

    @cached_property
    def shown(self) -> list[str]:
        """Plans that are best in a twentieth of the draws at some worth at least."""
        most = self.study.plans.groupby("plan", sort=False)["best_in"].max()
        return [str(plan) for plan in most.index[most >= SHOWN_FROM]]

    @cached_property
    def nominal(self) -> list[tuple[str, int, int]]:
        """Plans that are named, how many of their measures are nominal, and of how many: of those beyond the baseline.

        What a plan has in common with the baseline is no part of its net benefit.
        """
        anyway, *plans = ((asked.name, asked.contents["measures"]) for asked in self.study.manifest.scenarios)
        named = {span.plan for span in (*self.on_average, *self.least_regret)}
        found = []
        for plan, measures in plans:
            own = [measure for id_, measure in measures.items() if id_ not in anyway[1]]
            count = sum(measure.get("nominal") is not None for measure in own)
            if plan in named and count:
                found.append((plan, count, len(own)))
        return found


def _spans(table: pd.DataFrame) -> Iterator[Span]:
    for plan, rows in groupby(tuples(table), lambda row: row.plan):
        yield Span(str(plan), list(rows))
