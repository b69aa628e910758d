"""Who gains most, who loses, and who is too few to say."""

from collections.abc import Callable
from dataclasses import replace

from sim.report.words.winners import group, sentences
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.winners_and_losers import WinnersAndLosers


def of(comparison: Comparison) -> WinnersAndLosers:
    return WinnersAndLosers(ComparisonSummary(comparison))


def test_the_first_and_whoever_is_not_told_from_it_are_named(comparison: Comparison) -> None:
    found = of(comparison)
    for by, leading in found.in_short("full_plan").gain.items():
        rows = [row for row in found.rows("full_plan", by) if row.verdict == "won"]
        assert leading[0] == rows[0] and leading[0].kept_share == max(row.kept_share for row in rows)


def test_groups_that_lose_are_told_apart_from_those_of_too_few_rows(comparison: Comparison) -> None:
    cells = comparison.cells.copy()
    plan = cells["scenario"] == "full_plan"
    retail, tourism = (plan & (cells["sector"] == sector) for sector in ("retail", "tourism"))
    cells.loc[retail, "founders_alive"] *= 0.5
    cells.loc[tourism, ["founders_alive", "rows"]] = [0.0, 0.1]
    found = of(replace(comparison, cells=cells))
    short = found.in_short("full_plan")
    assert [row.group for row in short.lose["sector"]] == ["retail"]
    assert short.few == 1 and short.groups == sum(len(found.rows("full_plan", by)) for by in short.gain)
    said = [sentence.en for sentence in sentences(short)]
    assert len(said) == 3
    assert "Fewer firms live on balance in: retail (−" in said[1]
    assert said[2].endswith(f"(fewer than 30 rows of the sample): 1 of {short.groups}.")
    last = found.rows("full_plan", "sector")[-1]
    assert last.group == "tourism"
    assert group(last, "sector").rows == "2" and not group(last, "sector").is_told


def test_a_single_run_tells_nobody_apart(made_up: Callable[..., Comparison]) -> None:
    found = of(made_up(replications=1, draws=0))
    assert [sentence.en for sentence in sentences(found.in_short("full_plan"))] == [
        "From a single run nobody is told to gain or to lose."
    ]


def test_nobody_gains_where_nothing_is_done(comparison: Comparison) -> None:
    said = [sentence.en for sentence in sentences(of(comparison).in_short("action_innovation"))]
    assert said == [
        "No group is told to keep firms on balance.", "No group is told to lose firms on balance.",
    ]  # fmt: skip
