"""How much of the unit cube meets a condition, however little that is, and points of it: subset simulation.

A *measure* of a point says how far it is from meeting the condition. Many points are drawn over the whole cube; the
fifth with the least measure is kept, doubled, and moved about below the worst of them; of these again a fifth, until
the condition itself is met (Au and Beck 2001). The share of the cube is the product of the shares kept. Points move by
conditional sampling in the space of normal deviates (Papaioannou et al. 2015), which does as well in two hundred
dimensions as in two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
KEPT: Final = 0.2  # of the points, at each level
MOVES: Final = 12  # of every point, at each level
MOVES_AT_LAST: Final = 40  # so that points forget whose copies they are
ACCEPTED: Final = 0.44  # of the moves, which their length is adapted to
MOST_LEVELS: Final = 40  # 1e-28 of the cube
PARTICLES: Final = 2_000


class Met(NamedTuple):
    """What meets a condition. ``points``: of the unit cube, evenly over what meets it; ``share`` of the cube.

    ``level``: the least measure that was reached, where the condition was never met; then ``share`` is what lies below
    that and ``points`` do.
    """

    points: Values
    share: float
    level: float
    is_met: bool


def meeting(
    measure: Callable[[Values], Values], inputs: int, most: float, stream: Stream, particles: int = PARTICLES
) -> Met:
    """Points whose measure is at most ``most``, and the share of the cube that they are of."""
    from scipy.special import ndtr

    places = stream.normal(particles, inputs)
    found = measure(ndtr(places))
    share, step = 1.0, 0.8
    for _ in range(MOST_LEVELS):
        level = max(most, float(np.quantile(found, KEPT)))
        kept = np.flatnonzero(found <= level)
        share *= len(kept) / particles
        from_which = kept[(stream.uniform(particles) * len(kept)).astype(np.intp)]
        places, found = places[from_which], found[from_which]
        moves = MOVES_AT_LAST if level == most else MOVES
        places, found, step = _moved(measure, places, found, level, step, moves, stream)
        if level == most:
            return Met(np.asarray(ndtr(places)), share, level, True)
    return Met(np.asarray(ndtr(places)), share, level, False)


def _moved(
    measure: Callable[[Values], Values],
    places: Values,
    found: Values,
    level: float,
    step: float,
    moves: int,
    stream: Stream,
) -> tuple[Values, Values, float]:
    """The points after so many moves below a level, and how long steps are by then (0 to 1)."""
    from scipy.special import ndtr

    for _ in range(moves):
        proposed = np.sqrt(1.0 - step**2) * places + step * stream.normal(*places.shape)
        theirs = measure(ndtr(proposed))
        is_below = theirs <= level
        places = np.where(is_below[:, None], proposed, places)
        found = np.where(is_below, theirs, found)
        step = float(np.clip(step * np.exp(is_below.mean() - ACCEPTED), 0.01, 1.0))
    return places, found, step
