"""A model of three numbers whose parameters are known, in the place of runs, and what is published of it."""

import numpy as np

from sim.study.calibration.observed import DIFFERENCE, Observed, Scale
from sim.study.statistics.sparse_polynomials import Emulators, fit
from sim.study.statistics.streams import Stream

INPUTS = 12
TRUE = np.full(INPUTS, 0.7)
TARGETS = ("sum", "curve", "pair", "nothing")


def model(points: np.ndarray) -> np.ndarray:
    """A row a point: the sum of two inputs, a parabola, a pair, and what no input moves."""
    x = 2.0 * points - 1.0
    still = np.zeros(len(points))
    return np.column_stack([x[:, 0] + x[:, 1], x[:, 2] ** 2 + x[:, 3], x[:, 0] * x[:, 4] + x[:, 4], still])


def published(deviation: float, which: slice = slice(3)) -> Observed:
    """What the true parameters give, with a standard deviation on either side."""
    values = model(TRUE[None])[0][which]
    each, none = np.full(len(values), deviation), np.zeros(len(values))
    return Observed(TARGETS[which], (Scale(DIFFERENCE, 0.0),) * len(values), values, each, each, none, none)


def emulators() -> Emulators:
    """Of the first three, of 200 points."""
    points = Stream(5, 1).uniform(200, INPUTS)
    return Emulators([fit(points, column) for column in model(points).T[:3]])
