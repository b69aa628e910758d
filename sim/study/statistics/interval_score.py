"""How good an interval is that was said of a value: the interval score of Gneiting and Raftery (2007, section 6.2).

For the central 90 % interval it is the width, plus 20 times the distance by which the value lies outside. So a wide
interval that holds everything scores no better than a narrow one that is nearly right; less is better, and nobody gains
by saying another interval than he believes in.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CONFIDENCE: Final = 0.9
PENALTY: Final = 2.0 / (1.0 - CONFIDENCE)  # for each unit by which a value lies outside


def interval_score(low: Any, high: Any, value: Any) -> NDArray[np.float64]:
    """The score of intervals for values, in their unit; missing where an end is."""
    low, high, value = (np.asarray(x, np.float64) for x in (low, high, value))
    outside = np.maximum(low - value, 0.0) + np.maximum(value - high, 0.0)
    return np.asarray((high - low) + PENALTY * outside)


def overlap(low: Any, high: Any, other_low: Any, other_high: Any) -> NDArray[np.bool_]:
    """Whether two intervals have a value in common; not where an end is missing."""
    return np.asarray((np.asarray(low) <= np.asarray(other_high)) & (np.asarray(other_low) <= np.asarray(high)))
