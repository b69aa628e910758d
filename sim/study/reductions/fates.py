"""Who was saved: every founder lives either way, is saved, is lost either way, or is harmed.

Random numbers are shared, so the same firm is looked at in two worlds: the baseline's and a scenario's, replication by
replication. The written definition is ``docs/effects.md``: founders only, alive or not on the last day of the horizon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.vocabulary import ACTIONS, MECHANISMS

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.reductions.endings import Endings

FATES: Final = ("lives_either_way", "saved", "lost_either_way", "harmed")
GIVERS: Final = (*ACTIONS, MECHANISMS)
QUANTITIES: Final = ("entities", "staff", "staff_baseline", "given_fen", "months_gained", "rows")
LOST_EITHER_WAY: Final = FATES.index("lost_either_way")
DAYS_PER_MONTH: Final = 365.25 / 12
BY: Final = ("prefecture", "sector", "size")  # axes of the cube of cells, in order

Groups = tuple[tuple[str, str], ...]  # (by, group)


def sums(fates: pd.DataFrame, baseline: Endings, place: NDArray[np.int64]) -> tuple[Groups, NDArray[np.float64]]:
    """Groups, and the weighted sums of QUANTITIES in each of them by fate, shape (groups, FATES, QUANTITIES).

    ``place`` as :func:`sim.study.reductions.endings.places` gives it. Sums are whole numbers below 2**53 and exact;
    ``months_gained`` is the sum over firms lost either way; ``rows`` are those of the sample.
    """
    founder = np.flatnonzero(fates["founder"].to_numpy() & (place >= 0))
    place = place[founder]
    fate = _fate(fates["alive"].to_numpy()[founder], baseline.alive[place])
    weight = fates["entities"].to_numpy()[founder].astype(np.float64)
    longer = (fates["exited_on"].to_numpy()[founder] - baseline.exited_on[place].astype(np.int32)) / DAYS_PER_MONTH
    staff = weight * fates["staff"].to_numpy()[founder]
    staff_baseline = weight * baseline.staff[place]
    months = np.where(fate == LOST_EITHER_WAY, weight * longer, 0.0)
    given, one = np.zeros(len(founder)), np.ones(len(founder))

    by_action = np.zeros((len(GIVERS), len(FATES), len(QUANTITIES)))
    for row, action in enumerate(GIVERS):
        received = fates[f"given_{action}_fen"].to_numpy()[founder]
        got = np.flatnonzero(received)
        fen = weight[got] * received[got]
        given[got] += fen
        for column, amount in enumerate((weight[got], staff[got], staff_baseline[got], fen, months[got], one[got])):
            by_action[row, :, column] = np.bincount(fate[got], amount, len(FATES))

    categories = [fates[name].cat for name in BY]
    shape = (*(len(column.categories) for column in categories), len(FATES))
    cell = np.ravel_multi_index((*(column.codes.to_numpy()[founder] for column in categories), fate), shape)
    amounts = (weight, staff, staff_baseline, given, months, one)
    size = int(np.prod(shape))
    cube = np.stack([np.bincount(cell, amount, size).reshape(shape) for amount in amounts], axis=-1)
    axes = range(len(BY))
    tables = [cube.sum(axis=(0, 1, 2))[None]]
    tables += [cube.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]
    groups = [(by, str(name)) for by, column in zip(BY, categories, strict=True) for name in column.categories]
    groups = [("all", "all"), *groups, *(("action", action) for action in GIVERS)]
    return tuple(groups), np.concatenate([*tables, by_action])


def to_table(groups: Groups, sums: NDArray[np.float64]) -> pd.DataFrame:
    """Groups and their sums as a table, a row for each group, to be kept; :func:`from_table` is the way back."""
    import pandas as pd

    columns = [f"{fate}_{quantity}" for fate in FATES for quantity in QUANTITIES]
    table = pd.DataFrame(sums.reshape(len(groups), -1), columns=columns)
    return table.assign(by=[by for by, _ in groups], group=[group for _, group in groups])


def from_table(table: pd.DataFrame) -> tuple[Groups, NDArray[np.float64]]:
    """What :func:`sums` gave."""
    numbers = table.drop(columns=["by", "group"]).to_numpy()
    groups = tuple(zip(table["by"], table["group"], strict=True))
    return groups, numbers.reshape(len(groups), len(FATES), len(QUANTITIES))


def first(fates: pd.DataFrame, baseline: Endings, place: NDArray[np.int64], fate: str) -> list[int]:
    """Identity of the first founder of a fate, by identity; empty where there is none."""
    founder = np.flatnonzero(fates["founder"].to_numpy() & (place >= 0))
    met = _fate(fates["alive"].to_numpy()[founder], baseline.alive[place[founder]]) == FATES.index(fate)
    return [int(firm) for firm in np.sort(fates["firm"].to_numpy()[founder[met]])[:1]]


def _fate(alive: NDArray[np.bool_], alive_in_baseline: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index into FATES of each firm."""
    fate_of = np.array([[LOST_EITHER_WAY, FATES.index("harmed")], [FATES.index("saved"), 0]])
    return np.asarray(fate_of[alive.astype(np.int64), alive_in_baseline.astype(np.int64)])
