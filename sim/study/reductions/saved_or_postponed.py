"""Whether firms that a plan kept live on when its help has ended, and what was given to those that close anyway.

Founders of two worlds under the same random numbers, as in :mod:`sim.study.reductions.fates`; the written definition is
``docs/effects.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.reductions.endings import Endings
    from sim.timeline import Timeline

SAVED_OR_POSTPONED: Final = "saved_or_postponed"  # the table
# Of the firms kept at first, by what they were given themselves: help that has an end, only such as stands for good, or
# nothing.
KEPT: Final = ("help_ends", "help_stands", "no_help")
CLOSED_ANYWAY: Final = "closed_anyway"
FOUNDERS: Final = "founders"
GROUPS: Final = (*KEPT, CLOSED_ANYWAY, FOUNDERS)
LATER: Final = (6, 12)  # months
SUMS: Final = (
    "entities", "rows", "alive_at_end", "given_fen", "unpaid_fen",
    *(f"{what}_{months}" for months in LATER for what in ("known", "known_rows", "alive")),
)  # fmt: skip


def saved_or_postponed(
    fates: pd.DataFrame, baseline: Endings, place: NDArray[np.int64], timeline: Timeline
) -> pd.DataFrame:
    """A row for each of GROUPS (column ``group``), weighted sums of SUMS, 0 where a sum says nothing of a group.

    ``rows`` and ``known_rows`` are those of the sample; ``known`` are firms of which the horizon, over whose days
    ``timeline`` goes, holds so many months more, ``alive`` those of them that live at the end of these. ``place``: each
    firm's row in the baseline's ends, -1 for one never born there.
    """
    import pandas as pd

    founder = np.flatnonzero(fates["founder"].to_numpy() & (place >= 0))
    left, would_leave, last_helped = (
        column.astype(np.int64)
        for column in (
            fates["exited_on"].to_numpy()[founder],
            baseline.exited_on[place[founder]],
            fates["last_helped"].to_numpy()[founder],
        )
    )
    alive, weight, unpaid = (fates[name].to_numpy()[founder] for name in ("alive", "entities", "unpaid_fen"))
    given = fates[[name for name in map(str, fates) if name.startswith("given_")]].to_numpy()[founder].sum(axis=1)
    helped = (given > 0) | fates["put_off"].to_numpy()[founder]

    kept = (would_leave >= 0) & (alive | (left > would_leave))
    of_group = {
        "help_ends": kept & (last_helped >= 0),
        "help_stands": kept & helped & (last_helped < 0),
        "no_help": kept & ~helped,
        CLOSED_ANYWAY: helped & ~alive,
        FOUNDERS: np.ones(len(founder), np.bool_),
    }
    # Before it would have left nobody can tell that it was saved.
    since = np.maximum(last_helped, timeline.month[np.maximum(would_leave, 0)])
    until = np.where(alive, timeline.months, timeline.month[np.maximum(left, 0)])  # month in which it leaves
    rows = []
    for group, members in of_group.items():
        entities = np.where(members, weight, 0).astype(np.float64)
        sums = {
            "entities": entities.sum(),
            "rows": members.sum(),
            "alive_at_end": entities[alive].sum(),
            "given_fen": (entities * given).sum(),
            "unpaid_fen": (entities * unpaid).sum(),
        }
        for months in LATER:
            known = members & (group in KEPT) & (since + months < timeline.months)
            sums[f"known_{months}"] = entities[known].sum()
            sums[f"known_rows_{months}"] = known.sum()
            sums[f"alive_{months}"] = entities[known & (until > since + months)].sum()
        rows.append(sums)
    return pd.DataFrame(rows, columns=list(SUMS), dtype=np.float64).assign(group=list(of_group))
