"""Sensitivity: which levers and assumptions move the effect of a plan: Morris' screening, Sobol's indices, given data.

Campolongo, Cariboni and Saltelli (2007) say how a screening is read, Saltelli et al. (2010) how the indices are
estimated. Both move each factor by itself. Of a posterior, which draws all its numbers together, first indices are told
from draws as they are (Plischke, Borgonovo and Smith 2013; ``given_data.py``). What is analysed is the mean over the
replications of a draw; every draw meets the same random numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sim.measure import Strict, Words
from sim.observe.outcomes import OUTCOMES
from sim.recalibration import PARAMETERS
from sim.refusal import Refusal
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS, SEED
from sim.study.designs.design import cell, check_draws, column, sample
from sim.study.designs.factors import Factor, Over, at, noted, one_by_one, paths, trials, units, varied
from sim.study.designs.replications import replicate
from sim.study.outcomes import unit_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study
from sim.study.statistics import sensitivity_indices
from sim.study.statistics.given_data import GivenData, Inputs
from sim.study.statistics.sensitivity_indices import LEAST, Array, Finding, Method

if TYPE_CHECKING:
    from sim.study.designs.posterior import Posterior

STRONGEST: Final = 10  # factors that are shown
FOLDER: Final = "sensitivities"
DEFAULT: Final = "screening"
TOO_FEW: Final = {
    "morris": Words(
        zh=f"Morris 方法至少要有 {LEAST['morris']} 条轨迹", en=f"Morris needs at least {LEAST['morris']} trajectories"
    ),
    "given_data": Words(
        zh=f"given_data 方法至少要有 {LEAST['given_data']} 种情形",
        en=f"given_data needs at least {LEAST['given_data']} worlds",
    ),
}


class Question(Strict):
    """A file in ``scenarios/sensitivities/``.

    ``over`` says for each path ``[low, high]``, ``{of: [values]}``, ``assumed`` (over the prior of what is only
    assumed) or ``prior``. ``assumptions: all`` (``worlds: all``, ``posterior: all``, ``priors: all``) stands for a
    group, see ``sim/study/designs/factors.py``; so does the word in place of ``over``'s paths. ``draws`` are
    trajectories of Morris, base samples of Sobol (a power of two), or worlds of given data.
    """

    title: Words
    method: Method
    scenario: str = "full_plan"
    against: str | None = (
        "no_support"  # outcomes are differences from it under the same factors and random numbers; null: levels
    )
    over: Over
    draws: Annotated[int, Field(ge=2, le=MOST_DRAWS)]
    second_order: bool = False  # of Sobol: pairs of factors too, for nearly twice as many runs
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 2
    seed: Annotated[int, Field(ge=0, le=SEED.most)] = 1  # of the design; that of the runs is another

    @model_validator(mode="after")
    def _fits(self) -> Question:
        if self.method == "sobol" and not _is_balanced(self.draws):
            raise Refusal(
                zh=f"Sobol 方法的抽样个数应为不小于 {LEAST['sobol']} 的 2 的幂，不能是 {self.draws}",
                en=f"draws of Sobol are a power of two from {LEAST['sobol']} on, not {self.draws}",
                at=("draws",),
            )
        if self.draws < LEAST[self.method]:
            few = TOO_FEW[self.method]
            raise Refusal(zh=few.zh, en=few.en, at=("draws",))
        if self.method != "sobol" and self.second_order:
            raise Refusal(
                zh="second_order 只用于 method: sobol", en="second_order is for method: sobol", at=("second_order",)
            )
        if self.against == self.scenario:
            raise Refusal(
                zh="情景与自身相比没有差别：请写另一个情景，或写 null",
                en="a scenario against itself differs in nothing: give another one, or null",
                at=("against",),
            )
        return self

    def with_draws(self, draws: int) -> Question:
        """The same with another number of trajectories, base samples or worlds: those that both have are the same.

        Raises :class:`StudyError` for a number that the method does not take.
        """
        if self.method == "sobol" and not _is_balanced(draws):
            raise StudyError(
                zh=f"Sobol 方法的抽样个数应为不小于 {LEAST['sobol']} 的 2 的幂，不能是 {draws}。",
                en=f"Draws of Sobol are a power of two from {LEAST['sobol']} on, not {draws}.",
            )
        if draws < LEAST[self.method]:
            few = TOO_FEW[self.method]
            raise StudyError(zh=f"{few.zh}。", en=f"{few.en}.")
        return self.model_copy(update={"draws": draws})


@dataclass(frozen=True, repr=False)
class Sensitivity(Study):
    """Which factors matter. Outcomes are differences from ``against``, where the question names one.

    ``factors``: factor (dotted path), low, high, middle, values (as JSON, where it takes one of a few).
    ``draws``: draw, design (trajectory, base sample or world), step, then a column for each factor; of a posterior for
    each of its parameters, each of which is a factor.
    ``ranking``: outcome, unit, place (1 is the strongest), factor, strength (``mu_star`` of Morris, in the outcome's
    unit; ``total`` of Sobol and ``first`` of given data, shares of the variance), low, high, chance (what it would be
    if only random numbers differed; of given data what the strongest of all reaches by chance once in twenty times),
    p, verdict (``nothing``, ``unsure``, ``effect``); see :class:`sim.study.statistics.sensitivity_indices.Finding`.
    ``indices``: outcome, unit, factor, other (of a pair, else empty), index (mu_star, mu, sigma; total, first, second),
    value, low, high.
    ``spread``: outcome, unit, mean, sd (between draws), replication_sd, replication_share (of the variance), designs
    (asked), used.
    ``runs``: scenario, draw, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason, then a column for each outcome; with ``against`` two for each draw and replication.
    """

    kind: ClassVar[str] = "sensitivity"
    factors: pd.DataFrame
    draws: pd.DataFrame
    ranking: pd.DataFrame
    indices: pd.DataFrame
    spread: pd.DataFrame

    @property
    def method(self) -> Method:
        """``morris``, ``sobol`` or ``given_data``."""
        found: Method = self.manifest.settings["question"]["method"]
        return found

    @property
    def against(self) -> str | None:
        """The scenario that outcomes are differences from."""
        found: str | None = self.manifest.settings["question"]["against"]
        return found

    @property
    def left_out(self) -> int:
        """Base designs that no outcome could use, because a run of theirs failed or was not done."""
        return int((self.spread["designs"] - self.spread["used"]).min())

    def index(self, outcome: str, name: str) -> pd.DataFrame:
        """One index of every factor for an outcome: value, low and high by factor."""
        of = self.indices
        rows = of[(of["outcome"] == outcome) & (of["index"] == name) & (of["other"] == "")]
        return rows.set_index("factor")[["value", "low", "high"]]

    def ranked(self, outcome: str) -> pd.DataFrame:
        """The rows of ``ranking`` of one outcome, the strongest factor first."""
        return self.ranking[self.ranking["outcome"] == outcome]

    def unit(self, outcome: str) -> str:
        """Unit of the strengths of one outcome."""
        return str(self.ranked(outcome)["unit"].iloc[0])


def answer(question: Question, setting: Setting, runner: Runner) -> Sensitivity:
    """Run the design and analyse it; see :func:`sim.study.answering.ask`.

    Raises :class:`StudyError` when too few base designs are complete, and for a posterior in a method that moves each
    factor by itself.
    """
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    asked = varied(question.over)
    if question.method != "given_data":
        one_by_one(asked)
    names = [question.scenario, *([question.against] if question.against is not None else [])]

    base = sized([load(name, levers) for name in names], firms)
    check_draws(question.scenario, levers, trials(asked), [{}], firms)
    for draw in trials(asked):
        sized([load(name, levers, draw) for name in names], firms)
    rows = firms if any(f.path == "firms" for f in asked) else base[0].firms
    size = sensitivity_indices.size(question.method, len(asked), question.second_order)
    points = _points(question, asked)
    drawn = [at(asked, point) for point in points]

    def scenario(run: int) -> Scenario:
        draw, other = divmod(run, len(names))
        return sized([load(names[other], levers, drawn[draw])], rows)[0]

    runs = replicate(len(points) * len(names), scenario, question.replications, seed, runner)
    outcomes = _outcomes(runs, len(points), len(names))
    values = {name: table.reshape(question.draws, size, -1) for name, table in outcomes.items()}
    used = {name: sensitivity_indices.complete(table) for name, table in values.items()}
    _enough(question, used, runs)
    ranking, indices, spread = _analyse(question, asked, points.reshape(question.draws, size, -1), values, used)
    draws = pd.DataFrame({"draw": range(len(points))})
    draws["design"], draws["step"] = draws["draw"] // size, draws["draw"] % size
    columns = {path: column(draw[path] for draw in drawn) for path in paths(asked)}
    runs["draw"] //= len(names)
    return Sensitivity(
        manifest=manifest(
            "sensitivity", base[::-1], seed, question.replications, varied=paths(asked),
            title=question.title.model_dump(), levers=dict(levers), factors=paths(asked),
            question=question.model_dump(mode="json", exclude={"title"}), **noted(asked),
        ),
        runs=runs.drop(columns=["asked", "keep", "paired_with", "calibration", "sources"]),
        factors=_factors(asked),
        draws=pd.concat([draws, pd.DataFrame(columns)], axis=1),
        ranking=ranking,
        indices=indices,
        spread=spread,
    )  # fmt: skip


def _is_balanced(draws: int) -> bool:
    return draws >= LEAST["sobol"] and draws & (draws - 1) == 0


def _points(question: Question, factors: list[Factor]) -> Array:
    """Points of the unit cube, base design after base design."""
    if question.method == "given_data":
        return np.array(sample("sobol", factors, question.draws, question.seed))
    return sensitivity_indices.points(
        question.method, len(factors), question.draws, question.seed, question.second_order
    )


def _factors(factors: list[Factor]) -> pd.DataFrame:
    each: dict[str, Factor] = {}
    for f in factors:
        each |= {f.path: f} if f.posterior is None else {path: _between(f.posterior, path) for path in f.paths}
    rows = []
    for f in each.values():
        ends = (np.nan, np.nan) if f.values else (f.low, f.high)
        said = cell(list(f.values)) if f.values else ""
        rows.append((f.path, *ends, f.at(0.5) if f.prior else np.nan, said))
    return pd.DataFrame(rows, columns=["factor", "low", "high", "middle", "values"])


def _between(kept: Posterior, path: str) -> Factor:
    """The ends of what the draws of a posterior say of one of its parameters."""
    values: list[Any] = [draw.changes[path.removeprefix(PARAMETERS)] for draw in kept.draws]
    low, high = min(values), max(values)
    return Factor(path, values=(low, high)) if isinstance(low, date) else Factor(path, float(low), float(high))


def _given(factors: list[Factor], points: Array) -> tuple[list[str], list[Inputs]]:
    """Paths of what given data are looked at by, and their values: the posterior's together, then what varies alone."""
    alone = {f.path: f.values for f in factors if f.posterior is None}
    together = [path for path in paths(factors) if path not in alone]
    drawn = [at(factors, point) for point in points]

    def columns(names: Iterable[str]) -> Array:
        return np.array([[_number(draw[name], alone.get(name, ())) for name in names] for draw in drawn], np.float64)

    _, first, unit = np.unique(units(factors, points), return_index=True, return_inverse=True)
    groups = [Inputs(columns(together)[first], unit)] if together else []
    groups += [Inputs(columns(alone), np.arange(len(points)))] if alone else []
    return [*together, *alone], groups


