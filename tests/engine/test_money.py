"""Money in equals money out, in every world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import ledger
from sim.engine import UnbalancedError
from sim.scenario import load, names
from tests.engine.conftest import live, scenario_of


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_balances_to_the_fen(name):
    result = live(load(name), firms=1_500).result()
    assert result.ledger_residual_fen == 0


def test_a_run_that_loses_a_fen_is_not_given_out():
    run = live(scenario_of("baseline"), firms=1_000)
    alive = int(np.flatnonzero(run.population.firms.status == 1)[0])
    run.population.firms.cash[alive] += 1
    with pytest.raises(UnbalancedError, match="fen are unaccounted for"):
        run.result()


def test_no_account_of_any_firm_is_negative(full_plan):
    firms = full_plan.population.firms
    for account in ledger.ACCOUNTS[:-2]:
        assert (getattr(firms, account) >= 0).all(), account
    assert (full_plan.state.records.slots.deferred >= 0).all()


def test_the_books_of_a_measure_reach_the_ledger_table(full_plan):
    """What kernels posted for measures and what the table says, summed, are the same fen."""
    money = full_plan.result().ledger
    by_measure = money[money["measure"] != ""]
    moved = full_plan.state.records.books.moved.sum() + full_plan.state.records.books.relieved.sum()
    assert by_measure["amount_fen"].sum() == moved


def test_no_fund_pays_more_than_it_held(full_plan):
    """Tourism: 2.0 bn yuan (I.1.d); what was drawn and what is left add up to it."""
    money = full_plan.result().ledger
    drawn = money[(money["measure"].str.startswith("tourism")) & (money["kind"] == "granted")]["amount_fen"].sum()
    fund = full_plan.funds
    left = fund.levels()[fund.treasury.slot[fund.index["tourism"], 0]]
    assert drawn + left == 2_000_000_000 * 100
    assert left >= 0


@given(amount=st.integers(0, 10**15), share=st.floats(0.01, 0.99))
def test_several_bearers_share_a_sum_to_the_fen(amount, share):
    parts = ledger._split(amount, {"province": share, "prefectures": 1 - share})
    assert sum(part for _, part in parts) == amount
    assert all(part >= 0 for _, part in parts)
