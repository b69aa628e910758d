"""What a scenario costs beside another that was asked for, in one sentence."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sim.report.words.catalogue import LANGUAGES
from sim.report.words.cost_beside import cost_beside
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import ACTIONS

IDEA = "rent_waiver_6_months_for_all"


@pytest.fixture(scope="module")
def study(made_up: Callable[..., Comparison]) -> Comparison:
    return made_up(subjects=(IDEA,), actions=ACTIONS[:1])


def test_total_and_public_cost_are_those_of_the_table(study: Comparison) -> None:
    summary = ComparisonSummary(study)
    [said] = cost_beside(summary, IDEA)
    assert "Beside “The whole plan”, “Six months of rent for all” costs" in said.en
    whole = ScenarioEffects(summary).total_cost(IDEA, "full_plan", "all").mean
    assert f"{abs(whole) / 1e11:.3g}" in said.en  # of bn yuan


def test_who_bears_more_is_named(study: Comparison) -> None:
    ledger = study.ledger.copy()
    mine = (ledger["scenario"] == IDEA) & (ledger["payer"] == "state_landlords")
    ledger.loc[mine, "amount_fen"] *= 2
    [said] = cost_beside(ComparisonSummary(replace(study, ledger=ledger)), IDEA)
    assert "the part of state landlords changes most (+3.10 bn yuan)" in said.en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nobody_else_bears_anything_no_bearer_is_named(study: Comparison, lang: str) -> None:
    [said] = cost_beside(ComparisonSummary(study), IDEA)
    assert {"en": "changes most", "zh": "变动最大"}[lang] not in getattr(said, lang)


def test_what_was_not_asked_for_beside_another_has_none(made_up: Callable[..., Comparison]) -> None:
    assert list(cost_beside(ComparisonSummary(made_up(actions=ACTIONS[:1])), "full_plan")) == []
