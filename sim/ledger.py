"""Double entry: every movement of money is posted twice, here and in the firms' columns, and the two must agree.

A *line* says who pays whom for what, and which of the firms' accounts it moves. Kernels add weighted fen to
``Books``; at the end of a run :func:`residual` compares what the accounts did with what the lines say. Lines that a
measure moves are kept by measure, reliefs by measure and flow, so "who paid for it" is a sum and not an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns
from sim.vocabulary import FLOWS

if TYPE_CHECKING:
    import pandas as pd

# The firms' accounts, in fen. Assets and liabilities alike are positive.
ACCOUNTS: Final = (
    "cash", "receivables_public", "overdue_public", "receivables_private", "payables", "arrears_public",
    "arrears_private", "loan", "vat_credit", "quality_deposit", "deferred", "prepaid",
)  # fmt: skip
ACCOUNT: Final = {name: index for index, name in enumerate(ACCOUNTS)}


class Line(NamedTuple):
    """Who pays whom for what, and the accounts that it raises or lowers."""

    flow: str
    kind: str
    payer: str
    payee: str
    raises: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()


# Who is paid by each flow.
PAYEE: Final = {
    "wages": "employees", "pension": "social_insurance", "medical": "social_insurance",
    "unemployment": "social_insurance", "work_injury": "social_insurance", "materials": "suppliers",
    "utilities": "utilities", "rent": "private_landlords", "tolls": "toll_roads", "commission": "platforms",
    "testing": "testing_providers", "fees": "service_providers", "vat": "tax_authority", "income_tax": "tax_authority",
    "interest": "banks", "guarantee_fee": "guarantors", "principal": "banks",
}  # fmt: skip
# Which account grows when a flow is not paid in full. Unpaid principal stays a loan.
UNPAID: Final = {
    flow: "arrears_public" if payee in ("social_insurance", "tax_authority") else "arrears_private"
    for flow, payee in PAYEE.items()
} | {"materials": "payables"}

_OWN_LINES: Final = {
    "sales_cash": Line("sales", "paid", "customers", "firms", ("cash",)),
    "sales_public": Line("sales", "owed", "public_buyers", "firms", ("receivables_public",)),
    "sales_private": Line("sales", "owed", "customers", "firms", ("receivables_private",)),
    "sales_large": Line("sales", "owed", "large_buyers", "firms", ("receivables_public",)),
    "collected_public": Line("receivables", "paid", "public_buyers", "firms", ("cash",), ("receivables_public",)),
    "collected_large": Line("receivables", "paid", "large_buyers", "firms", ("cash",), ("receivables_public",)),
    "collected_private": Line("receivables", "paid", "customers", "firms", ("cash",), ("receivables_private",)),
    "became_overdue": Line(
        "arrears_to_firms", "owed", "public_buyers", "firms", ("overdue_public",), ("receivables_public",)
    ),
    "became_overdue_large": Line(
        "arrears_to_firms", "owed", "large_buyers", "firms", ("overdue_public",), ("receivables_public",)
    ),
    "collected_overdue": Line("arrears_to_firms", "paid", "public_buyers", "firms", ("cash",), ("overdue_public",)),
    "collected_overdue_large": Line(
        "arrears_to_firms", "paid", "large_buyers", "firms", ("cash",), ("overdue_public",)
    ),
    "prepaid": Line("prepayment", "paid", "public_buyers", "firms", ("cash", "prepaid")),
    "sales_prepaid": Line("sales", "prepaid", "public_buyers", "firms", (), ("prepaid",)),
    "prepayment_returned": Line("prepayment", "paid", "firms", "public_buyers", (), ("cash", "prepaid")),
    "bad_debt": Line("receivables", "written_off", "customers", "firms", (), ("receivables_private",)),
    "bad_debt_of_failed_customers": Line(
        "receivables", "written_off", "failed_customers", "firms", (), ("receivables_private",)
    ),
    "payables_paid": Line("materials", "paid", "firms", "suppliers", (), ("cash", "payables")),
    "arrears_public_paid": Line("arrears", "paid", "firms", "tax_authority", (), ("cash", "arrears_public")),
    "arrears_private_paid": Line("arrears", "paid", "firms", "service_providers", (), ("cash", "arrears_private")),
    "loan_drawn": Line("loan", "paid", "banks", "firms", ("cash", "loan")),
    "guaranteed": Line("loan", "guaranteed", "guarantors", "firms"),
    "loan_incentive": Line("loan_incentive", "paid", "central_government", "banks"),
    "invested": Line("investment", "paid", "firms", "suppliers", (), ("cash",)),
    "replaced": Line("replacement", "paid", "firms", "suppliers", (), ("cash",)),
    "living": Line("living", "paid", "firms", "owners", (), ("cash",)),
    "drawings": Line("drawings", "paid", "firms", "owners", (), ("cash",)),
    "injection": Line("capital", "paid", "owners", "firms", ("cash",)),
    "founding": Line("capital", "paid", "owners", "firms", ("cash",)),
    "vat_credit_accrued": Line("vat", "owed", "tax_authority", "firms", ("vat_credit",)),
    "closing_cash": Line("drawings", "paid", "firms", "owners", (), ("cash",)),
    "claims_given_up": Line("receivables", "written_off", "public_buyers", "firms", (), ("receivables_public",)),
    "overdue_given_up": Line("arrears_to_firms", "written_off", "public_buyers", "firms", (), ("overdue_public",)),
    "equipment_sold": Line("equipment", "paid", "customers", "firms", ("cash",)),
    "closing_vat_credit": Line("vat", "written_off", "firms", "tax_authority", (), ("vat_credit",)),
    "deposit_back": Line("quality_deposit", "paid", "deposit_accounts", "firms", ("cash",), ("quality_deposit",)),
    "written_off_payables": Line("materials", "written_off", "firms", "suppliers", (), ("payables",)),
    "written_off_prepayment": Line("prepayment", "written_off", "firms", "public_buyers", (), ("prepaid",)),
    "written_off_arrears_public": Line("arrears", "written_off", "firms", "tax_authority", (), ("arrears_public",)),
    "written_off_arrears_private": Line(
        "arrears", "written_off", "firms", "service_providers", (), ("arrears_private",)
    ),
    "loan_recovered": Line("loan", "paid", "owners", "banks", (), ("loan",)),
    "renewed": Line("principal", "renewed", "firms", "banks"),
    "restructured": Line("principal", "restructured", "firms", "banks"),
    "called": Line("principal", "called", "firms", "banks"),
    "written_off_loan": Line("loan", "written_off", "firms", "banks", (), ("loan",)),
    "compensated": Line("loan", "written_off", "firms", "guarantors", (), ("loan",)),
}  # fmt: skip
LINES: Final[dict[str, Line]] = {
    **_OWN_LINES,
    **{f"paid_{f}": Line(f, "paid", "firms", PAYEE[f], (), ("cash",)) for f in FLOWS if f != "principal"},
    "paid_principal": Line("principal", "paid", "firms", "banks", (), ("cash", "loan")),
    **{f"unpaid_{f}": Line(f, "owed", "firms", PAYEE[f], (UNPAID[f],)) for f in FLOWS if f != "principal"},
    "paid_rent_to_state_landlords": Line("rent", "paid", "firms", "state_landlords", (), ("cash",)),
    "unpaid_rent_to_state_landlords": Line("rent", "owed", "firms", "state_landlords", (UNPAID["rent"],)),
}

LINE: Final = {name: index for index, name in enumerate(LINES)}  # position of each line in `Books.lines`
PAID_0: Final = LINE["paid_wages"]  # `PAID_0 + f` is the line of flow f (principal is last in FLOWS)
UNPAID_0: Final = LINE["unpaid_wages"]

# Bills that others bear, by flow; rent also by whose it is, for relief forgoes it to that landlord.
RELIEVED: Final = (*FLOWS, "rent_of_state_landlords")
RENT_OF_STATE: Final = RELIEVED.index("rent_of_state_landlords")

# What a measure can move, and the firms' accounts that it moves.
MOVES: Final = (
    "deferred", "repaid", "lapsed_public", "lapsed_private", "forgiven", "granted", "vat_refunded",
    "deposit_returned", "extended", "cleared_by_public_bodies", "cleared_by_large_firms",
)  # fmt: skip
MOVE_EFFECTS: Final = {
    "deferred": {"deferred": 1},
    "repaid": {"deferred": -1, "cash": -1},
    "lapsed_public": {"deferred": -1, "arrears_public": 1},
    "lapsed_private": {"deferred": -1, "arrears_private": 1},
    "forgiven": {"deferred": -1},  # written off when the firm closes
    "granted": {"cash": 1},
    "vat_refunded": {"cash": 1, "vat_credit": -1},
    "deposit_returned": {"cash": 1, "quality_deposit": -1},
    "extended": {},  # a loan that stays a loan
    "cleared_by_public_bodies": {"cash": 1, "overdue_public": -1},
    "cleared_by_large_firms": {"cash": 1, "overdue_public": -1},
}
# How the ledger table names each move, and which of them go from the firms to who bears the measure.
MOVE_KIND: Final = {
    "deferred": "deferred", "repaid": "repaid", "lapsed_public": "owed", "lapsed_private": "owed",
    "forgiven": "written_off", "granted": "granted", "vat_refunded": "granted", "deposit_returned": "granted",
    "extended": "deferred", "cleared_by_public_bodies": "cleared", "cleared_by_large_firms": "cleared",
}  # fmt: skip
FROM_FIRMS: Final = ("repaid", "lapsed_public", "lapsed_private", "forgiven")
# Who pays where it is not who bears the measure.
PAYER: Final = {"cleared_by_public_bodies": "prefectures", "cleared_by_large_firms": "large_buyers"}


@columns
class Books(NamedTuple):
    """Weighted fen of a run, posted by the kernels."""

    lines: NDArray[np.int64]  # (months, lines)
    moved: NDArray[np.int64]  # (months, measures, MOVES)
    relieved: NDArray[np.int64]  # (months, measures, RELIEVED): borne by somebody else, no account of the firm moves


def new_books(months: int, measures: int) -> Books:
    """Empty books."""
    return Books(
        np.zeros((months, len(LINES)), np.int64),
        np.zeros((months, measures, len(MOVES)), np.int64),
        np.zeros((months, measures, len(RELIEVED)), np.int64),
    )


def residual(books: Books, opening: NDArray[np.int64], closing: NDArray[np.int64]) -> int:
    """Fen by which the firms' accounts and the books disagree, summed over accounts; 0 when every fen was posted.

    ``opening`` and ``closing``: weighted sums of each of ``ACCOUNTS`` over living firms, shape (accounts,).
    """
    change = np.zeros(len(ACCOUNTS), np.int64)
    for index, line in enumerate(LINES.values()):
        amount = books.lines[:, index].sum()
        for account in line.raises:
            change[ACCOUNT[account]] += amount
        for account in line.lowers:
            change[ACCOUNT[account]] -= amount
    for index, move in enumerate(MOVES):
        for account, sign in MOVE_EFFECTS[move].items():
            change[ACCOUNT[account]] += sign * books.moved[:, :, index].sum()
    return int(np.abs(closing - opening - change).sum())


class MeasureParty(NamedTuple):
    """How a measure's movements are named in the ledger table."""

    id: str
    bearers: dict[str, float]  # party -> share, adding up to 1
    flow: str  # what it defers, refunds or grants


