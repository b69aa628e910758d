"""What is known of a missed target beside its parts: how far, of whom, who is still stopped, what is waited for."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.missed_targets import MissedTarget, missed_targets
from sim.vocabulary import TICKETS, UNIVERSES


def stricter(comparison: Comparison, **limits: float) -> Comparison:
    """The same where targets ask for other limits, which the plan misses."""
    table = comparison.targets.copy()
    for outcome, limit in limits.items():
        rows = (table["outcome"] == outcome) & (table["scenario"] == "full_plan")
        table.loc[rows, ["target", "verdict"]] = [limit, "missed"]
    return replace(comparison, targets=table)


def of(comparison: Comparison, outcome: str, limit: float) -> MissedTarget:
    summary = ComparisonSummary(stricter(comparison, **{outcome: limit}))
    return next(one for one in missed_targets(summary, "full_plan") if one.outcome == outcome)


def test_only_what_is_missed_is_told(comparison: Comparison) -> None:
    summary = ComparisonSummary(comparison)
    assert [one.outcome for one in missed_targets(summary, "full_plan")] == ["small_arrears_left"]
    assert missed_targets(summary, "baseline") == []  # what it meets less is not pursued there
    both = ComparisonSummary(stricter(comparison, resumption_rate=0.99))
    assert [one.outcome for one in missed_targets(both, "full_plan")] == ["resumption_rate", "small_arrears_left"]


def test_a_gap_is_above_zero_where_an_outcome_is_short_whichever_way_the_target_lies(comparison: Comparison) -> None:
    resumption, losses = of(comparison, "resumption_rate", 0.99), of(comparison, "loss_share", 0.05)
    assert resumption.gap.mean == pytest.approx(0.99 - resumption.row.mean)
    assert losses.gap.mean == pytest.approx(losses.row.mean - 0.05)
    for one in (resumption, losses):
        assert 0 < one.gap.low < one.gap.mean < one.gap.high


def test_a_rate_stands_beside_those_of_the_other_universes_its_own_first(comparison: Comparison) -> None:
    found = of(comparison, "resumption_rate", 0.99).universes
    assert set(found) == set(UNIVERSES) and next(iter(found)) == "enterprises"
    outcomes = comparison.outcomes.set_index(["scenario", "outcome"])["mean"]
    assert found["all"].mean == outcomes["full_plan", "resumption_rate_of_all"]
    assert of(comparison, "small_arrears_left", 0.0).universes == {}


def test_who_does_not_work_again_is_still_stopped_or_has_left(comparison: Comparison) -> None:
    one = of(comparison, "resumption_rate", 0.99)
    assert one.whole is not None
    not_working = sum(found.mean for found in one.not_working.values())
    assert not_working == pytest.approx(one.whole.whole * (1 - one.whole.rate))
    assert of(comparison, "loss_share", 0.05).not_working == {}


def test_what_is_waited_for_is_what_stands_in_the_queues_at_the_end_of_that_month(comparison: Comparison) -> None:
    queued = comparison.requests.query("scenario == 'full_plan' and month == '2022-12' and station == 'queued'")
    assert (
        of(comparison, "resumption_rate", 0.99).waiting
        == queued.set_index("kind")["firms"].loc[list(TICKETS)].to_dict()
    )


def test_where_the_largest_part_lies_is_told_of_groups_of_enough_rows(comparison: Comparison) -> None:
    one = of(comparison, "resumption_rate", 0.99)
    rows = {row.group: row for row in one.groups("prefecture")}
    leading = list(one.leading("prefecture"))
    assert leading[0] == max(rows, key=lambda group: rows[group].short)
    few = replace(comparison, cells=comparison.cells.assign(rows=1.0))
    assert of(few, "resumption_rate", 0.99).leading("prefecture") == {}


def test_of_refunds_flows_add_up_to_the_month_and_the_queue_is_that_of_its_end(comparison: Comparison) -> None:
    months = ["2022-11", "2022-12", "2023-01"]
    rows = [
        ("full_plan", month, "vat_stock_refund", station, firms, 1.0, 0.0)
        for month, scale in zip(months, (1, 2, 100), strict=True)
        for station, firms in (("applied", 10 * scale), ("paid", 6 * scale), ("refused", scale), ("queued", 3 * scale))
    ]
    delivery = pd.DataFrame(rows, columns=list(comparison.delivery))
    judged = comparison.targets[comparison.targets["scenario"] == "full_plan"].iloc[[0]]
    judged = judged.assign(outcome="stock_refunds_paid", target=0.9, mean=0.6, verdict="missed")
    summary = ComparisonSummary(replace(comparison, delivery=delivery, targets=judged))
    [one] = missed_targets(summary, "full_plan")
    assert one.refunds == {"applied": 30, "paid": 18, "refused": 3, "queued": 6}
    assert one.whole is None and not one.is_divided


def test_a_study_without_cells_tells_the_gap_and_no_parts(made_up: Callable[..., Comparison]) -> None:
    comparison = made_up()
    without = replace(comparison, cells=comparison.cells.iloc[:0])
    one = of(without, "resumption_rate", 0.99)
    assert one.gap.mean > 0 and one.whole is None and one.groups("sector") == [] and one.not_working == {}