def _number(value: Any, among: Sequence[Any]) -> float:
    """A value as a number: a choice by its place ``among`` all, a day by its ordinal."""
    if among:
        return float(among.index(value))
    return float(value.toordinal() if isinstance(value, date) else value)


def _outcomes(runs: pd.DataFrame, draws: int, worlds: int) -> dict[str, Array]:
    """Of each outcome its values (draw, replication), missing where a run failed or was not done.

    Of replications that time was too short for nothing is used, unless it was too short for the first already.
    """
    done = runs.groupby("replication").size()
    replications = max(1, int((done == draws * worlds).sum()))
    rows = runs[(runs["reason"] == "") & (runs["replication"] < replications)]
    found = {}
    for name in runs.columns:
        if name in OUTCOMES or (name == PUBLIC_COST and worlds == 2):
            table = np.full((draws * worlds, replications), np.nan)
            table[rows["draw"], rows["replication"]] = rows[name]
            found[str(name)] = table[0::2] - table[1::2] if worlds == 2 else table
    return found


def _enough(question: Question, used: Mapping[str, Any], runs: pd.DataFrame) -> None:
    """Raise :class:`StudyError` unless some outcome has enough base designs."""
    most = max((int(which.sum()) for which in used.values()), default=0)
    if most >= LEAST[question.method]:
        return
    reasons = runs.loc[runs["reason"] != "", "reason"]
    why = reasons.iloc[0] if len(reasons) else "-"
    least = LEAST[question.method]
    raise StudyError(
        zh=f"{question.draws} 组基本抽样中只有 {most} 组的运行全部完成，至少需要 {least} 组；失败原因：{why}",
        en=f"Of {question.draws} base designs only {most} have all their runs, and {least} are needed; "
        f"why a run failed: {why}",
    )


