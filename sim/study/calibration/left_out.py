"""How much the model may be off by, of what is assumed of it: groups of targets are left out and predicted by the rest.

With too small a discrepancy the posterior follows what single figures happen to be and is sure of what it cannot know;
with too large a one it learns nothing. Neither can be seen on the figures that were fitted. So each group of targets
that may be fitted is left out in turn, the posterior of all others says what would be published of it, and the group
takes the level of the discrepancy under which what was published of it is least surprising (cross-validation, Stone
1974; the score is the logarithm of the predictive density, Good 1952, Gneiting and Raftery 2007). Each group takes its
own, because a model that follows sales closely may be far off in losses. Groups and not single targets, because the
figures of one survey predict each other whether or not the model is right. Targets that are only checked have no part
in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.calibration.discrepancy import Level
from sim.study.calibration.observed import Observed
from sim.study.calibration.posterior import walked
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
STEPS: Final = 1_000  # of a walk, at most
WALKERS: Final = 64
DRAWS: Final = 400  # that predict
FIRST_STREAM: Final = 3_000
COLUMNS: Final = ("level", "group", "targets", "log_density", "is_used")
ALL: Final = ""  # all groups together


def left_out(
    emulators: Emulators,
    observed: Mapping[Level, Observed],
    groups: Sequence[str],
    begin: Values,
    seed: int,
    workers: int = 1,
) -> pd.DataFrame:
    """Log predictive densities of groups that were left out, columns COLUMNS; of all together too (``group`` ALL).

    ``observed``: under each level the targets, of which ``groups`` are the groups. ``begin``: points of the unit cube
    where walks begin. Under each level all groups that are not left out have it. ``is_used``: of each group the level
    with the largest density (of ALL none); where there is one group only it cannot be predicted by another, and the
    middle level is used with missing densities.
    """
    from joblib import Parallel, delayed

    names = list(dict.fromkeys(groups))
    of = np.array(groups)
    jobs = [(level, name) for level in LEVELS for name in names]
    if len(names) > 1:
        found = Parallel(n_jobs=workers)(
            delayed(_predicted)(emulators, observed[level], of == name, begin, Stream(seed, FIRST_STREAM + k))
            for k, (level, name) in enumerate(jobs)
        )
    else:
        found = [np.nan] * len(jobs)
    rows = [
        (level, name, int((of == name).sum()), float(value)) for (level, name), value in zip(jobs, found, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    sums = [float(table.loc[table["level"] == level, "log_density"].sum(skipna=False)) for level in LEVELS]
    whole = pd.DataFrame({"level": LEVELS, "group": ALL, "targets": len(of), "log_density": sums, "is_used": False})
    most = table.groupby("group")["log_density"].transform("max")
    is_most = table["log_density"].eq(most) if len(names) > 1 else table["level"].eq("value")
    return pd.concat([whole, table.assign(is_used=is_most)], ignore_index=True)


def used(table: pd.DataFrame) -> dict[str, Level]:
    """The level that each group takes."""
    taken = table[table["is_used"]].drop_duplicates("group")
    return dict(zip(taken["group"], taken["level"], strict=True))


def taken(observed: Mapping[Level, Observed], groups: Sequence[str], levels: Mapping[str, Level]) -> Observed:
    """Targets with the discrepancy at the level of their group; at the middle one where the group has none."""
    apart = [observed[levels.get(group, "value")].discrepancy[k] for k, group in enumerate(groups)]
    return replace(observed["value"], discrepancy=np.array(apart))


def _predicted(
    emulators: Emulators, observed: Observed, out: NDArray[np.bool_], begin: Values, stream: Stream
) -> float:
    """What is published of the targets ``out``, by the posterior of all others: the sum of their log densities."""
    known = Emulators([one for one, is_out in zip(emulators.each, out, strict=True) if not is_out])
    points = walked(known, observed.only(~out), begin, stream, WALKERS, STEPS).points
    chosen = points[stream.chosen(len(points), DRAWS)]
    densities = observed.log_densities(emulators(chosen), emulators.errors)[:, out]
    most = densities.max(axis=0)
    return float((most + np.log(np.exp(densities - most).mean(axis=0))).sum())
