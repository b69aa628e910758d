"""Money in equals money out, and nobody pays what he has not got."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

import numpy as np

from sim.engine import Run
from sim.ledger import ACCOUNTS, LINES, MOVE_EFFECTS, MOVES
from tests.invariants.watching import ALIVE, MONITOR, built, for_drawn_scenarios, pictures
from tests.reference.comparison import NEVER_NEGATIVE

GIVEN: Final = [MOVES.index(move) for move in ("granted", "vat_refunded", "deposit_returned")]
CLEARED_PUBLIC: Final = MOVES.index("cleared_by_public_bodies")


def in_accounts(run: Run) -> np.ndarray:
    """Weighted fen in each account of the living, shape (accounts,)."""
    firms = run.population.firms
    weight = np.where(np.isin(firms.status, ALIVE), firms.weight, 0).astype(np.int64)
    columns = [getattr(firms, name) for name in ACCOUNTS[:-2]]
    prepaid = np.floor(firms.contract_backlog * run.parameters["procurement.prepayment_share"] + 0.5).astype(np.int64)
    columns += [run.state.records.slots.deferred.sum(axis=0), prepaid]
    return np.array([(column * weight).sum() for column in columns])


def test_whatever_the_accounts_gain_somebody_paid(rounds: int) -> None:
    """Money in equals money out: after every hour of every day each account of the firms stands where the lines and
    moves posted so far, applied to its opening balance, say."""
    of_lines = np.array(
        [[(name in line.raises) - (name in line.lowers) for name in ACCOUNTS] for line in LINES.values()]
    )
    of_moves = np.array([[MOVE_EFFECTS[move].get(name, 0) for name in ACCOUNTS] for move in MOVES])

    def claim(drawn: SimpleNamespace) -> None:
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        opening = in_accounts(run)
        for _, now in pictures(run):
            books = run.state.records.books
            posted = books.lines.sum(axis=0) @ of_lines + books.moved.sum(axis=(0, 1)) @ of_moves
            apart = in_accounts(run) - opening - posted
            assert not apart.any(), (now.day, now.hour, dict(zip(ACCOUNTS, apart.tolist(), strict=True)))
        assert run.state.records.books.lines.any()
        assert run.result().ledger_residual_fen == 0

    for_drawn_scenarios(rounds, claim)


def test_no_firm_has_less_than_nothing(rounds: int) -> None:
    """Cash, claims, debts and everything else that is counted is never below zero, at no hour."""

    def claim(drawn: SimpleNamespace) -> None:
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        for _, now in pictures(run):
            below = [name for name in NEVER_NEGATIVE if (getattr(now.firms, name) < 0).any()]
            assert not below, (now.day, now.hour, below)
            assert (run.state.records.slots.deferred >= 0).all(), (now.day, now.hour)

    for_drawn_scenarios(rounds, claim)


def test_no_fund_pays_what_it_has_not_got(rounds: int) -> None:
    """No fund is below zero at any hour; what has gone into it is what is left and its part of what its measures gave;
    rounding moves half a fen a payment at most, and none where the fund bears all. What prefectures give each other
    after the month's count adds up to nothing."""
    drained = moved = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal drained, moved
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        slots = run.funds.treasury.slot
        put_in = np.zeros(len(run.funds.levels()), np.int64)
        for before, now in pictures(run):
            change = now.funds - before.funds
            if now.hour == MONITOR:
                assert all(change[np.unique(of_fund)].sum() == 0 for of_fund in slots[: len(run.funds.index)]), now.day
                moved += int(np.abs(change).sum())
                put_in += change
            else:
                put_in += np.maximum(change, 0)
            assert (now.funds >= 0).all(), (now.day, now.hour)
            assert (now.funds == run.funds.treasury.level).all(), (now.day, now.hour)
        terms, books = run.rules.terms, run.state.records.books
        paid_out = books.relieved.sum(axis=(0, 2)) + books.moved[:, :, [*GIVEN, CLEARED_PUBLIC]].sum(axis=(0, 2))
        for fund, index in run.funds.index.items():
            mine = [m for m in range(len(run.measure_ids)) if terms.fund[m] == index]
            exact = all(terms.fund_share[m] == 1.0 for m in mine)
            drawn_on = sum(float(terms.fund_share[m]) * int(paid_out[m]) for m in mine)
            left, gone = (fen[np.unique(slots[index])] for fen in (now.funds, put_in - now.funds))
            payments = 0 if exact else len(run.population.firms.key) * run.timeline.days
            assert abs(int(gone.sum()) - drawn_on) <= 0.5 * payments, fund
            drained += int((left < gone / 10).sum())

    for_drawn_scenarios(rounds, claim)
    assert drained > 0 and moved > 0


def test_what_firms_got_is_what_was_posted(rounds: int) -> None:
    """Of every measure, the bills borne and the money paid that each firm counts add up to what the books hold."""

    def claim(drawn: SimpleNamespace) -> None:
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        run.live(lambda share: None)
        given = run.state.records.slots.given[: len(run.measure_ids)] @ run.population.firms.weight.astype(np.int64)
        books = run.state.records.books
        assert (given == books.relieved.sum(axis=(0, 2)) + books.moved[:, :, GIVEN].sum(axis=(0, 2))).all()

    for_drawn_scenarios(rounds, claim)
