"""Any outcome of a study over firms of one's own choice: means, intervals, and differences paired by replication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.observe import some_firms
from sim.observe.conditions import Where
from sim.observe.outcomes import OUTCOMES
from sim.observe.some_firms import CELL, COUNTS
from sim.refusal import Refusal
from sim.study import StudyError
from sim.study.outcomes import differences_of_pairs, possible_means
from sim.study.statistics.intervals import summarise

if TYPE_CHECKING:
    from sim.scenario import Scenario

CELLS: Final = ("scenario", "replication", *CELL, "month", *COUNTS)  # columns
CATEGORIES: Final = dict.fromkeys(("scenario", *CELL, "month"), "category")  # types of columns that repeat a few names
ENDS: Final = ("mean", "low", "high")


def cells(
    scenario: Scenario, runs: Sequence[tuple[int, pd.DataFrame, pd.DataFrame | None]], rows: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What outcomes read of each cell in each run of a scenario (columns: CELLS).

    ``runs``: of each that succeeded its replication, panel, and what firms were given, None where it was not kept.
    ``rows``: founders' rows of the sample by cell, for runs that have not kept what firms were given.
    """
    if not runs:
        return pd.DataFrame(columns=list(CELLS))
    months = some_firms.read_in(runs[0][1]["month"].unique().tolist(), scenario.plan.read_on).values()
    counted, given = [], []
    for replication, panel, of_run in runs:
        counted.append(some_firms.cells(panel, months).assign(replication=replication))
        if of_run is not None:
            given.append(of_run.assign(replication=replication))
    known = pd.concat(given, ignore_index=True) if given else None
    together = some_firms.with_what_was_given(pd.concat(counted, ignore_index=True), known)
    if known is None and rows is not None:
        together = together.drop(columns="rows").merge(rows, on=list(CELL), how="left").fillna({"rows": 0.0})
    together = together.assign(scenario=scenario.name)[list(CELLS)]
    return together.astype(CATEGORIES)


def table(
    study: Any, where: Where, outcomes: Sequence[str] | None, against: Mapping[str, Sequence[str]] | None
) -> pd.DataFrame:
    """Outcomes of some firms: scenario, outcome, mean, low, high, unit, replications, rows (of founders in the sample).

    ``study`` has the tables ``cells`` and ``rates``. With ``against``, what each scenario is compared with,
    there are difference, difference_low, difference_high and against (its name) too, paired by replication; missing
    where a scenario is compared with none. Raises :class:`StudyError` for conditions and
    outcomes of :mod:`sim.observe.some_firms` that cannot be.
    """
    if study.cells.empty:
        raise StudyError(
            zh="没有一次运行成功，没有企业可言。", en="No run succeeded, so there are no firms to speak of."
        )
    try:
        values = some_firms.told(study.cells, study.rates, where, outcomes, months_of(study))
    except Refusal as refused:
        raise StudyError(zh=refused.zh, en=refused.en) from None
    means = summarise(values, ["scenario", "outcome", "unit"], possible_means)
    means["rows"] = means["scenario"].map(_rows(study.cells, where)).astype(float)
    columns = ["scenario", "outcome", *ENDS, "unit", "replications", "rows"]
    if against is None:
        return means[columns]
    pairs = [(scenario, others[0]) for scenario, others in against.items() if others]
    differences = differences_of_pairs(values, pairs)
    named = {end: "difference" if end == "mean" else f"difference_{end}" for end in ENDS}
    beside = differences[["scenario", "against", "outcome", *ENDS]].rename(columns=named)
    both = means.merge(beside, on=["scenario", "outcome"], how="left")
    return both[[*columns[:5], *named.values(), "against", *columns[5:]]]


def months_of(study: Any) -> dict[str, str]:
    """The month of ``cells`` that each outcome is read in which is read on the day of a target, by name."""
    read_on = _read_on(study.manifest.scenarios[0].contents["plan"])
    return some_firms.read_in(study.rates["month"].drop_duplicates().to_list(), read_on)


def _read_on(plan: Mapping[str, Any]) -> Callable[[str], date]:
    """What :meth:`sim.scenario.schema.Plan.read_on` says, from the contents of a plan."""
    own = {said["outcome"]: said.get("on") for said in plan.get("targets", ())}

    def read_on(outcome: str) -> date:
        return date.fromisoformat(own.get(outcome) or own.get(OUTCOMES[outcome].base) or plan["targets_on"])

    return read_on


def _rows(counted: pd.DataFrame, where: Where) -> dict[str, float]:
    """Mean rows of the sample that are founders among these firms, by scenario; missing where it is not known."""
    asked = some_firms.chosen(where)
    if some_firms.is_above_scale(asked):
        return {}
    runs = (
        some_firms.pick(some_firms.once(counted), asked)
        .groupby(["scenario", "replication"], observed=True)["rows"]
        .sum(min_count=1)
    )
    return {str(name): float(mean) for name, mean in runs.groupby(level=0, observed=True).mean().items()}