def _words(rows: Iterable[tuple[str, ...]]) -> list[NDArray[np.object_]]:
    """Rows of words as columns."""
    return [np.array(column, object) for column in zip(*rows, strict=True)]


# What the ledger table says of each line, and of what a measure relieves (by flow) or moves: payer, payee, flow, kind.
# Where nothing stands the bearer is filled in, or what the measure is about.
_OF_LINES: Final = _words((line.payer, line.payee, line.flow, line.kind) for line in LINES.values())
_OF_MEASURES: Final = _words(
    [
        *(("", PAYEE[flow], flow, "relieved") for flow in FLOWS),
        ("", "state_landlords", "rent", "relieved"),
        *(
            (PAYER[x], "firms", "arrears_to_firms", MOVE_KIND[x])
            if x in PAYER
            else (("firms", "", "", MOVE_KIND[x]) if x in FROM_FIRMS else ("", "firms", "", MOVE_KIND[x]))
            for x in MOVES
        ),
    ]
)


def table(books: Books, months: list[str], measures: list[MeasureParty]) -> pd.DataFrame:
    """The ledger as a tidy table (columns: ``TABLES['ledger']``); the shares of several bearers add up to the fen."""
    import pandas as pd

    line, month = np.nonzero(books.lines.T)
    payer, payee, flow, kind = (words[line] for words in _OF_LINES)
    nobody = np.full(len(line), "", object)
    blocks = [(month, payer, payee, flow, nobody, kind, books.lines[month, line])]
    if measures:
        posted = np.concatenate([books.relieved, books.moved], axis=2)
        measure, what, month = np.nonzero(posted.transpose(1, 2, 0))
        row, bearer, amount = _borne(posted[month, measure, what], measure, measures)
        measure, what, month = measure[row], what[row], month[row]
        payer, payee, flow, kind = (words[what] for words in _OF_MEASURES)
        ids, flows = (words[measure] for words in _words((party.id, party.flow) for party in measures))
        for words, of_measure in ((payer, bearer), (payee, bearer), (flow, flows)):
            open_ = words == ""
            words[open_] = of_measure[open_]
        blocks.append((month, payer, payee, flow, ids, kind, amount))
    month, *others = (np.concatenate(column) for column in zip(*blocks, strict=True))
    names = ("month", "payer", "payee", "flow", "measure", "kind", "amount_fen")
    return pd.DataFrame(dict(zip(names, (np.array(months, object)[month], *others), strict=True)))


def _borne(
    posted: NDArray[np.int64], measure: NDArray[np.int64], measures: list[MeasureParty]
) -> tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]:
    """Who bears how much of each amount posted: its place, bearer and fen, by place and then as the bearers stand.

    ``posted``: fen, ``measure``: index of each one's measure.
    """
    groups = list(dict.fromkeys(tuple(x.bearers.items()) for x in measures))
    group = np.array([groups.index(tuple(x.bearers.items())) for x in measures])[measure]
    parts = []
    for g, bearers in enumerate(groups):
        rows = np.flatnonzero(group == g)
        shares = _split(posted[rows], dict(bearers))
        parts += [(rows, np.full(len(rows), party, object), share) for party, share in shares]
    row, bearer, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    return row[order], bearer[order], amount[order]


def _split(amounts: NDArray[np.int64], bearers: dict[str, float]) -> list[tuple[str, NDArray[np.int64]]]:
    """Amounts among bearers by share; the first bears what rounding leaves."""
    parts = {party: np.asarray(amounts * share).astype(np.int64) for party, share in bearers.items()}
    first = next(iter(parts))
    parts[first] += amounts - sum(parts.values())
    return list(parts.items())
