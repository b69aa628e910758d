"""Whether what was changed did anything: of a scenario beside the others that were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.observe.months import HEADLINES
from sim.report.words.catalogue import both
from sim.report.words.scenario_names import scenario_name
from sim.study.summaries.direction import direction

if TYPE_CHECKING:
    from sim.measure import Words
    from sim.study.summaries.comparison import ComparisonSummary


def no_different(summary: ComparisonSummary, scenario: str) -> Iterator[Words]:
    """A sentence for each scenario held against it from which none of the headline outcomes distinguishes it."""
    for later, earlier in summary.comparison.between:
        if later != scenario:
            continue
        found = {outcome: summary.effect(scenario, outcome, earlier).difference for outcome in HEADLINES}
        if all(direction(outcome, change) == "same" for outcome, change in found.items()):
            names = {"scenario": scenario_name(summary, scenario), "other": scenario_name(summary, earlier)}
            yield both("report.finding.no_different", **names)
