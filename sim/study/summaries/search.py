"""A search put in the order in which people read it: its best plan, what chance made of the front, how far it came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate, of_row
from sim.study.statistics.robustness import SIGN
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.search import Search

MOST_PLANS: Final = 4  # whose levers stand side by side


@dataclass(frozen=True)
class SearchSummary:
    """The tables of a search as people ask for them."""

    study: Search

    @cached_property
    def first(self) -> str:
        """The first objective."""
        return next(iter(self.study.objectives))

    @cached_property
    def tried(self) -> int:
        """Plans that were run; of those that come to the same one counts."""
        return int((self.study.evaluations["same_as"] == self.study.evaluations["plan"]).sum())

    @cached_property
    def within_budget(self) -> int:
        """Those of them that keep the budget."""
        table = self.study.evaluations
        return int((table["is_within_budget"] & (table["same_as"] == table["plan"])).sum())

    @cached_property
    def best(self) -> str | None:
        """The plan best in the first objective with fresh random numbers, of those that keep the budget there."""
        study = self.study
        means = study.confirmed.pivot(index="plan", columns="quantity", values="mean")
        means = means.drop(study.reference, errors="ignore")
        if means.empty:
            return None
        budget = study.question["budget_yuan"]
        means = means[means[PUBLIC_COST] <= budget * 100] if budget is not None else means
        values = SIGN[study.objectives[self.first]] * means[self.first].dropna()
        return None if values.empty else str(values.idxmax())

    @cached_property
    def looked_at(self) -> list[str]:
        """The plans run again, cheapest first, and last the scenario as it stands."""
        study, known = self.study, list(dict.fromkeys(self.study.confirmed["plan"]))
        return [plan for plan in study.front["plan"] if plan in known] + [study.reference] * (study.reference in known)

    @cached_property
    def side_by_side(self) -> list[str]:
        """The plans whose levers are shown: the best, and those that rules name, the most often named first."""
        named = list(self.study.choices["plan"].value_counts(sort=True).index)
        return list(dict.fromkeys([*([self.best] if self.best else []), *named]))[:MOST_PLANS]

    def measures(self, plan: str) -> list[dict[str, Any]]:
        """The measures that are on in a plan, as the scenario that plans are made of says them."""
        study = self.study
        actions = [path for path in study.levers if "." not in path and plan != study.reference]
        tried = study.evaluations.set_index("plan")
        off = {action for action in actions if not tried.at[plan, action]}
        every = study.manifest.scenarios[-1].contents["measures"].values()
        return [measure for measure in every if measure["action"] not in off]

    def nominal(self, plan: str) -> list[str]:
        """Ids of those whose effect is only a factor of assumed size."""
        return [measure["id"] for measure in self.measures(plan) if measure.get("nominal") is not None]

    @cached_property
    def nominal_levers(self) -> list[str]:
        """The levers among what plans choose that set such a factor."""
        nominal = {*self.nominal(self.study.reference)}
        return [path for path in self.study.levers if path.partition(".")[0] in nominal]

    def estimate(self, plan: str, quantity: str) -> Estimate | None:
        """What a plan brings about with fresh random numbers; None where it was not run again."""
        table = self.study.confirmed
        return next(map(of_row, tuples(table[(table["plan"] == plan) & (table["quantity"] == quantity)])), None)

    def against_reference(self, plan: str) -> Estimate | None:
        """How far a plan is from the scenario as it stands, in the first objective; None where that is not known."""
        of, other = self.study.differences, self.study.reference
        rows = of[(of["plan"] == plan) & (of["other"] == other) & (of["objective"] == self.first)]
        return next(map(of_row, tuples(rows)), None)

    @cached_property
    def significant_pairs(self) -> tuple[int, int]:
        """Pairs of plans, and those of them that fresh random numbers tell apart in the first objective."""
        pairs, reference = self.study.differences, self.study.reference
        pairs = pairs[(pairs["objective"] == self.first) & (pairs["plan"] != reference) & (pairs["other"] != reference)]
        return len(pairs), int(((pairs["low"] > 0) | (pairs["high"] < 0)).sum())

    @cached_property
    def shift(self) -> float:
        """By how much plans of the front looked better in the search, in the first objective, than they are."""
        table = self.study.confirmed
        rows = table[(table["quantity"] == self.first) & (table["plan"] != self.study.reference)]
        return SIGN[self.study.objectives[self.first]] * float((rows["searched"] - rows["mean"]).mean())

    @cached_property
    def late_growth(self) -> float:
        """Growth of the hypervolume in the last quarter of the generations; missing with fewer than four of them."""
        done, reached = len(self.study.generations), self.study.generations["hypervolume"]
        before = float(reached.iloc[done - 1 - done // 4])
        return float(reached.iloc[-1]) / before - 1.0 if done >= 4 and before > 0 else nan


def of_plan(table: pd.DataFrame, plan: str, column: str, value: str) -> Any:
    """The row of a plan in which a column says something."""
    return table[(table["plan"] == plan) & (table[column] == value)].iloc[0]
