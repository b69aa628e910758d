"""Winners and losers: what a scenario did to the firms of each sector, size or prefecture, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.observe.some_firms import once
from sim.study import StudyError
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.outcomes import possible_differences
from sim.study.statistics.intervals import Range, summarise

BY: Final = ("sector", "size", "prefecture")
OF_GROUP: Final = ("scenario", "against", "group")
PAIRED: Final = ("kept", "kept_share", "jobs")  # differences, paired by replication
WON, LOST, NOT_TOLD, ONE_RUN, TOO_FEW = VERDICTS = ("won", "lost", "not_told", "one_run", "too_few")
COLUMNS: Final = (
    *OF_GROUP, "entities", *(name + end for name in ("saved", "harmed", *PAIRED) for end in ("", "_low", "_high")),
    "given_fen", "lives_either_way_share", "replications", "rows", "verdict",
)  # fmt: skip


def by_run(study: Any, by: str, against: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Each scenario minus those that it is compared with, run by run: OF_GROUP, replication, PAIRED, entities, rows.

    ``by``: one of BY. Kept are founders alive at the end (entities; ``kept_share``: of the group's founders), jobs are
    persons on the payroll then, those of firms born on the way too. ``study`` has the table ``cells``. Raises
    :class:`StudyError` for another ``by``.
    """
    if by not in BY:
        raise StudyError(
            zh=f"by 应为 {'、'.join(BY)} 之一，不能是 {by!r}。", en=f"by is one of {', '.join(BY)}, not {by!r}."
        )
    counts = ["founders", "founders_alive", "staff", "rows"]
    keys = ["scenario", by, "replication"]
    sums = once(study.cells).groupby(keys, observed=True)[counts].sum(min_count=1).reset_index()
    sums = sums.rename(columns={by: "group"}).astype({"scenario": str, "group": str})
    tables = []
    for scenario, others in against.items():
        for other in others:
            both = sums[sums["scenario"] == scenario].merge(
                sums[sums["scenario"] == other], on=["group", "replication"], suffixes=("", "_there")
            )
            kept = both["founders_alive"] - both["founders_alive_there"]
            founders = both["founders"].where(both["founders"] > 0)
            tables.append(
                both[["group", "replication", "rows"]].assign(
                    scenario=scenario, against=other, entities=both["founders"], kept=kept, kept_share=kept / founders,
                    jobs=both["staff"] - both["staff_there"],
                )
            )  # fmt: skip
    columns = [*OF_GROUP, "replication", *PAIRED, "entities", "rows"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def table(of_runs: pd.DataFrame, fates: pd.DataFrame, by: str) -> pd.DataFrame:
    """What ``Comparison.winners_and_losers`` gives, of what :func:`by_run` and the table ``fates`` tell.

    Columns: COLUMNS. The largest gain in share first, groups of too few rows to say anything last.
    """
    keys = list(OF_GROUP)
    found = of_runs.groupby(keys, sort=False, observed=True)[["entities", "rows"]].mean().reset_index()
    for name in PAIRED:
        told = summarise(of_runs.assign(value=of_runs[name].astype(float)), keys, _possible(name))
        told = told.rename(columns={"mean": name, "low": f"{name}_low", "high": f"{name}_high"})
        found = found.drop(columns="replications", errors="ignore").merge(told, on=keys)
    found = found.merge(_of_fates(fates, by), on=keys, how="left")
    found["verdict"] = [_verdict(row) for row in found.itertuples(index=False)]
    few, place = found["verdict"] == TOO_FEW, found.groupby(["scenario", "against"], sort=False).ngroup()
    order = np.lexsort((-found["kept_share"].to_numpy(float), few.to_numpy(), place.to_numpy()))
    return found.iloc[order].reset_index(drop=True)[list(COLUMNS)]


def _of_fates(fates: pd.DataFrame, by: str) -> pd.DataFrame:
    """Firms saved and harmed with intervals, and the money given, by group: of the table ``fates``."""
    keys = list(OF_GROUP)
    rows = fates[fates["by"] == by].astype({"group": str})
    money = rows.groupby(keys, sort=False)["given_fen"].sum()
    either_way = rows[rows["fate"] == "lives_either_way"].set_index(keys)["given_fen"]
    found = pd.DataFrame({"given_fen": money, "lives_either_way_share": either_way / money.where(money > 0)})
    for fate in ("saved", "harmed"):
        of_fate = rows[rows["fate"] == fate].set_index(keys)[["entities", "low", "high"]]
        found[[fate, f"{fate}_low", f"{fate}_high"]] = of_fate.reindex(found.index).to_numpy()
    return found.reset_index()


def _verdict(row: Any) -> str:
    """What may be said of a group, one of VERDICTS: by its rows first, then by the interval of the share kept."""
    if row.rows < FEWEST_ROWS:
        return TOO_FEW
    if np.isnan(row.kept_share_low):
        return ONE_RUN
    return WON if row.kept_share_low > 0 else LOST if row.kept_share_high < 0 else NOT_TOLD


def _possible(quantity: str) -> Any:
    """What the means of a quantity can be: a difference of shares is within 1, one of counts has no limit."""

    def within(means: pd.DataFrame) -> Range:
        if quantity != "kept_share":
            return -np.inf, np.inf
        return possible_differences(["survival_rate"] * len(means))

    return within
