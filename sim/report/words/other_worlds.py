"""What a scenario is compared with in another world than its own: then a difference is not of the policy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measure import Words
from sim.report.words.catalogue import both
from sim.report.words.lever_names import lever_name
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import MOST_NAMED, listed
from sim.study.summaries.other_worlds import other_worlds

if TYPE_CHECKING:
    from sim.study.summaries.comparison import ComparisonSummary


def in_other_worlds(summary: ComparisonSummary, scenario: str) -> Words | None:
    """What a scenario is compared with in another world than its own, and in what that differs; None where nothing."""
    found = other_worlds(summary, scenario)
    if not found:
        return None
    paths = dict.fromkeys(path for apart in found.values() for path in apart)
    return both(
        "report.finding.other_world",
        scenario=scenario_name(summary, scenario),
        others=listed((summary.titles[other] for other in found), MOST_NAMED),
        levers=listed((Words(zh=lever_name(path, "zh"), en=lever_name(path, "en")) for path in paths), MOST_NAMED),
    )
