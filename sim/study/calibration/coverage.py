"""Whether fitting finds what is known: simulation-based calibration (Talts et al. 2018) on the emulators.

Parameters are drawn from the prior, what would be published of them is made up with the very uncertainties that are
assumed, and the posterior is found as for what was really published. Over many such sets the ranks of the true values
among the draws are uniform, and an interval that says 90 percent holds 90 percent of them - or fitting is wrong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.study.calibration.observed import FREEDOM, Observed
from sim.study.calibration.posterior import walked
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
RANKS: Final = 100  # draws that a true value is ranked among
STEPS: Final = 1_000  # of a walk, at most
WALKERS: Final = 64
FIRST_STREAM: Final = 2_000


def coverage(emulators: Emulators, observed: Observed, inputs: int, sets: int, seed: int, workers: int = 1) -> Values:
    """Ranks from 0 to ``RANKS`` of true values among draws of the posterior: a row a set, a column an input."""
    from joblib import Parallel, delayed

    jobs = (delayed(_ranks)(emulators, observed, inputs, Stream(seed, FIRST_STREAM + k)) for k in range(sets))
    return np.array(Parallel(n_jobs=workers)(jobs), np.float64).reshape(sets, inputs)


def _ranks(emulators: Emulators, observed: Observed, inputs: int, stream: Stream) -> Values:
    """Of one set of data made up."""
    true = stream.uniform(1, inputs)
    made_up = _published(emulators, observed, true, stream)
    begin = stream.uniform(WALKERS, inputs)
    points = walked(emulators, made_up, begin, stream, WALKERS, STEPS).points
    chosen = points[stream.chosen(len(points), RANKS)]
    return np.asarray((chosen < true).sum(axis=0), np.float64)


def _published(emulators: Emulators, observed: Observed, true: Values, stream: Stream) -> Observed:
    """What would be published where ``true`` holds; with as much uncertainty on either side."""
    from scipy.special import stdtrit

    side = (observed.below + observed.above) / 2
    even = replace(observed, below=side, above=side)
    values = emulators(true)[0]
    luck = np.asarray(stdtrit(FREEDOM, stream.uniform(len(values))))
    return replace(even, published=values + luck * even.deviation(values, emulators.errors))
