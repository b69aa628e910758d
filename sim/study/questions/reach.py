"""Reach a goal: what would bring an outcome to a value, the cheapest way to it, or the most for a budget.

The levers that may move are run at their ends first, which tells what each can do and what all can do together. Along
one lever its values are then closed in upon (``sim/study/search/line.py``); of several the trade-off between the
outcome and its price is searched for by the NSGA-II of :mod:`.search`, on few rows, where differences from the scenario
as it stands under the same random numbers are known well already. What answers is run at full size with fresh random
numbers, and only that is told as the answer: on the mean, and with the whole 95 % interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from sim.data_folders import scenarios_folder
from sim.measure import Strict, Words
from sim.observe.outcomes import OUTCOMES
from sim.refusal import Refusal, UnknownName
from sim.scenario import load
from sim.scenario.catalogue import catalogue
from sim.scenario.levers import refuse_twice, same
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS
from sim.study.comparison import target_gap
from sim.study.comparison.scenario_means import scenario_means
from sim.study.comparison.targets import Target
from sim.study.designs.design import check_draws
from sim.study.designs.factors import one_by_one, trials, varied
from sim.study.designs.lever_ranges import present, ranges
from sim.study.questions.search import LARGEST_SEED
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, replicated, sized
from sim.study.runs.study import Study
from sim.study.search.plans import LEVEL
from sim.study.search.reaching import Effort, Reaching
from sim.study.search.wanted import CHANGE, HOWS, Moving, MovingPlans, Wanted
from sim.study.statistics.robustness import Requirement
from sim.units import fen

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs.manifest import Manifest

FOLDER: Final = "reaches"
DEFAULT: Final = ""
MOST: Final = "most"
BY: Final = ("sector", "size")
GAPS: Final = ("by", *target_gap.COLUMNS)


def _outcome(name: str) -> str:
    """An outcome by its name, or by the clause of the plan that sets a target for it alone."""
    if name in OUTCOMES:
        return name
    targets = catalogue(scenarios_folder()).plan.targets
    of = [target.outcome for target in targets if target.clause == name]
    if len(of) != 1:
        raise UnknownName("outcome", name, (*OUTCOMES, *(target.clause for target in targets)), among=of)
    return of[0]


def is_goal(said: str) -> bool:
    """Whether a text names an outcome or the clause of a target, and not a question in a file."""
    clauses = {target.clause for target in catalogue(scenarios_folder()).plan.targets}
    return said in OUTCOMES or said in clauses


def less_is_better(said: str) -> bool:
    """Whether less is better of an outcome that is named so, or by its clause."""
    return OUTCOMES[_outcome(said)].less_is_better


class Question(Strict):
    """A file in ``scenarios/reaches/``.

    ``outcome``: its name, or the clause of a target of the plan; ``at_least`` or ``at_most``: where it shall be
    brought, in its unit, of amounts in yuan; the plan's own target where neither is said. ``want``: ``least_change``
    of the levers, each as a share of its range, ``cheapest`` for public budgets, or ``most`` of the outcome, which
    needs no goal. ``budget_yuan``: what public budgets may bear more than under the scenario as it stands.
    ``over``: levers that may move, see :func:`sim.study.designs.factors.varied`, or ``allowed`` for all that the
    field of one allows within the horizon; everything else stays.
    """

    title: Words
    scenario: str = "full_plan"
    outcome: Annotated[str, AfterValidator(_outcome)]
    at_least: float | None = None
    at_most: float | None = None
    want: Literal["least_change", "cheapest", "most"] = "least_change"
    budget_yuan: Annotated[float, Field(ge=0)] | None = None
    over: Annotated[dict[str, Any], Field(min_length=1)]
    replications: Annotated[int, Field(ge=2, le=MOST_RUNS)] = 10  # of what is told
    quick_firms: Annotated[int, Field(ge=1)] = 4_000  # rows at most of the runs that look for it
    quick_replications: Annotated[int, Field(ge=2, le=MOST_RUNS)] = 3
    population: Annotated[int, Field(ge=4, le=MOST_DRAWS)] = 16  # plans of a generation, of several levers
    generations: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = 8
    plans: Annotated[int, Field(ge=1)] = 8  # of the trade-off that are run at full size at a time
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1  # of the proposals; that of the runs is another

    @model_validator(mode="after")
    def _fits(self) -> Question:
        if self.at_least is not None and self.at_most is not None:
            raise Refusal(zh="at_least 与 at_most 只能写一项", en="give at_least or at_most, not both", at=("at_most",))
        if self.want == MOST and self.limit is not None:
            raise Refusal(
                zh="want: most 求的是最大改善，不写 at_least 或 at_most",
                en="want: most asks for the most there is, so no at_least or at_most",
                at=("want",),
            )
        known = OUTCOMES[self.outcome]
        least, most = (end / 100 if known.unit == "fen" else end for end in (known.least, known.most))
        if self.limit is not None and not least <= self.limit <= most:
            said = f"{self.limit:g}"
            raise Refusal(
                zh=f"{said} 不是 {self.outcome} 可能的值（{least:g} 至 {most:g}；12% 写作 0.12）",
                en=f"{said} is no value that {self.outcome} can have ({least:g} to {most:g}; 12 % is 0.12)",
                at=("at_least" if self.at_least is not None else "at_most",),
            )
        refuse_twice(self.over.items())
        if any(same(path) == "firms" for path in self.over):
            raise Refusal(
                zh="firms 不能变动：各方案与原情景是逐户比较的",
                en="firms cannot move: plans and the scenario as it stands are held against each other firm by firm",
                at=("over",),
            )
        return self

    @property
    def limit(self) -> float | None:
        """The value that is named, None for the plan's own target."""
        return self.at_most if self.at_least is None else self.at_least

    def with_draws(self, draws: int) -> Question | None:
        """The same with as many generations as it takes to try so many plans; None along one lever, which draws none.

        Raises :class:`StudyError` for fewer plans than a generation has.
        """
        if len(self.over) == 1:
            return None
        if draws < self.population:
            raise StudyError(
                zh=f"一代有 {self.population} 个方案，至少试一代，不能只试 {draws} 个。",
                en=f"A generation has {self.population} plans and at least one is tried: {draws} are too few.",
            )
        return self.model_copy(update={"generations": -(-draws // self.population)})


@dataclass(frozen=True, repr=False)
class Reach(Study):
    """What brings an outcome to its goal. Shares from 0 to 1, money in fen, ``_low`` and ``_high`` 95 % intervals.

    Plans are told as differences from the scenario as it stands, which has its own name: the outcome under its name,
    its level under ``level_`` and the name, ``public_cost``, the headline outcomes, and ``change`` (how far levers are
    moved, each as a share of its range, added up).

    ``plans``: plan, the levers, replications, failed (runs), the quantities with their intervals, possible, mean_meets
    and certain (whether all bounds are kept with a part of the interval, on the mean, with the whole interval). At full
    size: the scenario as it stands first, then ends of levers, then what was found.
    ``answers``: how (possible, mean, certain, or nearest where none is met on the mean), plan: that of which least is
    wanted, of those that keep every bound so.
    ``bounds``: lever, plan (of ``plans``, in which it alone stands at an end of its range, or at one of its values).
    ``tried``: plan, the levers, change, failed, outcome and public_cost (differences, on few rows), expected (level).
    ``generations``: see :class:`sim.study.questions.search.Search`; none along one lever.
    ``gaps``: where nothing meets the goal on the mean, where the nearest plan is short of it: by (sector, size), then
    the columns of :meth:`sim.study.questions.comparison.Comparison.target_gaps`.
    ``runs``: stage (close, quick, gap), scenario (plan), replication, run, seed, firms, months, ..., reason, then a
    column for each outcome.
    """

    kind: ClassVar[str] = "reach"
    plans: pd.DataFrame
    answers: pd.DataFrame
    bounds: pd.DataFrame
    tried: pd.DataFrame
    generations: pd.DataFrame
    gaps: pd.DataFrame

    @property
    def question(self) -> dict[str, Any]:
        """What was asked, as the file says it."""
        found: dict[str, Any] = self.manifest.settings["question"]
        return found

    @property
    def outcome(self) -> str:
        """The outcome that is to be brought somewhere."""
        return str(self.question["outcome"])

    @property
    def goal(self) -> Target | None:
        """Where it is to be brought (clause empty where it is nobody's target); None where the most is wanted."""
        said = self.manifest.settings["goal"]
        return None if said is None else Target(*said)

    @property
    def levers(self) -> dict[str, dict[str, Any]]:
        """By path of what may move: ``present`` value, and ``values`` or the ends ``low`` and ``high``."""
        return dict(self.manifest.settings["levers"])

    @property
    def reference(self) -> str:
        """Name of the scenario as it stands."""
        return self.manifest.scenarios[0].name


def answer(question: Question, setting: Setting, runner: Runner) -> Reach:
    """Look for what reaches the goal, and run it at full size; see :func:`sim.study.answering.answered`.

    Levers of the setting that may move too are where they stand at present. Raises ``ScenarioError`` for levers and
    ranges that are not understood, :class:`StudyError` where there is no goal, no run of the scenario as it stands
    succeeded, or the time was too short to run it and the ends of the levers.
    """
    spelled = {same(path): path for path in question.over}
    given = {spelled[same(path)]: value for path, value in setting.levers.items() if same(path) in spelled}
    fixed = {path: value for path, value in setting.levers.items() if same(path) not in spelled}
    [stands] = sized([load(question.scenario, setting.levers)], setting.firms)
    factors = varied(ranges(question.over, stands))
    one_by_one(factors)
    moving = tuple(Moving(factor, present(factor.path, stands)) for factor in factors)
    check_draws(question.scenario, fixed, trials(factors), [{}], setting.firms)
    goal, wanted = _wanted(question, stands)
    close = MovingPlans(
        question.scenario, question.scenario, (), fixed, stands.firms, setting.seed, False, runner,
        given, moving,
    )  # fmt: skip
    effort = Effort(*(getattr(question, name) for name in Effort._fields))
    found = Reaching(effort, close, wanted, stands.name)
    bounds = found.at_their_ends()
    found.along() if len(moving) == 1 else found.between(bounds)
    table = found.table()
    answers: dict[str, str | None] = {how: wanted.answer(table, how) for how in HOWS}
    if answers["mean"] is None and goal is not None:
        answers["nearest"] = wanted.nearest(table)
    told = pd.DataFrame([row for row in answers.items() if row[1] is not None], columns=["how", "plan"])
    made_of = manifest(
        "reach", [stands], setting.seed, question.replications, varied=[factor.path for factor in factors],
        title=question.title.model_dump(), goal=goal, finished=found.is_finished,
        levers={lever.factor.path: _said(lever) for lever in moving},
        question=question.model_dump(mode="json", exclude={"title"}),
    )  # fmt: skip
    nearest, gaps = answers.get("nearest"), pd.DataFrame(columns=list(GAPS))
    if nearest is not None and goal is not None:
        gaps, rows = _gaps(found, nearest, goal, made_of)
        found.runs.append(rows)
    runs = pd.concat([frame for frame in found.runs if len(frame)], ignore_index=True)
    return Reach(
        manifest=made_of,
        runs=runs.drop(columns=["draw", "asked", "keep", "paired_with", "calibration", "sources"]),
        plans=table, answers=told, bounds=bounds, tried=found.tried, generations=found.generations, gaps=gaps,
    )  # fmt: skip


def _said(lever: Moving) -> dict[str, Any]:
    """A lever as the manifest notes it."""
    factor = lever.factor
    ends = {"values": list(factor.values)} if factor.values else {"low": factor.low, "high": factor.high}
    return {"present": lever.present, **ends}


def _wanted(question: Question, stands: Scenario) -> tuple[Target | None, Wanted]:
    """The goal, None where the most is wanted, and what is wanted of plans."""
    name, known = question.outcome, OUTCOMES[question.outcome]
    level, bounds, goal = f"{LEVEL}{name}", [], None
    if question.want != MOST:
        targets = {target.outcome: target for target in stands.plan.targets}
        if question.limit is not None:
            bound, clause = ("at_most" if question.at_least is None else "at_least"), ""
            limit = float(fen(question.limit)) if known.unit == "fen" else question.limit
        elif name in targets:
            own = targets[name]
            bound, clause = ("at_most" if own.at_least is None else "at_least"), own.clause
            limit = float(getattr(own, bound))
        else:
            with_targets = ", ".join(targets)
            raise StudyError(
                zh=f"方案没有为 {name} 设定目标；请写 at_least 或 at_most（命令行用 --at）。"
                f"设有目标的：{with_targets}。",
                en=f"The plan sets no target for {name}: say at_least or at_most (--at on the command line). It does "
                f"for {with_targets}.",
            )
        goal = Target(name, clause, bound, limit)
        bounds.append(Requirement(name, level, bound, limit))
    if question.budget_yuan is not None:
        bounds.append(Requirement("budget", PUBLIC_COST, "at_most", float(fen(question.budget_yuan))))
    least = {"least_change": CHANGE, "cheapest": PUBLIC_COST, MOST: level}[question.want]
    is_up = not known.less_is_better if goal is None else goal.bound == "at_least"
    return goal, Wanted(name, is_up, tuple(bounds), least)


def _gaps(found: Reaching, plan: str, goal: Target, made_of: Manifest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where a plan is short of the goal, by sector and by size, and the rows of the runs that tell it.

    Nothing of a goal that has no parts.
    """
    nothing = pd.DataFrame(columns=list(GAPS))
    if not target_gap.can_be_divided(goal):
        return nothing, nothing
    plans, replications = found.close, found.effort.replications
    asked = plans.asked(found.known[plan])
    plans.runner.expect(replications)
    rows = plans.runner.run(replicated(asked, plans.seed, replications, "tables"))
    part = scenario_means(asked, rows, plans.runner.stored, plans.seed)
    study = SimpleNamespace(cells=part.cells, rates=part.rates, manifest=made_of)
    judged = pd.DataFrame([(plan, *goal)], columns=["scenario", "outcome", "clause", "bound", "target"])
    tables = [target_gap.table(target_gap.by_run(study, by, judged)).assign(by=by) for by in BY]
    filled = [table for table in tables if len(table)]
    return (pd.concat(filled, ignore_index=True)[list(GAPS)] if filled else nothing), rows.assign(stage="gap")
