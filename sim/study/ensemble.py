"""One scenario under several lucks: mean and interval of each outcome, mean tables.

Intervals are Student's t at 95 % over replications. A replication that failed, or in which an outcome does not exist
(nothing was ever stopped, so there is no resumption rate), is left out, and the column ``replications`` says how many
count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.observe.tables import TABLES as COLUMNS
from sim.study.manifest import Manifest, manifest
from sim.study.runs import Progress, Run, replicated, run_all

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.kept import Kept

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
class Ensemble:
    """The replications of one scenario.

    ``values``: scenario, replication, outcome, value, unit; one row for each outcome of each run that succeeded.
    ``outcomes``: scenario, outcome, mean, low, high, unit, replications.
    ``runs``: scenario, replication, seed, firms, months, ledger_residual_fen, reason (why it failed, else empty).
    ``panel``, ``ledger``, ``delivery``, ``requests``, ``cliff``: as in ``sim.observe.tables.TABLES`` with a column
    ``scenario`` in front; every number the mean over replications (a row that a replication lacks counts 0, ``days``
    weighted by firms).
    """

    manifest: Manifest
    outcomes: pd.DataFrame
    values: pd.DataFrame
    runs: pd.DataFrame
    panel: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    cliff: pd.DataFrame

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of ``runs`` that failed."""
        return self.runs[self.runs["reason"] != ""]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return {name: getattr(self, name) for name in TABLES}


TABLES: Final = ("outcomes", "values", "runs", "panel", "ledger", "delivery", "requests", "cliff")


def ensembles(
    scenarios: Sequence[Scenario],
    seed: int,
    replications: int,
    workers: int = 1,
    progress: Progress | None = None,
    look: Callable[[Run], Run] | None = None,
    kept: Kept | None = None,
) -> Iterator[Ensemble]:
    """One ensemble for each scenario, in order; the tables of one scenario at a time are held in memory.

    ``look`` sees every run, in order, while its fates, the one table with a row for each firm, are still there, and
    gives it on without them; it pairs them with those of the first scenario. ``kept``: see ``sim.study.runs.run_all``.
    """
    specs = [
        replace(spec, against=scenarios[0] if look is not None and place else None)
        for place, scenario in enumerate(scenarios)
        for spec in replicated(scenario, seed, replications, fates=look is not None)
    ]
    runs = run_all(specs, workers, progress, look=look, kept=kept)
    for place, (_, group) in enumerate(groupby(enumerate(runs), lambda pair: pair[0] // replications)):
        yield ensemble(scenarios[place], [run for _, run in group])


def ensemble(scenario: Scenario, runs: Sequence[Run]) -> Ensemble:
    """Put the runs of one scenario together, all its replications in order."""
    results = [(run.spec.replication, run.result) for run in runs if run.result is not None]
    values = [result.outcomes.assign(replication=replication) for replication, result in results]
    columns = ["scenario", "replication", "outcome", "value", "unit"]
    long = pd.concat(values).assign(scenario=scenario.name)[columns] if values else pd.DataFrame(columns=columns)
    return Ensemble(
        manifest=manifest("run", [scenario], runs[0].spec.seed, len(runs)),
        values=long.reset_index(drop=True),
        outcomes=summarise(long, ["scenario", "outcome", "unit"])[
            ["scenario", "outcome", "mean", "low", "high", "unit", "replications"]
        ],
        runs=pd.DataFrame([_row(run) for run in runs]),
        panel=_mean(scenario.name, "panel", [result.panel for _, result in results]),
        ledger=_mean(scenario.name, "ledger", [result.ledger for _, result in results]),
        delivery=_mean(scenario.name, "delivery", [result.delivery for _, result in results]),
        requests=_mean(scenario.name, "requests", [result.requests for _, result in results]),
        cliff=_mean(scenario.name, "cliff", [result.cliff for _, result in results]),
    )


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


def _row(run: Run) -> dict[str, object]:
    result = run.result
    return {
        "scenario": run.spec.scenario.name,
        "replication": run.spec.replication,
        "seed": run.spec.seed,
        "firms": result.firms if result else 0,
        "months": result.months if result else 0,
        "ledger_residual_fen": result.ledger_residual_fen if result else 0,
        "reason": run.reason,
    }


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
