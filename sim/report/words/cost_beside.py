"""What a scenario costs beside the others that were asked for, and whom the difference falls on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from sim.report.words.catalogue import both, named
from sim.report.words.numbers import difference_in_unit, with_interval
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import inside
from sim.study.summaries.scenario_effects import ScenarioEffects

if TYPE_CHECKING:
    from sim.measure import Words
    from sim.study.summaries.comparison import ComparisonSummary


def cost_beside(summary: ComparisonSummary, scenario: str) -> Iterator[Words]:
    """A sentence for each scenario held against it: total and public cost, and the bearer whose part changes most."""
    effects, written = ScenarioEffects(summary), partial(difference_in_unit, unit="fen")
    for later, earlier in summary.comparison.between:
        whole, public = (effects.total_cost(later, earlier, cost) for cost in ("all", "public"))
        if later != scenario or isnan(whole.mean):
            continue
        told = {
            "scenario": scenario_name(summary, later),
            "other": scenario_name(summary, earlier),
            "whole": with_interval(whole.mean, whole.low, whole.high, written),
            "public": with_interval(public.mean, public.low, public.high, written),
        }
        mine, theirs = (summary.borne_by(name, "bearer")["borne"] for name in (later, earlier))
        apart = mine.sub(theirs, fill_value=0.0)
        if apart.any():
            party = str(apart.abs().idxmax())
            amount = difference_in_unit(float(apart[party]), "fen")
            yield both("report.finding.cost_beside_borne", **told, party=inside(named("party", party)), amount=amount)
        else:
            yield both("report.finding.cost_beside", **told)
