"""A goal that was sought, put in the order in which people read it: what answers, what levers do, where a gap lies."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from sim.observe.outcomes import OUTCOMES
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.plans import LEVEL
from sim.study.search.wanted import CHANGE
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.reach import Reach

MEAN, CERTAIN, POSSIBLE, NEAREST = "mean", "certain", "possible", "nearest"
MOST_GROUPS: Final = 3


class Bound(NamedTuple):
    """What one lever does alone at an end of its range: its value, and the outcome's difference."""

    lever: str
    plan: str
    value: Any
    effect: Estimate


@dataclass(frozen=True)
class ReachSummary:
    """The tables of a goal that was sought, as people ask for them."""

    study: Reach

    @cached_property
    def level(self) -> str:
        """The quantity that is the outcome as it is."""
        return f"{LEVEL}{self.study.outcome}"

    @cached_property
    def is_up(self) -> bool:
        """Whether more of the outcome is wanted."""
        goal = self.study.goal
        return not OUTCOMES[self.study.outcome].less_is_better if goal is None else goal.bound == "at_least"

    @cached_property
    def answers(self) -> dict[str, str]:
        """Plans by how they keep what is asked: possible, mean, certain; nearest where none does on the mean."""
        return {row.how: row.plan for row in tuples(self.study.answers)}

    @cached_property
    def _plans(self) -> pd.DataFrame:
        return self.study.plans.set_index("plan")

    def estimate(self, plan: str, quantity: str) -> Estimate:
        """A quantity of a plan that was looked at closely."""
        row: Any = self._plans.loc[plan]
        return Estimate(*(float(row[f"{quantity}{end}"]) for end in ("", "_low", "_high")))

    def value(self, plan: str, lever: str) -> Any:
        """What a plan sets a lever to, None where it has no value."""
        value: Any = self._plans.at[plan, lever]
        return None if pd.isna(value) else value.item() if hasattr(value, "item") else value

    def moved(self, plan: str) -> list[str]:
        """The levers that a plan moves away from where they stand."""
        there = {lever: self.value(self.study.reference, lever) for lever in self.study.levers}
        return [lever for lever, value in there.items() if self.value(plan, lever) != value]

    @cached_property
    def bounds(self) -> list[Bound]:
        """What each lever does alone at each end of its range, the one that helps most first."""
        found = [
            Bound(row.lever, row.plan, self.value(row.plan, row.lever), self.estimate(row.plan, self.study.outcome))
            for row in tuples(self.study.bounds)
        ]
        sign = 1.0 if self.is_up else -1.0
        known = [bound for bound in found if bound.effect.mean == bound.effect.mean]
        return sorted(known, key=lambda bound: -sign * bound.effect.mean)

    @cached_property
    def strongest(self) -> Bound | None:
        """The lever that alone helps most at an end of its range, by more than random variation; None where none is."""
        for bound in self.bounds:
            if bound.effect.low > 0 if self.is_up else bound.effect.high < 0:
                return bound
        return None

    @cached_property
    def without_effect(self) -> list[str]:
        """The levers that alone, at either end of their range, leave the outcome as it is in every replication."""
        effects: dict[str, set[float]] = {}
        for bound in self.bounds:
            effects.setdefault(bound.lever, set()).update(astuple(bound.effect))
        return [lever for lever, ends in effects.items() if ends == {0.0}]

    @cached_property
    def as_cheap(self) -> list[str]:
        """Where the cheapest way is wanted, other settings that keep what is asked and may cost as little."""
        answer = self.answers.get(MEAN)
        if self.study.question["want"] != "cheapest" or answer is None:
            return []
        cost = self.estimate(answer, PUBLIC_COST).mean
        kept = set(self.study.plans.loc[self.study.plans["mean_meets"], "plan"])
        others = (plan for plan in self.shown if plan in kept and plan != answer)
        return [plan for plan in others if self.estimate(plan, PUBLIC_COST).low <= cost]

    def gap(self, plan: str) -> Estimate:
        """How far a plan is from the goal, above zero where it is short of it, in the outcome's unit."""
        goal, found = self.study.goal, self.estimate(plan, self.level)
        assert goal is not None  # whoever asks has a goal
        far = Estimate(*(end - goal.limit for end in (found.mean, found.low, found.high)))
        return far if goal.bound == "at_most" else Estimate(-far.mean, -far.high, -far.low)

    def short(self, by: str) -> list[Any]:
        """The rows of ``gaps`` of groups that are short and have enough rows of the sample, the largest part first."""
        rows = [row for row in tuples(self.study.gaps) if row.by == by and row.rows >= FEWEST_ROWS and row.short > 0]
        return rows[:MOST_GROUPS]

    @cached_property
    def shown(self) -> list[str]:
        """The plans that were looked at closely, judged, the one that changes least first; of two alike one."""
        judged = self.study.plans[self.study.plans["failed"] == 0].drop_duplicates([*self.study.levers])
        return [str(plan) for plan in judged.sort_values([CHANGE, "plan"], kind="stable")["plan"]]

    @cached_property
    def nominal(self) -> list[str]:
        """The levers of measures whose effect is only a factor of assumed size."""
        measures = self.study.manifest.scenarios[0].contents["measures"]
        return [path for path in self.study.levers if measures.get(path.partition(".")[0], {}).get("nominal")]
