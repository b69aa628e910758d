"""What it would be worth to know more before one chooses: everything, or one number alone.

A plan has a benefit in each draw of what is not known; whoever knows nothing more takes the plan that is best on
average. The expected value of perfect information (EVPI) is what whoever knew the draw would gain by taking the plan
that is best in it; that of partial perfect information (EVPPI) what whoever knew one number of it would gain. What to
expect of the plans where one number is known is a smooth of their benefits on it, over the same draws (Strong, Oakley
and Brennan 2014, Med. Decis. Making 34, 311-326): here a polynomial, of the degree with the least error in draws left
out. Of hundreds of numbers one always seems to be worth something: how much the largest is worth by chance alone is
told by draws whose benefits are shuffled.

Benefits are arrays of shape (worths, draws, plans): a worth is a way to count benefits, each judged by itself. Draws
may be of unequal weight.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
Places = NDArray[np.intp]
DEGREE: Final = 3  # of the polynomials, at most
FEWEST: Final = 2 * (DEGREE + 1)  # draws that they are fitted to
SHUFFLES: Final = 200
CHANCE: Final = 0.95  # quantile of what shuffled draws give
FLAT: Final = 1e-9  # part of a number below which a difference is rounding
AT_ONCE: Final = 1_000_000  # values that are fitted at once, as memory allows


class Known(NamedTuple):
    """What it is worth to know each number, by worth.

    ``value`` (EVPPI, in the unit of benefits) and ``changes`` (share of the draws in which another plan would be taken
    than without knowing it) have the shape (worths, numbers). ``chance``, of shape (worths,): what the largest of all
    numbers seems to be worth in 19 of 20 shuffles.
    """

    value: Values
    changes: Values
    chance: Values


def best(benefit: Values, weight: Values) -> Places:
    """The plan that is best on average, by worth; of equals the first."""
    return np.asarray((weight[:, None] * benefit).sum(axis=1).argmax(axis=1))


def perfect(benefit: Values, weight: Values) -> Values:
    """What it is worth to know the draw itself, by worth. ``weight``: of the draws, 1 together."""
    return np.asarray(_more(benefit, best(benefit, weight)) @ weight)


def told_apart(benefit: Values, weight: Values) -> Values:
    """The same where plans are chosen by other replications than they are judged by, by worth.

    ``benefit`` has the shape (worths, draws, plans, replications). In each draw, and on average, that plan is chosen
    that is best in all replications but one, and what that one says of it is told; means over replications. What is
    only luck gains nothing here, and a choice by fewer replications gains less than there is: it errs downwards, where
    :func:`perfect` errs upwards. Missing where there is a single replication.
    """
    replications = benefit.shape[3]
    if replications < 2:
        return np.full(len(benefit), np.nan)
    gained = []
    for one in range(replications):
        others = np.delete(benefit, one, axis=3).mean(axis=3)
        first, here = best(others, weight), benefit[..., one]
        chosen = np.take_along_axis(here, others.argmax(axis=2)[..., None], axis=2)[..., 0]
        gained.append((chosen - _of(here, first)) @ weight)
    return np.asarray(np.mean(gained, axis=0))


def partial(benefit: Values, numbers: Values, weight: Values, seed: int) -> Known:
    """What it is worth to know each of the numbers, of shape (draws, numbers); ``weight``: of the draws, 1 together.

    A number that is the same in every draw is worth nothing. ``seed``: of the shuffles.
    """
    first = best(benefit, weight)
    value, changes = _partial(benefit, numbers, weight, first)
    stream, largest = Stream(seed, 0), np.zeros((SHUFFLES, len(benefit)))
    for shuffle in range(SHUFFLES if numbers.shape[1] else 0):
        order = stream.chosen(len(weight), len(weight))
        largest[shuffle] = _partial(benefit[:, order], numbers, weight[order], first)[0].max(axis=1)
    return Known(value, changes, np.quantile(largest, CHANCE, axis=0))


def _partial(benefit: Values, numbers: Values, weight: Values, first: Places) -> tuple[Values, Values]:
    """Value and changes of :class:`Known`."""
    worths, draws, plans = benefit.shape
    value, changes = np.zeros((2, worths, numbers.shape[1]))
    if draws < FEWEST:
        return value, changes
    root = np.sqrt(weight)
    scaled = root[:, None] * benefit.transpose(1, 0, 2).reshape(draws, worths * plans)
    together = max(1, AT_ONCE // scaled.size)
    for start in range(0, numbers.shape[1], together):
        which = slice(start, start + together)
        smooth = _smooth(_bases(numbers[:, which], root), scaled) / root[:, None]
        expected = smooth.reshape(-1, draws, worths, plans).transpose(0, 2, 1, 3)
        gained, most = _more(expected, first), np.abs(expected).max(axis=3)
        value[:, which] = (gained @ weight).T
        changes[:, which] = ((gained > FLAT * most) @ weight).T
    return value, changes


def _more(benefit: Values, first: Places) -> Values:
    """By how much the best plan of each draw is better than the ``first`` of its worth.

    ``benefit`` has the shape (..., worths, draws, plans), what is returned the same without plans.
    """
    return np.asarray(benefit.max(axis=-1) - _of(benefit, first))


def _of(benefit: Values, plans: Places) -> Values:
    """The benefit of one plan of each worth, of the shape that :func:`_more` gives."""
    places = np.broadcast_to(plans[:, None, None], (*benefit.shape[:-1], 1))
    return np.asarray(np.take_along_axis(benefit, places, axis=-1)[..., 0])


def _bases(numbers: Values, root: Values) -> Values:
    """Polynomials of each number, orthonormal over the draws: shape (numbers, draws, degrees).

    A power that the lower ones say already (of a number with two values the square) is a column of nothing.
    """
    middle = (root**2) @ numbers
    spread = np.sqrt((root**2) @ (numbers - middle) ** 2)
    scale = np.where(spread > FLAT * np.maximum(np.abs(middle), 1.0), spread, np.inf)
    powers = ((numbers - middle) / scale).T[..., None] ** np.arange(DEGREE + 1)
    columns, left = np.linalg.qr(powers * root[:, None])
    size = np.linalg.norm(powers * root[:, None], axis=1)
    says = np.abs(np.diagonal(left, axis1=1, axis2=2)) > FLAT * np.maximum(size, FLAT)
    return np.asarray(columns * says[:, None, :])


def _smooth(bases: Values, scaled: Values) -> Values:
    """Of each number the fit to each column, of the degree with the least error in draws left out.

    ``bases`` as :func:`_bases` gives them, ``scaled`` of shape (draws, columns). Returns (numbers, draws, columns).
    """
    weights = bases.transpose(0, 2, 1) @ scaled
    leverage = np.zeros(bases.shape[:2])
    fitted = np.zeros((len(bases), *scaled.shape))
    chosen, least = fitted, np.full((len(bases), scaled.shape[1]), np.inf)
    for degree in range(bases.shape[2]):
        column = bases[:, :, degree]
        fitted = fitted + column[..., None] * weights[:, degree, None, :]
        leverage = leverage + column**2
        left_out = np.maximum(1.0 - leverage, FLAT)
        error = (((scaled - fitted) / left_out[..., None]) ** 2).sum(axis=1)
        is_better = error < least
        chosen = np.where(is_better[:, None, :], fitted, chosen)
        least = np.minimum(error, least)
    return chosen
