"""One scenario under several replications: its values, the mean and interval of each outcome, mean tables.

A replication that failed, or in which an outcome does not exist (nothing was ever stopped, so there is no resumption
rate), is left out, and the column ``replications`` says how many count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from sim.observe.tables import TABLES as COLUMNS
from sim.study.comparison.by_month import rates
from sim.study.comparison.sample_size import rows_behind, rows_by_cell
from sim.study.comparison.some_firms import cells
from sim.study.outcomes import possible_means, values_of
from sim.study.reductions.paired import GIVEN
from sim.study.runs.specification import PAIRED, TABLED
from sim.study.statistics.intervals import summarise

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.runs.run_store import RunStore

# What identifies a row of a table that is averaged over replications.
KEYS: Final = {
    "panel": ["month", "prefecture", "sector", "size"],
    "universes": ["month", "universe", "by"],
    "ledger": ["month", "payer", "payee", "flow", "measure", "kind"],
    "delivery": ["month", "measure", "station"],
    "requests": ["month", "kind", "station"],
    "repayment_wall": ["month", "measure"],
    "restarts": ["closure"],
}
RUNS: Final = (
    "scenario", "replication", "run", "seed", "firms", "months", "ledger_residual_fen", "bytes_per_firm", "reason",
)  # fmt: skip


class ScenarioMeans(NamedTuple):
    """The tables of one scenario, those of :class:`sim.study.questions.run.Ensemble` and of a comparison among them."""

    runs: pd.DataFrame
    outcomes: pd.DataFrame
    values: pd.DataFrame
    panel: pd.DataFrame
    universes: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    repayment_wall: pd.DataFrame
    restarts: pd.DataFrame
    rates: pd.DataFrame  # of each run, see `sim.study.comparison.by_month.rates`
    cells: pd.DataFrame  # of each run, see `sim.study.comparison.some_firms.cells`


def scenario_means(scenario: Scenario, runs: pd.DataFrame, stored: RunStore, seed: int) -> ScenarioMeans:
    """Put the runs of one scenario together, all its replications in order (rows of ``Runner.run``).

    Of runs of which nothing but outcomes is kept the tables have no row.
    """
    done = runs[(runs["reason"] == "") & runs["keep"].isin(TABLED)]
    universes, panels = ([stored.table(key, name) for key in done["run"]] for name in ("universes", "panel"))
    given = [stored.table(key, GIVEN) if stored.row(key)["keep"] in PAIRED else None for key in done["run"]]

    rows = None if any(one is not None for one in given) else rows_by_cell(scenario, seed)

    def mean(table: str) -> pd.DataFrame:
        return _mean(scenario.name, table, [stored.table(key, table) for key in done["run"]])

    long = values_of(runs, ["scenario", "replication"])
    outcomes = summarise(long, ["scenario", "outcome", "unit"], possible_means)
    behind = rows_behind(scenario, seed, dict(zip(outcomes["outcome"], outcomes["mean"], strict=True)))
    outcomes["rows"] = outcomes["outcome"].map(behind).astype(float)
    return ScenarioMeans(
        runs=runs[list(RUNS)].reset_index(drop=True),
        outcomes=outcomes[["scenario", "outcome", "mean", "low", "high", "unit", "replications", "rows"]],
        values=long,
        panel=_mean(scenario.name, "panel", panels),
        universes=_mean(scenario.name, "universes", universes),
        ledger=mean("ledger"),
        delivery=mean("delivery"),
        requests=mean("requests"),
        repayment_wall=mean("repayment_wall"),
        restarts=mean("restarts"),
        cells=cells(scenario, list(zip(done["replication"], panels, given, strict=True)), rows),
        rates=rates(scenario.name, list(zip(done["replication"], universes, strict=True))),
    )


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
