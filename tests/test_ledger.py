"""The books: every line names both sides, and a fen that is missing is found."""

from __future__ import annotations

import numpy as np

from sim.ledger import ACCOUNTS, LINE, LINES, MOVE_EFFECTS, MOVES, PAYEE, UNPAID, new_books, residual
from sim.vocabulary import FLOWS, PARTIES

NOTHING = np.zeros(len(ACCOUNTS), np.int64)


def accounts(**fen: int) -> np.ndarray:
    """Sums over all firms, 0 where nothing is said."""
    return np.array([fen.get(name, 0) for name in ACCOUNTS], np.int64)


def test_every_line_has_two_known_sides_and_known_accounts():
    for name, line in LINES.items():
        assert {line.payer, line.payee} <= set(PARTIES), name
        assert line.payer != line.payee, name
        assert {*line.raises, *line.lowers} <= set(ACCOUNTS), name


def test_every_bill_has_a_payee_and_somebody_to_owe_it_to():
    assert set(PAYEE) == set(UNPAID) == set(FLOWS)
    assert set(MOVE_EFFECTS) == set(MOVES)


def test_a_bill_that_is_paid_leaves_nothing_over():
    """100 fen sold in cash, 40 of them paid as wages, 10 of rent owed: cash 60, arrears 10."""
    books = new_books(months=1, measures=0)
    books.lines[0, LINE["sales_cash"]] = 100
    books.lines[0, LINE["paid_wages"]] = 40
    books.lines[0, LINE["unpaid_rent"]] = 10
    assert residual(books, NOTHING, accounts(cash=60, arrears_private=10)) == 0


def test_a_fen_that_nobody_posted_is_found():
    books = new_books(months=1, measures=0)
    books.lines[0, LINE["sales_cash"]] = 100
    assert residual(books, NOTHING, accounts(cash=101)) == 1


def test_what_a_measure_puts_off_is_owed_until_it_is_repaid_or_lapses():
    """50 fen put off; 30 repaid in cash, 20 not paid when due and from then on ordinary arrears."""
    books = new_books(months=1, measures=1)
    for move, fen in (("deferred", 50), ("repaid", 30), ("lapsed_public", 20)):
        books.moved[0, 0, MOVES.index(move)] = fen
    assert residual(books, accounts(cash=100), accounts(cash=70, arrears_public=20)) == 0
