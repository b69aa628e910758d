"""Emulators: a sparse polynomial of the unit cube in the place of each number that a run would give.

The basis are products of Legendre polynomials that are orthonormal over the cube (a polynomial chaos expansion; Blatman
and Sudret 2011), so the squares of the coefficients are shares of the variance over the cube, input by input. Terms are
chosen by the lasso with cross-validation (scikit-learn), first single inputs, then these with curvature and in pairs;
the coefficients are those of a ridge regression on the terms that were chosen. The error is out of sample: in every
fold terms are chosen and fitted without the fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Term = tuple[tuple[int, int], ...]  # (input, degree) of each factor
FOLDS: Final = 5
PENALTIES: Final = 25  # along the path of the lasso
SMALLEST: Final = 0.02  # penalty over the largest that is of use
PAIRED: Final = 8  # inputs that may act in pairs
MOST_INPUTS: Final = 60  # that may be curved more than a parabola
ROUNDS, CLOSE = 5_000, 1e-3  # of coordinate descent
LEAST: Final = 24  # runs that a polynomial may be fitted to
FELT: Final = 2e-4  # of the variance that is explained: a term with less is dropped
NOTHING: Final = 1e-12  # variance of what does not vary


@dataclass(frozen=True)
class Emulator:
    """One number of a run as a function of points of the unit cube.

    ``terms`` and ``coefficients`` beside ``mean``; ``error``: standard deviation of what it misses, out of sample;
    ``explained``: share of the variance that it explains, out of sample.
    """

    mean: float
    terms: tuple[Term, ...]
    coefficients: Values
    error: float
    explained: float

    def __call__(self, points: Values) -> Values:
        """The number at each point."""
        if not self.terms:
            return np.full(len(points), self.mean)
        return np.asarray(self.mean + columns(points, self.terms) @ self.coefficients)

    def shares(self, inputs: int) -> Values:
        """Share of the variance over the cube that each input has a hand in, pairs counted for both."""
        found = np.zeros(inputs)
        for term, coefficient in zip(self.terms, self.coefficients, strict=True):
            for place, _ in term:
                found[place] += coefficient**2
        whole = float((self.coefficients**2).sum())
        return found / whole if whole > 0.0 else found


class Emulators:
    """Many of them at once: every term is computed once."""

    def __init__(self, each: Sequence[Emulator]) -> None:
        self.each = tuple(each)
        self._terms = tuple(sorted({term for one in each for term in one.terms}))
        place = {term: k for k, term in enumerate(self._terms)}
        self._matrix = np.zeros((len(self._terms), len(each)))
        for k, one in enumerate(each):
            for term, coefficient in zip(one.terms, one.coefficients, strict=True):
                self._matrix[place[term], k] = coefficient
        self._means = np.array([one.mean for one in each])
        self.errors = np.array([one.error for one in each])
        self.active = sorted({place for term in self._terms for place, _ in term})  # inputs that move anything
        among = {place: k for k, place in enumerate(self.active)}
        compact = [tuple((among[place], degree) for place, degree in term) for term in self._terms]
        self._columns = Columns(compact, len(self.active))

    def __call__(self, points: Values) -> Values:
        """A row a point, a column an emulator."""
        if not self._terms:
            return np.tile(self._means, (len(points), 1))
        return np.asarray(self._means + self._columns(points[:, self.active]) @ self._matrix)


class Columns:
    """Some terms of so many inputs; where they stand is looked up once."""

    def __init__(self, terms: Sequence[Term], inputs: int) -> None:
        self._first = np.array([place + inputs * (degree - 1) for (place, degree), *_ in terms], np.intp)
        self._most = max((degree for (_, degree), *_ in terms), default=1)
        self._paired = np.array([k for k, term in enumerate(terms) if len(term) > 1], np.intp)
        self._second = np.array([terms[k][1][0] for k in self._paired], np.intp)

    def __call__(self, points: Values) -> Values:
        """The terms at points, a row a point."""
        powers = _legendre(points, self._most)
        found = np.take(powers, self._first, axis=1)
        if len(self._paired):
            found[:, self._paired] *= np.take(powers, self._second, axis=1)
        return found


def columns(points: Values, terms: Sequence[Term]) -> Values:
    """The terms at points, a row a point."""
    return Columns(terms, points.shape[1])(points)


def _legendre(points: Values, most: int) -> Values:
    """Legendre polynomials of degree 1 to 3, orthonormal over the unit interval: all inputs of a degree, then the next.

    The other input of a pair is linear, and so among the first.
    """
    t = 2.0 * points - 1.0
    found = [np.sqrt(3.0) * t]
    if most > 1:
        found.append(np.sqrt(5.0) * (1.5 * t**2 - 0.5))
    if most > 2:
        found.append(np.sqrt(7.0) * (2.5 * t**3 - 1.5 * t))
    return np.concatenate(found, axis=1)


def fit(points: Values, values: Values, near: NDArray[np.bool_] | None = None) -> Emulator:
    """An emulator of one number; ``values`` has no missing one. ``near``: points of which the error is told.

    Where there are too few points, or the number does not vary, it is the mean; missing where there is none.
    """
    near = np.ones(len(values), np.bool_) if near is None or near.sum() < LEAST else near
    if not len(values):
        return Emulator(np.nan, (), np.array([]), np.nan, 0.0)
    mean, spread = float(values.mean()), float(values.std())
    if len(values) < LEAST or spread**2 < NOTHING * max(mean**2, NOTHING):
        return Emulator(mean, (), np.array([]), spread, 0.0)
    found, penalties = _fitted(points, values)
    if found is None:
        return Emulator(mean, (), np.array([]), spread, 0.0)
    missed = np.empty(len(values))
    for fold in range(FOLDS):
        inside = np.arange(len(values)) % FOLDS == fold
        without, _ = _fitted(points[~inside], values[~inside], penalties)
        missed[inside] = values[inside] - (values[~inside].mean() if without is None else without(points[inside]))
    explained = 1.0 - float((missed**2).mean()) / spread**2
    error = float(np.sqrt((missed[near] ** 2).mean()))
    if explained <= 0.0:
        return Emulator(mean, (), np.array([]), spread, 0.0)
    return Emulator(found.mean, found.terms, found.coefficients, error, explained)


def _fitted(
    points: Values, values: Values, penalties: tuple[float | None, float | None] = (None, None)
) -> tuple[Emulator | None, tuple[float | None, float | None]]:
    """Terms and coefficients, whose error is not known yet, None where no term is of use; and the penalties.

    ``penalties``: of the two times that terms are chosen, None for what cross-validation says.
    """
    inputs = points.shape[1]
    first: list[Term] = [((k, degree),) for degree in (1, 2) for k in range(inputs)]
    chosen, weights, penalty = _chosen(points, values, first, penalties[0])
    strength = np.zeros(inputs)
    for term, weight in zip(chosen, weights, strict=True):
        strength[term[0][0]] += weight**2
    ranked = [int(k) for k in np.argsort(-strength, kind="stable") if strength[k] > 0.0][:MOST_INPUTS]
    if not ranked:
        return None, (penalty, None)
    terms: list[Term] = [((k, degree),) for degree in (1, 2, 3) for k in sorted(ranked)]
    paired = sorted(ranked[:PAIRED])
    terms += [((i, 1), (j, 1)) for place, i in enumerate(paired) for j in paired[place + 1 :]]
    chosen, _, second = _chosen(points, values, terms, penalties[1])
    if not chosen:
        return None, (penalty, second)
    mean, coefficients = _ridge(columns(points, chosen), values)
    is_felt = coefficients**2 >= FELT * (coefficients**2).sum()
    kept = tuple(term for term, of_use in zip(chosen, is_felt, strict=True) if of_use)
    return Emulator(mean, kept, coefficients[is_felt], 0.0, 0.0), (penalty, second)


def _chosen(
    points: Values, values: Values, terms: Sequence[Term], penalty: float | None
) -> tuple[list[Term], Values, float]:
    """The terms that the lasso keeps, their weights, and the penalty, by cross-validation where none is given."""
    from sklearn.linear_model import Lasso, LassoCV

    design, aims = columns(points, terms), (values - values.mean()) / values.std()
    if penalty is None:
        folds = np.arange(len(values)) % FOLDS  # strided: runs of every wave are in every fold
        splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(FOLDS)]
        found = LassoCV(alphas=PENALTIES, eps=SMALLEST, cv=splits, precompute=True, max_iter=ROUNDS, tol=CLOSE)
        penalty = float(found.fit(design, aims).alpha_)
    else:
        found = Lasso(alpha=penalty, precompute=True, max_iter=ROUNDS, tol=CLOSE).fit(design, aims)
    kept = np.flatnonzero(found.coef_)
    return [terms[int(k)] for k in kept], np.asarray(found.coef_[kept]), penalty


def _ridge(design: Values, values: Values) -> tuple[float, Values]:
    from sklearn.linear_model import RidgeCV

    found = RidgeCV(alphas=np.geomspace(1e-3, 1e3, 13)).fit(design, values)
    return float(found.intercept_), np.asarray(found.coef_)
