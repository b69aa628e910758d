"""The generator of chance: uniform, and independent of its neighbours in key, period, purpose and seed.

Every check gives the probability of what it sees, at both ends, if the generator were perfect; no draw is at random, so
a check passes everywhere or nowhere. Generators that are bad on purpose show that no check passes whatever it sees.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, kstest, norm

from sim import random_numbers
from sim.random_numbers import Purpose

Words = NDArray[np.uint64]
Inputs = dict[str, Any]

ALMOST_NEVER: Final = 1e-6  # that a perfect generator fails in any of the checks
COUNT: Final = 1 << 16
FUNCTIONS: Final = ("_mix", "salt", "salted", "bits", "uniform", "normal", "exponential")
# Inputs that differ, and how many of their bits are tried one by one; the others stay as in `where`.
AXES: Final = {"key": 64, "period": 32, "purpose": 8, "seed": 62}


class Generator:
    """The functions of `sim/random_numbers.py` over arrays, around a mixing function of choice."""

    def __init__(self, mix: Callable[[Words], Words] | None = None) -> None:
        known: dict[str, Any] = {"np": np}
        for name in FUNCTIONS:
            known[name] = FunctionType(getattr(random_numbers, name).py_func.__code__, known, name)
        if mix is not None:
            known["_mix"] = mix
        self.functions = known

    def __call__(self, name: str, inputs: Inputs) -> Any:
        with np.errstate(over="ignore"):
            return self.functions[name](inputs["seed"], inputs["purpose"], inputs["key"], inputs["period"])


def where(axis: str, count: int = COUNT) -> Inputs:
    """Inputs next to each other along an axis. There are few purposes, so theirs repeat with other keys."""
    steps = np.arange(count, dtype=np.uint64)
    inputs = {
        "seed": np.uint64(1),
        "purpose": np.uint64(Purpose.SALES),
        "key": np.uint64(1 << 40),
        "period": np.uint64(3),
    }
    if axis == "purpose":
        return inputs | {"purpose": steps % np.uint64(256), "key": steps // np.uint64(256)}
    return inputs | {axis: steps}


def both_ends(below: float) -> float:
    """Probability of something as extreme at either end, from the probability of what is below it."""
    return 2.0 * min(below, 1.0 - below)


def evenness(cells: NDArray[Any], kinds: int) -> float:
    """Chi-square of cells that should be met equally often."""
    met = np.bincount(cells.astype(np.int64), minlength=kinds)
    expected = len(cells) / kinds
    return both_ends(float(chi2.cdf(((met - expected) ** 2 / expected).sum(), kinds - 1)))


def uniform_bytes(generator: Generator, axis: str) -> list[float]:
    """Each of the eight bytes of a word takes each value equally often."""
    words = generator("bits", where(axis))
    return [evenness((words >> np.uint64(8 * byte)) & np.uint64(0xFF), 256) for byte in range(8)]


def independent_neighbours(generator: Generator, axis: str) -> list[float]:
    """Of a word and the next along the axis, all pairs of four bits are met equally often; pairs do not overlap."""
    words = generator("bits", where(axis))
    first, second = words[::2], words[1::2]
    four = [(words_ >> np.uint64(shift)) & np.uint64(0xF) for shift in (0, 30, 60) for words_ in (first, second)]
    return [evenness(four[k] * np.uint64(16) + four[k + 1], 256) for k in (0, 2, 4)]


def serial_correlation(generator: Generator, axis: str) -> list[float]:
    """Draws do not go along with the next draw of the axis."""
    centred = generator("uniform", where(axis)) - 0.5
    correlation = 12.0 * float((centred[1:] * centred[:-1]).mean())
    return [both_ends(float(norm.cdf(correlation * np.sqrt(len(centred) - 1))))]


def avalanche(generator: Generator, axis: str) -> list[float]:
    """Each bit of the input flips each bit of the word in half of all cases."""
    count = 1 << 12
    draws = Generator()
    # Inputs all over their ranges, drawn by the generator itself; a bad one is judged at the same places.
    places = {
        name: draws("bits", where("key", count) | {"period": np.uint64(number)}) >> np.uint64(64 - width)
        for number, (name, width) in enumerate(AXES.items())
    }
    words = generator("bits", places)
    total = 0.0
    for bit in range(AXES[axis]):
        flipped = words ^ generator("bits", places | {axis: places[axis] ^ np.uint64(1 << bit)})
        for shift in range(64):
            flips = int(((flipped >> np.uint64(shift)) & np.uint64(1)).sum())
            total += (flips - count / 2) ** 2 / (count / 4)
    return [both_ends(float(chi2.cdf(total, 64 * AXES[axis])))]


def moments(drawn: NDArray[np.float64], exact: list[float]) -> list[float]:
    """Means of the first four powers against the exact ones; those of the next four give the errors."""
    found = []
    for power in range(1, 5):
        error = np.sqrt((exact[2 * power - 1] - exact[power - 1] ** 2) / len(drawn))
        found.append(both_ends(float(norm.cdf((float((drawn**power).mean()) - exact[power - 1]) / error))))
    return found


def irwin_hall() -> list[float]:
    """Means of the first eight powers of a sum of four uniforms, centred and scaled: from those of one uniform."""
    one = [0.0 if k % 2 else 12.0 ** (k / 2) / ((k + 1) * 2.0**k) for k in range(9)]  # variance 1
    total = [1.0] + [0.0] * 8
    for _ in range(4):
        total = [sum(_choose(n, k) * total[k] * one[n - k] for k in range(n + 1)) for n in range(9)]
    return [total[k] / 2.0**k for k in range(1, 9)]


def _choose(n: int, k: int) -> int:
    found = 1
    for step in range(k):
        found = found * (n - step) // (step + 1)
    return found


def distribution(generator: Generator, axis: str) -> list[float]:
    """Uniform, normal and exponential draws have the moments that they should; uniform and exponential the shape."""
    uniforms, normals, waits = (generator(name, where(axis)) for name in ("uniform", "normal", "exponential"))
    found = moments(uniforms, [1.0 / (k + 1) for k in range(1, 9)])
    found += moments(normals, irwin_hall())
    found += moments(waits, [float(np.prod(np.arange(1, k + 1))) for k in range(1, 9)])
    return [*found, float(kstest(uniforms, "uniform").pvalue), float(kstest(waits, "expon").pvalue)]


CHECKS: Final = (uniform_bytes, independent_neighbours, serial_correlation, avalanche, distribution)


def reproached(generator: Generator, threshold: float) -> set[tuple[str, str]]:
    """Checks and axes in which a generator is found to be bad."""
    return {
        (check.__name__, axis) for check in CHECKS for axis in AXES if min(check(generator, axis)) < threshold
    }  # fmt: skip


@pytest.fixture(scope="module")
def threshold() -> float:
    """Bonferroni: what one number may be, so that the smallest of all is below it almost never."""
    return ALMOST_NEVER / sum(len(check(Generator(), axis)) for check in CHECKS for axis in AXES)


def test_chance_is_uniform_and_independent_along_every_input(threshold: float) -> None:
    assert reproached(Generator(), threshold) == set()


GOLDEN = np.uint64(0x9E3779B97F4A7C15)
BAD: Final[dict[str, Callable[[Words], Words]]] = {
    "the input itself": lambda x: x,
    "steps of equal length": lambda x: x * GOLDEN,
    "the highest bit always set": lambda x: Generator().functions["_mix"](x) | np.uint64(1 << 63),
    "one bit in sixteen draws as the next": lambda x: Generator().functions["_mix"](x >> np.uint64(1)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a bad generator waits for ever
def test_every_check_finds_a_bad_generator_along_every_input(threshold: float) -> None:
    found = {name: reproached(Generator(mix), threshold) for name, mix in BAD.items()}
    assert all(found.values()), found
    assert set().union(*found.values()) == {(check.__name__, axis) for check in CHECKS for axis in AXES}


@pytest.mark.parametrize("name", ["bits", "uniform", "normal", "exponential"])
def test_what_is_checked_is_what_runs_draw(name: str) -> None:
    checked = Generator()
    compiled = getattr(random_numbers, name)
    for seed, purpose, key, period in ((1, 3, 5, 7), (2**62, 25, 2**64 - 1, 2**32 - 1), (0, 0, 0, 0)):
        inputs = {
            "seed": np.uint64(seed),
            "purpose": np.uint64(purpose),
            "key": np.uint64(key),
            "period": np.uint64(period),
        }
        assert checked(name, inputs) == compiled(seed, purpose, np.uint64(key), period)


def test_a_draw_from_its_salt_is_the_same_draw() -> None:
    periods = np.array([0, 7, 2**32 - 1], np.uint32)
    found = np.zeros(3, np.uint64)
    random_numbers.salts(5, int(Purpose.AWARE), periods, found)
    for period, salt in zip(periods, found, strict=True):
        assert random_numbers.salted(salt, np.uint64(99)) == random_numbers.uniform(
            5, int(Purpose.AWARE), np.uint64(99), int(period)
        )
