"""Where a target is missed: by how much each group of firms is short of it, which adds up to the whole gap exactly.

A rate is a part of a whole, both counted by cell (prefecture, sector, size). Where at least a limit is asked a group is
*short* by limit x whole - part, where at most a limit is by part - limit x whole: so many of its firms more, or fewer,
would have to count for the group itself to be at the limit. A group that does better is short of less than nothing.
Of an amount of which nothing shall be left each group is short by what it has of it. What this tells is where a gap
lies, not why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from sim.observe.outcomes import OUTCOMES, RATES, of_counts
from sim.observe.some_firms import ALIVE_AT_TARGET, CELL, COUNTS, OF_SIZES, once
from sim.study import StudyError
from sim.study.comparison.some_firms import months_of
from sim.study.comparison.targets import Target, of_row
from sim.study.statistics.intervals import Range, summarise

ALL: Final = "all"
BY: Final = (ALL, *CELL)
OF_GROUP: Final = ("scenario", "outcome", "group")
QUANTITIES: Final = ("rate", "short", "points")
COLUMNS: Final = (
    *OF_GROUP, *(name + end for name in QUANTITIES for end in ("", "_low", "_high")), "unit", "whole", "whole_share",
    "replications", "rows",
)  # fmt: skip


def can_be_divided(target: Target) -> bool:
    """Whether the gap of a target can be told group by group: of a rate, and of an amount that shall be nothing."""
    outcome = OUTCOMES[target.outcome]
    if outcome.undivided is not None:
        return False
    return outcome.base in RATES or (outcome.by == "money" and target.limit == 0)


def by_run(study: Any, by: str, judged: pd.DataFrame) -> pd.DataFrame:
    """Gaps run by run, of those of the targets that can be divided.

    ``judged``: rows of ``targets``. ``by``: one of BY. ``study`` has the tables ``cells`` and ``rates``. Columns:
    OF_GROUP, replication, rate (of the group itself, missing where it has no whole, and of amounts), short (entities or
    fen), points (short, of the whole of all groups; missing of amounts), unit (of short), whole, rows (founders of the
    sample that could count). Raises :class:`StudyError` for another ``by``.
    """
    if by not in BY:
        raise StudyError(
            zh=f"by 应为 {'、'.join(BY)} 之一，不能是 {by!r}。", en=f"by is one of {', '.join(BY)}, not {by!r}."
        )
    tables, rows = [], cast("Iterator[Any]", judged.itertuples(index=False))
    for row in rows:
        target = of_row(row)
        if can_be_divided(target) and len(study.cells):
            found = _of_target(counts(study, by, str(row.scenario), target.outcome), target)
            tables.append(found.assign(scenario=row.scenario, outcome=target.outcome))
    columns = [*OF_GROUP, "replication", *QUANTITIES, "unit", "whole", "rows"]
    filled = [found for found in tables if not found.empty]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)


def table(of_runs: pd.DataFrame) -> pd.DataFrame:
    """Means of :func:`by_run` over replications with intervals (columns: COLUMNS), the largest gap of a target first.

    ``whole_share``: of the whole of all groups. Means add up as the gaps of single runs do.
    """
    if of_runs.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = [*OF_GROUP, "unit"]
    groups = of_runs.groupby(keys, sort=False, observed=True)
    found = groups.agg(whole=("whole", "mean"), rows=("rows", "mean"), replications=("short", "count")).reset_index()
    for name in QUANTITIES:
        told = summarise(of_runs.assign(value=of_runs[name].astype(float)), keys, _possible(name))
        told = told.rename(columns={"mean": name, "low": f"{name}_low", "high": f"{name}_high"})
        found = found.merge(told.drop(columns="replications"), on=keys)
    of_all = found.groupby(["scenario", "outcome"], sort=False, observed=True)["whole"].transform("sum")
    found["whole_share"] = found["whole"] / of_all.where(of_all > 0)
    place = found.groupby(["scenario", "outcome"], sort=False, observed=True).ngroup()
    order = np.lexsort((-found["short"].to_numpy(), place.to_numpy()))
    return found.iloc[order].reset_index(drop=True)[list(COLUMNS)]


def counts(study: Any, by: str, scenario: str, outcome: str) -> pd.DataFrame:
    """What an outcome that can be told of some firms reads of each group: COUNTS by replication and group (index).

    Of the firms that the outcome is of, in the month in which it is read; no rows where no run succeeded.
    """
    month, cells = months_of(study).get(outcome), study.cells[study.cells["scenario"] == scenario]
    cells = once(cells) if month is None else cells[cells["month"] == month]
    cells = cells[cells["size"].isin(OF_SIZES[OUTCOMES[outcome].universe])]
    group = cells[by].astype(str) if by in CELL else pd.Series(ALL, cells.index)
    sums = cells.groupby([cells["replication"], group.rename("group")])[list(COUNTS)].sum()
    names = ("replication", "group")
    every = pd.MultiIndex.from_product([sums.index.unique(name) for name in names], names=names)
    sums = sums.reindex(every, fill_value=0)  # a small sample may lack a group in one of the runs
    return sums if month is None else sums.assign(founders_alive=sums[ALIVE_AT_TARGET])


def _of_target(sums: pd.DataFrame, target: Target) -> pd.DataFrame:
    """The gaps of one target, from :func:`counts`; without runs in which nobody could count."""
    outcome = OUTCOMES[target.outcome]
    part, whole, rows = _parts(sums, target.outcome)
    short = part - target.limit * whole if target.bound == "at_most" else target.limit * whole - part
    of_all = whole.groupby(level="replication").transform("sum")
    found = pd.DataFrame(
        {
            "rate": part / whole.where(whole > 0),
            "short": short,
            "points": short / of_all.where(of_all > 0),
            "unit": "entities" if outcome.base in RATES else outcome.unit,
            "whole": whole,
            "rows": rows,
        }
    )
    return (found[of_all > 0] if outcome.base in RATES else found).reset_index()


def _parts(sums: pd.DataFrame, outcome: str) -> tuple[pd.Series[Any], pd.Series[Any], pd.Series[Any]]:
    """Part and whole of each row of sums, and the rows of the sample that could count, as ``sample_size`` has it."""
    base, rows = OUTCOMES[outcome].base, sums["rows"].astype(float)
    if base not in RATES:
        amounts = [OUTCOMES[outcome].of(of_counts(counts, {}, {})) for counts in _records(sums)]
        return pd.Series(amounts, sums.index, float), pd.Series(0.0, sums.index), rows
    part, whole = RATES[base].part(sums), RATES[base].whole(sums)
    if base == "resumption_rate":  # of those only that were ever stopped
        rows = rows * (whole / sums["founders"].where(sums["founders"] > 0)).clip(upper=1.0)
    return part, whole, rows


def _records(sums: pd.DataFrame) -> Iterator[dict[str, int]]:
    for row in sums.to_dict("records"):
        yield {str(name): number for name, number in row.items()}


def _possible(quantity: str) -> Any:
    """What the means of a quantity can be: rates are shares, points differences of shares, amounts not below none."""

    def within(means: pd.DataFrame) -> Range:
        if quantity != "short":
            return {"rate": (0.0, 1.0), "points": (-1.0, 1.0)}[quantity]
        return np.where(means["unit"] == "fen", 0.0, -np.inf), np.full(len(means), np.inf)

    return within
