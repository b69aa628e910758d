"""Which way an outcome went, as far as replications can tell, and who moved it most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan

from sim.observe.outcomes import OUTCOMES
from sim.study.statistics.estimate import Estimate


def more_is_better(outcome: str) -> bool:
    """Whether a rise of an outcome is an improvement."""
    return not OUTCOMES[outcome].less_is_better


def direction(outcome: str, difference: Estimate) -> str:
    """``better`` or ``worse`` when the interval excludes zero, ``same`` when it does not, else ``no_interval``."""
    if difference.mean == 0:
        return "same"
    if isnan(difference.low):
        return "no_interval"
    if difference.low <= 0 <= difference.high:
        return "same"
    return "better" if (difference.mean > 0) == more_is_better(outcome) else "worse"


def leaders(outcome: str, effects: Mapping[str, Estimate], apart: Callable[[str, str], Estimate]) -> list[str]:
    """Those that improve an outcome most: one, and whoever ``apart`` does not tell from it, the largest gain first.

    None where none is told to improve it. ``apart``: how far one is from another, paired by replication.
    """
    if more_is_better(outcome):
        return largest(effects, apart)
    return largest({n: _minus(effect) for n, effect in effects.items()}, lambda one, other: _minus(apart(one, other)))


def largest(values: Mapping[str, Estimate], apart: Callable[[str, str], Estimate]) -> list[str]:
    """Those of the largest value that is told to be above zero: one, and whoever ``apart`` does not tell from it.

    None where none is told to be. In falling order; ``apart`` as of :func:`leaders`.
    """
    ranked = sorted(
        (name for name, value in values.items() if not isnan(value.mean)), key=lambda name: -values[name].mean
    )
    best = next((name for name in ranked if is_above(values[name])), None)
    if best is None:
        return []
    return [name for name in ranked if name == best or not is_above(apart(best, name))]


def is_above(value: Estimate) -> bool:
    """Whether a value is told to be above zero."""
    return value.low > 0 and value.mean > 0


def is_below(value: Estimate) -> bool:
    """Whether a value is told to be below zero."""
    return is_above(_minus(value))


def _minus(value: Estimate) -> Estimate:
    return Estimate(-value.mean, -value.high, -value.low)
