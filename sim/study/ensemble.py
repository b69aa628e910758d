"""One scenario under several lucks: mean and interval of each outcome, mean tables.

Intervals are Student's t at 95 % over replications. A replication that failed, or in which an outcome does not exist
(nothing was ever stopped, so there is no resumption rate), is left out, and the column ``replications`` says how many
count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.observe.outcomes import OUTCOMES
from sim.observe.tables import TABLES as COLUMNS
from sim.study.kinds import Study
from sim.study.manifest import manifest

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs import Runner
    from sim.study.stored import Stored

CONFIDENCE: Final = 0.95

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
    ``outcomes``: scenario, outcome, mean, low, high, unit, replications.
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
    return Ensemble(
        manifest=manifest("run", [scenario], seed, len(runs)),
        values=long,
        outcomes=summarise(long, ["scenario", "outcome", "unit"])[
            ["scenario", "outcome", "mean", "low", "high", "unit", "replications"]
        ],
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
    from sim.study.runs import replicated

    runner.expect(replications)
    runs = runner.run(replicated(scenario, seed, replications, "tables"))
    return ensemble(scenario, runs, runner.stored, seed)


def values_of(runs: pd.DataFrame, labels: list[str], public_cost: bool = False) -> pd.DataFrame:
    """Outcomes of the runs that succeeded, long: ``labels``, outcome, value, unit; run by run.

    ``public_cost``: whether what public budgets bear is among the outcomes; only differences of it say anything.
    """
    from sim.study.costs import PUBLIC_COST

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


def summarise(values: pd.DataFrame, by: list[str], column: str = "value") -> pd.DataFrame:
    """Mean, t-interval and count of ``column`` in each group, groups in order of appearance.

    With fewer than two values there is no interval: ``low`` and ``high`` are missing.
    """
    groups = values.groupby(by, sort=False, observed=True)[column]
    table = groups.agg(mean="mean", spread="std", replications="count").reset_index()
    count = table["replications"].to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = quantile(count) * table.pop("spread") / np.sqrt(count)
    table["low"] = table["mean"] - half
    table["high"] = table["mean"] + half
    return table


def paired_differences(values: pd.DataFrame, by: list[str], reference: pd.Series[bool]) -> pd.DataFrame:
    """Mean and interval of each group's difference from the reference rows, replication by replication.

    ``values`` has the columns ``by``, replication, outcome, value, unit. A replication that either side lacks is left
    out. Returns ``by``, outcome, mean, low, high, unit, replications.
    """
    pair = ["replication", "outcome"]
    other = values.loc[reference, [*pair, "value"]].rename(columns={"value": "reference"})
    pairs = values.merge(other, on=pair, how="left", sort=False)
    pairs["value"] -= pairs.pop("reference")
    table = summarise(pairs, [*by, "outcome", "unit"])
    return table[[*by, "outcome", "mean", "low", "high", "unit", "replications"]]


def quantile(count: NDArray[np.float64] | int) -> NDArray[np.float64]:
    """Quantile of Student's t for the mean of ``count`` values."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(np.asarray(count) - 1, 1), (1 + CONFIDENCE) / 2))


def interval(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, low and high over the first axis, as in :func:`summarise`; all missing where there is no value."""
    count = len(values)
    if not count:
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    mean = np.asarray(values.mean(axis=0))
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = quantile(count) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return mean, np.asarray(mean - half), np.asarray(mean + half)


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
