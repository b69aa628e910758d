"""Random numbers, for one seed. Normal and exponential draws have mean 0 and variance 1, and mean 1."""

from __future__ import annotations

import numpy as np

from sim import random_numbers
from sim.random_numbers import Purpose


class Draws:
    """Draws by purpose, by who draws and by when."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, purpose: Purpose, who: int, when: int = 0) -> float:
        """A number from 0 to below 1."""
        return float(random_numbers.uniform(self.seed, int(purpose), np.uint64(who), when))

    def normal(self, purpose: Purpose, who: int, when: int = 0) -> float:
        """Mean 0, variance 1."""
        return float(random_numbers.normal(self.seed, int(purpose), np.uint64(who), when))

    def exponential(self, purpose: Purpose, who: int, when: int = 0) -> float:
        """Mean 1."""
        return float(random_numbers.exponential(self.seed, int(purpose), np.uint64(who), when))

    def bits(self, purpose: Purpose, who: int, when: int = 0) -> int:
        """A whole number below 2 to the power of 64."""
        return int(random_numbers.bits(self.seed, int(purpose), np.uint64(who), when))
