"""``sim`` as a model of the EMA Workbench, whose samplers, evaluators and analyses then work on it.

Uncertainties are what is not known of the world, levers what a planner may change, both under their dotted paths;
outcomes are those of ``sim.observe.outcomes`` under their names.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sim.observe.outcomes import OUTCOMES
from sim.refusal import nearest
from sim.scenario import Scenario, ScenarioError
from sim.study import StudyError
from sim.study.arguments import checked
from sim.study.designs.design import check_draws
from sim.study.designs.factors import ALL, ASSUMED, WORLD, Factor, Over, one_by_one, trials, varied
from sim.study.keywords import Firms
from sim.study.questions.discover import require_workbench
from sim.study.runs.worker import once

if TYPE_CHECKING:
    from pathlib import Path

EACH_BY_ITSELF: Final = MappingProxyType({"assumptions": ALL, **dict.fromkeys(WORLD, ASSUMED)})


@checked()
def model(
    scenario: str | Path | Scenario = "full_plan",
    *,
    levers: Mapping[str, Any] | None = None,
    uncertainties: Over | Mapping[str, Any] = EACH_BY_ITSELF,
    outcomes: Sequence[str] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 1,
) -> Any:
    """An ``ema_workbench.Model`` of a scenario.

    ``levers``: by path ``[low, high]`` or ``{of: [values]}``. ``uncertainties``: the same, ``assumptions`` or
    ``priors``; without them every assumption over its prior and the three factors of the world, but no posterior: the
    workbench varies each by itself. ``outcomes``: names, None for all; each is a ``ScalarOutcome``, to be maximised or
    minimised as more or less of it is better, the mean over ``replications`` replications of seeds ``seed``,
    ``seed + 1``, ..., the same random numbers for every experiment and policy. An experiment whose run fails has no
    outcomes (all are missing), and a warning tells why.

    The workbench samples evenly between a factor's ends, where this project's own designs put half of the draws on
    either side of the value that is taken. Raises :class:`StudyError` when the workbench is not installed,
    ``ScenarioError`` for a scenario, path or range that is not understood.
    """
    require_workbench()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of optional parts of the workbench that are not there
        from ema_workbench import Constant, Model, ScalarOutcome

    names = list(OUTCOMES) if outcomes is None else list(outcomes)
    if unknown := [name for name in names if name not in OUTCOMES]:
        near = nearest(unknown[0], OUTCOMES)
        zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("。", ".")
        raise StudyError(
            zh=f"没有名为 {unknown[0]} 的结果指标；可用：{'、'.join(OUTCOMES)}{zh}",
            en=f"There is no outcome {unknown[0]}; there is {', '.join(OUTCOMES)}{en}",
        )
    of_levers, of_worlds = varied(levers or {}), varied(uncertainties)
    one_by_one([*of_levers, *of_worlds])
    check_draws(scenario, {}, trials(of_levers), trials(of_worlds), firms)  # errors are said here
    made = Model("shukun", function=_Experiment(scenario, firms, seed, replications))
    made.levers = [_parameter(factor) for factor in of_levers if len(factor.values) != 1]
    made.uncertainties = [_parameter(factor) for factor in of_worlds if len(factor.values) != 1]
    made.constants = [Constant(f.path, f.values[0]) for f in (*of_levers, *of_worlds) if len(f.values) == 1]
    made.outcomes = [
        ScalarOutcome(name, ScalarOutcome.MINIMIZE if OUTCOMES[name].less_is_better else ScalarOutcome.MAXIMIZE)
        for name in names
    ]
    return made


@dataclass(frozen=True)
class _Experiment:
    """One experiment: what is given by path, as outcomes by name. A class, so that it can be sent to processes."""

    scenario: str | Path | Scenario
    firms: Firms
    seed: int
    replications: int

    def __call__(self, **given: Any) -> dict[str, float]:
        try:
            runs = [
                once(self.scenario, given, self.firms, self.seed + r, (), None).outcomes
                for r in range(self.replications)
            ]
        except ScenarioError:  # a question that is not understood concerns every experiment
            raise
        except Exception as error:
            warnings.warn(f"an experiment has no outcomes: {type(error).__name__}: {error}", stacklevel=2)
            return dict.fromkeys(OUTCOMES, math.nan)
        by_run = [dict(zip(run["outcome"], run["value"], strict=True)) for run in runs]
        return {name: math.fsum(values[name] for values in by_run) / len(by_run) for name in by_run[0]}


def _parameter(factor: Factor) -> Any:
    from ema_workbench import CategoricalParameter, IntegerParameter, RealParameter

    if factor.values:
        return CategoricalParameter(factor.path, factor.values)
    if factor.is_whole:
        return IntegerParameter(factor.path, int(factor.low), int(factor.high))
    return RealParameter(factor.path, factor.low, factor.high)
