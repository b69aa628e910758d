"""What is wanted of plans that move levers away from where they stand: bounds to keep, and what shall be least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario import Scenario, load
from sim.study.designs.factors import Factor
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.specification import sized
from sim.study.search.optimiser import steps
from sim.study.search.plans import LEVEL, Plan, Plans
from sim.study.statistics.robustness import Requirement

CHANGE: Final = "change"  # of a plan: how far its levers are moved, each as a share of its range, added up
How = Literal["possible", "mean", "certain"]
HOWS: Final[tuple[How, ...]] = ("possible", "mean", "certain")
ENDS: Final = {
    "at_least": {"possible": "_high", "certain": "_low"},
    "at_most": {"possible": "_low", "certain": "_high"},
}


class Moving(NamedTuple):
    """A lever that may move: over what, and its value as the scenario stands."""

    factor: Factor
    present: Any

    def distance(self, value: Any) -> float:
        """How far a value is from the present one, as a share of the range; words and tables are apart or not."""
        here, there, low, high = map(_number, (self.present, value, *_ends(self.factor)))
        if here is None or there is None or low is None or high is None:
            return float(value != self.present)
        return abs(there - here) / (high - low)

    @property
    def present_step(self) -> int:
        """The step of the factor that is nearest to the present value, its low end where that is no number."""
        factor, most = self.factor, steps(self.factor)
        if self.present in factor.values:
            return factor.values.index(self.present)
        here, low, high = map(_number, (self.present, *_ends(factor)))
        if here is None or low is None or high is None:
            return 0
        return round(min(max((here - low) / (high - low), 0.0), 1.0) * most)


def _ends(factor: Factor) -> tuple[Any, Any]:
    return (factor.values[0], factor.values[-1]) if factor.values else (factor.low, factor.high)


def _number(value: Any) -> float | None:
    """A number or a day as a number; None for anything else."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date):
        return float(value.toordinal())
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


@dataclass(frozen=True)
class MovingPlans(Plans):
    """Plans beside the scenario as it stands, which they are differences from, with how far they move: CHANGE.

    ``given``: levers of the scenario as it stands that plans move; in a plan that does not state them they hold.
    """

    given: Mapping[str, Any]
    moving: tuple[Moving, ...]

    def asked(self, plan: Plan, world: Mapping[str, Any] = {}) -> Scenario:
        """What a plan asks: what it does not move stays."""
        return super().asked(Plan(plan.name, {**self.given, **plan.levers}), world)

    def baseline(self, world: Mapping[str, Any] = {}) -> Scenario:
        """The scenario as it stands."""
        return sized([load(self.against, {**self.levers, **self.given}, world)], self.firms)[0]

    def change(self, plan: Plan) -> float:
        """How far a plan moves."""
        return sum(
            lever.distance(plan.levers[lever.factor.path]) for lever in self.moving if lever.factor.path in plan.levers
        )

    def run(
        self, plans: Sequence[Plan], replications: range, worlds: Sequence[Mapping[str, Any]] = ({},)
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """See :meth:`.plans.Plans.run`; the effects have CHANGE too."""
        effects, there, rows = super().run(plans, replications, worlds)
        of = {plan.name: self.change(plan) for plan in plans}
        return effects.assign(**{CHANGE: effects["plan"].map(of).astype(float)}), there, rows


@dataclass(frozen=True)
class Wanted:
    """Where an outcome shall go, bounds of columns of judged plans, and the column of which the least is wanted.

    Where that column is the outcome's own level the most is wanted, or the least of what is bad (``is_up``: whether
    more of the outcome is better). A goal, where there is one, is the first of the requirements.
    """

    outcome: str
    is_up: bool
    requirements: tuple[Requirement, ...]
    least: str

    @property
    def level(self) -> str:
        """The column of the outcome as it is."""
        return f"{LEVEL}{self.outcome}"

    @property
    def has_goal(self) -> bool:
        """Whether the outcome shall reach a value."""
        return any(bound.column == self.level for bound in self.requirements)

    @property
    def price(self) -> str:
        """What is paid for the outcome: how far levers move, or the public cost."""
        return CHANGE if self.least == CHANGE else PUBLIC_COST

    @property
    def budget(self) -> float:
        """The most that the public cost may be, fen; infinite where nothing is said."""
        return next((bound.limit for bound in self.requirements if bound.column == PUBLIC_COST), float("inf"))

    def meets(self, table: pd.DataFrame, how: How) -> NDArray[np.bool_]:
        """Which rows keep every bound: ``certain`` with the whole interval, on the ``mean``, ``possible`` with a part.

        Of a plan that was not judged nothing is kept, and without an interval nothing is certain.
        """
        found = np.ones(len(table), np.bool_)
        for bound in self.requirements:
            values = table[bound.column + ENDS[bound.bound].get(how, "")].to_numpy(float)
            found &= bound.holds(values)
        return found

    def answer(self, table: pd.DataFrame, how: How) -> str | None:
        """The plan of which least is wanted, of those that keep every bound; of two alike the one that moves less."""
        return self._first(table[self.meets(table, how)], self._turn(self.least) * table[self.least])

    def nearest(self, table: pd.DataFrame) -> str | None:
        """The plan that comes nearest to the first bound on the mean, of those that keep the others there."""
        keep = replace(self, requirements=self.requirements[1:]).meets(table, "mean")
        return self._first(table[keep], self._turn(self.level) * table[self.level])

    def _turn(self, column: str) -> float:
        """The sign with which less of a column is better."""
        return -1.0 if column == self.level and self.is_up else 1.0

    def _first(self, among: pd.DataFrame, key: pd.Series[float]) -> str | None:
        order = among.assign(key=key)[["plan", "key", CHANGE]].dropna()
        return None if order.empty else str(order.sort_values(["key", CHANGE], kind="stable")["plan"].iloc[0])
