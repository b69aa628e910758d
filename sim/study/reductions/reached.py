"""What measures do to those whom they reach: the firms that were granted one, held against themselves without it.

Two worlds under the same random numbers differ by some measures. *Reached* are the founders that were granted one of
these in the world that has it; the written definition is ``docs/effects.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from sim.measure import Measure
    from sim.study.reductions.endings import Endings

REACHED: Final = "reached"  # the table
GRANTED: Final = ("granted_first", "granted_further")  # columns of fates: words of 64 measures


class Reached(NamedTuple):
    """Entities reached; of them those alive at the end, and their staff, with the measures and without; and the rows.

    ``rows``: of the sample, that stand for them.
    """

    entities: float
    alive: float
    alive_without: float
    staff: float
    staff_without: float
    rows: float

    @property
    def effects(self) -> dict[str, float]:
        """By outcome: survival, a share of those reached; staff, a share of what they would have without."""
        nan = float("nan")
        survival = (self.alive - self.alive_without) / self.entities if self.entities else nan
        staff = (self.staff - self.staff_without) / self.staff_without if self.staff_without else nan
        return {"reached_survival": survival, "reached_staff": staff}


def reached(
    fates: pd.DataFrame,
    measures: Sequence[Measure],
    other: Endings,
    of_other: Sequence[Measure],
    place: NDArray[np.int64],
) -> pd.DataFrame:
    """One row, the columns of :class:`Reached`: of a world and another one, whichever of the two has more measures.

    ``measures``, ``of_other``: of the two worlds, in their order; ``place``: of each firm in the other's ends.
    """
    import pandas as pd

    founder = np.flatnonzero(fates["founder"].to_numpy() & (place >= 0))
    there = place[founder]
    alive = fates["alive"].to_numpy()[founder], other.alive[there]
    staff = fates["staff"].to_numpy()[founder], other.staff[there]
    here_only = _positions(measures, of_other)
    if here_only:
        got = _has(here_only, [fates[name].to_numpy()[founder] for name in GRANTED])
    else:
        got = _has(_positions(of_other, measures), [getattr(other, name)[there] for name in GRANTED])
        alive, staff = alive[::-1], staff[::-1]
    weight = np.where(got, fates["entities"].to_numpy()[founder].astype(np.float64), 0.0)
    # Who has left has no staff, whatever stood on the payroll on the day.
    sums = [
        weight,
        *(weight * lives for lives in alive),
        *(weight * n * lives for n, lives in zip(staff, alive, strict=True)),
    ]
    return pd.DataFrame([Reached._make([*(float(amounts.sum()) for amounts in sums), float(np.count_nonzero(got))])])


def _positions(measures: Sequence[Measure], others: Sequence[Measure]) -> list[int]:
    """Places of the measures that are not among the others."""
    known = {measure.id for measure in others}
    return [k for k, measure in enumerate(measures) if measure.id not in known]


def _has(positions: Sequence[int], words: Sequence[NDArray[np.uint64]]) -> NDArray[np.bool_]:
    """Whether the bit of any of the positions is set, firm by firm."""
    found = np.zeros(len(words[0]), np.bool_)
    for k in positions:
        found |= (words[k // 64] >> np.uint64(k % 64)) & np.uint64(1) == 1
    return found
