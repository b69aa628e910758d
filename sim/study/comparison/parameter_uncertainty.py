"""What is not known: a scenario, and what it is compared with, under other numbers of the calibration.

Draws come from the posterior that evidence leaves (``sim/study/designs/posterior.py``), or from the priors of what is
only assumed, a Latin hypercube. All meet the same random numbers, those of the first replication, so that they differ
by what is not known and not by luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim.refusal import nearest
from sim.study import StudyError
from sim.study.designs.design import sample
from sim.study.designs.factors import assumptions, at
from sim.study.designs.posterior import even, none_kept, posterior
from sim.study.outcomes import Pair, values_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec

if TYPE_CHECKING:
    from sim.scenario import Scenario

POSTERIOR, ASSUMPTIONS, NONE = UNCERTAINTIES = ("posterior", "assumptions", "none")
COLUMNS: Final = ("scenario", "draw", "outcome", "value", "unit")
SPREAD: Final = (
    "scenario", "against", "outcome", "low", "middle", "high", "unit", "draws", "sd_draws", "sd_replications", "share",
)  # fmt: skip
ENDS: Final = (0.05, 0.5, 0.95)
PREFIX: Final = len("parameters.")


def chosen(asked: str | None) -> str:
    """What is drawn, one of UNCERTAINTIES: what is asked, or the posterior where one is kept, else the assumptions.

    Raises :class:`StudyError` for another word, and for a posterior where none is kept.
    """
    if asked is None:
        return POSTERIOR if posterior() is not None else ASSUMPTIONS
    if asked not in UNCERTAINTIES:
        near = nearest(asked, UNCERTAINTIES)
        zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("。", ".")
        words = ", ".join(UNCERTAINTIES)
        raise StudyError(
            zh=f"uncertainty：{asked}；可以是 {words}{zh}", en=f"uncertainty: {asked}; allowed: {words}{en}"
        )
    if asked == POSTERIOR and posterior() is None:
        raise none_kept()
    return asked


def changes(uncertainty: str, draws: int, seed: int) -> Sequence[Mapping[str, Any]]:
    """So many draws of the parameters, by path; none of ``none``. ``seed``: of the sample of assumptions."""
    if uncertainty == NONE or not draws:
        return []
    kept = posterior() if uncertainty == POSTERIOR else None
    if kept is not None:
        return even(kept, draws)
    factors = assumptions()
    return [
        {path[PREFIX:]: value for path, value in at(factors, point).items()}
        for point in sample("latin_hypercube", factors, draws, seed)
    ]


def drawn(scenario: Scenario, draws: Sequence[Mapping[str, Any]]) -> list[Scenario]:
    """The scenario once for each draw. What it says itself about a parameter stays as it says."""
    return [replace(scenario, parameter_changes={**draw, **scenario.parameter_changes}) for draw in draws]


def table(scenarios: Sequence[Scenario], seed: int, draws: Sequence[Mapping[str, Any]], runner: Runner) -> pd.DataFrame:
    """Outcomes and PUBLIC_COST of the scenarios under each draw and the random numbers of ``seed``, columns COLUMNS.

    A draw whose run failed is left out.
    """
    runs = runner.run(
        RunSpec(variation, seed, draw=draw)
        for scenario in scenarios
        for draw, variation in enumerate(drawn(scenario, draws))
    )
    if not len(runs):
        return pd.DataFrame(columns=list(COLUMNS))
    return values_of(runs, ["scenario", "draw"], public_cost=True)[list(COLUMNS)]


def spread_of(
    draws: pd.DataFrame, values: pd.DataFrame, pairs: Sequence[Pair], subjects: Sequence[str]
) -> pd.DataFrame:
    """How much of what is told is luck, and how much is not known, columns SPREAD.

    Of each of the ``subjects`` that was drawn, and of each of the ``pairs`` (scenario, against; differences, draw by
    draw) that were both: 5 %, 50 % and 95 % quantiles over draws, the standard deviation over draws (what is not known)
    and that of one replication (luck), and the share of the former in the sum of both variances. ``against`` is empty
    for the scenario itself, of which the public cost alone says nothing. ``draws``: COLUMNS; ``values``: scenario,
    replication, outcome, value.
    """
    if draws.empty:
        return pd.DataFrame(columns=list(SPREAD))
    units = draws.drop_duplicates("outcome").set_index("outcome")["unit"]
    by_draw = draws.pivot(index="draw", columns=["scenario", "outcome"], values="value")
    by_luck = values.pivot(index="replication", columns=["scenario", "outcome"], values="value")
    names = list(dict.fromkeys(draws["scenario"]))
    both = [(one, of) for one, of in pairs if one in names and of in names]
    rows = []
    for one, of in [*((name, "") for name in subjects if name in names), *both]:
        for outcome in units.index:
            found = (_apart(table, one, of, outcome) for table in (by_draw, by_luck))
            known, luck = (values[~np.isnan(values)] for values in found)
            if not len(known) or (outcome == PUBLIC_COST and not of):
                continue
            low, middle, high = np.quantile(known, ENDS).tolist()
            sd, sd_luck = (float(np.std(x, ddof=1)) if len(x) > 1 else np.nan for x in (known, luck))
            whole = sd**2 + sd_luck**2
            share = sd**2 / whole if whole > 0 else np.nan
            rows.append((one, of, outcome, low, middle, high, units[outcome], len(known), sd, sd_luck, share))
    return pd.DataFrame(rows, columns=list(SPREAD))


def _apart(table: pd.DataFrame, one: str, of: str, outcome: str) -> Any:
    """Values of a scenario, or how far they are from another's, row by row."""
    missing = pd.Series(np.nan, table.index)
    found = table.get((one, outcome), missing)
    return (found - table.get((of, outcome), missing) if of else found).to_numpy(np.float64)
