"""What one world costs, whom, and of what kind; only differences of worlds say anything.

Categories, bearers and what counts as a cost are defined in ``docs/effects.md``.
"""

from __future__ import annotations

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


def costs_of(result: Result) -> pd.Series[float]:
    """Fen by bearer and category in one world, from its ledger and its contracts."""
    rows = result.ledger
    kind, flow = rows["kind"].to_numpy(), rows["flow"].to_numpy()
    payer, payee, moved = rows["payer"].to_numpy(), rows["payee"].to_numpy(), rows["measure"].to_numpy() != ""
    public = rows["payer"].isin([party for party, level in LEVELS.items() if level in GOVERNMENT]).to_numpy()
    own = [name for name in rows["flow"].unique() if is_own(name)]
    relieved, granted, lost = moved & (kind == "relieved"), moved & (kind == "granted"), kind == "written_off"
    category = np.select(
        [
            relieved & public & rows["flow"].isin(REVENUE).to_numpy(),
            (relieved & public) | (granted & ~rows["flow"].isin(own).to_numpy()),
            relieved,
            granted,
            moved & (kind == "deferred"),
            moved & lost,
            # Bills and loans that closed firms leave unpaid; an input credit that they lose is nobody's write-off.
            lost & (payer == "firms") & (flow != "vat"),
        ],
        ["forgone", "outlay", "borne_by_others", "returned", "put_off", "lost_on_put_off", "write_offs"],
        "",
    )
    counted = category != ""
    # What large firms win less than in the baseline is lost to them.
    outcomes = result.outcomes
    contracts = outcomes.loc[outcomes["outcome"] == "contracts_of_large_firms", "value"]
    table = pd.DataFrame(
        {
            "bearer": [*np.where(lost, payee, payer)[counted], *["large_bidders"] * len(contracts)],
            "category": [*category[counted], *["contracts_lost"] * len(contracts)],
            "fen": [*rows["amount_fen"].to_numpy(np.float64)[counted], *-contracts],
        }
    )
    return table.groupby(["bearer", "category"], sort=False)["fen"].sum()


def is_public(bearer: str, category: str) -> bool:
    """Whether it is money gone from a treasury or from social insurance."""
    return category in COSTS and LEVELS[bearer] in GOVERNMENT


def public_cost(sums: pd.Series[float]) -> float:
    """Fen that public budgets bear in one world, from :func:`costs_of`; only differences of worlds say anything."""
    return float(sums[[is_public(*cell) for cell in cells_of(sums.index)]].sum())


def to_table(sums: pd.Series[float]) -> pd.DataFrame:
    """The sums of a run as a table, to be kept; :func:`from_table` is the way back."""
    return sums.rename("fen").reset_index()


def from_table(table: pd.DataFrame) -> pd.Series[float]:
    """What :func:`costs_of` gave."""
    return table.set_index(["bearer", "category"])["fen"]


def cells_of(index: pd.Index[Any]) -> list[tuple[str, str]]:
    """Bearers and categories of an index."""
    return list(index)
