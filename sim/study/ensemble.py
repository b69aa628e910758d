"""One scenario under several lucks: mean and interval of each outcome, mean tables.

Intervals are at 95 % over replications, Student's t on a scale that holds nothing impossible, see :func:`ends`. A
replication that failed, or in which an outcome does not exist (nothing was ever stopped, so there is no resumption
rate), is left out, and the column ``replications`` says how many count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.observe.outcomes import OUTCOMES
from sim.observe.tables import TABLES as COLUMNS
from sim.study.comparison.sample_size import rows_behind
from sim.study.runs.manifest import manifest
from sim.study.runs.study import Study

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs.run_store import Stored
    from sim.study.runs.runner import Runner

CONFIDENCE: Final = 0.95
Limits = tuple[Any, Any]  # the least and the most that is possible, infinite where there is no limit

# What identifies a row of a table that is averaged over replications.
KEYS: Final = {
    "panel": ["month", "prefecture", "sector", "size"],
    "ledger": ["month", "payer", "payee", "flow", "measure", "kind"],
    "delivery": ["month", "measure", "station"],
    "requests": ["month", "kind", "station"],
    "cliff": ["month", "measure"],
}


@dataclass(frozen=True)
class Ensemble(Study):
    """The replications of one scenario.

    ``values``: scenario, replication, outcome, value, unit; one row for each outcome of each run that succeeded.
    ``outcomes``: scenario, outcome, mean, low, high, unit, replications, rows (of the sample, that could count in it).
    ``runs``: scenario, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason (why it failed, else empty).
    ``panel``, ``ledger``, ``delivery``, ``requests``, ``cliff``: as in ``sim.observe.tables.TABLES`` with a column
    ``scenario`` in front; every number the mean over replications (a row that a replication lacks counts 0, ``days``
    weighted by firms).
    """

    kind: ClassVar[str] = "run"
    outcomes: pd.DataFrame
    values: pd.DataFrame
    panel: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    cliff: pd.DataFrame


RUNS: Final = (
    "scenario", "replication", "run", "seed", "firms", "months", "ledger_residual_fen", "bytes_per_firm", "reason",
)  # fmt: skip


def ensemble(scenario: Scenario, runs: pd.DataFrame, stored: Stored, seed: int) -> Ensemble:
    """Put the runs of one scenario together, all its replications in order (rows of ``Runner.run``, tables kept)."""
    keys = runs.loc[runs["reason"] == "", "run"]

    def mean(table: str) -> pd.DataFrame:
        return _mean(scenario.name, table, [stored.table(key, table) for key in keys])

    long = values_of(runs, ["scenario", "replication"])
    outcomes = summarise(long, ["scenario", "outcome", "unit"])
    behind = rows_behind(scenario, seed, dict(zip(outcomes["outcome"], outcomes["mean"], strict=True)))
    outcomes["rows"] = outcomes["outcome"].map(behind).astype(float)
    return Ensemble(
        manifest=manifest("run", [scenario], seed, len(runs)),
        values=long,
        outcomes=outcomes[["scenario", "outcome", "mean", "low", "high", "unit", "replications", "rows"]],
        runs=runs[list(RUNS)].reset_index(drop=True),
        panel=mean("panel"),
        ledger=mean("ledger"),
        delivery=mean("delivery"),
        requests=mean("requests"),
        cliff=mean("cliff"),
    )


def replicate(
    scenario: Scenario,
    *,
    seed: int,
    replications: int,
    runner: Runner,
) -> Ensemble:
    """One scenario under several lucks, its tables kept."""
    from sim.study.runs.runner import replicated

    runner.expect(replications)
    runs = runner.run(replicated(scenario, seed, replications, "tables"))
    return ensemble(scenario, runs, runner.stored, seed)


def values_of(runs: pd.DataFrame, labels: list[str], public_cost: bool = False) -> pd.DataFrame:
    """Outcomes of the runs that succeeded, long: ``labels``, outcome, value, unit; run by run.

    ``public_cost``: whether what public budgets bear is among the outcomes; only differences of it say anything.
    """
    from sim.study.comparison.costs import PUBLIC_COST

    done = runs[runs["reason"] == ""]
    names = [name for name in runs.columns if name in OUTCOMES or (public_cost and name == PUBLIC_COST)]
    units = [unit_of(name) for name in names]
    long = {label: np.repeat(done[label].to_numpy(), len(names)) for label in labels}
    long["outcome"] = np.tile(np.array(names, object), len(done))
    long["value"] = done[names].to_numpy(float).ravel()
    long["unit"] = np.tile(np.array(units, object), len(done))
    return pd.DataFrame(long)


def unit_of(outcome: str) -> str:
    """Unit of an outcome, the public cost among them."""
    return OUTCOMES[outcome].unit if outcome in OUTCOMES else "fen"


def summarise(
    values: pd.DataFrame, by: list[str], within: Callable[[pd.DataFrame], Limits] | None = None
) -> pd.DataFrame:
    """Mean, interval and count of ``value`` in each group, groups in order of appearance.

    ``by`` holds the outcome. ``within``: what is possible for the mean of each row of the table, else what is for the
    outcome itself. With fewer than two values there is no interval: ``low`` and ``high`` are missing.
    """
    groups = values.groupby(by, sort=False, observed=True)["value"]
    table = groups.agg(mean="mean", spread="std", replications="count").reset_index()
    count = table["replications"].to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = quantile(count) * table.pop("spread").to_numpy() / np.sqrt(count)
    table["low"], table["high"] = ends(table["mean"].to_numpy(), half, *(within or _possible)(table))
    return table


def paired_differences(values: pd.DataFrame, by: list[str], reference: pd.Series[bool]) -> pd.DataFrame:
    """Mean and interval of each group's difference from the reference rows, replication by replication.

    ``values`` has the columns ``by``, replication, outcome, value, unit. A replication that either side lacks is left
    out. Returns ``by``, outcome, mean, low, high, unit, replications.
    """
    pair, keys = ["replication", "outcome"], [*by, "outcome", "unit"]
    other = values.loc[reference, [*pair, "value"]].rename(columns={"value": "reference"})
    pairs = values.merge(other, on=pair, how="left", sort=False)
    from_nothing = (pairs["reference"] == 0).groupby([pairs[key] for key in keys], sort=False, observed=True).all()
    pairs["value"] -= pairs.pop("reference")

    def within(table: pd.DataFrame) -> Limits:
        # What is nothing on the other side is no difference but the thing itself.
        as_values, apart = _possible(table), of_differences(table["outcome"])
        nothing = from_nothing.to_numpy()
        return tuple(np.where(nothing, own, other) for own, other in zip(as_values, apart, strict=True))

    table = summarise(pairs, keys, within)
    return table[[*by, "outcome", "mean", "low", "high", "unit", "replications"]]


def limits(outcome: str) -> tuple[float, float]:
    """The least and the most that an outcome can be; the public cost of one world says nothing and has no limits."""
    return (OUTCOMES[outcome].least, OUTCOMES[outcome].most) if outcome in OUTCOMES else (-np.inf, np.inf)


def of_differences(outcomes: Any, parts: float | NDArray[np.float64] = 1.0) -> Limits:
    """What differences of outcomes (names) can be, or sums of ``parts`` differences: of shares not beyond 1."""
    names = pd.Series(outcomes, dtype=object)
    widths = {name: limits(name)[1] - limits(name)[0] for name in names.unique()}
    width = names.map(widths).to_numpy(float) * parts
    return -width, width


def _possible(table: pd.DataFrame) -> Limits:
    """What the means of a table of outcomes can be: shares within 0 and 1, and no more firms than there are."""
    least, most = np.array([limits(outcome) for outcome in table["outcome"]], np.float64).reshape(-1, 2).T
    labels = [name for name in table if name not in ("outcome", "unit", "mean", "replications")]
    means = table.assign(all=0).pivot(index=[*labels, "all"], columns="outcome", values="mean")
    if {"survivors", "survival_rate"} <= set(means):
        founders = means["survivors"] / means["survival_rate"].where(means["survival_rate"] > 0)
        ever = founders + means.get("births", np.nan)
        row = means.index.get_indexer(pd.MultiIndex.from_frame(table.assign(all=0)[[*labels, "all"]]))
        for outcome, firms in (("survivors", founders), ("exits", ever), ("stopped", ever)):
            known = firms.to_numpy()[row]
            most = np.where((table["outcome"] == outcome) & ~np.isnan(known), known, most)
    return least, most


def quantile(count: NDArray[np.float64] | int) -> NDArray[np.float64]:
    """Quantile of Student's t for the mean of ``count`` values."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(np.asarray(count) - 1, 1), (1 + CONFIDENCE) / 2))


