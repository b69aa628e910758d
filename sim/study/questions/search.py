"""Search: the best plans for a budget, and which of them to choose when nobody knows which world will come.

Plans are proposed by NSGA-II a generation at a time (``sim/study/search/optimiser.py``) and judged under the same
replications, as differences from the baseline. The plans that no other beats in every objective are the front. Those
that stand for it are run again with fresh random numbers, because the best of many is partly the luckiest (Smith and
Winkler 2006, Manage. Sci. 52, 311-322), and in many worlds, because the assumed one is only assumed
(``sim/study/statistics/robustness.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sim.measure import Strict, Words
from sim.names import Named
from sim.observe.months import HEADLINES
from sim.refusal import Refusal
from sim.scenario import load
from sim.scenario.levers import twice
from sim.scenario.schema import outcome_among
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS, SEED
from sim.study.designs.design import check_draws, column, sample
from sim.study.designs.factors import Factor, Over, at, noted, one_by_one, paths, trials, varied
from sim.study.outcomes import possible_differences
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study
from sim.study.search.generations import Aims, search
from sim.study.search.plans import DEADWEIGHT, Plan, Plans, by_replication, judge, quantities
from sim.study.statistics import robustness as of_plans
from sim.study.statistics.intervals import interval
from sim.study.statistics.pareto_front import spread
from sim.study.statistics.robustness import Direction
from sim.vocabulary import ACTIONS

if TYPE_CHECKING:
    from sim.scenario import Scenario

Chosen = Annotated[Literal[ACTIONS], Named(("action",))]  # type: ignore[valid-type]
FOLDER: Final = "searches"
LARGEST_SEED: Final = 2**32 - 1  # of the optimiser
DEFAULT: Final = "plan_for_a_budget"
FEN: Final = 100  # in a yuan
BUDGET: Final = "budget"  # among the requirements
CONFIRMED: Final = ("plan", "quantity", "searched", "mean", "low", "high", "replications")
DIFFERENCES: Final = ("plan", "other", "objective", "mean", "low", "high")


class Robust(Strict):
    """In which worlds the plans of the front are looked at: ``draws`` of a Sobol sequence over what is uncertain.

    ``over``: see :func:`sim.study.designs.factors.varied`.
    """

    draws: Annotated[int, Field(ge=2, le=MOST_DRAWS)] = 32
    over: Over = "worlds"
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 1
    seed: Annotated[int, Field(ge=0, le=SEED.most)] = 1  # of the sample of worlds


class Question(Strict):
    """A file in ``scenarios/searches/``.

    ``actions`` are those that a plan switches on or off (``choose``: all ten), ``over`` the levers with their ranges.
    ``objectives``: outcomes as differences from ``against``, ``public_cost`` and ``deadweight``, each up or down; the
    first is what the search is for, where a rule needs one. ``budget_yuan`` limits the public cost, mean over
    replications.
    """

    title: Words
    scenario: str = "full_plan"
    against: str = "no_support"
    actions: Literal["choose"] | tuple[Chosen, ...] = ()
    over: dict[str, Any] = Field({})
    objectives: Annotated[dict[Annotated[str, outcome_among(PUBLIC_COST, DEADWEIGHT)], Direction], Field(min_length=1)]
    budget_yuan: Annotated[float, Field(gt=0)] | None = None
    population: Annotated[int, Field(ge=4, le=MOST_DRAWS)] = 32  # plans of a generation
    generations: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = 16
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 3
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1  # of the proposals; that of the runs is another
    plans: Annotated[int, Field(ge=1)] = 12  # of the front that are looked at closely, at most
    fresh_replications: Annotated[int, Field(ge=2)] = 10  # that these are run under again
    robust: Robust | None = None

    @model_validator(mode="after")
    def _fits(self) -> Question:
        if not self.actions and not self.over:
            raise Refusal(
                zh="没有可选择的内容：应写 actions、over 中的政策参数，或两者",
                en="give actions, levers under over, or both: there is nothing to choose",
            )
        if len({*self.chosen_actions}) < len(self.chosen_actions):
            named = ", ".join(self.chosen_actions)
            raise Refusal(zh=f"actions 中有重复：{named}", en=f"actions names one twice: {named}")
        worlds = self.robust.over if self.robust is not None and isinstance(self.robust.over, dict) else {}
        both = [*self.over.items(), *worlds.items()]
        if again := [said for _, said in twice(both)]:
            raise Refusal(
                zh=f"over 与 robust 的 over 两次设定同一政策参数：{again[0]}",
                en=f"over, with the worlds of robust, sets the same lever twice: {again[0]}",
            )
        if any(path == "firms" for path, _ in both):
            raise Refusal(
                zh="firms 不能选择：各方案与其基准是逐户比较的",
                en="firms is not to choose: plans and their baseline are held against each other firm by firm",
            )
        return self

    @property
    def chosen_actions(self) -> tuple[str, ...]:
        """The actions that a plan switches on or off."""
        return ACTIONS if self.actions == "choose" else self.actions

    def factors(self) -> list[Factor]:
        """What a plan chooses. Raises ``ScenarioError`` for a range that is not understood."""
        on_or_off = [Factor(action, values=(False, True)) for action in self.chosen_actions]
        levers = varied(self.over) if self.over else []
        one_by_one(levers)
        return [*on_or_off, *levers]

    def with_draws(self, draws: int) -> Question:
        """The same with as many generations as it takes to try so many plans; the first are the same.

        Raises :class:`StudyError` for fewer plans than a generation has.
        """
        if draws < self.population:
            raise StudyError(
                zh=f"一代有 {self.population} 个方案，至少试一代，不能只试 {draws} 个；"
                "要更少，请在问题文件中改小 population。",
                en=f"A generation has {self.population} plans and at least one is tried: {draws} are too few; for "
                "fewer, let the question's file say a smaller population.",
            )
        return self.model_copy(update={"generations": max(1, -(-draws // self.population))})


@dataclass(frozen=True, repr=False)
class Search(Study):
    """Plans tried, the best of them, and what becomes of those in other worlds.

    Plans are named ``plan_17`` in the order in which they were tried; the scenario as it stands has its own name.
    Quantities are the objectives, ``public_cost`` (fen) and the headline outcomes: means over replications of the
    difference from the baseline, ``deadweight`` the share of the money given that went to firms that live either way
    (0 where no money was given). ``_low`` and ``_high`` are 95 % intervals.

    ``evaluations``: plan, generation, same_as (an earlier plan that asks the same, or its own name), a column for each
    action and lever (missing where its measure is off), replications, failed (runs), is_within_budget, is_on_front,
    and each quantity with its interval. A plan with a failed run is not judged.
    ``generations``: generation, plans, new (not tried before), failed (plans), within_budget, front (plans on it so
    far), hypervolume (in units of the box that the first generation spans; see ``pareto_front.py``).
    ``front``: the evaluations on the front, cheapest first, with is_looked_at (one of those run again) and holds
    (whether it keeps the budget and no other plan looked at beats it, with fresh random numbers; missing where not
    looked at).
    ``confirmed``: plan, quantity, searched (what the search saw), mean, low, high, replications: with fresh random
    numbers, of the plans looked at and of the scenario as it stands.
    ``differences``: plan, other, objective, mean, low, high: of each two of them, paired by replication.
    ``worlds``: plan, world, reason, the quantities, and ``level_`` outcomes that the plan has targets for.
    ``drawn``: world, then a column for each uncertainty.
    ``robustness``, ``requirements``, ``choices``: see :mod:`sim.study.statistics.robustness`.
    ``runs``: stage (search, fresh, worlds), scenario (plan), draw (world), replication, run, seed, firms, months, ...,
    reason, then a column for each outcome.
    """

    kind: ClassVar[str] = "search"
    evaluations: pd.DataFrame
    generations: pd.DataFrame
    front: pd.DataFrame
    confirmed: pd.DataFrame
    differences: pd.DataFrame
    worlds: pd.DataFrame
    drawn: pd.DataFrame
    robustness: pd.DataFrame
    requirements: pd.DataFrame
    choices: pd.DataFrame

    @property
    def question(self) -> dict[str, Any]:
        """What was asked, as the file says it."""
        found: dict[str, Any] = self.manifest.settings["question"]
        return found

    @property
    def objectives(self) -> dict[str, Direction]:
        """Objectives and their directions, the first one first."""
        return {name: direction for name, direction in self.manifest.settings["objectives"]}

    @property
    def levers(self) -> list[str]:
        """What plans choose: names of actions, dotted paths of levers."""
        return list(self.manifest.settings["levers"])

    @property
    def reference(self) -> str:
        """Name of the scenario as it stands."""
        return self.manifest.scenarios[-1].name

    @property
    def axes(self) -> tuple[str, str, str | None]:
        """What pictures of the front show: across, up and as colour."""
        names = list(self.objectives)
        across = PUBLIC_COST if PUBLIC_COST in names or len(names) == 1 else names[1]
        rest = [name for name in names if name != across]
        return across, rest[0] if rest else names[0], rest[1] if len(rest) > 1 else None

    @property
    def stands(self) -> pd.Series[float]:
        """What the scenario as it stands brings about, by quantity, in the replications of the search."""
        confirmed = self.confirmed[self.confirmed["plan"] == self.reference].set_index("quantity")["searched"]
        return confirmed.reindex(quantities(list(self.objectives)))


def answer(question: Question, setting: Setting, runner: Runner) -> Search:
    """Search, then look closely at the front; see :func:`sim.study.answering.ask`.

    Raises :class:`StudyError` when no run of the baseline succeeded or no generation could be finished in time.
    """
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    factors = question.factors()
    stands, baseline = sized([load(question.scenario, levers), load(question.against, levers)], firms)
    reference = Plan(stands.name, {})
    plans = Plans(
        question.scenario, question.against, question.chosen_actions, levers, stands.firms, seed,
        DEADWEIGHT in question.objectives, runner,
    )  # fmt: skip
    worlds = _worlds(question.robust)
    chosen = [factor for factor in factors if factor.path not in plans.actions]
    check_draws(question.scenario, levers, trials(chosen), trials(worlds), firms)
    for world in trials(worlds):
        plans.baseline(world)
    looked = question.plans + 1
    per_world = question.robust.draws * question.robust.replications if question.robust else 0
    runner.expect(
        question.replications * (2 + question.population * question.generations)
        + (looked + 1) * (question.fresh_replications + per_world)
    )
    aims = Aims(question.objectives, float("inf") if question.budget_yuan is None else question.budget_yuan * FEN)
    replications, told = range(question.replications), quantities(list(question.objectives))
    found = search(factors, aims, plans, question.population, question.generations, replications, question.seed)
    front = found.evaluations[found.evaluations["is_on_front"]]
    shown = [found.plans[str(front["plan"].iloc[place])] for place in spread(aims.values(front), question.plans)]
    runner.expect((len(shown) + 1 - looked) * (question.fresh_replications + per_world))
    close = [*shown, reference]
    known, _, again = plans.run([reference], replications)
    searched = pd.concat([found.evaluations, judge(known, told)], ignore_index=True).set_index("plan")
    effects, *fresh = plans.run(close, range(replications.stop, replications.stop + question.fresh_replications))
    confirmed = _confirmed(judge(effects, told), searched, told)
    in_worlds, drawn, rows = _in_worlds(question, worlds, close, plans, stands)
    robustness, requirements, choices = _weighed(question, aims, in_worlds, [plan.name for plan in shown], stands)
    runs = [frame.assign(stage="search") for frame in (*found.runs, again)]
    runs += [frame.assign(stage="fresh") for frame in fresh] + [frame.assign(stage="worlds") for frame in rows]
    together = pd.concat([frame for frame in runs if len(frame)], ignore_index=True)
    together.insert(0, "stage", together.pop("stage"))
    return Search(
        manifest=manifest(
            "search", [baseline, stands], seed, question.replications, varied=paths((*factors, *worlds)),
            title=question.title.model_dump(),
            levers=[f.path for f in factors], objectives=list(question.objectives.items()),
            question=question.model_dump(mode="json", exclude={"title"}), **noted((*factors, *worlds)),
        ),
        runs=together.drop(columns=["asked", "keep", "paired_with", "calibration", "sources"]),
        evaluations=found.evaluations,
        generations=found.generations,
        front=_front(front, [plan.name for plan in shown], confirmed, aims),
        confirmed=confirmed,
        differences=_differences(effects, list(question.objectives)),
        worlds=in_worlds,
        drawn=drawn,
        robustness=robustness,
        requirements=requirements,
        choices=choices,
    )  # fmt: skip


def _confirmed(judged: pd.DataFrame, searched: pd.DataFrame, told: Sequence[str]) -> pd.DataFrame:
    """Columns CONFIRMED."""
    rows = [
        (
            plan,
            name,
            searched[name].get(plan, float("nan")),
            row[name],
            row[f"{name}_low"],
            row[f"{name}_high"],
            row["replications"],
        )
        for plan, row in zip(judged["plan"], judged.to_dict("records"), strict=True)
        for name in told
    ]
    return pd.DataFrame(rows, columns=list(CONFIRMED))


def _front(front: pd.DataFrame, shown: Sequence[str], confirmed: pd.DataFrame, aims: Aims) -> pd.DataFrame:
    """The front, cheapest first, and what fresh random numbers say of it."""
    again = confirmed.pivot(index="plan", columns="quantity", values="mean").reindex(list(shown))
    known = {} if confirmed.empty else dict(zip(shown, aims.best(again, aims.holds(again)).tolist(), strict=True))
    table = front.sort_values([PUBLIC_COST, "plan"], kind="stable", ignore_index=True)
    place = list(table.columns).index("is_on_front")
    table = table.drop(columns="is_on_front")
    table.insert(place, "is_looked_at", table["plan"].isin(shown))
    table.insert(place + 1, "holds", pd.Series([known.get(plan) for plan in table["plan"]], dtype="boolean"))
    return table


def _differences(effects: pd.DataFrame, objectives: Sequence[str]) -> pd.DataFrame:
    """Columns DIFFERENCES: the first of two plans less the other, paired by replication."""
    rows = []
    done = effects[effects["reason"] == ""]
    for objective in objectives:
        wide = done.assign(value=by_replication(done, objective)).pivot(
            index="replication", columns="plan", values="value"
        )
        for plan, other in combinations(dict.fromkeys(done["plan"]), 2):
            apart = (wide[plan] - wide[other]).dropna().to_numpy(float)
            ends = interval(apart, *((-1.0, 1.0) if objective == DEADWEIGHT else possible_differences([objective])))
            rows.append((plan, other, objective, *(np.asarray(end).item() for end in ends)))
    return pd.DataFrame(rows, columns=list(DIFFERENCES))


def _worlds(asked: Robust | None) -> list[Factor]:
    """What is uncertain."""
    return [] if asked is None else varied(asked.over)


def _targets(scenario: Scenario) -> list[Any]:
    """The plan's targets for the headline outcomes."""
    return [target for target in scenario.plan.targets if target.outcome in HEADLINES]


