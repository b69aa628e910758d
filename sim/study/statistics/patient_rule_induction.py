"""Boxes: ranges of a few factors within which something happens often (scenario discovery).

The Patient Rule Induction Method of Friedman and Fisher (1999, Statistics and Computing 9, 123-143) peels a twentieth
of the worlds at a time off the side where least is lost, as the EMA Workbench does it (Kwakkel 2017, Environmental
Modelling & Software 96, 239-250). What a box is worth is said by its *coverage*, the share of the worlds of interest
that lie in it, and its *density*, the share of the worlds in it that are of interest; what a single limit is worth by
its quasi-p, the chance that without it so dense a box would come of chance (Bryant and Lempert 2010, Technological
Forecasting and Social Change 77, 34-49). The more sides there are that might be limited, the more of them seem to tell
something by chance: a limit is told from chance when its quasi-p is at most 5 % divided by their number (Bonferroni).

One box is chosen by one rule. From every box of the peeling, limits that are not told from chance are taken back, the
weakest first; of what is left that box is chosen whose inside goes together best with the worlds of interest: with the
highest correlation (phi) of "inside" and "of interest", which like coverage and density is the better the more of these
worlds lie inside and the fewer of the others, and which does not depend on how often they occur.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

QUASI_P: Final = 0.05  # that any one limit seems to tell something by chance
PEELED: Final = 0.05  # share of a box that is taken off at a time, as Friedman and Fisher advise: patient
LEAST_MASS: Final = 0.05  # share of all worlds that a box must hold to be peeled further
HALVES: Final = 10  # that the search is repeated in
ANY: Final = (
    1e-9  # density that the workbench is asked for, so that it tells the whole peeling and picks nothing itself
)


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor: from ``low`` to ``high``, both included, or one of ``codes``.

    A side that is not limited is missing, with its quasi-p. Codes have the quasi-p of the lower side.
    """

    low: float = math.nan
    high: float = math.nan
    codes: tuple[int, ...] = ()
    quasi_p_low: float = math.nan
    quasi_p_high: float = math.nan


@dataclass(frozen=True)
class Box:
    """A box among ``of`` worlds, ``of_interest`` of them of interest: ``worlds`` and ``hits`` of these lie inside.

    ``limits`` by factor, only of those that it restricts; ``level``: the largest quasi-p of a limit that is told from
    chance; ``is_relaxed`` says that limits were taken back.
    """

    worlds: int
    hits: int
    of: int
    of_interest: int
    limits: dict[str, Limit]
    level: float
    is_relaxed: bool = False

    @property
    def coverage(self) -> float:
        """Of the worlds of interest the share inside."""
        return self.hits / self.of_interest

    @property
    def density(self) -> float:
        """Of the worlds inside the share of interest; missing when there is none."""
        return self.hits / self.worlds if self.worlds else math.nan

    @property
    def mass(self) -> float:
        """Of all worlds the share inside."""
        return self.worlds / self.of

    @property
    def correlation(self) -> float:
        """Correlation phi of "inside" and "of interest"; 0 when everything or nothing is inside."""
        spread = self.worlds * (self.of - self.worlds) * self.of_interest * (self.of - self.of_interest)
        return (self.hits * self.of - self.worlds * self.of_interest) / math.sqrt(spread) if spread else 0.0

    @property
    def is_significant(self) -> bool:
        """Whether every limit is."""
        return all(
            not quasi_p > self.level  # one that is missing is no limit
            for limit in self.limits.values()
            for quasi_p in (limit.quasi_p_low, limit.quasi_p_high)
        )

    def among(self, x: pd.DataFrame, y: NDArray[np.bool_]) -> Box:
        """The same limits among other worlds."""
        inside = np.ones(len(x), bool)
        for name, limit in self.limits.items():
            column = np.asarray(x[name])
            if limit.codes:
                inside &= np.isin(column, limit.codes)
            else:
                inside &= ~(column < limit.low) & ~(column > limit.high)
        return replace(
            self, worlds=int(inside.sum()), hits=int((inside & y).sum()), of=len(x), of_interest=int(y.sum())
        )


def level(x: pd.DataFrame) -> float:
    """The largest quasi-p of a limit that is told from chance: a number has two sides, what has no order one."""
    return QUASI_P / sum(1 if isinstance(kind, pd.CategoricalDtype) else 2 for kind in x.dtypes)


