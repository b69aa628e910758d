"""Who qualified for a measure that chooses firms, by prospects, and who of them was chosen (clause I.8.b)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Ranking(NamedTuple):
    """Of measure ``m`` on the day on which it chose: rows, the best prospect first, and how many of them it chose."""

    m: int
    rows: NDArray[np.int32]
    chosen: int
