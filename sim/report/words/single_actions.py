"""Which single actions improve an outcome most, for pages and for the terminal."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from sim.measure import Words
from sim.report.words.catalogue import both
from sim.report.words.numbers import points
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import MOST_NAMED, inside, listed, outcome_name
from sim.study.summaries.direction import more_is_better

if TYPE_CHECKING:
    from sim.study.summaries.comparison import ComparisonSummary


def strongest(summary: ComparisonSummary, outcome: str, group: str) -> Words | None:
    """Which actions improve an outcome most on their own, in the words of a group; None where none is seen to.

    Told and ranked is what they do without their nominal measures.
    """
    effects = summary.ranked.effects(outcome)
    first = summary.ranked.leading(outcome)
    if not first:
        return None
    actions = [
        both("report.finding.with_change", item=scenario_name(summary, name), change=points(effects[name].mean))
        for name in first
    ]
    way = "strongest" if len(first) == 1 else "strongest_of"
    return both(f"{group}.{way}", outcome=inside(outcome_name(outcome)), actions=listed(actions, MOST_NAMED))


def first_by_factors(summary: ComparisonSummary, outcome: str) -> Words | None:
    """Why the action whose change is the largest shown is not named as the strongest, where it is another one.

    None where it is one of the strongest, improves nothing, or has nominal measures alone, which is said of it.
    """
    shown = {name: summary.effect(name, outcome).difference.mean for name in summary.single_actions}
    without, better = summary.ranked.effects(outcome), 1 if more_is_better(outcome) else -1
    gains = {name: better * mean for name, mean in shown.items() if not isnan(mean)}
    first = max(gains, key=lambda name: gains[name], default=None)
    if first is None or gains[first] <= 0 or first not in without or first in summary.ranked.leading(outcome):
        return None
    return both(
        "report.finding.first_by_factors",
        action=scenario_name(summary, first),
        outcome=inside(outcome_name(outcome)),
        change=points(shown[first]),
        without=points(without[first].mean),
    )