def _in_worlds(
    question: Question, factors: list[Factor], close: Sequence[Plan], plans: Plans, stands: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, list[pd.DataFrame]]:
    """The tables ``worlds`` and ``drawn``, and the rows of their runs."""
    told = quantities(list(question.objectives))
    levels = [f"level_{target.outcome}" for target in _targets(stands)]
    columns = ["plan", "world", "reason", *told, *levels]
    if question.robust is None:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["world"]), []
    points = sample("sobol", factors, question.robust.draws, question.robust.seed)
    drawn = [at(factors, point) for point in points]
    effects, *rows = plans.run(close, range(question.robust.replications), drawn)
    judged = judge(effects, [*told, *levels])
    failed = effects[effects["reason"] != ""].drop_duplicates(["plan", "world"])[["plan", "world", "reason"]]
    judged = judged.merge(failed, on=["plan", "world"], how="left", sort=False)
    judged["reason"] = judged["reason"].fillna("")
    table = pd.DataFrame({path: column(world[path] for world in drawn) for path in paths(factors)})
    table.insert(0, "world", range(len(drawn)))
    return judged[columns], table, rows


def _weighed(
    question: Question, aims: Aims, worlds: pd.DataFrame, shown: Sequence[str], stands: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables ``robustness``, ``requirements`` and ``choices``: over worlds in which all plans can be compared."""
    targets = [
        of_plans.Requirement(
            target.outcome, f"level_{target.outcome}", "at_most" if target.at_least is None else "at_least",
            float(target.at_most if target.at_least is None else target.at_least),
        )
        for target in _targets(stands)
    ]  # fmt: skip
    if question.budget_yuan is not None:
        targets.append(of_plans.Requirement(BUDGET, PUBLIC_COST, "at_most", aims.budget))
    compared = of_plans.complete(worlds, [*aims.objectives, PUBLIC_COST])
    asked = question.robust.draws if question.robust else 0
    whole = compared.groupby("world")["plan"].transform("count") == len(shown) + 1
    compared = compared[whole]
    if not asked or not shown or compared.empty:
        empty = (of_plans.ROBUSTNESS, of_plans.REQUIREMENTS, of_plans.CHOICES)
        first, second, third = (pd.DataFrame(columns=list(columns)) for columns in empty)
        return first, second, third
    robustness = of_plans.table(compared, aims.objectives, shown)
    requirements = of_plans.met(compared, targets)
    return robustness, requirements, of_plans.choices(robustness, requirements, aims.objectives, shown)
