"""Plans proposed a whole generation at a time, by NSGA-II (Deb et al. 2002, IEEE Trans. Evol. Comput. 6, 182-197).

The algorithm is optuna's; here is only what a plan is to it. Its seed is the question's, and it is told of plans in
the order in which it proposed them: asked again it proposes the same plans, so a search goes on where it was left.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sim.study.designs.factors import Factor
from sim.study.statistics.robustness import Direction

STEPS: Final = 100  # that a range of numbers is looked at in: finer differences no planner would decree
BEGINNINGS: Final = (0.0, 0.5, 1.0)  # where in its range every factor but the actions is in the first plans
UNJUDGED: Final = 1e9  # what a plan exceeds its limits by that could not be judged


class Judged(NamedTuple):
    """What a plan is worth: a value for each objective, and by what part of it the budget is exceeded."""

    values: tuple[float, ...] | None  # None when it could not be judged
    excess: float  # at most 0 within the budget


class Optimiser:
    """Asked for a generation of plans, then told what they are worth, over and over.

    The first plans have every action on, and all levers at the low end, in the middle and at the high end: what chance
    would hardly propose, and where a budget leaves little room the first plans within it decide much. Where a caller
    knows better ones, ``beginnings`` are the first instead: for each factor's path how many steps from its low end.
    """

    def __init__(
        self,
        factors: Sequence[Factor],
        directions: Sequence[Direction],
        population: int,
        seed: int,
        beginnings: Sequence[Mapping[str, int]] = (),
    ) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.factors, self.population = factors, population
        with warnings.catch_warnings():  # the operators of the paper are new in optuna, not in the literature
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.NSGAIISampler(
                population_size=population,
                seed=seed,
                crossover=optuna.samplers.nsgaii.SBXCrossover(eta=15.0),
                mutation=optuna.samplers.nsgaii.PolynomialMutation(eta=20.0),
            )
        of = {"up": optuna.study.StudyDirection.MAXIMIZE, "down": optuna.study.StudyDirection.MINIMIZE}
        self._study = optuna.create_study(directions=[of[direction] for direction in directions], sampler=sampler)
        self._asked: list[Any] = []
        usual = [{factor.path: _beginning(factor, unit) for factor in factors} for unit in BEGINNINGS]
        for first in (beginnings or usual)[:population]:
            self._study.enqueue_trial(dict(first))

    def ask(self) -> list[dict[str, Any]]:
        """A generation of plans: dotted path to value, factor by factor."""
        self._asked = [self._study.ask() for _ in range(self.population)]
        return [{factor.path: _proposed(trial, factor) for factor in self.factors} for trial in self._asked]

    def tell(self, generation: Sequence[Judged]) -> None:
        """What the plans that were asked for last are worth, in their order.

        A plan beyond the budget is worse than every plan within it, one that could not be judged worse than all.
        """
        for trial, judged in zip(self._asked, generation, strict=True):
            trial.set_constraint("limits", UNJUDGED if judged.values is None else judged.excess)
            self._study.tell(trial, judged.values or [0.0] * len(self._study.directions))


def _proposed(trial: Any, factor: Factor) -> Any:
    """The value of one factor in a plan."""
    if factor.values and not _in_order(factor.values):
        return value_at(factor, trial.suggest_categorical(factor.path, list(range(len(factor.values)))))
    return value_at(factor, trial.suggest_int(factor.path, 0, steps(factor)))


def _beginning(factor: Factor, unit: float) -> int:
    """The step of a factor in one of the first plans."""
    return factor.values.index(True) if True in factor.values else round(unit * steps(factor))


def value_at(factor: Factor, step: int) -> Any:
    """The value of a factor so many steps from its low end, or from the first of its values."""
    if factor.values:
        return factor.values[step]
    return int(factor.low) + step if factor.is_whole and steps(factor) < STEPS else factor.at(step / STEPS)


def steps(factor: Factor) -> int:
    """How many steps there are from one end of a factor to the other."""
    if factor.values:
        return len(factor.values) - 1
    return min(int(factor.high - factor.low), STEPS) if factor.is_whole else STEPS


def _in_order(values: Sequence[Any]) -> bool:
    """Whether values lie on a line, so that what is between two good ones may be good: numbers or days, rising."""
    kinds = [date if type(value) is date else float if type(value) in (int, float) else None for value in values]
    return len(values) > 2 and None not in kinds and len({*kinds}) == 1 and list(values) == sorted(values)
