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
    ranked = sorted(
        (name for name, effect in effects.items() if not isnan(effect.mean)),
        key=lambda name: effects[name].mean * (-1 if more_is_better(outcome) else 1),
    )
    best = next((name for name in ranked if direction(outcome, effects[name]) == "better"), None)
    if best is None:
        return []
    return [name for name in ranked if name == best or direction(outcome, apart(best, name)) != "better"]
