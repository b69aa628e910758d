"""What the runs of a calibration have said so far: points of the prior's unit cube, and each target's value there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Values = NDArray[np.float64]
PRIOR, MATCHING, POSTERIOR, KEPT = STAGES = ("prior", "matching", "posterior", "kept")


class Gathered:
    """A row a draw in ``points`` (unit cube) and ``values`` (a column a target, missing where nothing was read).

    ``wave``: of each draw, the first is 1. Draws count from 1, in the order in which they were asked.
    """

    def __init__(self, targets: Sequence[str], inputs: int) -> None:
        self.targets = tuple(targets)
        self.points = np.empty((0, inputs))
        self.values = np.empty((0, len(self.targets)))
        self.wave = np.empty(0, np.intp)

    def __len__(self) -> int:
        return len(self.points)

    def add(self, points: Values, readings: pd.DataFrame) -> None:
        """A wave; ``readings``: draw, target, value, of the draws that follow on those before."""
        first = len(self) + 1
        table = readings.pivot(index="draw", columns="target", values="value")
        table = table.reindex(index=range(first, first + len(points)), columns=list(self.targets))
        self.wave = np.concatenate([self.wave, np.full(len(points), 1 + self.waves)])
        self.points = np.concatenate([self.points, points])
        self.values = np.concatenate([self.values, table.to_numpy(float)])

    @property
    def waves(self) -> int:
        """How many there are."""
        return int(self.wave.max(initial=0))

    def of(self, wave: int) -> NDArray[np.bool_]:
        """Which draws are of a wave."""
        return np.asarray(self.wave == wave)
