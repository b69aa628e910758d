"""Plans side by side: scenarios made from choices, run beside their baseline in one world or many, and judged.

A plan is the levers that make it of a scenario, an action among them by its name: true where it is on. What a plan
brings about is the difference from the baseline of the same world under the same random numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from sim.observe.months import HEADLINES
from sim.scenario import load
from sim.study.keywords import Firms
from sim.study.outcomes import possible_differences, possible_range
from sim.study.reductions import fates
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Keep, RunSpec, sized
from sim.study.statistics.intervals import confidence_limits, interval, quantile

if TYPE_CHECKING:
    from sim.measure import Measure
    from sim.scenario import Scenario

DEADWEIGHT: Final = "deadweight"  # share of the money given that goes to firms that live either way, docs/effects.md
GIVEN, WASTED = "given_fen", "given_either_way_fen"  # in a run: to all founders, and to those that live either way
KEEP: Final[Keep] = "fates"  # of a run whose firms are looked at
LEVEL: Final = "level_"  # before the name of an outcome as it is, which without it is a difference
NO_BASELINE: Final = "the run of the baseline under the same random numbers did not succeed"


class Plan(NamedTuple):
    """A name, and dotted paths with their values; an action by its name with true or false."""

    name: str
    levers: Mapping[str, Any]


@dataclass(frozen=True)
class Plans:
    """How plans are run. ``levers`` hold in every plan and in the baseline, ``actions`` are those that plans choose."""

    scenario: str
    against: str
    actions: tuple[str, ...]
    levers: Mapping[str, Any]
    firms: Firms
    seed: int
    with_fates: bool  # whether DEADWEIGHT is asked for
    runner: Runner

    def asked(self, plan: Plan, world: Mapping[str, Any] = MappingProxyType({})) -> Scenario:
        """What a plan asks in a world. Raises ``ScenarioError`` where a value is not allowed."""
        chosen = {path: value for path, value in self.used(plan).items() if path not in self.actions}
        asked = load(self.scenario, self.levers, {**chosen, **world})
        off = [m.id for m in asked.measures if not self._is_on(m, plan)]
        if off:
            asked = asked.without_measures(off, name=plan.name, title=asked.title)
        return replace(sized([asked], self.firms)[0], name=plan.name)

    def baseline(self, world: Mapping[str, Any] = MappingProxyType({})) -> Scenario:
        """What plans are compared with in a world."""
        return sized([load(self.against, self.levers, world)], self.firms)[0]

    def used(self, plan: Plan) -> dict[str, Any]:
        """The levers of a plan that act: not those of measures that are off, nor of funds that then pay for none."""
        on = [m for m in self._measures if self._is_on(m, plan)]
        idle = {f"{m.id}." for m in self._measures if m not in on}
        idle |= {f"funds.{m.fund}." for m in self._measures} - {f"funds.{m.fund}." for m in on}
        return {path: value for path, value in plan.levers.items() if not path.startswith(tuple(idle))}

    @cached_property
    def _measures(self) -> tuple[Measure, ...]:
        return load(self.scenario, self.levers).measures

    def _is_on(self, measure: Measure, plan: Plan) -> bool:
        return measure.action not in self.actions or bool(plan.levers.get(measure.action, True))

    def run(
        self, plans: Sequence[Plan], replications: range, worlds: Sequence[Mapping[str, Any]] = ({},)
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Run plans in worlds; returns their effects, the rows of the baselines' runs and of their own.

        Effects: plan, world, replication, asked (fingerprint of the scenario), reason, then differences from the
        baseline of the outcomes and of PUBLIC_COST, ``level_`` outcomes as they are, and GIVEN and WASTED where fates
        are looked at. A replication whose baseline failed has the reason NO_BASELINE. What could not be begun in
        time has no row.
        """
        keep: Keep = KEEP if self.with_fates else "outcomes"
        baselines = [self.baseline(world) for world in worlds]

        def specs() -> Iterator[RunSpec]:
            for number, (world, baseline) in enumerate(zip(worlds, baselines, strict=True)):
                for plan in plans:
                    asked = self.asked(plan, world)
                    for r in replications:
                        yield RunSpec(asked, self.seed + r, r, number, keep, baseline if self.with_fates else None)

        there = self.runner.run(
            RunSpec(baseline, self.seed + r, r, number, keep)
            for number, baseline in enumerate(baselines)
            for r in replications
        )
        rows = self.runner.run(specs())
        return self._effects(rows, there), there, rows

    def _effects(self, rows: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
        pair = ["draw", "replication"]
        names = [name for name in rows.columns[list(rows.columns).index("reason") + 1 :] if name in there]
        other = there[[*pair, "reason", *names]]
        both = rows.merge(other, on=pair, how="left", sort=False, suffixes=("", "_there"))
        lost = both["reason_there"].ne("") & both["reason"].eq("")
        effects = both[["scenario", *pair, "asked"]].rename(columns={"scenario": "plan", "draw": "world"})
        effects["reason"] = both["reason"].mask(lost, NO_BASELINE)
        ours, theirs = both[names].to_numpy(float), both[[f"{name}_there" for name in names]].to_numpy(float)
        ours[lost.to_numpy()] = np.nan
        table = {f"{LEVEL}{name}": ours[:, k] for k, name in enumerate(names)}
        table |= {name: (ours - theirs)[:, k] for k, name in enumerate(names)}
        if self.with_fates:
            money = np.full((len(both), 2), np.nan)
            for place in np.flatnonzero(effects["reason"].eq("").to_numpy()):
                money[place] = self._money(str(rows["run"].iloc[place]))
            table |= {GIVEN: money[:, 0], WASTED: money[:, 1]}
        return pd.concat([effects, pd.DataFrame(table, index=effects.index)], axis=1)

    def _money(self, run: str) -> tuple[float, float]:
        """Fen given to all founders of a run, and to those that live either way."""
        groups, sums = fates.from_table(self.runner.stored.table(run, "sums"))
        given = sums[groups.index(("all", "all")), :, fates.QUANTITIES.index("given_fen")]
        return float(given.sum()), float(given[fates.FATES.index("lives_either_way")])


def judge(effects: pd.DataFrame, quantities: Sequence[str]) -> pd.DataFrame:
    """What each plan brings about in each world: plan, world, replications, failed (runs), then quantities.

    Each has mean, ``_low`` and ``_high``: means over replications of the quantities (columns of the effects, or
    DEADWEIGHT, the ratio of two means) with 95 % intervals. A plan is judged in all replications that its baseline
    lives through or not at all: one failed run leaves all its quantities missing.
    """
    rows = []
    for (plan, world), of_plan in effects.groupby(["plan", "world"], sort=False):
        counted = of_plan[of_plan["reason"] != NO_BASELINE]
        failed = int(counted["reason"].ne("").sum())
        row: dict[str, Any] = {"plan": plan, "world": world, "replications": len(counted), "failed": failed}
        for name in quantities:
            estimate = _estimate(counted, name) if len(counted) and not failed else (np.nan,) * 3
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True))
        rows.append(row)
    columns = ["plan", "world", "replications", "failed", *(n + e for n in quantities for e in ("", "_low", "_high"))]
    return pd.DataFrame(rows, columns=columns)


