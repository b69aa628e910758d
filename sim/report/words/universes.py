"""A rate of enterprises beside the same of the other universes, in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from sim.measure import Words
from sim.observe.outcomes import RATES, variant
from sim.report.words.catalogue import both
from sim.report.words.numbers import share
from sim.report.words.sentences import listed
from sim.vocabulary import COUNTED_BY, HEADLINE_UNIVERSE, UNIVERSES


def other_universes(outcome: str, mean: Callable[[str], float]) -> Words | None:
    """The figures of a rate over all other universes, by firms; None of what is no rate of enterprises.

    ``mean``: the figure of an outcome by name.
    """
    if outcome not in RATES:
        return None
    figures = (
        both("outcome.figure_of", of=both(f"outcome.whom.{universe}"), value=share(mean(name)))
        for universe in UNIVERSES
        if universe != HEADLINE_UNIVERSE and (name := variant(outcome, universe, COUNTED_BY[0]))
    )
    return both("outcome.other_universes", figures=listed(figures))
