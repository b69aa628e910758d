"""Shapley values and interactions of a game: pure arithmetic, without rounding until the end.

A game says what every *coalition* of its players is worth. A coalition is a whole number with a bit for each player:
``worth[0b101]`` is what the first and the third bring about together. Doubles are fractions with a power of two below
the line, so everything here is computed in whole numbers and fractions, and is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from itertools import accumulate, combinations, pairwise
from math import frexp, lcm, ldexp
from typing import Final

DIGITS: Final = 52  # binary digits that sums of `adding_up` may have: one less than a double holds


def values(worth: Sequence[float]) -> list[Fraction]:
    """The Shapley value of each player: what it adds, averaged over all orders of joining (Shapley 1953).

    ``worth`` holds every coalition, so a power of two of them; that of nobody need not be 0. Computed from Harsanyi's
    dividends (1963, Int. Econ. Rev. 4, 194-220): each coalition's is shared equally among its members. The values add
    up to ``worth[-1] - worth[0]``.
    """
    whole, scale = _dividends(worth)
    players = len(worth).bit_length() - 1
    return [_shared(whole, scale, _joined_by((player,), players)) for player in range(players)]


def interactions(worth: Sequence[float]) -> dict[tuple[int, int], Fraction]:
    """The Shapley interaction index of each pair of players.

    What two add together beyond what each adds by itself, averaged as Shapley's value is: positive where they help each
    other, negative where they get in each other's way or do the same work twice (Grabisch and Roubens 1999, Int. J.
    Game Theory 28, 547-565).
    """
    whole, scale = _dividends(worth)
    players = len(worth).bit_length() - 1
    pairs = combinations(range(players), 2)
    return {pair: _shared(whole, scale, _joined_by(pair, players)) for pair in pairs}


def along(orders: Iterable[Sequence[int]], worths: Iterable[Sequence[float]]) -> list[Fraction]:
    """What each player adds, averaged over some orders of joining instead of all (Castro, Gomez and Tejada 2009).

    ``worths`` holds for each order what nobody, its first, its first two ... players are worth. Over any orders the
    values add up to what all are worth less what nobody is. Comput. Oper. Res. 36, 1726-1730.
    """
    count, sums = 0, dict[int, Fraction]()
    for order, worth in zip(orders, worths, strict=True):
        count += 1
        for player, (before, after) in zip(order, pairwise(map(Fraction, worth)), strict=True):
            sums[player] = sums.get(player, Fraction()) + after - before
    return [sums[player] / count for player in range(len(sums))]


def orders(count: int, players: int, seed: int, stream: int) -> list[tuple[int, ...]]:
    """``count`` orders of the players, an even number, in antithetic pairs: each forwards, then backwards.

    Whoever comes early in one order comes late in the other, which takes much of the chance out of a mean (Mitchell,
    Cooper, Frank and Holmes 2022, J. Mach. Learn. Res. 23, 43). A pair depends on ``seed``, ``stream`` and its place.
    """
    from sim.random_numbers import Purpose, bits  # start-up: Numba is for who draws orders, not for who reads a study

    found: list[tuple[int, ...]] = []
    for pair in range(count // 2):
        period = (stream << 24) + pair
        drawn = [int(bits(seed, Purpose.SEED, player, period)) for player in range(players)]
        forwards = tuple(sorted(range(players), key=lambda player: (drawn[player], player)))
        found += [forwards, forwards[::-1]]
    return found


def adding_up(parts: Sequence[Fraction]) -> list[float]:
    """The parts as doubles whose sum is exact, in whatever order they are added.

    All are whole multiples of one power of two, so coarse that no sum of them needs more digits than a double has. The
    running totals are rounded to it, not the parts, so nothing is lost on the way: a part is off by one multiple at
    most (a 2**-52th of all parts together), a part of 0 is 0, and the sum is the rounded total. That is the total
    itself where it is such a multiple, as whole numbers below 2**52 always are.
    """
    total = float(sum(map(abs, parts)))
    if total == 0.0:
        return [0.0 for _ in parts]
    exponent = frexp(total)[1] - DIGITS
    unit = Fraction(2) ** exponent
    totals = [round(edge / unit) for edge in accumulate(parts, initial=Fraction())]
    return [ldexp(after - before, exponent) for before, after in pairwise(totals)]


def _dividends(worth: Sequence[float]) -> tuple[list[int], int]:
    """Dividends of all coalitions as whole numbers, and what to divide them by."""
    if len(worth) & (len(worth) - 1) or not len(worth):
        raise ValueError(f"a game has a power of two of coalitions, not {len(worth)}")
    ratios = [float(value).as_integer_ratio() for value in worth]
    scale = max(below for _, below in ratios)  # powers of two: the largest is a multiple of all
    whole = [above * (scale // below) for above, below in ratios]
    bit = 1
    while bit < len(whole):
        for coalition in range(len(whole)):
            if coalition & bit:
                whole[coalition] -= whole[coalition ^ bit]
        bit <<= 1
    return whole, scale


@cache
def _joined_by(team: tuple[int, ...], players: int) -> list[list[int]]:
    """Coalitions that have the team in them, by how many they are when the team counts as one; first those of one."""
    mask = sum(1 << player for player in team)
    found: list[list[int]] = [[] for _ in range(players - len(team) + 1)]
    for coalition in range(1 << players):
        if coalition & mask == mask:
            found[coalition.bit_count() - len(team)].append(coalition)
    return found


def _shared(whole: Sequence[int], scale: int, by_size: Sequence[Sequence[int]]) -> Fraction:
    """The team's share of the dividends of all coalitions that it is in."""
    common = lcm(*range(1, len(by_size) + 1))
    shares = (sum(whole[coalition] for coalition in group) * (common // size) for size, group in enumerate(by_size, 1))
    return Fraction(sum(shares), common * scale)
