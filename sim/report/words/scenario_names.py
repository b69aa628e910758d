"""What the scenarios of a comparison and the actions of its measures are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.measure import Words
from sim.report.words.catalogue import both, named
from sim.report.words.sentences import MOST_NAMED, listed
from sim.study.summaries.comparison import ADDED, FULL_PLAN, SINGLE

if TYPE_CHECKING:
    from sim.study.summaries.comparison import ComparisonSummary


def scenario_name(summary: ComparisonSummary, scenario: str) -> Words:
    """Short name of a scenario: that of its action for a single action, or what was added of it; else its title."""
    if scenario in (*summary.single_actions, *(added for *_, added in summary.twice)):
        return named("action", scenario.removeprefix(SINGLE).removeprefix(ADDED))
    return summary.titles[scenario]


def comparison_title(summary: ComparisonSummary, plan: Mapping[str, Words | str]) -> Words:
    """What a comparison is called: by what it is about, or by the ``plan`` (its words) where that is the whole plan."""
    if summary.subjects in ([], [FULL_PLAN]):
        return both("report.title", **plan)
    return both("report.title_of", scenarios=listed((summary.titles[name] for name in summary.subjects), MOST_NAMED))


def measure_action(summary: ComparisonSummary, measure: str) -> Words:
    """Name of the action to which a measure belongs; empty where no scenario holds it."""
    contents = summary.measures.get(measure)
    return named("action", contents["action"]) if contents else Words(zh="", en="")
