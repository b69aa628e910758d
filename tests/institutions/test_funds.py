"""Funds: what is put in, what is drawn by cheque, and how prefectures share."""

from __future__ import annotations

import numpy as np
import simpy

from sim.institutions.funds import Funds

SHARES = np.array([0.5, 0.3, 0.2])  # of three prefectures


def funds(*, by_prefecture: bool) -> Funds:
    """One fund for three prefectures."""
    return Funds(simpy.Environment(), ["help"], [by_prefecture], len(SHARES))


def test_a_fund_of_the_province_is_one_pot():
    pot = funds(by_prefecture=False)
    pot.put("help", 1_000, SHARES)
    assert pot.levels() == [1_000]
    assert set(pot.treasury.slot[0]) == {0}, "every prefecture draws on it"


def test_a_fund_of_prefectures_is_split_by_their_shares_and_no_fen_is_lost():
    """1,001 fen by 50, 30 and 20 percent: 500, 300 and 200; the fen that is over goes to the first."""
    pots = funds(by_prefecture=True)
    pots.put("help", 1_001, SHARES)
    assert pots.levels() == [501, 300, 200]


def test_what_the_cheque_book_says_is_taken_out_of_the_container():
    pot = funds(by_prefecture=False)
    pot.put("help", 1_000, SHARES)
    pot.treasury.level[0] -= 400  # as a kernel draws
    pot.treasury.drawn[0] += 400
    assert pot.containers[0].level == 1_000, "not yet"
    assert pot.levels() == [600]
    assert pot.treasury.drawn[0] == 0
