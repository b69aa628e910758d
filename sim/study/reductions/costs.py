"""What one world costs, whom, and of what kind; only differences of worlds say anything.

Categories, bearers and what counts as a cost are defined in ``docs/effects.md``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim.vocabulary import GOVERNMENT, LEVELS

if TYPE_CHECKING:
    from sim.observe.tables import Result

CATEGORIES: Final = (
    "outlay", "forgone", "borne_by_others", "returned", "put_off", "lost_on_put_off", "write_offs", "contracts_lost",
)  # fmt: skip
# What is money gone. What is returned was the firm's own, what is put off comes back or is lost in its own category,
# and a contract that somebody else won is turnover.
COSTS: Final = ("outlay", "forgone", "borne_by_others", "lost_on_put_off", "write_offs")
# Bills whose relief is revenue forgone, when a treasury or social insurance bears it; of other bills it is an outlay.
REVENUE: Final = ("vat", "income_tax", "pension", "medical", "unemployment", "work_injury", "fees")
PUBLIC_COST: Final = "public_cost"  # the name of what public budgets bear, where it stands among outcomes


def is_own(flow: str) -> bool:
    """Whether money that a measure pays is the firm's own, returned earlier: input-VAT credits and deposits."""
    return flow == "quality_deposit" or flow.startswith("vat_credit")


@cache
def _cell(kind: str, flow: str, payer: str, payee: str, moved: bool) -> tuple[str, str] | None:
    """Bearer and category of a row of a ledger, ``moved`` by a measure; None where it is no cost of any kind."""
    public = LEVELS.get(payer) in GOVERNMENT
    if kind == "relieved" and moved:
        return payer, ("forgone" if flow in REVENUE else "outlay") if public else "borne_by_others"
    if kind == "granted" and moved:
        return payer, "returned" if is_own(flow) else "outlay"
    if kind == "deferred" and moved:
        return payer, "put_off"
    if kind == "written_off" and moved:
        return payee, "lost_on_put_off"
    # Bills and loans that closed firms leave unpaid; an input credit that they lose is nobody's write-off.
    return (payee, "write_offs") if kind == "written_off" and payer == "firms" and flow != "vat" else None


def cells(result: Result) -> dict[tuple[str, str], float]:
    """Fen by bearer and category in one world, from its ledger and its contracts."""
    sums: dict[tuple[str, str], float] = {}
    rows = result.ledger
    columns = (rows[name].tolist() for name in ("kind", "flow", "payer", "payee", "measure", "amount_fen"))
    for kind, flow, payer, payee, measure, amount in zip(*columns, strict=True):
        cell = _cell(kind, flow, payer, payee, measure != "")
        if cell is not None:
            sums[cell] = sums.get(cell, 0) + amount
    # What large firms win less than in the baseline is lost to them.
    for outcome, value in zip(result.outcomes["outcome"].tolist(), result.outcomes["value"].tolist(), strict=True):
        if outcome == "contracts_of_large_firms":
            sums["large_bidders", "contracts_lost"] = -value
    return sums


def costs_of(result: Result) -> pd.Series[float]:
    """The same as a column, by bearer and category."""
    sums = cells(result)
    index = pd.MultiIndex.from_tuples(sums, names=["bearer", "category"])
    return pd.Series(list(sums.values()), index, np.float64, "fen")


def is_public(bearer: str, category: str) -> bool:
    """Whether it is money gone from a treasury or from social insurance."""
    return category in COSTS and LEVELS[bearer] in GOVERNMENT


def public_cost(result: Result) -> float:
    """Fen that public budgets bear in one world; only differences of worlds say anything."""
    return float(sum(fen for cell, fen in cells(result).items() if is_public(*cell)))


def to_table(sums: pd.Series[float]) -> pd.DataFrame:
    """The sums of a run as a table, to be kept; :func:`from_table` is the way back."""
    return sums.rename("fen").reset_index()


def from_table(table: pd.DataFrame) -> pd.Series[float]:
    """What :func:`costs_of` gave."""
    return table.set_index(["bearer", "category"])["fen"]


def cells_of(index: pd.Index[Any]) -> list[tuple[str, str]]:
    """Bearers and categories of an index."""
    return list(index)
