"""The month's evaluation: staff are lent to where most waits, money moves to where claims were not paid."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.institutions.evaluation import lent
from sim.institutions.funds import Funds
from tests.few_firms import Firm, Town, measure

THREE = np.ones(3) / 3


def a_town(*, evaluated: bool, until: date) -> Town:
    """Sixty applicants in Kunming before desks that each handle one case a day; nobody waits elsewhere."""
    grant = measure("grant", "grant", way="application", amount_yuan=100, per="firm")
    watch = measure("watch", "service", way="none", evaluation=evaluated)
    return Town(*[Firm()] * 60, until=until, measures=[grant, watch], desk=1).live()


def pots(left: list[int], unmet: list[int]) -> Funds:
    """A fund of three prefectures with so much left, and claims that they could not pay."""
    funds = Funds(simpy.Environment(), ["help"], [True], 3)
    for slot, fen in enumerate(left):
        funds.put("help", fen, np.eye(3)[slot])
    funds.treasury.unmet[:] = unmet
    return funds


def test_without_evaluation_nobody_is_lent():
    assert a_town(evaluated=False, until=date(2022, 2, 1)).run.desks.desk.capacity[0].tolist() == [1.0] * 16


def test_who_has_all_the_cases_is_lent_a_tenth_of_everybodys_staff():
    """One desk of sixteen has all that waits: it is due all sixteen cases a day and gets a tenth of the way there."""
    capacity = a_town(evaluated=True, until=date(2022, 2, 1)).run.desks.desk.capacity[0]
    assert capacity[0] == pytest.approx(1 + 0.1 * (16 - 1))
    assert capacity[1:] == pytest.approx(0.9)


def test_more_cases_are_decided_in_the_month_after_and_none_without_evaluation():
    """February has 17 working days before the 24th: 17 cases with one a day, 42 with 2.5."""
    watched, alone = (a_town(evaluated=asked, until=date(2022, 2, 28)) for asked in (True, False))
    assert watched.cases("grant", "decided", 1) > 2 * alone.cases("grant", "decided", 1) > 0


def test_who_waits_for_nothing_is_lent_home():
    """The grant's sixty cases are decided in February; from March on every desk has its own staff again."""
    assert a_town(evaluated=True, until=date(2022, 3, 31)).run.desks.desk.capacity[0].tolist() == [1.0] * 16


@given(
    st.floats(0, 0.5),
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 10**9)), min_size=1, max_size=20),
)
def test_what_is_lent_adds_up_and_nobody_lends_more_than_the_share(share, places):
    staffed = np.array([[cases for cases, _ in places]])
    waiting = np.array([[waits for _, waits in places]])
    moves = lent(share, staffed, waiting)
    assert moves.sum() == pytest.approx(0.0, abs=1e-6 * max(1.0, staffed.sum()))
    assert (moves >= -share * staffed * (1 + 1e-12)).all()


def test_money_moves_from_who_paid_everything_to_who_could_not():
    """1,000 fen of claims unpaid; others have 3,000 and 1,000 and give up to a tenth: 300 and 100."""
    funds = pots([0, 3_000, 1_000], [1_000, 0, 0])
    funds.move_to_unmet(0.1)
    assert funds.levels() == [400, 2_700, 900]
    assert funds.treasury.level.tolist() == [400, 2_700, 900]
    assert funds.treasury.unmet.tolist() == [0, 0, 0]


def test_no_more_money_moves_than_claims_ask_for():
    """60 and 20 fen are missing; the third gives 80 of its 1,000 though a share of it would be 500."""
    funds = pots([10, 5, 1_000], [60, 20, 0])
    funds.move_to_unmet(0.5)
    assert funds.levels() == [70, 25, 920]


def test_a_fund_of_the_province_moves_nothing():
    funds = Funds(simpy.Environment(), ["help"], [False], 3)
    funds.put("help", 1_000, THREE)
    funds.treasury.unmet[:] = 500
    funds.move_to_unmet(0.5)
    assert funds.levels() == [1_000]


@given(
    st.floats(0, 1),
    st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)), min_size=3, max_size=3),
)
def test_no_fen_is_made_or_lost_and_no_pot_is_overdrawn(share, places):
    left, unmet = [pot for pot, _ in places], [claim for _, claim in places]
    funds = pots(left, unmet)
    funds.move_to_unmet(share)
    after = funds.levels()
    assert sum(after) == sum(left)
    assert all(
        fen >= (pot if claim else pot - share * pot - 1) for fen, pot, claim in zip(after, left, unmet, strict=True)
    )
