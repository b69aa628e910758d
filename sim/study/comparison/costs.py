"""What it cost, whom, and of what kind; and what one firm or one job that was kept cost.

Categories, bearers and what counts as a cost are defined in ``docs/effects.md``. Everything is the difference from the
baseline under the same luck.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.ensemble import interval, quantile
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
UNITS: Final = {"firm_kept": "survivors", "job_kept": "jobs"}  # and the outcome whose difference is counted
PUBLIC_COST: Final = "public_cost"  # the name of what public budgets bear, where it stands among outcomes
COLUMNS: Final = ("scenario", "bearer", "level", "category", "mean", "low", "high")
UNIT_COLUMNS: Final = ("scenario", "unit", "cost", "mean", "low", "high")


def is_own(flow: str) -> bool:
    """Whether money that a measure pays is the firm's own, returned earlier: input-VAT credits and deposits."""
    return flow == "quality_deposit" or flow.startswith("vat_credit")


def of_run(result: Result) -> pd.Series[float]:
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
    """Fen that public budgets bear in one world, from :func:`of_run`; only differences of worlds say anything."""
    return float(sums[[is_public(*cell) for cell in _cells(sums.index)]].sum())


def to_table(sums: pd.Series[float]) -> pd.DataFrame:
    """The sums of a run as a table, to be kept; :func:`from_table` is the way back."""
    return sums.rename("fen").reset_index()


def from_table(table: pd.DataFrame) -> pd.Series[float]:
    """What :func:`of_run` gave."""
    return table.set_index(["bearer", "category"])["fen"]


def differences(runs: Iterable[tuple[str, int, pd.Series[float]]], baseline: str) -> pd.DataFrame:
    """Scenario minus baseline, paired: rows (scenario, replication), columns (bearer, category), fen.

    ``runs``: scenario, replication and :func:`of_run` of each. The baseline has no rows.
    """
    wide = pd.DataFrame({(scenario, replication): sums for scenario, replication, sums in runs}).T.fillna(0.0)
    wide.index.names = ["scenario", "replication"]
    reference = wide.loc[baseline]
    paired = wide[wide.index.get_level_values(1).isin(reference.index)].drop(index=baseline, level=0)
    return paired - reference.reindex(paired.index.get_level_values(1)).to_numpy()


def never(runs: Iterable[tuple[str, int, pd.Series[float]]], scenario: str) -> set[tuple[str, str]]:
    """Cells (bearer, category) in which a scenario of ``runs``, see :func:`differences`, has nothing in any run."""
    cells = {cell for _, _, sums in runs for cell in _cells(sums.index)}
    there = {cell for name, _, sums in runs if name == scenario for cell in _cells(sums.index[sums.to_numpy() != 0])}
    return cells - there


def table(paired: pd.DataFrame, from_nothing: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """Costs by bearer and category with intervals: what ``Comparison.costs`` holds. Costs that are 0 are left out.

    ``from_nothing``: cells (bearer, category) where there is nothing to take off, so that none can be below 0, except
    the turnover of contracts, which has a sign of its own.
    """
    rows = []
    order = sorted(
        _cells(paired.columns), key=lambda column: (list(LEVELS).index(column[0]), CATEGORIES.index(column[1]))
    )
    for scenario, group in paired[order].groupby(level=0, sort=False):
        least = [0.0 if cell in from_nothing and cell[1] != "contracts_lost" else -np.inf for cell in order]
        means = np.array(interval(group.to_numpy(), np.array(least))).T
        for (bearer, category), (mean, low, high) in zip(order, means, strict=True):
            if group[bearer, category].any():
                rows.append((scenario, bearer, LEVELS[bearer], category, mean, low, high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unit_costs(paired: pd.DataFrame, values: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """What it costs in all, and what one firm and one job more cost: what ``Comparison.unit_costs`` holds.

    ``cost`` is ``public`` (treasuries and social insurance) or ``all``; intervals as :func:`fieller` gives them.
    """
    counted = values[values["outcome"].isin(UNITS.values())]
    kept = counted.pivot(index=["outcome", "replication"], columns="scenario", values="value")
    rows = []
    is_cost = np.array([category in COSTS for _, category in _cells(paired.columns)], np.bool_)
    public = np.array([is_public(*cell) for cell in _cells(paired.columns)], np.bool_)
    for scenario, group in paired.groupby(level=0, sort=False):
        replications = group.index.get_level_values(1)
        for cost, counts in (("public", public), ("all", is_cost)):
            total = interval(group.to_numpy()[:, counts].sum(axis=1))
            rows.append((scenario, "total", cost, *(float(end) for end in total)))
        for unit, outcome in UNITS.items():
            gained = (kept[scenario] - kept[baseline]).loc[outcome].loc[replications].to_numpy()
            for cost, counts in (("public", public), ("all", is_cost)):
                rows.append((scenario, unit, cost, *fieller(group.to_numpy()[:, counts].sum(axis=1), gained)))
    return pd.DataFrame(rows, columns=list(UNIT_COLUMNS))


def _cells(index: Any) -> list[tuple[str, str]]:
    return list(index)


def fieller(above: NDArray[Any], below: NDArray[Any]) -> tuple[float, float, float]:
    """Ratio of two paired means with its 95 % interval after Fieller (1954, J. R. Stat. Soc. B 16, 175-185).

    Missing when nothing is gained on the whole (the mean below is not positive). When the sample cannot tell the mean
    below from 0, the interval has no upper end; when it cannot tell the mean above from 0 either, no end at all. With
    fewer than two pairs there is no interval.
    """
    count = len(above)
    x, y = float(np.mean(above)), float(np.mean(below))
    if not y > 0.0:
        return float("nan"), float("nan"), float("nan")
    if count < 2:
        return x / y, float("nan"), float("nan")
    spread = np.cov(above, below) / count * quantile(count) ** 2
    a, b, c = y * y - spread[1, 1], x * y - spread[0, 1], x * x - spread[0, 0]
    inside = b * b - a * c
    if a > 0.0:  # then the root is real
        root = float(np.sqrt(max(inside, 0.0)))
        return x / y, (b - root) / a, (b + root) / a
    if inside <= 0.0 or a == 0.0:
        return x / y, -np.inf, np.inf
    root = float(np.sqrt(inside))
    lower, upper = (b + root) / a, (b - root) / a  # a is negative
    return (x / y, upper, np.inf) if x / y >= upper else (x / y, -np.inf, lower)
