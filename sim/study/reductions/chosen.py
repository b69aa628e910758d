"""Firms that a measure with a quota chose, and as many next in rank that none chose, each with the measure and without.

Two worlds under the same random numbers differ by some measures. Those next in rank are the firms that would have been
chosen had the quota been twice as large: as good, but for their rank, and without the title. The written definition is
``docs/effects.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from sim.measure import Measure
    from sim.study.reductions.endings import Endings

CHOSEN: Final = "chosen"  # the table
ANY: Final = "any"  # in place of a measure: whoever any of them chose, and whoever was next for any
SUMS: Final = ("entities", "alive", "alive_without", "staff", "staff_without", "rows")


def chosen(
    rankings: pd.DataFrame,
    fates: pd.DataFrame,
    other: Endings,
    of_other: Sequence[Measure],
    place: NDArray[np.int64],
) -> pd.DataFrame:
    """A row for each measure that the other world does not have, and one for ANY, by whether chosen: weighted SUMS.

    Columns measure, chosen, SUMS. ``rankings``, ``fates``: columns ``TABLES``; ``of_other``: measures of the other
    world; ``place``: of each firm of ``fates`` in the other's ends, -1 for one never born there, which is left out.
    """
    import pandas as pd

    known = {measure.id for measure in of_other}
    ranked = rankings[~rankings["measure"].isin(known)]
    ranked = pd.concat([ranked, ranked.assign(measure=ANY)], ignore_index=True).drop_duplicates()
    at = pd.Index(fates["firm"]).get_indexer(pd.Index(ranked["firm"]))
    there = place[at]
    both = there >= 0
    ranked, at, there = ranked[both], at[both], there[both]
    weight = fates["entities"].to_numpy()[at].astype(np.float64)
    alive, alive_without = fates["alive"].to_numpy()[at], other.alive[there]
    # Who has left has no staff, whatever stood on the payroll on the day.
    amounts = {
        "entities": weight,
        "alive": weight * alive,
        "alive_without": weight * alive_without,
        "staff": weight * alive * fates["staff"].to_numpy()[at],
        "staff_without": weight * alive_without * other.staff[there],
        "rows": np.ones(len(at)),
    }
    by = ["measure", "chosen"]
    sums: pd.DataFrame = ranked[by].assign(**amounts).groupby(by, sort=False, as_index=False)[list(SUMS)].sum()
    return sums
