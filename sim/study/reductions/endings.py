"""How the firms of a baseline ended: 31 bytes a firm, all that another world needs to be held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


class Endings(NamedTuple):
    """What is kept of a baseline world: how each of its firms ended, sorted by identity."""

    firm: NDArray[np.uint64]
    alive: NDArray[np.bool_]
    staff: NDArray[np.int32]
    exited_on: NDArray[np.int16]
    granted_first: NDArray[np.uint64]
    granted_further: NDArray[np.uint64]


def endings_of(fates: pd.DataFrame) -> Endings:
    """The ends of a world's firms from its table (columns: ``TABLES['fates']``)."""
    order = np.argsort(fates["firm"].to_numpy())
    return Endings(*(fates[name].to_numpy()[order] for name in Endings._fields))


def places(fates: pd.DataFrame, baseline: Endings) -> NDArray[np.int64]:
    """Where each firm of a world stands in the baseline's ends, -1 for one that was never born there."""
    firm = fates["firm"].to_numpy()
    place = np.minimum(np.searchsorted(baseline.firm, firm), len(baseline.firm) - 1)
    return np.where(baseline.firm[place] == firm, place, -1)
