"""Which factors move an outcome: elementary effects (Morris) and shares of variance (Sobol), by SALib.

A *base design* is the smallest set of points that says something of every factor: a trajectory of ``D + 1`` points,
each step of which moves one factor (Morris 1991), or a base sample with its ``D + 2`` points: one of each of two
independent samples, and the first with one factor after the other taken from the second (Saltelli et al. 2010). Base
design ``i`` depends on the seed and on ``i`` alone, so more of them leave those that there are as they are; one that
lacks a point is left out whole, because SALib's estimators need all of it.

Where inputs cannot be moved one by one, a base design is one draw, and ``given_data.py`` tells what it says.

Outcomes come as arrays (base design, point, replication) and are missing where a run failed.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.statistics.intervals import CONFIDENCE, confidence_limits, interval

Method = Literal["morris", "sobol", "given_data"]
Array = NDArray[np.float64]

LEVELS: Final = 4  # of the grid in the unit cube: the number that Morris (1991) and Saltelli et al. (2004) use
LEAST: Final[dict[Method, int]] = {"morris": 2, "sobol": 8, "given_data": 16}  # base designs, fewer say nothing
RESAMPLES: Final = 500  # of the bootstrap
NOTHING, UNSURE, EFFECT = "nothing", "unsure", "effect"


class Finding(NamedTuple):
    """What is known of one factor and one outcome.

    ``indices``: name to value, low and high (missing where there is no interval): for Morris ``mu_star``, ``mu`` and
    ``sigma``, in the outcome's unit, of a move through the factor's whole range; for Sobol ``total`` and ``first``,
    shares of the variance; of given data ``first``. The first of them is the factor's strength. ``chance``: what the
    strength would be on average if the factor did nothing and only random numbers differed; missing with one
    replication. ``p``: how likely so much would be without an effect. ``verdict``: ``nothing`` when every difference is
    exactly zero, ``effect`` when ``p`` is below 5 %, else ``unsure``.
    """

    indices: dict[str, tuple[float, float, float]]
    chance: float
    p: float
    verdict: str


def size(method: Method, factors: int, second_order: bool = False) -> int:
    """Points of a base design."""
    if method == "given_data":
        return 1
    if method == "morris":
        return factors + 1
    return 2 * factors + 2 if second_order else factors + 2


def points(
    method: Literal["morris", "sobol"], factors: int, designs: int, seed: int, second_order: bool = False
) -> Array:
    """Points of the unit cube, base design after base design: (designs x :func:`size`, factors)."""
    from SALib.sample import morris, sobol

    problem = _problem(factors)
    if method == "sobol":
        # A scrambled Sobol sequence begins alike however long it is.
        found: Array = sobol.sample(problem, designs, calc_second_order=second_order, seed=seed)
        return found
    each = [morris.sample(problem, 1, num_levels=LEVELS, seed=[seed, design]) for design in range(designs)]
    grid = np.rint(np.concatenate(each) * (LEVELS - 1)) / (
        LEVELS - 1
    )  # exactly, so that values change where they should
    return np.asarray(grid, np.float64)


def complete(values: Array) -> NDArray[np.bool_]:
    """The base designs of which no point is missing."""
    return np.asarray(~np.isnan(values).any(axis=(1, 2)))


def screen(points: Array, values: Array, seed: int) -> list[Finding]:
    """Elementary effects of each factor, of trajectories that are complete; a whole range is a step of 1.

    Intervals: of ``mu_star`` SALib's bootstrap over trajectories, on the scale of the logarithm; of ``mu`` Student's
    t. ``points`` has the shape (trajectories, points, factors).
    """
    from SALib.analyze import morris

    trajectories, _, factors = points.shape
    means = values.mean(axis=2)
    found = morris.analyze(
        _problem(factors), points.reshape(-1, factors), means.ravel(), num_resamples=RESAMPLES, num_levels=LEVELS,
        conf_level=CONFIDENCE, seed=seed + 1,
    )  # fmt: skip
    moved = np.diff(points, axis=1)
    which = np.abs(moved).argmax(axis=2)  # the factor of each step
    step = np.take_along_axis(moved, which[:, :, None], axis=2)
    effects = np.empty((trajectories, factors, values.shape[2]))
    np.put_along_axis(effects, which[:, :, None], np.diff(values, axis=1) / step, axis=1)
    low, high = interval(effects.mean(axis=2))[1:]
    findings = []
    for k in range(factors):
        mu, mu_star, half = (float(found[name][k]) for name in ("mu", "mu_star", "mu_star_conf"))
        least, most = confidence_limits(mu_star, half, 0.0, np.inf)
        indices = {
            "mu_star": (mu_star, least.item(), most.item()),
            "mu": (mu, float(low[k]), float(high[k])),
            "sigma": (float(found["sigma"][k]), np.nan, np.nan),
        }
        noise, p_replications = _between_replications(effects[:, k])
        findings.append(
            _finding(indices, effects[:, k], np.sqrt(2 * noise / np.pi), _p_mean(effects[:, k]), p_replications)
        )
    return findings


def decompose(values: Array, seed: int, second_order: bool = False) -> tuple[list[Finding], dict[tuple[int, int], Any]]:
    """First and total indices of each factor, of base samples that are complete; with pairs' second indices if asked.

    Intervals are SALib's bootstrap over base samples, of which only what lies within 0 and 1 is kept: a share of the
    variance cannot be elsewhere, though its estimate can. Where the outcome is the same everywhere there is nothing to
    share out: the indices are missing.
    """
    from SALib.analyze import sobol

    rows = values.shape[1]
    factors = rows // 2 - 1 if second_order else rows - 2
    means = values.mean(axis=2)
    free = means[:, [0, -1]]
    constant = float(np.ptp(free)) == 0.0
    found: Any = None
    if not constant:
        found = sobol.analyze(
            _problem(factors), means.ravel(), calc_second_order=second_order, num_resamples=RESAMPLES,
            conf_level=CONFIDENCE, seed=seed + 1,
        )  # fmt: skip
    findings = []
    for k in range(factors):
        differences = values[:, k + 1] - values[:, 0]
        indices = {
            name: _around(found, key, k) for name, key in (("total", "ST"), ("first", "S1"))
        }  # fmt: skip
        noise, p_replications = _between_replications(differences)
        chance = np.nan if constant else 0.5 * noise / float(free.var())
        half = np.nan if constant else float(found["S1_conf"][k])
        findings.append(
            _finding(indices, differences, chance, _p_index(indices["first"][0], half, len(values)), p_replications)
        )
    pairs = {}
    if second_order:
        for k in range(factors):
            for other in range(k + 1, factors):
                pairs[k, other] = _around(found, "S2", (k, other))
    return findings, pairs


def spread(values: Array) -> tuple[float, float, float]:
    """Standard deviation between draws, the part of chance in it, and its share of the variance; (draw, replication).

    All draws meet the same random numbers, so what a replication adds to every draw alike is no difference between
    them: chance's part is the rest that neither draw nor chance explains. It is missing with one replication.
    """
    means = values.mean(axis=1)
    between = float(means.std(ddof=1))
    draws, replications = values.shape
    if replications < 2 or draws < 2:
        return between, np.nan, np.nan
    rest = values - means[:, None] - values.mean(axis=0) + values.mean()
    variance = float((rest**2).sum()) / ((draws - 1) * (replications - 1)) / replications
    return between, variance**0.5, min(1.0, variance / between**2) if between else np.nan


def _problem(factors: int) -> dict[str, Any]:
    return {"num_vars": factors, "names": [str(k) for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def _around(found: Any, key: str, place: Any) -> tuple[float, float, float]:
    if found is None:
        return np.nan, np.nan, np.nan
    value, half = float(found[key][place]), float(found[f"{key}_conf"][place])
    return value, float(np.clip(value - half, 0.0, 1.0)), float(np.clip(value + half, 0.0, 1.0))


def _finding(
    indices: dict[str, tuple[float, float, float]],
    differences: Array,
    chance: float,
    p_mean: float,
    p_replications: float,
) -> Finding:
    if not differences.any():
        return Finding(indices, chance, np.nan, NOTHING)
    tests = [p for p in (p_mean, p_replications) if not np.isnan(p)]
    p = (
        min(1.0, len(tests) * min(tests)) if tests else np.nan
    )  # Bonferroni: either test may say that there is an effect
    return Finding(indices, chance, p, EFFECT if p < 1.0 - CONFIDENCE else UNSURE)


def _between_replications(differences: Array) -> tuple[float, float]:
    """Variance that chance gives to the mean difference of a base design, and whether differences are within it.

    An F test of mean squares against the variance between replications within base designs: under the same random
    numbers a factor that does something for one draw does it for every replication. Missing with one replication.
    """
    from scipy.special import fdtrc

    designs, replications = differences.shape
    if replications < 2:
        return np.nan, np.nan
    noise = float(differences.var(axis=1, ddof=1).mean()) / replications
    square = float((differences.mean(axis=1) ** 2).mean())
    if noise == 0.0:
        return noise, 0.0 if square else np.nan
    return noise, float(fdtrc(designs, designs * (replications - 1), square / noise))


def _p_mean(differences: Array) -> float:
    """Two-sided t test of the mean over base designs against zero."""
    from scipy.special import stdtr

    means = differences.mean(axis=1)
    error = float(means.std(ddof=1)) / len(means) ** 0.5
    if error == 0.0:
        return 0.0 if means.any() else np.nan
    return float(2.0 * stdtr(len(means) - 1, -abs(float(means.mean())) / error))


def _p_index(value: float, half: float, designs: int) -> float:
    """Two-sided t test of an index against zero, whose bootstrap interval is normal."""
    from scipy.special import ndtri, stdtr

    if np.isnan(half) or half == 0.0:
        return np.nan
    return float(2.0 * stdtr(designs - 1, -abs(value) / half * ndtri((1.0 + CONFIDENCE) / 2.0)))
