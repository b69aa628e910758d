"""What the page says about fates, costs, the cliff and interaction, from small numbers."""

from collections.abc import Callable
from math import inf, nan

import pytest

from sim.report.consequences import Consequences
from sim.report.digest import Digest, Estimate
from sim.report.pages import headings
from sim.study.comparison.costs import COSTS
from sim.study.comparison.scenarios import Comparison
from sim.vocabulary import ACTIONS, SECTORS


@pytest.fixture(scope="module")
def consequences(comparison: Comparison) -> Consequences:
    return Consequences(Digest(comparison))


def test_shares_of_firms_and_of_money_add_up(consequences: Consequences) -> None:
    table = consequences.fates("full_plan")
    assert table["share"].sum() == pytest.approx(1)
    assert table["given_share"].sum() == pytest.approx(1)
    by_sector = consequences.fates_by("full_plan", "sector")
    assert list(by_sector.index) == list(SECTORS)
    assert by_sector["deadweight"].between(0, 1).all()


def test_what_comes_back_is_no_cost(consequences: Consequences) -> None:
    rows = consequences.digest.comparison.costs
    rows = rows[rows["scenario"] == "full_plan"]
    counted = rows[rows["category"].isin(COSTS)]["mean"].sum()
    assert consequences.cost("full_plan") == pytest.approx(counted)
    assert consequences.cost("full_plan", public=True) > 0
    assert consequences.costs_by_level("full_plan")["fen"].sum() == pytest.approx(counted)


def test_what_falls_due_is_accounted_for(consequences: Consequences) -> None:
    table = consequences.cliff("full_plan")
    assert table["due"].sum() == pytest.approx(table[["repaid", "unpaid", "written_off", "principal"]].sum().sum())
    assert consequences.cliff("action_innovation").empty


def test_an_action_taken_out_is_paired_with_the_whole_plan(consequences: Consequences) -> None:
    pairs = consequences.pairs("survival_rate")
    assert [pair.action for pair in pairs] == list(ACTIONS)
    fiscal = pairs[0]
    assert fiscal.removed.low <= fiscal.removed.mean <= fiscal.removed.high
    assert fiscal.removed.mean == pytest.approx(0.8 * 0.009, abs=0.001)


def test_removals_are_offered_nowhere(consequences: Consequences) -> None:
    digest = consequences.digest
    assert len(digest.removals) == len(ACTIONS)
    assert not set(digest.removals) & {*digest.shown, *digest.what_ifs, *digest.lines}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (4e6, 9e6, "40,000 to 90,000 yuan"),
        (4e6, inf, "40,000 yuan or more, no upper limit"),
        (-inf, inf, "no limits: no effect can be told from zero"),
        (nan, nan, "–"),
    ],
)
def test_an_interval_without_end_is_said(low: float, high: float, said: str) -> None:
    assert headings.limits(Estimate(5e6, low, high)).en == said


def test_one_replication_has_headings(made_up: Callable[..., Comparison]) -> None:
    single = Consequences(Digest(made_up(replications=1, draws=0)))
    assert headings.interaction(single).en == "Each action alone, and taken out of the plan"
    assert headings.saved(single, "full_plan").en.startswith("“The whole plan” saves")
    assert headings.price(single, "no_outbreak").en.startswith("“No outbreak” costs public budgets")


def test_a_clause_lists_what_its_measures_did(consequences: Consequences) -> None:
    rows = {row.id: row for row in consequences.clauses}
    assert {measure for measure, *_ in rows["I.1.c"].measures} == {"rent_waiver", "utility_subsidy"}
    assert all(money > 0 for _, _, money in rows["I.1.c"].measures)
