"""What the headings of a comparison's page say, from small numbers."""

from collections.abc import Callable
from math import inf, nan

import pytest

from sim.report.pages import headings
from sim.study.questions.comparison import Comparison
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (4e6, 9e6, "40,000 to 90,000 yuan"),
        (4e6, inf, "40,000 yuan or more, no upper limit"),
        (-inf, inf, "no limits: no effect is distinguishable from zero"),
        (nan, nan, "–"),
    ],
)
def test_an_interval_without_end_is_said(low: float, high: float, said: str) -> None:
    assert headings.limits(Estimate(5e6, low, high)).en == said


def test_one_replication_has_headings(made_up: Callable[..., Comparison]) -> None:
    single = ScenarioEffects(ComparisonSummary(made_up(replications=1, draws=0)))
    assert headings.interaction(single).en == "Each action alone, and removed from the plan"
    assert headings.saved(single, "full_plan").en.startswith("“The whole plan” saves")
    assert headings.price(single, "no_outbreak").en.startswith("“No outbreak” costs public budgets")
