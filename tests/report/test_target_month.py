"""The month in which outcomes are read is the plan's; a study of a version whose plan named none is read as it was."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary


@pytest.mark.parametrize(
    ("days", "month"),
    [
        ({"targets_on": "2022-09-30"}, "2022-09"),
        ({"targets_on": "2031-12-31"}, "last"),  # a horizon that ends before
        ({"adopted": "2022-06-02"}, "2022-12"),
    ],
)
def test_targets_are_read_in_the_month_that_the_plan_names(
    comparison: Comparison, days: dict[str, str], month: str
) -> None:
    manifest = deepcopy(comparison.manifest)
    plan = manifest.scenarios[0].contents["plan"]
    plan.pop("targets_on")
    plan.update(days)
    summary = ComparisonSummary(replace(comparison, manifest=manifest))
    last = summary.months[-1]
    assert summary.month_of("resumption_rate") == (last if month == "last" else month)
    assert summary.month_of("survival_rate") == last
