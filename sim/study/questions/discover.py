"""Discovery: the worlds in which a scenario misses a target, as ranges of a few things that are not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sim.measure import Strict, Words
from sim.observe.outcomes import OUTCOMES
from sim.refusal import Refusal
from sim.scenario import load
from sim.scenario.schema import outcome_among
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS, SEED
from sim.study.comparison.sample_size import are_few
from sim.study.designs.design import cell, check_draws, column, sample
from sim.study.designs.factors import Factor, Over, at, noted, paths, trials, units, varied
from sim.study.designs.replications import replicate
from sim.study.outcomes import values_of
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study
from sim.study.statistics import patient_rule_induction

if TYPE_CHECKING:
    from sim.scenario import Scenario

FOLDER: Final = "discoveries"
DEFAULT: Final = "missed_targets"
NUMBER, DAY, CHOICE = "number", "day", "choice"  # what a factor is; days are counted as `date.toordinal` does
UNKNOWN, NEVER, ALWAYS, NOTHING, BOX = "unknown", "never", "always", "nothing", "box"


class Threshold(Strict):
    """A threshold of the question's own: exactly one of its fields, in the outcome's unit."""

    more_than: float | None = None
    less_than: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Threshold:
        if (self.more_than is None) == (self.less_than is None):
            raise Refusal(zh="more_than 与 less_than 应恰好写一项", en="give exactly one of more_than, less_than")
        return self


class Question(Strict):
    """A file in ``scenarios/discoveries/``.

    ``misses``: by outcome, ``target`` for the plan's own target or a threshold beyond which it counts as missed.
    ``over``: see :func:`sim.study.designs.factors.varied`. ``draws`` of a Sobol sequence, which can be
    enlarged, by ``seed``.
    """

    title: Words
    scenario: str = "full_plan"
    misses: dict[Annotated[str, outcome_among()], Literal["target"] | Threshold] = Field(
        {"resumption_rate": "target", "loss_share": "target"}, min_length=1
    )
    over: Over = "worlds"
    draws: Annotated[int, Field(ge=8, le=MOST_DRAWS)] = 512
    seed: Annotated[int, Field(ge=0, le=SEED.most)] = 1  # of the draws; that of the runs is another
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 2

    def with_draws(self, draws: int) -> Question:
        """The same with another number of draws; the first of them stay what they are."""
        return self.model_copy(update={"draws": draws})


@dataclass(frozen=True, repr=False)
class Discovery(Study):
    """Where targets are missed. A *world* is a draw; it misses a target when the mean over its replications does.

    ``draws``: draw, then a column for each path that varies.
    ``worlds``: draw, outcome, value (mean over the replications that count), misses, replications_missing (share of
    the replications that miss on their own), replications. A world without a value (all its runs failed) is left out.
    ``targets``: outcome, unit, clause (empty for a threshold of the question's own), bound (``at_least`` or
    ``at_most``), limit, worlds, are_few (see ``docs/effects.md``), left_out (draws without a value), missed (worlds
    that miss), divided (worlds whose replications disagree), level (largest quasi-p of a limit that is told from
    chance), verdict: ``unknown`` without a value in any world, ``never`` or ``always`` missed, ``nothing`` when no
    box says more than chance, else ``box``; and of the box that was chosen coverage, density, mass, correlation,
    restricted (how many factors), and from repeating the search in random halves of the worlds, which share no draw of
    a posterior: halves (how many could be searched), halves_with_box, tested_coverage, tested_density (means in the
    other half of the box that one half gives).
    ``trajectory``: outcome, box, worlds, missed, coverage, density, mass, correlation, restricted, is_relaxed (limits
    not told from chance were taken back), is_chosen; see ``sim.study.statistics.patient_rule_induction``.
    ``limits``: outcome, box, path, kind (``number``, ``day`` as an ordinal, ``choice``), low, high, values (JSON, the
    choices left), least and most (of the draws), quasi_p_low, quasi_p_high. A side without a limit is missing.
    ``stability``: outcome, path, share of the halves whose box restricts it, is_restricted (in the chosen box).
    """

    kind: ClassVar[str] = "discover"
    draws: pd.DataFrame
    worlds: pd.DataFrame
    targets: pd.DataFrame
    trajectory: pd.DataFrame
    limits: pd.DataFrame
    stability: pd.DataFrame

    def chosen(self, outcome: str) -> pd.DataFrame:
        """The rows of ``limits`` of the box that was chosen, the factor that tells most first; none without a box."""
        boxes_of = self.trajectory[(self.trajectory["outcome"] == outcome) & self.trajectory["is_chosen"]]
        rows = self.limits[(self.limits["outcome"] == outcome) & self.limits["box"].isin(boxes_of["box"])]
        quasi_p = rows[["quasi_p_low", "quasi_p_high"]].min(axis=1)
        return rows.loc[quasi_p.sort_values(kind="stable").index]


class _Target(NamedTuple):
    outcome: str
    clause: str
    bound: str
    limit: float

    def misses(self, values: Any) -> Any:
        return values < self.limit if self.bound == "at_least" else values > self.limit


def require_workbench() -> None:
    """Raise :class:`StudyError` with what to do when the EMA Workbench, which looks for the boxes, is not installed."""
    if find_spec("ema_workbench") is None:
        raise StudyError(
            zh="这需要 EMA Workbench，尚未安装；请运行：pip install 'shukun[workbench]'",
            en="This needs the EMA Workbench, which is not installed; run: pip install 'shukun[workbench]'",
        )


def answer(question: Question, setting: Setting, runner: Runner) -> Discovery:
    """Run every draw and look for boxes; see :func:`sim.study.answering.ask`.

    Raises :class:`StudyError` when the EMA Workbench is not installed, when the plan has no such target, and when no
    run succeeded.
    """
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    require_workbench()
    asked = varied(question.over)
    points = sample("sobol", asked, question.draws, question.seed)
    drawn = [at(asked, point) for point in points]

    def scenario(draw: int) -> Scenario:
        return sized([load(question.scenario, levers, drawn[draw])], firms)[0]

    check_draws(question.scenario, levers, trials(asked), [{}], firms)
    base = scenario(0)
    targets = [_target(base, outcome, stated) for outcome, stated in question.misses.items()]
    runs = replicate(question.draws, scenario, question.replications, seed, runner)
    worlds = _worlds(runs, targets)
    if not (runs["reason"] == "").any():
        reason = runs["reason"].iloc[0] if len(runs) else "-"
        raise StudyError(zh=f"没有一次运行成功：{reason}", en=f"No run succeeded: {reason}")
    columns = _Columns(asked, points, drawn)
    found = [_discover(target, worlds, columns, question) for target in targets]
    return Discovery(
        manifest=manifest(
            "discover", [base], seed, question.replications, varied=paths(asked), title=question.title.model_dump(),
            question=question.model_dump(mode="json", exclude={"title"}), **noted(asked),
        ),
        runs=runs.drop(columns=["scenario", "asked", "keep", "paired_with", "calibration", "sources", "run"]),
        draws=pd.DataFrame(
            {"draw": range(question.draws), **{path: column(draw[path] for draw in drawn) for path in paths(asked)}}
        ),
        worlds=worlds,
        targets=pd.DataFrame([each.target for each in found]),
        trajectory=_table([row for each in found for row in each.trajectory], TRAJECTORY),
        limits=_table([row for each in found for row in each.limits], LIMITS),
        stability=_table([row for each in found for row in each.stability], STABILITY),
    )  # fmt: skip


def _target(scenario: Scenario, outcome: str, stated: Literal["target"] | Threshold) -> _Target:
    if isinstance(stated, Threshold):
        bound = "at_most" if stated.less_than is None else "at_least"
        limit = stated.more_than if stated.less_than is None else stated.less_than
        return _Target(outcome, "", bound, float(limit or 0.0))
    for target in scenario.plan.targets:
        if target.outcome == outcome:
            bound = "at_most" if target.at_least is None else "at_least"
            return _Target(outcome, target.clause, bound, float(getattr(target, bound)))
    known = ", ".join(target.outcome for target in scenario.plan.targets)
    raise StudyError(
        zh=f"方案没有为 {outcome} 设定目标；有目标的是 {known}。可写明界限，例如 {{more_than: 0.21}}。",
        en=f"The plan sets no target for {outcome}, only for {known}; state a threshold, such as {{more_than: 0.21}}.",
    )


def _worlds(runs: pd.DataFrame, targets: list[_Target]) -> pd.DataFrame:
    long = values_of(runs, ["draw"]).dropna(subset="value")
    tables = []
    for target in targets:
        rows = long[long["outcome"] == target.outcome]
        rows = rows.assign(missing=np.asarray(target.misses(rows["value"]), float))
        table = rows.groupby("draw", as_index=False).agg(
            value=("value", "mean"), replications_missing=("missing", "mean"), replications=("value", "count")
        )
        table.insert(1, "outcome", target.outcome)
        table.insert(3, "misses", np.asarray(target.misses(table["value"]), bool))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


class _Columns:
    """What varies, as columns that boxes are looked for in: numbers and days as floats, choices as codes.

    ``together``: of each world the draw of the posterior that it has, or a number of its own.
    """

    def __init__(self, varied: list[Factor], points: list[list[float]], drawn: list[dict[str, Any]]) -> None:
        self.together = np.array(units(varied, points))
        self.kinds: dict[str, str] = {}
        self.choices: dict[str, list[Any]] = {}
        stated = {factor.path: factor.values for factor in varied}
        columns: dict[str, Any] = {}
        for path in paths(varied):
            values = [draw[path] for draw in drawn]
            if all(type(value) is date for value in values):
                self.kinds[path] = DAY
                columns[path] = np.array([value.toordinal() for value in values], float)
            elif all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
                self.kinds[path] = NUMBER
                columns[path] = np.array(values, float)
            else:
                self.kinds[path] = CHOICE
                self.choices[path] = [cell(value) for value in stated[path]]
                columns[path] = pd.Categorical([self.choices[path].index(cell(value)) for value in values])
        self.table = pd.DataFrame(columns)

    def limit(self, path: str, limit: patient_rule_induction.Limit) -> dict[str, Any]:
        """What ``limits`` holds of a limit."""
        is_choice = self.kinds[path] == CHOICE
        left = [self.choices[path][code] for code in limit.codes] if is_choice else []
        ends = (np.nan, np.nan) if is_choice else (self.table[path].min(), self.table[path].max())
        return {
            "path": path, "kind": self.kinds[path], "low": limit.low, "high": limit.high,
            "values": json.dumps(left, ensure_ascii=False) if is_choice else "", "least": ends[0], "most": ends[1],
            "quasi_p_low": limit.quasi_p_low, "quasi_p_high": limit.quasi_p_high,
        }  # fmt: skip


class _Found(NamedTuple):
    """Rows of the tables of one target."""

    target: dict[str, Any]
    trajectory: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    stability: list[dict[str, Any]]


OF_BOX: Final = ("coverage", "density", "mass", "correlation")
TRAJECTORY: Final = ("outcome", "box", "worlds", "missed", *OF_BOX, "restricted", "is_relaxed", "is_chosen")
LIMITS: Final = (
    "outcome", "box", "path", "kind", "low", "high", "values", "least", "most", "quasi_p_low", "quasi_p_high",
)  # fmt: skip
STABILITY: Final = ("outcome", "path", "share", "is_restricted")


def _discover(target: _Target, worlds: pd.DataFrame, columns: _Columns, question: Question) -> _Found:
    rows = worlds[worlds["outcome"] == target.outcome]
    y = rows["misses"].to_numpy(bool)
    x = columns.table.iloc[rows["draw"]].reset_index(drop=True)
    x = x[[name for name in x if x[name].nunique() > 1]]  # what is the same everywhere tells nothing apart
    divided = int(((rows["replications_missing"] > 0) & (rows["replications_missing"] < 1)).sum())
    known = {
        **target._asdict(), "unit": OUTCOMES[target.outcome].unit, "worlds": len(rows),
        "left_out": question.draws - len(rows), "missed": int(y.sum()), "divided": divided,
    }  # fmt: skip
    if not len(y) or y.all() or not y.any():
        return _Found(_row(known, UNKNOWN if not len(y) else ALWAYS if y.all() else NEVER), [], [], [])
    if x.empty:
        return _Found(_row(known, NOTHING), [], [], [])
    known["level"] = patient_rule_induction.level(x)
    found = patient_rule_induction.find(x, y)
    together = columns.together[rows["draw"]]
    place, halves = (
        patient_rule_induction.choose(found),
        patient_rule_induction.in_halves(x, y, question.seed, together),
    )
    tested = [box for box in halves if box is not None]
    trajectory = [
        {
            "outcome": target.outcome, "box": i, "worlds": box.worlds, "missed": box.hits, **_worth(box),
            "is_relaxed": box.is_relaxed, "is_chosen": i == place,
        }
        for i, box in enumerate(found)
    ]  # fmt: skip
    limits = [
        {"outcome": target.outcome, "box": i, **columns.limit(path, limit)}
        for i, box in enumerate(found)
        for path, limit in box.limits.items()
    ]
    chosen = found[place] if place is not None else None
    restricting = [path for box in tested for path in box.limits]
    stability = [
        {
            "outcome": target.outcome, "path": path, "share": restricting.count(path) / len(halves),
            "is_restricted": chosen is not None and path in chosen.limits,
        }
        for path in dict.fromkeys([*(chosen.limits if chosen else ()), *restricting])
        if halves
    ]  # fmt: skip
    after = {
        "halves": len(halves), "halves_with_box": len(tested),
        "tested_coverage": _mean([box.coverage for box in tested]),
        "tested_density": _mean([box.density for box in tested if box.worlds]),
    }  # fmt: skip
    worth = _worth(chosen) if chosen else {}
    return _Found(_row(known, BOX if chosen else NOTHING, worth | after), trajectory, limits, stability)


def _worth(box: patient_rule_induction.Box) -> dict[str, Any]:
    return {name: getattr(box, name) for name in OF_BOX} | {"restricted": len(box.limits)}


def _mean(numbers: list[float]) -> float:
    return float(np.mean(numbers)) if numbers else np.nan


def _row(known: dict[str, Any], verdict: str, found: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A row of ``targets``, its columns in order."""
    nothing: dict[str, Any] = dict.fromkeys(OF_BOX, np.nan) | {"restricted": 0, "halves": 0, "halves_with_box": 0}
    nothing |= {"tested_coverage": np.nan, "tested_density": np.nan}
    first = ("outcome", "unit", "clause", "bound", "limit", "worlds", "left_out", "missed", "divided")
    return (
        {name: known[name] for name in first}
        | {"are_few": are_few(known["worlds"])}
        | {"level": known.get("level", np.nan), "verdict": verdict}
        | nothing
        | dict(found or {})
    )


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a table that has its columns, and their types, also when it is empty."""
    kinds = dict.fromkeys(columns, float) | dict.fromkeys(("outcome", "path", "kind", "values"), object)
    kinds |= dict.fromkeys(("box", "worlds", "missed", "restricted"), np.int64)
    kinds |= dict.fromkeys(("is_relaxed", "is_chosen", "is_restricted"), bool)
    return pd.DataFrame(rows, columns=list(columns)).astype({name: kinds[name] for name in columns})
