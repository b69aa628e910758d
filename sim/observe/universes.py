"""Of whom a rate is: all firms, individual businesses, enterprises or industry above scale, by firms or by jobs.

Published figures are of one universe each, so a simulated one is compared with them in the same. A firm belongs to one
*stratum* for good, by its size and its usual sales at the start; a universe is a union of strata. The model has no
large firms, so its enterprises are the micro, small and medium ones that the plan is for; what is published of
enterprises has large ones too. By jobs a firm counts as often as the staff that it usually has at the start (or opens
with), owners excluded, whatever becomes of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.kernels import columns
from sim.units import FEN_PER_YUAN
from sim.vocabulary import COUNTED_BY, SECTORS, SIZES, UNIVERSES

if TYPE_CHECKING:
    import pandas as pd

    from sim.firm.state import Int
    from sim.population.columns import Firms

STRATA: Final = ("individual_businesses", "other_enterprises", "industry_above_scale")
OF_UNIVERSE: Final = {
    "all": STRATA,
    "individual_businesses": ("individual_businesses",),
    "enterprises": ("other_enterprises", "industry_above_scale"),
    "industry_above_scale": ("industry_above_scale",),
}
STANDINGS: Final = ("open", "suspended", "paused", "exited", "exited_while_stopped")  # how a firm stands on the day
LOSSES: Final = ("none", "with_owner", "without")  # whether it loses money: only when its owner lives on it, or before
# Of a month: by stratum, whether a founder, whether ever stopped, standing, its losses, and how counted.
TALLY: Final = (len(STRATA), 2, 2, len(STANDINGS), len(LOSSES), len(COUNTED_BY))


@columns
class Strata(NamedTuple):
    """What is known of n firms for good."""

    stratum: NDArray[np.int8]  # (n,) index into STRATA
    jobs: NDArray[np.int32]  # (n,) persons that it usually has at the start, or opens with


def strata_of(firms: Firms) -> Strata:
    """The strata of a population that has not lived yet."""
    above = CLASSIFICATION.industry_above_scale
    enterprise = firms.size != SIZES.index("individual")
    industrial = np.isin(firms.sector, [SECTORS.index(name) for name in above.sectors])
    large = firms.usual_sales * 12 >= above.yearly_sales_yuan * FEN_PER_YUAN
    stratum = np.where(enterprise, np.where(industrial & large, 2, 1), 0)
    return Strata(stratum.astype(np.int8), firms.usual_staff.copy())


def table(months: list[str], tallies: Int) -> pd.DataFrame:
    """Counts by month, universe and how they are counted (columns: ``TABLES['universes']``).

    ``tallies``: (months, *TALLY), of the last day of each month.
    """
    import pandas as pd

    each = len(UNIVERSES) * len(COUNTED_BY)
    rows = len(months) * each
    names = {
        "month": np.repeat(np.array(months, object), each),
        "universe": np.tile(np.repeat(np.array(UNIVERSES, object), len(COUNTED_BY)), len(months)),
        "by": np.tile(np.array(COUNTED_BY, object), len(months) * len(UNIVERSES)),
    }
    return pd.DataFrame(names | {name: cells.reshape(rows) for name, cells in _counts(tallies).items()})


def counts(tally: Int) -> dict[tuple[str, str], dict[str, int]]:
    """What rates are of, by universe and how they are counted, on the day of a tally (*TALLY)."""
    found = _counts(tally[None])
    return {
        (universe, by): {name: int(cells[0, u, k]) for name, cells in found.items()}
        for u, universe in enumerate(UNIVERSES)
        for k, by in enumerate(COUNTED_BY)
    }


def _counts(tallies: Int) -> dict[str, Int]:
    """Each count of rates, (months, UNIVERSES, COUNTED_BY), of tallies (months, *TALLY)."""
    of_universe = [tallies[:, [STRATA.index(name) for name in OF_UNIVERSE[u]]].sum(axis=1) for u in UNIVERSES]
    # By month, universe and how counted; then founder, stopped, standing, losses.
    seen = np.moveaxis(np.stack(of_universe, axis=1), -1, 2)
    open_, suspended, paused, left_working, _ = range(len(STANDINGS))
    alive = seen[..., : paused + 1, :]
    counted = {
        "open": seen[..., open_, :],
        "suspended": seen[..., suspended, :],
        "paused": seen[..., paused, :],
        "founders": seen[..., 1, :, :, :],
        "founders_alive": alive[..., 1, :, :, :],
        "stopped": seen[..., 1, :, :],
        "stopped_working": seen[..., 1, [open_, paused], :],
        "stopped_left_working": seen[..., 1, left_working, :],
        "loss_making": alive[..., LOSSES.index("without")],
        "loss_making_with_owner": alive[..., LOSSES.index("with_owner") :],
    }
    return {name: cells.reshape(*cells.shape[:3], -1).sum(axis=-1) for name, cells in counted.items()}
