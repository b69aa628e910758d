"""The way to what is wanted: levers at their ends, one lever closed in upon or a trade-off of several searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pandas as pd

from sim.study import StudyError
from sim.study.designs.design import column
from sim.study.designs.factors import Factor
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.generations import Aims, search
from sim.study.search.line import close_in, first_steps
from sim.study.search.optimiser import steps, value_at
from sim.study.search.plans import LEVEL, Plan, judge, quantities
from sim.study.search.wanted import CHANGE, HOWS, MovingPlans, Wanted

EXPECTED: Final = 24  # steps of a lever that are looked at, as a rule
FOUND: Final = "plan_"  # how the names of plans begin that were found on the way


class Effort(NamedTuple):
    """How much is run: replications of what is told, rows and replications of what looks for it, plans of a search."""

    replications: int
    quick_firms: int
    quick_replications: int
    population: int
    generations: int
    plans: int
    seed: int


class Reaching:
    """A goal on the way: plans looked at closely, and what was tried before on few rows."""

    def __init__(self, effort: Effort, close: MovingPlans, wanted: Wanted, stands: str) -> None:
        self.effort, self.close, self.wanted, self.stands = effort, close, wanted, stands
        rows = close.firms if isinstance(close.firms, int) else effort.quick_firms
        self.quick = replace(close, firms=min(rows, effort.quick_firms))
        self.paths = [lever.factor.path for lever in close.moving]
        self.told = quantities([wanted.level, wanted.outcome])
        self.judged: list[pd.DataFrame] = []
        self.runs: list[pd.DataFrame] = []
        self.tried = pd.DataFrame(
            columns=["plan", *self.paths, CHANGE, "failed", wanted.outcome, PUBLIC_COST, "expected"]
        )
        self.generations = pd.DataFrame(columns=["generation"])
        self.known: dict[str, Plan] = {}
        self.is_finished = True

    def look(self, asked: Sequence[Plan]) -> None:
        """Run plans at full size; those that the time did not suffice for are left out."""
        new = [plan for plan in asked if plan.name not in self.known]
        if not new:
            return
        effects, there, rows = self.close.run(new, range(self.effort.replications))
        if len(there) and (there["reason"] != "").all():
            reason = there["reason"].iloc[0]
            raise StudyError(zh=f"原情景没有一次运行成功：{reason}", en=f"No run of the scenario succeeded: {reason}")
        self.runs += [frame.assign(stage="close") for frame in ((there, rows) if not self.judged else (rows,))]
        self.judged.append(self._complete(effects, self.effort.replications))
        self.known |= {plan.name: plan for plan in new}

    def _complete(self, effects: pd.DataFrame, replications: int) -> pd.DataFrame:
        """What plans are worth of which all replications were run."""
        of_each = effects.groupby("plan", sort=False)["replication"].transform("count")
        whole = effects[of_each == replications]
        self.is_finished &= len(whole) == len(effects) and not (effects.empty and self.close.runner.is_over)
        return judge(whole, [*self.told, CHANGE]).drop(columns="world")

    def table(self) -> pd.DataFrame:
        """The plans looked at closely, with whether they keep the bounds."""
        judged = pd.concat(self.judged, ignore_index=True)
        levers = pd.DataFrame(self._columns([self.known[plan] for plan in judged["plan"]]))
        found = pd.concat([judged[["plan"]], levers, judged.drop(columns="plan")], axis=1)
        kept = {("mean_meets" if how == "mean" else how): self.wanted.meets(found, how) for how in HOWS}
        return found.assign(**kept)

    def _columns(self, plans: Sequence[Plan]) -> dict[str, list[Any]]:
        """The levers of plans, column by column; what a plan does not move stands where it is."""
        stand = {lever.factor.path: lever.present for lever in self.close.moving}
        return {path: column(plan.levers.get(path, stand[path]) for plan in plans) for path in self.paths}

    def at_their_ends(self) -> pd.DataFrame:
        """Look at the scenario as it stands and at each lever alone at its ends; the table ``bounds``."""

        def name(place: int) -> str:
            return FOUND if len(self.paths) == 1 else f"bound_{place}_"

        bounds = [
            (factor.path, Plan(f"{name(place)}{step}", {factor.path: value_at(factor, step)}))
            for place, factor in enumerate(lever.factor for lever in self.close.moving)
            for step in (range(len(factor.values)) if is_unordered(factor) else (0, steps(factor)))
        ]
        runs, quick = self.effort.replications, self.effort.quick_replications
        looked = EXPECTED if len(self.paths) == 1 else self.effort.plans + 1
        tried = EXPECTED if len(self.paths) == 1 else self.effort.population * self.effort.generations
        self.close.runner.expect((len(bounds) + 2 + looked) * runs + (tried + 1) * quick)
        self.look([Plan(self.stands, {}), *(plan for _, plan in bounds)])
        there = [str(plan) for plan in self.judged[0]["plan"]]
        if len(there) <= len(bounds):
            raise StudyError(
                zh="给定的时间不够运行原情景和各政策参数的两端；请延长时间，已完成的运行会保留。",
                en="The time given was too short for the scenario as it stands and the ends of the levers; give more: "
                "finished runs are kept.",
            )
        return pd.DataFrame([(path, plan.name) for path, plan in bounds], columns=["lever", "plan"])

    def along(self) -> None:
        """Close in upon the answers along one lever: on few rows, and from there at full size."""
        [lever] = self.close.moving
        factor, most = lever.factor, steps(lever.factor)

        def plan(step: int) -> Plan:
            return Plan(f"{FOUND}{step}", {factor.path: value_at(factor, step)})

        if is_unordered(factor):  # every value was looked at
            return
        quick: list[pd.DataFrame] = []

        def try_out(chosen: list[int]) -> None:
            quick.append(self._try([plan(step) for step in chosen]))

        def answers(judged: Sequence[pd.DataFrame]) -> Iterator[int]:
            table = pd.concat(judged, ignore_index=True)
            table = table[table["plan"].str.startswith(FOUND)]
            named = [self.wanted.answer(table, how) for how in HOWS]
            named += [self.wanted.nearest(table)] if self.wanted.has_goal and named[1] is None else []
            return (int(str(name).removeprefix(FOUND)) for name in named if name is not None)

        begin = close_in(first_steps(most, lever.present_step), try_out, lambda: answers(quick))
        self._note(pd.concat(quick, ignore_index=True), [plan(step) for step in begin])
        places = {begin.index(step) for step in answers(quick)}
        beside = {begin[at] for place in places for at in (place - 1, place, place + 1) if 0 <= at < len(begin)}
        close_in(
            {0, most, lever.present_step, *beside},
            lambda chosen: self.look([plan(step) for step in chosen]),
            lambda: answers(self.judged),
        )

    def _try(self, plans: Sequence[Plan]) -> pd.DataFrame:
        """Run plans on few rows, judged; ``level_`` is that of the scenario as it stands at full size, moved."""
        effects, there, rows = self.quick.run(plans, self._further)
        self.runs += [frame.assign(stage="quick") for frame in (there, rows)]
        return self._moved(self._complete(effects, len(self._further)))

    @property
    def _further(self) -> range:
        """The replications of what looks for an answer: none of those by which it is told."""
        return range(self.effort.replications, self.effort.replications + self.effort.quick_replications)

    def _moved(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Judged on few rows: levels are what the scenario as it stands has at full size and the difference from it."""
        name, stands = self.wanted.outcome, self.judged[0][self.wanted.level].iloc[0]
        ends = {f"{LEVEL}{name}{end}": judged[f"{name}{end}"] + stands for end in ("", "_low", "_high")}
        return judged.assign(**ends)

    def _note(self, judged: pd.DataFrame, plans: Sequence[Plan]) -> None:
        """The table ``tried``."""
        name, named = self.wanted.outcome, {plan.name: plan for plan in plans}
        levers = pd.DataFrame(self._columns([named[plan] for plan in judged["plan"]]))
        levers[CHANGE] = [self.close.change(named[plan]) for plan in judged["plan"]]
        rest = judged[["failed", name, PUBLIC_COST]].assign(expected=judged[self.wanted.level])
        self.tried = pd.concat([judged[["plan"]], levers, rest], axis=1)

    def between(self, bounds: pd.DataFrame) -> None:
        """Search the trade-off between outcome and price on few rows, and look at what answers at full size."""
        effort, name = self.effort, self.wanted.outcome
        aims = Aims({name: "up" if self.wanted.is_up else "down", self.wanted.price: "down"}, self.wanted.budget)
        best = self._best_ends(bounds)
        found = search(
            [lever.factor for lever in self.close.moving], aims, self.quick, effort.population, effort.generations,
            self._further, effort.seed, self._beginnings(best),
        )  # fmt: skip
        self.runs += [frame.assign(stage="quick") for frame in found.runs]
        self.generations = found.generations
        self.is_finished &= len(found.generations) == effort.generations
        table = self._moved(found.evaluations)
        self._note(table, list(found.plans.values()))
        self.look([Plan("all_at_best", best)])
        front = table[table["is_on_front"]].sort_values([self.wanted.price, "plan"], kind="stable")
        names = [str(plan) for plan in front["plan"]]
        if not self.wanted.has_goal:
            self.look([found.plans[plan] for plan in names[-effort.plans :]])
            return
        meets = self.wanted.meets(front, "mean")
        place = int(meets.argmax()) - 1 if meets.any() else len(names) - effort.plans
        for begin in range(max(place, 0), len(names), effort.plans):  # on, until one is certain
            self.look([found.plans[plan] for plan in names[begin : begin + effort.plans]])
            if self.wanted.answer(pd.concat(self.judged, ignore_index=True), "certain") is not None:
                return

    def _best_ends(self, bounds: pd.DataFrame) -> dict[str, Any]:
        """Of each lever that moves the outcome the right way its best end, the one that moves it most first."""
        sign = 1.0 if self.wanted.is_up else -1.0
        gain = sign * self.judged[0].set_index("plan")[self.wanted.outcome]
        rows = [(gain[plan], lever, self.known[plan].levers[lever]) for lever, plan in bounds.itertuples(index=False)]
        of = {lever: max((row for row in rows if row[1] == lever), key=lambda row: row[0]) for lever in self.paths}
        order = sorted((row for row in of.values() if row[0] > 0), key=lambda row: -row[0])
        return {lever: value for _, lever, value in order}

    def _beginnings(self, best: Mapping[str, Any]) -> list[dict[str, int]]:
        """Plans to begin a search with: as it stands, then one lever after the other at its best end, up to all."""
        at = {lever.factor.path: lever.present_step for lever in self.close.moving}
        of = {lever.factor.path: lever.factor for lever in self.close.moving}
        found = [dict(at)]
        for path, value in best.items():
            at[path] = next(step for step in range(steps(of[path]) + 1) if value_at(of[path], step) == value)
            found.append(dict(at))
        return found


def is_unordered(factor: Factor) -> bool:
    """Whether its values lie on no line, so that each is one to try."""
    return bool(factor.values) and not factor.is_whole