def _analyse(
    question: Question, factors: list[Factor], points: Array, values: Mapping[str, Array], used: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    names = [f.path for f in factors]
    groups: list[Inputs] = []
    if question.method == "given_data":
        names, groups = _given(factors, points[:, 0])
    given: dict[bytes, GivenData] = {}  # what it knows serves every outcome that has the same worlds
    ranking: list[tuple[Any, ...]] = []
    indices: list[tuple[Any, ...]] = []
    spread: list[tuple[Any, ...]] = []
    for outcome, table in values.items():
        label, which = (outcome, unit_of(outcome)), used[outcome]
        kept = table[which]
        if len(kept) < LEAST[question.method]:
            spread.append((*label, *[np.nan] * 4, len(table), len(kept)))
            continue
        pairs: dict[tuple[int, int], Any] = {}
        if question.method == "given_data":
            left = GivenData([group.among(which) for group in groups], question.seed)
            findings, drawn = given.setdefault(which.tobytes(), left).findings(kept[:, 0]), kept
        elif question.method == "morris":
            findings, drawn = sensitivity_indices.screen(points[which], kept, question.seed), kept
        else:
            findings, pairs = sensitivity_indices.decompose(kept, question.seed, question.second_order)
            drawn = kept[:, [0, -1]]  # the independent samples; the others repeat most of their factors
        drawn = drawn.reshape(-1, table.shape[2])
        spread.append((*label, float(drawn.mean()), *sensitivity_indices.spread(drawn), len(table), len(kept)))
        ranking += [(*label, *row) for row in _ranked(names, findings)]
        for path, finding in zip(names, findings, strict=True):
            indices += [(*label, path, "", name, *ends) for name, ends in finding.indices.items()]
        indices += [(*label, names[k], names[other], "second", *ends) for (k, other), ends in pairs.items()]
    label_columns = ["outcome", "unit"]
    return (
        pd.DataFrame(
            ranking, columns=[*label_columns, "place", "factor", "strength", "low", "high", "chance", "p", "verdict"]
        ),
        pd.DataFrame(indices, columns=[*label_columns, "factor", "other", "index", "value", "low", "high"]),
        pd.DataFrame(
            spread, columns=[*label_columns, "mean", "sd", "replication_sd", "replication_share", "designs", "used"]
        ),
    )


def _ranked(paths: list[str], findings: list[Finding]) -> list[tuple[Any, ...]]:
    """Rows of ``ranking``, the strongest first; of equals the one that was named first."""
    strengths = [next(iter(finding.indices.values())) for finding in findings]
    order = sorted(range(len(paths)), key=lambda k: -np.nan_to_num(strengths[k][0]))
    return [
        (place, paths[k], *strengths[k], findings[k].chance, findings[k].p, findings[k].verdict)
        for place, k in enumerate(order, 1)
    ]
