"""A way along one lever: its values are looked at ever closer around those that answer, until no step lies between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final

APART: Final = 8  # parts that a range is looked at in first


def first_steps(most: int, *more: int) -> list[int]:
    """Steps from 0 to ``most`` to begin with: both ends, evenly between them, and ``more``."""
    return sorted({round(most * part / APART) for part in range(APART + 1)} | {*more})


def close_in(begin: Iterable[int], look: Callable[[list[int]], None], around: Callable[[], Iterable[int]]) -> list[int]:
    """Look at the steps to begin with, then halve the gaps beside those that ``around`` names until there are none.

    Bisection, of as many answers at a time as there are: where a bound is met on one side of a gap and not on the
    other, the gap that is left is one step. ``look`` runs steps, ``around`` tells the answers among all that were
    looked at. Returns all of these in order.
    """
    known = sorted({*begin})
    look(known)
    while True:
        answers = {*around()}
        halves = sorted((low + high) // 2 for low, high in pairwise(known) if high - low > 1 and answers & {low, high})
        if not halves:
            return known
        look(halves)
        known = sorted({*known, *halves})