def ends(mean: Any, half: Any, least: Any, most: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high of an interval that lies within what is possible and holds the mean.

    ``half``: half-width of Student's interval. Between two limits the interval is Student's on the scale of the
    logit, its half-width carried over by the delta method, and from a single limit on that of the logarithm (as for
    proportions and for counts in surveys: Korn and Graubard 1999, Analysis of Health Surveys, ch. 3.2). Far from the
    limits that is Student's interval itself; near them the side towards the limit is the shorter.
    """
    from scipy.special import expit, logit

    mean, half, least, most = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (mean, half, least, most)))
    with np.errstate(all="ignore"):
        width, above = most - least, mean - least
        place = above / width
        on_logit = half / (width * place * (1.0 - place))
        on_log = half / above
        found = []
        for sign in (-1.0, 1.0):
            between = least + width * expit(logit(place) + sign * on_logit)
            beyond = least + above * np.exp(sign * on_log)
            end = np.select([np.isfinite(width), np.isfinite(least)], [between, beyond], mean + sign * half)
            found.append(np.where((half == 0.0) | (mean == least) | (mean == most), mean, end))
    low, high = found
    is_known = ~np.isnan(half)
    return np.where(is_known, np.minimum(low, mean), np.nan), np.where(is_known, np.maximum(high, mean), np.nan)


def interval(
    values: NDArray[np.float64], least: Any = -np.inf, most: Any = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, low and high over the first axis, as in :func:`summarise`; all missing where there is no value.

    ``least`` and ``most``: what is possible, see :func:`ends`.
    """
    count = len(values)
    if not count:
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    mean = np.asarray(values.mean(axis=0))
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = quantile(count) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return mean, *ends(mean, half, least, most)


def _mean(scenario: str, table: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    keys = KEYS[table]
    if all(frame.empty for frame in frames):
        return pd.DataFrame(columns=["scenario", *COLUMNS[table]])
    stacked = pd.concat(frames, ignore_index=True)
    if "days" in stacked:
        stacked["days"] *= stacked["firms"]
    # A sum of nothing but missing days stays missing; everything else adds up from 0.
    sums = stacked.groupby(keys, sort=False, observed=True).sum(min_count=1)
    if "days" in sums:
        sums["days"] *= len(frames) / sums["firms"].where(sums["firms"] > 0)
    means = (sums / len(frames)).reset_index()
    means[keys] = means[keys].astype(object)
    means.insert(0, "scenario", scenario)
    return means
