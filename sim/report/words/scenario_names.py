"""What the scenarios of a comparison and the actions of its measures are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measure import Words
from sim.report.words.catalogue import named
from sim.study.summaries.comparison import ADDED, SINGLE

if TYPE_CHECKING:
    from sim.study.summaries.comparison import ComparisonSummary


def scenario_name(summary: ComparisonSummary, scenario: str) -> Words:
    """Short name of a scenario: that of its action for a single action, or what was added of it; else its title."""
    if scenario in (*summary.single_actions, *(added for *_, added in summary.twice)):
        return named("action", scenario.removeprefix(SINGLE).removeprefix(ADDED))
    return summary.titles[scenario]


def measure_action(summary: ComparisonSummary, measure: str) -> Words:
    """Name of the action to which a measure belongs; empty where no scenario holds it."""
    contents = summary.measures.get(measure)
    return named("action", contents["action"]) if contents else Words(zh="", en="")
