"""What the tables of a comparison say of fates, costs, the repayment wall and interaction, from small numbers."""

import pytest

from sim.study.questions.comparison import Comparison
from sim.study.reductions.costs import COSTS
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import SECTORS
from tests.made_up_comparison import FEW_ACTIONS


@pytest.fixture(scope="module")
def scenario_effects(comparison: Comparison) -> ScenarioEffects:
    return ScenarioEffects(ComparisonSummary(comparison))


def test_shares_of_firms_and_of_money_add_up(scenario_effects: ScenarioEffects) -> None:
    table = scenario_effects.fates("full_plan")
    assert table["share"].sum() == pytest.approx(1)
    assert table["given_share"].sum() == pytest.approx(1)
    by_sector = scenario_effects.fates_by("full_plan", "sector")
    assert list(by_sector.index) == list(SECTORS)
    assert by_sector["deadweight"].between(0, 1).all()


def test_what_comes_back_is_no_cost(scenario_effects: ScenarioEffects) -> None:
    rows = scenario_effects.summary.comparison.costs
    rows = rows[rows["scenario"] == "full_plan"]
    counted = rows[rows["category"].isin(COSTS)]["mean"].sum()
    assert scenario_effects.cost("full_plan") == pytest.approx(counted)
    assert scenario_effects.cost("full_plan", public=True) > 0
    assert scenario_effects.costs_by_level("full_plan")["fen"].sum() == pytest.approx(counted)


def test_what_falls_due_is_accounted_for(scenario_effects: ScenarioEffects) -> None:
    table = scenario_effects.repayment_wall("full_plan")
    assert table["due"].sum() == pytest.approx(table[["repaid", "unpaid", "written_off", "principal"]].sum().sum())
    assert scenario_effects.repayment_wall("action_innovation").empty


def test_an_action_taken_out_is_paired_with_the_whole_plan(scenario_effects: ScenarioEffects) -> None:
    pairs = scenario_effects.pairs("survival_rate")
    assert [pair.action for pair in pairs] == list(FEW_ACTIONS)
    fiscal = pairs[0]
    assert fiscal.removed.low <= fiscal.removed.mean <= fiscal.removed.high
    assert fiscal.removed.mean == pytest.approx(0.8 * 0.009, abs=0.001)


def test_removals_are_offered_nowhere(scenario_effects: ScenarioEffects) -> None:
    summary = scenario_effects.summary
    assert len(summary.removals) == len(FEW_ACTIONS)
    assert not set(summary.removals) & {*summary.shown, *summary.what_ifs, *summary.lines}


def test_a_clause_lists_what_its_measures_did(scenario_effects: ScenarioEffects) -> None:
    rows = {row.id: row for row in scenario_effects.clauses}
    assert {measure for measure, *_ in rows["I.1.c"].measures} == {"rent_waiver", "utility_subsidy"}
    assert all(money > 0 for _, _, money in rows["I.1.c"].measures)
