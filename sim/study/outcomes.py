"""Outcomes of many runs as tables: their values, units, what is possible for them, and paired differences.

The outcomes are those of ``sim/observe/outcomes.py`` and, where differences are looked at, the public cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.observe.outcomes import OUTCOMES, variant
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.intervals import Range, summarise

Pair = tuple[str, str]  # a scenario, and the one that it is compared with
SURVIVAL_OF_ALL: Final = variant("survival_rate", "all", "firms")  # of those that `survivors` counts


def unit_of(outcome: str) -> str:
    """Unit of an outcome, the public cost among them."""
    return OUTCOMES[outcome].unit if outcome in OUTCOMES else "fen"


def values_of(runs: pd.DataFrame, labels: list[str], public_cost: bool = False) -> pd.DataFrame:
    """Outcomes of the runs that succeeded, long: ``labels``, outcome, value, unit; run by run.

    ``public_cost``: whether what public budgets bear is among the outcomes; only differences of it say anything.
    """
    done = runs[runs["reason"] == ""]
    names = [name for name in runs.columns if name in OUTCOMES or (public_cost and name == PUBLIC_COST)]
    units = [unit_of(name) for name in names]
    long = {label: np.repeat(done[label].to_numpy(), len(names)) for label in labels}
    long["outcome"] = np.tile(np.array(names, object), len(done))
    long["value"] = done[names].to_numpy(float).ravel()
    long["unit"] = np.tile(np.array(units, object), len(done))
    return pd.DataFrame(long)


def possible_range(outcome: str) -> tuple[float, float]:
    """The least and the most that an outcome can be; the public cost of one world says nothing and has no limits."""
    return (OUTCOMES[outcome].least, OUTCOMES[outcome].most) if outcome in OUTCOMES else (-np.inf, np.inf)


def possible_differences(outcomes: Any, parts: float | NDArray[np.float64] = 1.0) -> Range:
    """What differences of outcomes (names) can be, or sums of ``parts`` differences: of shares not beyond 1."""
    names = pd.Series(outcomes, dtype=object)
    widths = {name: possible_range(name)[1] - possible_range(name)[0] for name in names.unique()}
    width = names.map(widths).to_numpy(float) * parts
    return -width, width


def possible_means(table: pd.DataFrame) -> Range:
    """What the means of a table of outcomes can be: shares within 0 and 1, and no more firms than there are."""
    least, most = np.array([possible_range(outcome) for outcome in table["outcome"]], np.float64).reshape(-1, 2).T
    labels = [name for name in table if name not in ("outcome", "unit", "mean", "replications")]
    means = table.assign(all=0).pivot(index=[*labels, "all"], columns="outcome", values="mean")
    if {"survivors", SURVIVAL_OF_ALL} <= set(means):
        founders = means["survivors"] / means[SURVIVAL_OF_ALL].where(means[SURVIVAL_OF_ALL] > 0)
        ever = founders + means.get("births", np.nan)
        row = means.index.get_indexer(pd.MultiIndex.from_frame(table.assign(all=0)[[*labels, "all"]]))
        for outcome, firms in (("survivors", founders), ("exits", ever), ("insolvent_exits", ever), ("stopped", ever)):
            known = firms.to_numpy()[row]
            most = np.where((table["outcome"] == outcome) & ~np.isnan(known), known, most)
    return least, most


def paired_differences(
    values: pd.DataFrame, by: list[str], reference: pd.Series[bool], at: Sequence[str] = ()
) -> pd.DataFrame:
    """Mean and interval of each group's difference from the reference rows, replication by replication.

    ``values`` has the columns ``by``, ``at``, replication, outcome, value, unit; ``at`` names what both sides have in
    common beside the replication, such as the month. A replication that either side lacks is left out. Returns ``by``,
    ``at``, outcome, mean, low, high, unit, replications.
    """
    pair, keys = ["replication", *at, "outcome"], [*by, *at, "outcome", "unit"]
    other = values.loc[reference, [*pair, "value"]].rename(columns={"value": "reference"})
    pairs = values.merge(other, on=pair, how="left", sort=False)
    from_nothing = (pairs["reference"] == 0).groupby([pairs[key] for key in keys], sort=False, observed=True).all()
    pairs["value"] -= pairs.pop("reference")

    def within(table: pd.DataFrame) -> Range:
        # What is nothing on the other side is no difference but the thing itself.
        as_values, apart = possible_means(table), possible_differences(table["outcome"])
        nothing = from_nothing.to_numpy()
        return tuple(np.where(nothing, own, other) for own, other in zip(as_values, apart, strict=True))

    table = summarise(pairs, keys, within)
    return table[[*by, *at, "outcome", "mean", "low", "high", "unit", "replications"]]


def differences_of_pairs(values: pd.DataFrame, pairs: Sequence[Pair], at: Sequence[str] = ()) -> pd.DataFrame:
    """Each scenario minus the one that it is compared with, for ``pairs`` of (scenario, against), in their order.

    ``values`` and ``at``: as of :func:`paired_differences`, with the column scenario. Returns scenario, against,
    ``at``, outcome, mean, low, high, unit, replications.
    """
    tables = []
    for against in dict.fromkeys(against for _, against in pairs):
        reference = values[values["scenario"] == against].assign(against="")
        other = values[values["scenario"].isin([one for one, of in pairs if of == against])].assign(against=against)
        both = pd.concat([other, reference], ignore_index=True)
        found = paired_differences(both, ["scenario", "against"], both["against"] == "", at)
        tables.append(found[found["against"] != ""])
    columns = ["scenario", "against", *at, "outcome", "mean", "low", "high", "unit", "replications"]
    if not tables:
        return pd.DataFrame(columns=columns)
    table = pd.concat(tables, ignore_index=True)
    place = {pair: place for place, pair in enumerate(pairs)}
    order = [place[pair] for pair in zip(table["scenario"], table["against"], strict=True)]
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