def by_replication(effects: pd.DataFrame, quantity: str) -> pd.Series[float]:
    """A quantity run by run, DEADWEIGHT too."""
    if quantity != DEADWEIGHT:
        return effects[quantity]
    return (effects[WASTED] / effects[GIVEN].where(effects[GIVEN] > 0)).mask(effects[GIVEN] == 0, 0.0)


def _estimate(effects: pd.DataFrame, quantity: str) -> tuple[float, float, float]:
    """Mean and interval over replications. A plan that gives no money wastes none."""
    if quantity != DEADWEIGHT:
        level = quantity.removeprefix(LEVEL)
        possible = possible_differences([quantity]) if level == quantity else possible_range(level)
        mean, low, high = interval(effects[quantity].to_numpy(float), *possible)
        return float(mean), np.asarray(low).item(), np.asarray(high).item()
    given, wasted = effects[GIVEN].to_numpy(float), effects[WASTED].to_numpy(float)
    if not given.any():
        return 0.0, 0.0, 0.0
    share, count = wasted.sum() / given.sum(), len(given)
    if count < 2:
        return share, np.nan, np.nan
    # A share of sums: the spread of its numerator about it, as for every ratio of two means.
    error = np.std(wasted - share * given, ddof=1) / given.mean() / count**0.5
    low, high = confidence_limits(share, quantile(count) * error, 0.0, 1.0)
    return share, float(low), float(high)


def quantities(objectives: Sequence[str]) -> list[str]:
    """What is told of every plan: the objectives, what it costs, and the headline outcomes."""
    return list(dict.fromkeys([*objectives, PUBLIC_COST, *HEADLINES]))