def find(x: pd.DataFrame, y: NDArray[np.bool_]) -> list[Box]:
    """The boxes of the peeling, from all worlds to the smallest, then those that limits were taken back from.

    ``x``: a column for each factor, a row for each world; floats, or a pandas categorical of whole numbers where there
    is no order. ``y``: whether a world is of interest; some must be and some not.
    """
    module = _workbench()
    search = module.Prim(x, y.astype(int), ANY, peel_alpha=PEELED, paste_alpha=PEELED, mass_min=LEAST_MASS)
    found = search.find_box()
    peeled = len(found.box_lims)
    boxes = [_box(found, i, x, y, i >= peeled) for i in range(peeled)]
    seen = {_key(box) for box in boxes}
    for start in range(peeled):
        box, limits = boxes[start], found.box_lims[start]
        while not box.is_significant:
            limits = _without_weakest(box, limits, found.box_lims[0])
            found.update(limits, _inside(x, limits))
            box = _box(found, -1, x, y, True)
            if _key(box) in seen:  # what becomes of it is there already
                break
            seen.add(_key(box))
            boxes.append(box)
    return boxes


def choose(boxes: list[Box]) -> int | None:
    """Which of them the rule of this module chooses; None when none says more than chance."""
    able = [i for i, box in enumerate(boxes) if box.limits and box.is_significant and box.correlation > 0.0]
    return max(able, key=lambda i: (boxes[i].correlation, -len(boxes[i].limits), -i), default=None)


def in_halves(x: pd.DataFrame, y: NDArray[np.bool_], seed: int, together: NDArray[np.intp]) -> list[Box | None]:
    """The box that is chosen in one half of the worlds, as it does in the other half; None where none is.

    ``HALVES`` random halves, by ``seed``. Worlds of one number in ``together`` are in the same half: they have much in
    common, and a half that knows them would be no test of the other. A half in which all worlds or none are of
    interest, or whose other half has none of interest, is left out.
    """
    from scipy.stats import qmc

    found: list[Box | None] = []
    each, of = np.unique(together, return_inverse=True)
    ranks = qmc.LatinHypercube(d=HALVES, seed=seed).random(len(each))[of]  # each column one permutation of them
    for half in (ranks < 0.5).T:
        here, there = x[half].reset_index(drop=True), x[~half].reset_index(drop=True)
        if 0 < y[half].sum() < half.sum() and y[~half].any():
            boxes = find(here, y[half])
            place = choose(boxes)
            found.append(None if place is None else boxes[place].among(there, y[~half]))
    return found


def _workbench() -> Any:
    """The workbench's PRIM. What it says on the way in, of parts that are not used here, is kept back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim
    return prim


def _box(found: Any, i: int, x: pd.DataFrame, y: NDArray[np.bool_], is_relaxed: bool) -> Box:
    row, limits = found.peeling_trajectory.iloc[i], found.box_lims[i]
    said = {
        name: _limit(limits[name], found.box_lims[0][name], [p if p >= 0 else math.nan for p in quasi_p])
        for name, quasi_p in found.qp[i].items()
    }
    return Box(int(row["n"]), int(row["k"]), len(x), int(y.sum()), said, level(x), is_relaxed)


def _limit(sides: Any, widest: Any, quasi_p: list[float]) -> Limit:
    if isinstance(sides[0], set):
        return Limit(codes=tuple(sorted(int(code) for code in sides[0])), quasi_p_low=quasi_p[0])
    low, high = (float(side) if side != wide else math.nan for side, wide in zip(sides, widest, strict=True))
    return Limit(low, high, quasi_p_low=quasi_p[0], quasi_p_high=quasi_p[1])


def _without_weakest(box: Box, limits: Any, widest: Any) -> Any:
    """The limits (a frame of the workbench, of two rows) without the one that is told least from chance."""
    sides = [
        (quasi_p, name, side)
        for name, limit in box.limits.items()
        for side, quasi_p in enumerate((limit.quasi_p_low, limit.quasi_p_high))
        if quasi_p > box.level
    ]
    _, name, side = max(sides)
    limits = limits.copy()
    if box.limits[name].codes:
        limits[name] = widest[name]
    else:
        limits.loc[side, name] = widest.loc[side, name]
    return limits


def _inside(x: pd.DataFrame, limits: Any) -> NDArray[np.intp]:
    inside = np.ones(len(x), bool)
    for name in x.columns:
        low, high = limits[name]
        column = np.asarray(x[name])
        inside &= np.isin(column, list(low)) if isinstance(low, set) else (column >= low) & (column <= high)
    return np.flatnonzero(inside)


def _key(box: Box) -> tuple[Any, ...]:
    return tuple((name, repr(limit.low), repr(limit.high), limit.codes) for name, limit in box.limits.items())
