"""Which plan to choose when nobody knows which world will come: regret, requirements, and rules that weigh them.

No rule is the right one; where they name different plans, that is what there is to say. Compared in McPhail et al.
(2018, Earth's Future 6, 169-191): Laplace (best on average), Wald (1950; best in its worst world), Savage (1951; least
regret), and Starr's domain criterion (1963; the largest share of worlds in which it is good enough).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Direction = Literal["up", "down"]  # which is better
ALL: Final = "all"  # requirements, or aims, taken together
RULES: Final = ("mean", "worst", "regret", "domain")
SIGN: Final[dict[Direction, float]] = {"up": 1.0, "down": -1.0}
ROBUSTNESS: Final = (
    "plan", "objective", "mean", "p05", "p50", "p95", "worst", "regret_mean", "regret_p90", "regret_max", "best_in",
    "worlds",
)  # fmt: skip
REQUIREMENTS: Final = ("plan", "requirement", "bound", "limit", "share", "worlds")
CHOICES: Final = ("rule", "objective", "plan", "value", "second", "second_value")


class Requirement(NamedTuple):
    """What a plan should reach in a world: a column of the table of worlds, and its limit."""

    name: str
    column: str
    bound: str  # at_least or at_most
    limit: float

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where it is met; not where there is no value."""
        return np.asarray(values >= self.limit if self.bound == "at_least" else values <= self.limit)


def complete(worlds: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of the worlds in which every plan has a value in every column: only there plans can be compared."""
    lacking = worlds.loc[worlds[list(columns)].isna().any(axis=1), "world"]
    return worlds[~worlds["world"].isin(lacking)]


def regrets(values: NDArray[np.float64], candidates: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far each plan falls short, in each world, of the best candidate there: shape (plans, worlds).

    ``values`` has that shape, more is better. A plan that is no candidate and better than all has a negative one.
    """
    return np.asarray(values[candidates].max(axis=0) - values)


def table(worlds: pd.DataFrame, objectives: Mapping[str, Direction], candidates: Sequence[str]) -> pd.DataFrame:
    """Columns ROBUSTNESS, for each plan and objective. ``worst`` is over worlds; regrets are in the objective's unit.

    ``worlds``: plan, world and a column for each objective, complete; ``candidates``: the plans one can choose. The
    objective ALL has regrets only: the largest over objectives, each divided by how far the best and the worst
    candidate of that world lie apart. ``best_in``: share of worlds without regret.
    """
    rows = []
    plans = list(dict.fromkeys(worlds["plan"]))
    chosen = np.isin(plans, list(candidates))
    scaled = []
    for objective, direction in objectives.items():
        sign = SIGN[direction]
        values = sign * _wide(worlds, objective, plans)
        regret = regrets(values, chosen)
        apart = np.ptp(values[chosen], axis=0)
        scaled.append(regret / np.where(apart > 0, apart, 1.0))
        for place, plan in enumerate(plans):
            own = sign * values[place]
            rows.append((
                plan, objective, own.mean(), *np.quantile(own, [0.05, 0.5, 0.95]), sign * values[place].min(),
                *_of_regret(regret[place]), len(own),
            ))  # fmt: skip
    together = np.max(scaled, axis=0)
    missing = [float("nan")] * 5
    rows += [(plan, ALL, *missing, *_of_regret(together[k]), together.shape[1]) for k, plan in enumerate(plans)]
    return pd.DataFrame(rows, columns=list(ROBUSTNESS))


def met(worlds: pd.DataFrame, requirements: Sequence[Requirement]) -> pd.DataFrame:
    """Columns REQUIREMENTS: share of worlds in which each plan meets each requirement, and at last all at once.

    What no plan meets in any world tells no plan from another: it is left out of ALL, whose ``limit`` is the number of
    requirements that it holds together.
    """
    rows = []
    holds = {r.name: r.holds(worlds[r.column].to_numpy(float)) for r in requirements}
    counted = [name for name, where in holds.items() if where.any()]
    together = np.logical_and.reduce([holds[name] for name in counted]) if counted else np.zeros(len(worlds), np.bool_)
    for plan, of_plan in worlds.groupby("plan", sort=False).indices.items():
        for r in requirements:
            rows.append((plan, r.name, r.bound, r.limit, holds[r.name][of_plan].mean(), len(of_plan)))
        rows.append((plan, ALL, "", float(len(counted)), together[of_plan].mean(), len(of_plan)))
    return pd.DataFrame(rows, columns=list(REQUIREMENTS))


def choices(
    robustness: pd.DataFrame,
    shares: pd.DataFrame,
    objectives: Mapping[str, Direction],
    candidates: Sequence[str],
) -> pd.DataFrame:
    """Columns CHOICES: the plan that each rule names for each objective, and the next best; of equals the first.

    Rules: RULES; ``regret`` for ALL objectives together too, ``domain`` for all requirements, where of equals the one
    counts that is best on average in the first objective.
    """
    rows: list[tuple[object, ...]] = []
    for objective, direction in objectives.items():
        of_one = robustness[robustness["objective"] == objective].set_index("plan").loc[list(candidates)]
        for rule, column, sign in (
            ("mean", "mean", SIGN[direction]), ("worst", "worst", SIGN[direction]), ("regret", "regret_max", -1.0)
        ):  # fmt: skip
            rows.append((rule, objective, *_best(of_one[column], sign)))
    together = robustness[robustness["objective"] == ALL].set_index("plan").loc[list(candidates)]
    rows.append(("regret", ALL, *_best(together["regret_max"], -1.0)))
    domain = shares[shares["requirement"] == ALL].set_index("plan")["share"].reindex(list(candidates))
    if domain.notna().all() and (domain > 0).any():
        first, direction = next(iter(objectives.items()))
        means = robustness[robustness["objective"] == first].set_index("plan")["mean"]
        rows.append(("domain", ALL, *_best(domain.loc[_ranked(means[domain.index], SIGN[direction])], 1.0)))
    return pd.DataFrame(rows, columns=list(CHOICES))


def _best(values: pd.Series[float], sign: float) -> tuple[str, float, str, float]:
    ranked = _ranked(values, sign)
    first, second = ranked[0], ranked[min(1, len(ranked) - 1)]
    return first, float(values[first]), second, float(values[second])


def _ranked(values: pd.Series[float], sign: float) -> list[str]:
    return [str(plan) for plan in (sign * values).sort_values(ascending=False, kind="stable").index]


def _wide(worlds: pd.DataFrame, column: str, plans: Sequence[str]) -> NDArray[np.float64]:
    return worlds.pivot(index="plan", columns="world", values=column).loc[list(plans)].to_numpy(float)


def _of_regret(regret: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Mean, 90 % quantile, maximum, and share of worlds without any."""
    return float(regret.mean()), float(np.quantile(regret, 0.9)), float(regret.max()), float((regret <= 0).mean())
