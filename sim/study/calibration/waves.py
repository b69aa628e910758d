"""History matching: in waves, what no emulator rules out is what the next draws are taken from.

A point of the prior is ruled out when its third-largest implausibility over the targets is beyond three standard
deviations (Vernon, Goldstein and Bower 2010; Andrianakis et al. 2015; McKinley et al. 2018): two targets may be missed,
because a target may be wrong, or the model in that place, and an emulator may be.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.calibration.observed import Observed
from sim.study.calibration.screening import FAR
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream
from sim.study.statistics.subset_simulation import PARTICLES, meeting

Values = NDArray[np.float64]
MAY_BE_MISSED: Final = 2  # targets
SHRINKS: Final = 0.9  # of what was left before: less than that, or nothing is gained by another wave


class NotRuledOut(NamedTuple):
    """What is left: points of the unit cube, evenly over it, and its share of the prior.

    ``level``: the implausibility that was asked for, or the least that was reached where nothing meets it.
    """

    points: Values
    share: float
    level: float
    is_met: bool


def worst_but(implausibilities: Values, missed: int = MAY_BE_MISSED) -> Values:
    """Of each row the largest but so many; of few targets the least of them."""
    place = max(implausibilities.shape[1] - 1 - missed, 0)
    return np.asarray(np.partition(implausibilities, place, axis=1)[:, place])


def not_ruled_out(
    emulators: Emulators, observed: Observed, inputs: int, stream: Stream, particles: int = PARTICLES
) -> NotRuledOut:
    """What emulators of the targets, in the order of ``observed``, do not rule out."""

    def measure(points: Values) -> Values:
        return worst_but(observed.implausibility(emulators(points), emulators.errors))

    return NotRuledOut(*meeting(measure, inputs, FAR, stream, particles))
