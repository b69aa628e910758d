"""Screening: an emulator of each target over all parameters, and so what moves it and what it can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.sparse_polynomials import Emulator, Emulators, fit

Values = NDArray[np.float64]
PRESENT: Final = 0.8  # of the draws in which a target has a value, at least
FAR: Final = 3.0  # standard deviations, beyond which nothing is plausible (Pukelsheim 1994)


def emulated(points: Values, values: Values, near: NDArray[np.bool_], workers: int) -> Emulators:
    """An emulator of each column over the draws in which it has a value; ``points``: of the unit cube, a row a draw.

    ``near``: draws of which their errors are told.
    """
    from joblib import Parallel, delayed

    jobs = (delayed(_of_present)(points, column, near) for column in values.T)
    return Emulators(Parallel(n_jobs=workers)(jobs))


def _of_present(points: Values, column: Values, near: NDArray[np.bool_]) -> Emulator:
    """One thread: several would add up in another order, and the last bit would hang on their number."""
    from threadpoolctl import threadpool_limits

    is_there = ~np.isnan(column)
    with threadpool_limits(1):
        return fit(points[is_there], column[is_there], near[is_there])


def present(values: Values) -> NDArray[np.bool_]:
    """Which columns have a value in enough of the draws, and not always the same."""
    is_there = ~np.isnan(values)
    varies = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in values.T], np.bool_)
    return np.asarray((is_there.mean(axis=0) >= PRESENT) & varies)


def out_of_reach(implausibilities: Values) -> NDArray[np.bool_]:
    """Which targets no draw of the prior comes near; a row a draw, of runs and not of emulators."""
    known = np.where(np.isnan(implausibilities), np.inf, implausibilities)
    return np.asarray(known.min(axis=0) > FAR)


def influence(emulators: Sequence[Emulator], inputs: int) -> Values:
    """Share of each target's variance over the prior that each input has a hand in; a row a target."""
    return np.array([one.explained * one.shares(inputs) for one in emulators]).reshape(len(emulators), inputs)
