"""A decision under what is not known: which plan to choose, how surely, and what it would be worth to know more.

Plans run in draws of the parameters that evidence leaves, all under the same random numbers. The *net benefit* of a
plan in a draw is what a firm kept is worth to whoever decides, times the firms that it keeps, less its public cost,
both against the baseline in the same draw. What a firm kept is worth is no number of the model, so all is told over a
grid of worths. The terms are those of decision analysis (Fenwick, Claxton and Sculpher 2001, Health Econ. 10, 779-787,
for the probability of being best; ``sim/study/statistics/robustness.py`` for the rules;
``sim/study/statistics/value_of_information.py`` for what it is worth to know more).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd

from sim.refusal import nearest
from sim.scenario import Scenario
from sim.study import StudyError
from sim.study.comparison import parameter_uncertainty
from sim.study.comparison.net_benefit import NetBenefit, benefits
from sim.study.comparison.scenarios import default_choice, to_choose
from sim.study.designs.design import column
from sim.study.outcomes import values_of
from sim.study.runs.manifest import manifest
from sim.study.runs.specification import RunSpec, Setting, sized
from sim.study.runs.study import Study

if TYPE_CHECKING:
    from sim.study.runs.runner import Runner

DRAWS: Final = 256
REPLICATIONS: Final = 4
# Yuan a firm kept, evenly on a scale of the logarithm: a choice of what is shown, no number of the model.
WORTHS: Final = (10_000.0, 20_000.0, 50_000.0, 100_000.0, 200_000.0, 500_000.0, 1_000_000.0)
KINDS: Final = (parameter_uncertainty.POSTERIOR, parameter_uncertainty.ASSUMPTIONS)


@dataclass(frozen=True)
class Question:
    """Plans (names of scenarios, files or loaded ones) to choose between.

    ``draws`` of the parameters, at least 2, each in so many ``replications``; ``uncertainty``: what they are drawn
    from, ``posterior`` (what evidence leaves) or ``assumptions`` (the priors of what is only assumed), None for the
    posterior where one is kept. ``worths``: of a firm kept, in yuan. ``against``: the baseline of all plans, one of the
    choices itself; None for what most of them are compared with first.
    """

    plans: Sequence[str | Path | Scenario] = field(default_factory=default_choice)
    draws: int = DRAWS
    replications: int = REPLICATIONS
    worths: Sequence[float] = WORTHS
    against: str | Path | Scenario | None = None
    uncertainty: str | None = None


@dataclass(frozen=True, repr=False)
class Decision(Study):
    """What to choose at each worth of a firm kept (``worth_yuan``, yuan a firm). Net benefits in fen.

    Plans are named as their scenarios; the first is the baseline, whose net benefit is 0: it can be chosen too.

    ``worths``: worth_yuan, plan (best on average), mean (net benefit over draws), best_in (share of draws in which no
    plan is better: the probability of being best; equals both count), second (by mean), lead, lead_low, lead_high (of
    the first over the second, with a 95 % interval over replications: luck; missing with one), evpi (what it is worth
    to know the draw: the regret_mean of the plan), evpi_apart (the same where plans are chosen by other replications
    than they are judged by; missing with one), chance (what the parameter that seems to be worth most is worth in one
    of twenty shuffles, or more).
    ``plans``: worth_yuan, plan, mean, p05, p50, p95, worst (net benefit over draws), regret_mean, regret_p90,
    regret_max (what it falls short of the best plan of each draw), best_in, sd_draws (standard deviation over draws),
    sd_luck (of the mean over replications in one draw, by luck), sd_luck_common (of the mean over replications and
    draws, by the luck that all draws share; both missing with one replication).
    ``choices``: worth_yuan, rule (mean, worst, regret), plan, value, second, second_value.
    ``parameters``: worth_yuan, parameter, evppi (what it is worth to know it alone), share (of evpi), changes (share of
    the draws in which another plan would be taken), is_told (more than the chance of ``worths``); the most first.
    ``benefits``: plan, draw, replication, kept (firms), public_cost (fen), both less the baseline's: at any worth the
    net benefit is the worth times the first less the second. Of draws in which no run failed.
    ``drawn``: draw, same_as (the first draw that is the same: one of much weight in the posterior stands more than
    once), then a column for each parameter.
    ``runs``: scenario, draw, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason, then a column for each outcome.
    """

    kind: ClassVar[str] = "decide"
    worths: pd.DataFrame
    plans: pd.DataFrame
    choices: pd.DataFrame
    parameters: pd.DataFrame
    benefits: pd.DataFrame
    drawn: pd.DataFrame

    @property
    def baseline(self) -> str:
        """Name of the plan that all are compared with."""
        return self.manifest.scenarios[0].name

    @property
    def uncertainty(self) -> str:
        """What parameters were drawn from: ``posterior`` or ``assumptions``."""
        return str(self.manifest.settings["uncertainty"])


def answer(question: Question, setting: Setting, runner: Runner) -> Decision:
    """Run every plan in every draw and weigh them; see :func:`sim.study.answering.answered`.

    Raises ``ScenarioError`` for plans that are not understood and :class:`StudyError` where there is nothing to choose
    between, nothing to draw from, or no draw in which every plan could be run.
    """
    seed, worths = setting.seed, tuple(sorted({float(worth) for worth in question.worths}))
    over = _over(question.uncertainty)
    draws = parameter_uncertainty.changes(over, question.draws, seed)
    plans = sized(to_choose(question.plans, question.against, setting.levers), setting.firms)
    runner.expect(len(plans) * len(draws) * question.replications)
    runs = runner.run(_specs(plans, draws, question.replications, seed))
    values = values_of(runs, ["scenario", "draw", "replication"], public_cost=True)
    names = [plan.name for plan in plans]
    table = benefits(values, names)
    if table.empty:
        failed = runs.loc[runs["reason"] != "", "reason"]
        reason = failed.iloc[0] if len(failed) else "-"
        raise StudyError(zh=f"没有一个抽样中各方案都运行成功：{reason}", en=f"In no draw did every plan run: {reason}")
    net = NetBenefit(table, worths)
    by_plan, choices = net.by_plan()
    drawn = _drawn(draws)
    by_parameter, chance = net.by_parameter(_numbers(drawn), seed)
    return Decision(
        manifest=manifest(
            "decide", plans, seed, question.replications,
            draws=len(draws), uncertainty=over, worths_yuan=list(worths),
        ),
        runs=runs.drop(columns=["asked", "keep", "paired_with", "calibration", "sources"]),
        worths=net.by_worth(by_plan, chance),
        plans=by_plan,
        choices=choices,
        parameters=by_parameter,
        benefits=table,
        drawn=drawn,
    )  # fmt: skip


def _over(asked: str | None) -> str:
    """What is drawn from, one of KINDS."""
    if asked not in (None, *KINDS):
        near, allowed = nearest(str(asked), KINDS), ", ".join(KINDS)
        zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("。", ".")
        raise StudyError(
            zh=f"uncertainty：{asked}；可以是 {allowed}{zh}", en=f"uncertainty: {asked}; allowed: {allowed}{en}"
        )
    return parameter_uncertainty.chosen(asked)


def _specs(
    plans: Sequence[Scenario], draws: Sequence[Mapping[str, Any]], replications: int, seed: int
) -> Iterator[RunSpec]:
    """Every plan in every draw, under the random numbers of the same replications."""
    for plan in plans:
        for draw, variation in enumerate(parameter_uncertainty.drawn(plan, draws)):
            for replication in range(replications):
                yield RunSpec(variation, seed + replication, replication, draw)


def _drawn(draws: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The table ``drawn``."""
    seen: dict[tuple[Any, ...], int] = {}
    same_as = [seen.setdefault(tuple(draw.values()), place) for place, draw in enumerate(draws)]
    columns = {path: column(draw[path] for draw in draws) for path in draws[0]}
    return pd.DataFrame({"draw": range(len(draws)), "same_as": same_as, **columns})


def _numbers(drawn: pd.DataFrame) -> pd.DataFrame:
    """The same with all parameters as numbers; of a day its place in the calendar."""

    def number(value: Any) -> float:
        return float(date.fromisoformat(value).toordinal() if isinstance(value, str) else value)

    labels = ["draw", "same_as"]
    return drawn[labels].join(drawn.drop(columns=labels).map(number))
