"""Who was saved: every founder lives either way, is saved, is lost either way, or is harmed.

Luck is shared, so the same firm is looked at in two worlds: the baseline's and a scenario's, replication by
replication. The written definition is ``docs/effects.md``: founders only, alive or not on the last day of the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.ensemble import interval
from sim.vocabulary import ACTIONS, MECHANISMS

if TYPE_CHECKING:
    import pandas as pd

FATES: Final = ("lives_either_way", "saved", "lost_either_way", "harmed")
GIVERS: Final = (*ACTIONS, MECHANISMS)
QUANTITIES: Final = ("entities", "staff", "staff_baseline", "given_fen", "months_gained", "rows")
GAINS: Final = ("scenario", "replication", "by", "group", "firms", "rows", "kept")
LOST_EITHER_WAY: Final = FATES.index("lost_either_way")
DAYS_PER_MONTH: Final = 365.25 / 12
BY: Final = ("prefecture", "sector", "size")  # axes of the cube of cells, in order

Groups = tuple[tuple[str, str], ...]  # (by, group)


class Ends(NamedTuple):
    """What is kept of a baseline world: how each of its firms ended, sorted by identity."""

    firm: NDArray[np.uint64]
    alive: NDArray[np.bool_]
    staff: NDArray[np.int32]
    exited_on: NDArray[np.int16]


def ends(fates: pd.DataFrame) -> Ends:
    """The ends of a world's firms from its table (columns: ``TABLES['fates']``)."""
    order = np.argsort(fates["firm"].to_numpy())
    return Ends(*(fates[name].to_numpy()[order] for name in Ends._fields))


def places(fates: pd.DataFrame, baseline: Ends) -> NDArray[np.int64]:
    """Where each firm of a world stands in the baseline's ends, -1 for one that was never born there."""
    firm = fates["firm"].to_numpy()
    place = np.minimum(np.searchsorted(baseline.firm, firm), len(baseline.firm) - 1)
    return np.where(baseline.firm[place] == firm, place, -1)


def sums(fates: pd.DataFrame, baseline: Ends, place: NDArray[np.int64]) -> tuple[Groups, NDArray[np.float64]]:
    """Groups, and the weighted sums of QUANTITIES in each of them by fate, shape (groups, FATES, QUANTITIES).

    ``place`` as :func:`places` gives it. Sums are whole numbers below 2**53 and exact; ``months_gained`` is the sum
    over firms lost either way; ``rows`` are those of the sample.
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


def first(fates: pd.DataFrame, baseline: Ends, place: NDArray[np.int64], fate: str) -> list[int]:
    """Identity of the first founder of a fate, by identity; empty where there is none."""
    founder = np.flatnonzero(fates["founder"].to_numpy() & (place >= 0))
    met = _fate(fates["alive"].to_numpy()[founder], baseline.alive[place[founder]]) == FATES.index(fate)
    return [int(firm) for firm in np.sort(fates["firm"].to_numpy()[founder[met]])[:1]]


def _fate(alive: NDArray[np.bool_], alive_in_baseline: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index into FATES of each firm."""
    fate_of = np.array([[LOST_EITHER_WAY, FATES.index("harmed")], [FATES.index("saved"), 0]])
    return np.asarray(fate_of[alive.astype(np.int64), alive_in_baseline.astype(np.int64)])


def table(scenarios: Iterable[tuple[str, Groups, list[NDArray[np.float64]]]]) -> pd.DataFrame:
    """Fates by group, means over replications: what ``Comparison.fates`` holds.

    ``scenarios``: name, groups and the sums of each replication. Groups without any firm are left out.
    """
    import pandas as pd

    tables = []
    for name, groups, replications in scenarios:
        stacked = np.stack(replications)  # (replications, groups, FATES, QUANTITIES)
        inhabited = np.flatnonzero(stacked[..., 0].any(axis=(0, 2)))
        stacked = stacked[:, inhabited]
        mean = stacked.mean(axis=0).reshape(-1, len(QUANTITIES))
        of_group = stacked[..., 0].sum(axis=-1).max(axis=0)  # firms; of those that money reached luck decides how many
        _, low, high = interval(stacked[..., 0], 0.0, of_group[:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            gained = mean[:, QUANTITIES.index("months_gained")] / mean[:, 0]
        fate = np.tile(np.arange(len(FATES)), len(inhabited))
        tables.append(
            pd.DataFrame(
                {
                    "scenario": name,
                    "by": np.repeat([groups[g][0] for g in inhabited], len(FATES)).astype(object),
                    "group": np.repeat([groups[g][1] for g in inhabited], len(FATES)).astype(object),
                    "fate": np.array(FATES, object)[fate],
                    "entities": mean[:, 0],
                    "low": low.ravel(),
                    "high": high.ravel(),
                    "staff": mean[:, 1],
                    "staff_baseline": mean[:, 2],
                    "given_fen": mean[:, 3],
                    "months_gained": np.where(fate == LOST_EITHER_WAY, gained, np.nan),
                    "rows": mean[:, QUANTITIES.index("rows")],
                }
            )
        )
    columns = ["scenario", "by", "group", "fate", "entities", "low", "high", *QUANTITIES[1:]]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def gains(scenarios: Iterable[tuple[str, Groups, list[NDArray[np.float64]]]]) -> pd.DataFrame:
    """Founders kept in each group under each luck: what ``Comparison.gains`` holds, columns GAINS.

    ``scenarios``: as for :func:`table`. Groups by action are left out: which firms are in them depends on the scenario.
    """
    import pandas as pd

    saved, harmed = FATES.index("saved"), FATES.index("harmed")
    rows = []
    for name, groups, replications in scenarios:
        for replication, sums in enumerate(replications):
            for (by, group), of_group in zip(groups, sums, strict=True):
                entities, sampled = of_group[:, 0], of_group[:, QUANTITIES.index("rows")]
                if by != "action" and sampled.any():
                    kept = entities[saved] - entities[harmed]
                    rows.append((name, replication, by, group, entities.sum(), sampled.sum(), kept))
    return pd.DataFrame(rows, columns=list(GAINS))
