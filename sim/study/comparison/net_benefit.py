"""The net benefit of plans in draws of what is not known: firms kept at a worth, less the public cost.

What is said of the plans at each worth, by what is in ``sim/study/statistics/``: see
:class:`sim.study.questions.decide.Decision`, whose tables these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics import robustness, value_of_information
from sim.study.statistics.intervals import interval
from sim.units import fen

Values = NDArray[np.float64]
KEPT: Final = "survivors"  # the outcome whose difference is firms kept
BENEFITS: Final = ("plan", "draw", "replication", "kept", PUBLIC_COST)
NET: Final = "net_benefit"
LUCK: Final = ("sd_draws", "sd_luck", "sd_luck_common")
OF_PLANS: Final = (
    "mean", "p05", "p50", "p95", "worst", "regret_mean", "regret_p90", "regret_max", "best_in",
)  # fmt: skip
PLANS: Final = ("worth_yuan", "plan", *OF_PLANS, *LUCK)
CHOICES: Final = ("worth_yuan", "rule", "plan", "value", "second", "second_value")
WORTHS: Final = (
    "worth_yuan", "plan", "mean", "best_in", "second", "lead", "lead_low", "lead_high", "evpi", "evpi_apart", "chance",
)  # fmt: skip
PARAMETERS: Final = ("worth_yuan", "parameter", "evppi", "share", "changes", "is_told")


def benefits(values: pd.DataFrame, plans: Sequence[str]) -> pd.DataFrame:
    """Each plan less the first of them: columns BENEFITS, of the draws in which every plan has every replication.

    ``values``: scenario, draw, replication, outcome, value; KEPT and the public cost among the outcomes.
    """
    of_both = values[values["outcome"].isin((KEPT, PUBLIC_COST))]
    if of_both.empty:
        return pd.DataFrame(columns=list(BENEFITS))
    wide = of_both.pivot(index=["draw", "replication"], columns=["outcome", "scenario"], values="value")
    wide = wide.reindex(columns=pd.MultiIndex.from_product([(KEPT, PUBLIC_COST), plans]))
    done = wide.notna().all(axis=1).groupby(level="draw").agg(["all", "count"])
    whole = done.index[done["all"] & (done["count"] == done["count"].max())]
    wide = wide.loc[wide.index.get_level_values("draw").isin(whole)]
    parts = [
        pd.DataFrame({"plan": plan, "kept": wide[KEPT, plan] - wide[KEPT, plans[0]],
                      PUBLIC_COST: wide[PUBLIC_COST, plan] - wide[PUBLIC_COST, plans[0]]}).reset_index()
        for plan in plans
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)[list(BENEFITS)]


@dataclass(frozen=True)
class NetBenefit:
    """The benefits of plans, as :func:`benefits` gives them, at worths in yuan a firm kept."""

    table: pd.DataFrame
    worths: tuple[float, ...]

    @cached_property
    def plans(self) -> list[str]:
        """Names of the plans, the baseline first."""
        return list(dict.fromkeys(self.table["plan"]))

    @cached_property
    def draws(self) -> list[int]:
        """The draws in which plans are compared."""
        return list(dict.fromkeys(self.table["draw"]))

    @cached_property
    def _each(self) -> Values:
        """Net benefit in fen: shape (worths, draws, plans, replications)."""
        shape = len(self.plans), len(self.draws), -1
        kept, cost = (
            self.table[name].to_numpy(np.float64).reshape(shape).transpose(1, 0, 2) for name in ("kept", PUBLIC_COST)
        )
        return np.stack([fen(worth) * kept - cost for worth in self.worths])

    @cached_property
    def _means(self) -> Values:
        """The same over replications: shape (worths, draws, plans)."""
        return np.asarray(self._each.mean(axis=3))

    @cached_property
    def _weight(self) -> Values:
        return np.full(len(self.draws), 1.0 / len(self.draws))

    def by_plan(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What each plan comes to at each worth, columns PLANS, and what rules choose, columns CHOICES."""
        tables, rules = [], []
        for worth, net, luck in zip(self.worths, self._means, self._luck(), strict=True):
            rows = np.indices(net.shape).reshape(2, -1)
            worlds = pd.DataFrame(
                {"plan": np.array(self.plans, object)[rows[1]], "world": rows[0], NET: net.ravel()}
            )  # fmt: skip
            found = robustness.table(worlds, {NET: "up"}, self.plans)
            chosen = robustness.choices(found, robustness.met(worlds, []), {NET: "up"}, self.plans)
            found = found[found["objective"] == NET].assign(worth_yuan=worth, **dict(zip(LUCK, luck, strict=True)))
            tables.append(found[list(PLANS)])
            rules.append(chosen[chosen["objective"] == NET].assign(worth_yuan=worth)[list(CHOICES)])
        return pd.concat(tables, ignore_index=True), pd.concat(rules, ignore_index=True)

    def _luck(self) -> Values:
        """Standard deviations LUCK of each plan at each worth: shape (worths, 3, plans)."""
        replications = self._each.shape[3]
        many = len(self.draws) > 1
        over_draws = self._means.std(axis=1, ddof=1) if many else np.full_like(self._means[:, 0], np.nan)
        if replications < 2:
            unknown = np.full_like(over_draws, np.nan)
            return np.stack([over_draws, unknown, unknown], axis=1)
        in_a_draw = np.sqrt(self._each.var(axis=3, ddof=1).mean(axis=1) / replications)
        in_all = self._each.mean(axis=1).std(axis=2, ddof=1) / np.sqrt(replications)
        return np.stack([over_draws, in_a_draw, in_all], axis=1)

    def by_worth(self, by_plan: pd.DataFrame, chance: Values) -> pd.DataFrame:
        """Which plan is best on average at each worth, its lead, and what all knowledge is worth: columns WORTHS.

        ``by_plan``: as :meth:`by_plan` gives it; ``chance``: by worth, of :meth:`by_parameter`.
        """
        evpi = value_of_information.perfect(self._means, self._weight)
        apart = value_of_information.told_apart(self._each, self._weight)
        rows = []
        for place, worth in enumerate(self.worths):
            of = by_plan[by_plan["worth_yuan"] == worth].sort_values("mean", ascending=False, kind="stable")
            (first, second), known = of["plan"].iloc[:2], of.iloc[0]
            on_average = self._each[place].mean(axis=0)
            apart_by = on_average[self.plans.index(first)] - on_average[self.plans.index(second)]
            lead = (float(end) for end in interval(apart_by))
            found = (first, known["mean"], known["best_in"], second, *lead)
            rows.append((worth, *found, evpi[place], apart[place], chance[place]))
        return pd.DataFrame(rows, columns=list(WORTHS))

    def by_parameter(self, drawn: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, Values]:
        """What it is worth to know each parameter at each worth, columns PARAMETERS, and what chance gives, by worth.

        ``drawn``: draw, same_as, then a column of numbers for each parameter. Draws that are the same are one of so
        much more weight.
        """
        here = drawn.set_index("draw").loc[self.draws]
        _, first, which = np.unique(here["same_as"], return_index=True, return_inverse=True)
        weight = np.bincount(which) / len(which)
        parameters = here.columns.drop("same_as")
        numbers = here[parameters].to_numpy(np.float64)[first]
        known = value_of_information.partial(self._means[:, first], numbers, weight, seed)
        evpi = value_of_information.perfect(self._means, self._weight)
        tables = []
        for place, worth in enumerate(self.worths):
            value = known.value[place]
            share = value / evpi[place] if evpi[place] > 0 else np.full_like(value, np.nan)
            table = pd.DataFrame({
                "worth_yuan": worth, "parameter": parameters, "evppi": value, "share": share,
                "changes": known.changes[place], "is_told": value > known.chance[place],
            })  # fmt: skip
            tables.append(table.sort_values("evppi", ascending=False, kind="stable"))
        return pd.concat(tables, ignore_index=True)[list(PARAMETERS)], known.chance
