"""Which inputs move an outcome, told from draws as they are: first indices of inputs that cannot be moved one by one.

Draws of a posterior give all numbers together, and whoever moved one alone would leave what evidence allows. What an
input explains by itself can be told from any sample: the first index is the variance of the outcome's mean given the
input, over the outcome's variance (Plischke, Borgonovo and Smith 2013, European Journal of Operational Research 226,
536-550). The mean given the input is a cubic (Legendre polynomials) in its ranks. Of inputs that go with each other an
index tells what knowing the input would tell of the outcome, through the others too; such indices need not add up to 1.

Worlds that have a draw in common have all its inputs in common: they are one *unit*, and there are no more independent
values than units. So chance is told by giving each unit the inputs of another (a permutation), all of its inputs at
once, since they depend on each other. An index is told less what it comes to then on average, as the adjusted R² is:
(R² - chance) / (1 - chance). The *bar* is what the largest of all inputs then reaches in no more than one permutation
of twenty; below it the order of inputs is luck (family-wise; Westfall and Young 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.intervals import CONFIDENCE
from sim.study.statistics.sensitivity_indices import EFFECT, NOTHING, RESAMPLES, UNSURE, Array, Finding
from sim.study.statistics.streams import Stream

DEGREE: Final = 3  # of the polynomial in an input's ranks
RIDGE: Final = 1e-9  # so that inputs of two or three values, whose polynomials repeat each other, have a solution


@dataclass(frozen=True)
class Inputs:
    """Inputs that vary together: their values ``of`` each unit (unit, input), and the unit ``at`` each world."""

    of: Array
    at: NDArray[np.intp]

    def among(self, worlds: NDArray[np.bool_]) -> Inputs:
        """The same of some worlds alone, with the units that they have."""
        there, at = np.unique(self.at[worlds], return_inverse=True)
        return Inputs(self.of[there], at)


@dataclass(frozen=True)
class GivenData:
    """What a sample can tell of any outcome: every group of inputs, and chance by ``seed``.

    What does not depend on the outcome is computed once. All groups have the same worlds.
    """

    groups: Sequence[Inputs]
    seed: int

    def findings(self, values: Array) -> list[Finding]:
        """The first index of each input, in the order of the groups; ``values`` has the shape (world, replication).

        ``chance`` is the bar, the same for all; ``p`` how often the largest of all inputs reaches as much by chance.
        Intervals are a normal one of the bootstrap over units, of which only what lies within 0 and 1 is kept. Of an
        outcome that is the same everywhere nothing is told.
        """
        from scipy.special import ndtri

        means = values.mean(axis=1)
        if not np.ptp(means):
            missing = {"first": (np.nan, np.nan, np.nan)}
            return [
                Finding(missing, np.nan, np.nan, NOTHING) for group in self.groups for _ in range(group.of.shape[1])
            ]
        y = (means - means.mean()) / means.std()  # so that sums of squares lose no digits
        told = [group.of_outcome(y) for group in self._prepared]
        plain, chance, spread = (np.concatenate([each[k] for each in told], axis=-1) for k in range(3))
        usual = chance.mean(axis=0)
        rest = np.maximum(1.0 - usual, RIDGE)  # nothing is left where units are as few as polynomials
        index = (plain - usual) / rest
        largest = ((chance - usual) / rest).max(axis=1)
        bar = float(np.quantile(largest, CONFIDENCE))
        p = (1 + (largest[:, None] >= index).sum(axis=0)) / (1 + len(largest))
        half = ndtri((1.0 + CONFIDENCE) / 2.0) * spread / rest
        low, high = np.clip(index - half, 0.0, 1.0), np.clip(index + half, 0.0, 1.0)
        return [
            Finding(
                {"first": (float(index[k]), float(low[k]), float(high[k]))}, bar, float(p[k]),
                EFFECT if index[k] > bar else UNSURE,
            )
            for k in range(len(index))
        ]  # fmt: skip

    @cached_property
    def _prepared(self) -> list[_Prepared]:
        return [_Prepared(group, Stream(self.seed, place)) for place, group in enumerate(self.groups)]


class _Prepared:
    """A group of inputs, its permutations and its bootstrap; arrays are (resample, unit) unless they say otherwise."""

    def __init__(self, inputs: Inputs, stream: Stream) -> None:
        self.at = inputs.at
        self.worlds = np.bincount(inputs.at).astype(float)
        units = len(self.worlds)
        basis = _basis(inputs.of, self.worlds)
        self.basis = basis.reshape(units, -1)  # (unit, input and degree)
        pairs = basis[:, :, :, None] * basis[:, :, None, :]
        self.pairs = pairs.reshape(units, -1)
        self.shape = basis.shape[1:]
        self.swapped = np.argsort(stream.uniform(RESAMPLES, units), axis=1, kind="stable")
        drawn = (stream.uniform(RESAMPLES, units) * units).astype(np.intp)
        self.times = np.stack([np.bincount(row, minlength=units) for row in drawn]).astype(float)
        self.whole = self._inverse(self.worlds[None])
        self.by_chance = self._inverse(self.worlds[self.swapped])
        self.again = self._inverse(self.worlds * self.times)

    def of_outcome(self, y: Array) -> tuple[Array, Array, Array]:
        """R² of each input, R² by chance (permutation, input), standard deviation of R² in the bootstrap."""
        sums, squares = (np.bincount(self.at, weights=each).astype(np.float64) for each in (y, y * y))
        every = float(squares.sum())
        plain = self._explained(self.whole, self.worlds[None], sums[None], np.array([every]))[0]
        chance = self._explained(
            self.by_chance, self.worlds[self.swapped], sums[self.swapped], np.full(len(self.swapped), every)
        )
        again = self._explained(self.again, self.worlds * self.times, sums * self.times, self.times @ squares)
        return plain, chance, again.std(axis=0, ddof=1)

    def _inverse(self, worlds: Array) -> Array:
        """Inverse of the matrix of covariances of each input's polynomials: (resample, input, degree, degree)."""
        count = worlds.sum(axis=1)[:, None, None]
        mean = (worlds @ self.basis).reshape(len(worlds), *self.shape) / count
        square = (worlds @ self.pairs).reshape(len(worlds), *self.shape, DEGREE) / count[..., None]
        covariance = square - mean[..., :, None] * mean[..., None, :]
        return np.asarray(np.linalg.inv(covariance + RIDGE * np.eye(DEGREE)))

    def _explained(self, inverse: Array, worlds: Array, sums: Array, squares: Array) -> Array:
        """R² of each input in each resample: (resample, input). ``sums`` of the outcome and its ``squares``."""
        count = worlds.sum(axis=1)
        centre = sums.sum(axis=1) / count
        mean = (worlds @ self.basis).reshape(len(worlds), *self.shape) / count[:, None, None]
        both = (sums @ self.basis).reshape(len(sums), *self.shape) / count[:, None, None]
        covariance = both - centre[:, None, None] * mean
        explained = np.einsum("rid,ride,rie->ri", covariance, inverse, covariance)
        variance = squares / count - centre**2
        return np.asarray(explained / np.where(variance > 0.0, variance, np.inf)[:, None])


def _basis(inputs: Array, worlds: Array) -> Array:
    """Legendre polynomials of degree 1 to DEGREE in the ranks of each input, from -1 to 1: (unit, input, degree).

    Ranks are the middle of the worlds that have the value.
    """
    from scipy.special import eval_legendre

    ranks = np.empty_like(inputs)
    for k, column in enumerate(inputs.T):
        values, place = np.unique(column, return_inverse=True)
        weight = np.bincount(place, weights=worlds, minlength=len(values))
        ranks[:, k] = ((np.cumsum(weight) - weight / 2) / weight.sum())[place]
    return np.stack([eval_legendre(degree, 2.0 * ranks - 1.0) for degree in range(1, DEGREE + 1)], axis=2)
