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
STEPS: Final = 1_500  # of a walk, at most
FIRST_STREAM: Final = 2_000


def coverage(emulators: Emulators, observed: Observed, inputs: int, sets: int, seed: int) -> Values:
    """Ranks from 0 to ``RANKS`` of true values among draws of the posterior: a row a set, a column an input."""
    found = np.empty((sets, inputs))
    for k in range(sets):
        stream = Stream(seed, FIRST_STREAM + k)
        true = stream.uniform(1, inputs)
        made_up = _published(emulators, observed, true, stream)
        points = walked(emulators, made_up, stream.uniform(512, inputs), stream, STEPS).points
        chosen = points[stream.chosen(len(points), RANKS)]
        found[k] = (chosen < true).sum(axis=0)
    return found


def _published(emulators: Emulators, observed: Observed, true: Values, stream: Stream) -> Observed:
    """What would be published where ``true`` holds; with as much uncertainty on either side."""
    from scipy.special import stdtrit

    side = (observed.below + observed.above) / 2
    even = replace(observed, below=side, above=side)
    values = emulators(true)[0]
    luck = np.asarray(stdtrit(FREEDOM, stream.uniform(len(values))))
    return replace(even, published=values + luck * even.deviation(values, emulators.errors))
