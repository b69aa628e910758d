"""How soon firms that the epidemic had closed worked again, from the table ``restarts`` of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.vocabulary import BACK_WITHIN_DAYS

if TYPE_CHECKING:
    import pandas as pd


def shares_back(restarts: pd.DataFrame, by: str) -> pd.DataFrame:
    """By scenario or length of closure (``by``): ``freed`` entities, and shares back within BACK_WITHIN_DAYS."""
    within = [f"within_{days}_days" for days in BACK_WITHIN_DAYS]
    sums = restarts.groupby(by, observed=True)[["freed", *within]].sum().astype(float)
    shares = sums[within].div(sums["freed"], axis=0).set_axis([*BACK_WITHIN_DAYS], axis=1)
    return shares.assign(freed=sums["freed"])
