"""Random numbers: every draw is a function of (seed, purpose, key, period) and of nothing else.

So a draw depends neither on the order of events, nor on the number of workers, nor on the scenario: the same firm
meets the same random numbers in every world (common random numbers). No other module of the project may draw at random.

``seed`` is the replication's, ``purpose`` one of :class:`Purpose`, ``key`` who draws (a firm's identity, a lot), and
``period`` when (a day, a month, an episode; 0 for once in a life). The mixing is the 64-bit finaliser of Stafford
(variant 13, as in SplitMix64) applied twice; the tests check uniformity and independence of neighbours.
"""

from enum import IntEnum

import numpy as np

from sim.kernels import inlined, outermost


class Purpose(IntEnum):
    """What a draw is for. A new purpose is a new number; numbers are never used again."""

    SEED = 0
    SYNTHESIS = 1  # period: which column
    BIRTH = 2
    SALES = 3  # period: month
    TREND = 4  # period: month
    CLOSURE = 5  # period: day of the listing episode
    TICKET = 6  # period: episode x 4 + ticket
    PATIENCE = 8
    AWARE = 10  # period: identity of the measure (hash of its id)
    APPLY = 11  # the same
    DECISION = 12  # the same
    UNDERWRITING = 13  # period: month
    STAFF = 14  # period: month
    BID = 15  # period: lot
    LARGE_BID = 16
    LOT = 17
    DISPUTE = 19  # period: 0 disputed, 1 debtor in difficulty, 2 size of a debt, 3 debtor confirms
    EXTENSION = 20  # period: month, of what a bank thinks at maturity
    LOAN_DEMAND = 22
    INJECTION = 23
    EXPANSION = 25  # period: month
    RESTART = 24  # period: day of the listing episode x 4 + ticket
    SAMPLE = 26  # which firms are looked at
    MARGIN_YEAR = 27  # period: year of the firm
    RETIREMENT = 28  # period: month
    CLOSING = 29  # period: month
    LOAN_TERM = 30  # period: month
    HANDLING = 31  # period: identity of the measure
    COMPLAINT = 32  # the same
    HELP = 33  # period: day x 256 + kind of problem, or + 4 + place of the measure
    METHOD = 34  # of what methods of studies draw; key: stream x 2**40 + place in it
    RETURN = 35  # period: place of the person among the firm's staff


@inlined
def _mix(x):  # type: ignore[no-untyped-def]
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@inlined
def salt(seed, purpose, period):  # type: ignore[no-untyped-def]
    """What the draws of all firms for one purpose in one period share: half of the work of a draw."""
    place = np.uint64(seed) + (np.uint64(purpose) << np.uint64(40)) + np.uint64(period) * np.uint64(0x9E3779B97F4A7C15)
    return _mix(place + np.uint64(0x9E3779B97F4A7C15))


@outermost
def salts(seed, purpose, periods, found):  # type: ignore[no-untyped-def]
    """The salt of each of ``periods`` (uint32) into ``found`` (uint64), where one firm draws for many of them."""
    for k in range(len(periods)):
        found[k] = salt(seed, purpose, periods[k])


@inlined
def salted(salt, key):  # type: ignore[no-untyped-def]
    """The same draw as :func:`uniform`, from its salt."""
    return np.float64(_mix(np.uint64(key) ^ salt) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def bits(seed, purpose, key, period):  # type: ignore[no-untyped-def]
    """64 random bits of (seed, purpose, key, period)."""
    return _mix(np.uint64(key) ^ salt(seed, purpose, period))


@inlined
def uniform(seed, purpose, key, period):  # type: ignore[no-untyped-def]
    """A draw from [0, 1) with 53 bits."""
    return np.float64(bits(seed, purpose, key, period) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@outermost
def uniforms(seed, purpose, keys, found):  # type: ignore[no-untyped-def]
    """The draw of each of ``keys`` (uint64) once in a life, into ``found`` (float64)."""
    for k in range(len(keys)):
        found[k] = uniform(seed, purpose, keys[k], 0)


@inlined
def normal(seed, purpose, key, period):  # type: ignore[no-untyped-def]
    """A draw with mean 0 and variance 1: the sum of four uniforms of 16 bits (Irwin-Hall), within +-3.46.

    Bounded on purpose: no firm's month can be astronomically good or bad, and it costs one hash.
    """
    word = bits(seed, purpose, key, period)
    total = (
        np.float64(word & np.uint64(0xFFFF))
        + np.float64((word >> np.uint64(16)) & np.uint64(0xFFFF))
        + np.float64((word >> np.uint64(32)) & np.uint64(0xFFFF))
        + np.float64(word >> np.uint64(48))
    )
    # Four uniforms on {0..65535}: mean 4 x 32767.5, variance 4 x (65536**2 - 1) / 12.
    return (total - 131070.0) * (1.0 / 37837.22736)


@inlined
def exponential(seed, purpose, key, period):  # type: ignore[no-untyped-def]
    """A waiting time with mean 1."""
    return -np.log(1.0 - uniform(seed, purpose, key, period))
