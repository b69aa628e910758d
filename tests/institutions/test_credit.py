"""Loans of a province: who asks, what is lent, what a firm that expands does with it, and what becomes of it."""

from __future__ import annotations

import numpy as np

from sim.ledger import LINE
from tests.engine.conftest import live, scenario_of


def lent(firms: int = 1_000, **parameters: float) -> dict[str, int]:
    """Sums over a run of the baseline, weighted fen, under changed parameters of credit; every fen was posted.

    Beside the lines of the ledger what the firms of its end would usually sell.
    """
    run = live(scenario_of("baseline", {f"parameters.credit.{k}": x for k, x in parameters.items()}), firms=firms)
    run.result()
    firms_then = run.population.firms
    usual = int((firms_then.usual_sales * firms_then.weight.astype(np.int64)).sum())
    return {name: int(run.state.records.books.lines[:, at].sum()) for name, at in LINE.items()} | {"usual_sales": usual}


def test_what_is_invested_was_lent_and_makes_firms_grow():
    """With a higher turnover of assets the same investment makes room for more sales; what is bought stays the same."""
    slow, fast = lent(asset_turnover=0.5), lent(asset_turnover=2.0)
    for money in (slow, fast):
        assert 0 < money["invested"] < money["loan_drawn"]
    assert fast["usual_sales"] > slow["usual_sales"]


def test_loans_to_expand_need_firms_that_ask():
    assert lent(expansion_per_month=0.01)["invested"] < lent(expansion_per_month=0.03)["invested"]


def test_banks_that_may_lend_more_lend_more():
    """With rows enough that no single firm is a prefecture's month of lending."""
    few, many = (lent(4_000, growth_per_year=growth)["loan_drawn"] for growth in (0.074, 0.494))
    assert few < 0.97 * many


def test_banks_that_think_better_of_everybody_renew_more_and_call_less():
    strict, lenient = (lent(base=base) for base in (0.1, 0.75))
    for money in (strict, lenient):
        assert min(money["renewed"], money["restructured"], money["called"]) > 0
    assert strict["renewed"] < lenient["renewed"]
    assert strict["called"] > lenient["called"]
    assert strict["paid_principal"] > lenient["paid_principal"]


def test_the_growth_of_inclusive_loans_is_near_what_was_counted():
    """Loans to individual, micro and small firms rose by 22 to 25 percent in 2022 (CBIRC); nothing is tuned to it."""
    run = live(scenario_of("full_plan"), firms=4_000)
    outcomes = run.result().outcomes.set_index("outcome")["value"]
    growth = outcomes["inclusive_loan_growth_gap"] + run.parameters["credit.all_loans_growth"]
    assert 0.15 < growth < 0.40
