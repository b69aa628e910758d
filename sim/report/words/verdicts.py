"""What may be said of a target, in a word, and why nothing more where it is not certain."""

from __future__ import annotations

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.study.comparison.targets import Target, why_unsure


def verdict_words(verdict: str, target: Target, low: float, high: float, unit: str) -> Words:
    """A verdict of :data:`sim.study.comparison.targets.VERDICTS` on a target.

    ``low``, ``high``: the interval of the mean of its outcome, missing after a single run; ``unit``: the outcome's.
    """
    said, why = both(f"report.targets.{verdict}"), reason(verdict, target, low, high, unit)
    return said if why is None else both("report.targets.because", verdict=said, why=why)


def reason(verdict: str, target: Target, low: float, high: float, unit: str) -> Words | None:
    """Why nothing more may be said of a target, where that is not certain; see :func:`verdict_words`."""
    if verdict != "unsure":
        return None
    ends = {"low": numbers.in_unit(low, unit), "high": numbers.in_unit(high, unit)}
    return both(f"report.targets.why.{why_unsure(target, low, high)}", **ends)
