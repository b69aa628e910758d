"""Streams of random numbers for methods that draw many in a row: walks, samples of what is possible, data made up.

Each number is still a function of the seed, the stream and its place in the stream (:mod:`sim.random_numbers`), so a
method that is asked the same again draws the same again.
"""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.random_numbers import Purpose, uniforms

Values = NDArray[np.float64]
APART: Final = 1 << 40  # numbers of a stream before the next one begins
LEAST: Final = 2.0**-53  # in the place of 0, whose normal deviate is infinite
WORDS: Final = 624  # of the state of a Mersenne twister


class Stream:
    """Draws one after the other; ``number`` tells streams of one seed apart."""

    def __init__(self, seed: int, number: int) -> None:
        self._seed, self._next = seed, number * APART

    def uniform(self, *shape: int) -> Values:
        """Draws from (0, 1)."""
        found = np.empty(prod(shape))
        keys = np.arange(self._next, self._next + len(found), dtype=np.uint64)
        self._next += len(found)
        uniforms(self._seed, int(Purpose.METHOD), keys, found)
        return np.maximum(found, LEAST).reshape(shape)

    def normal(self, *shape: int) -> Values:
        """Draws with mean 0 and variance 1."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform(*shape)))

    def chosen(self, among: int, count: int) -> NDArray[np.intp]:
        """Different places among so many, in no order."""
        return np.argsort(self.uniform(among), kind="stable")[:count]

    def state(self) -> Any:
        """Where a library's own generator begins (a Mersenne twister, as NumPy writes its state)."""
        words = (self.uniform(WORDS) * 2.0**32).astype(np.uint32)
        return ("MT19937", words, WORDS, 0, 0.0)
