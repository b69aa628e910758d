"""What is observed of each target, on a scale where it can be compared, and how uncertain that is.

Shares are compared as logits, what cannot be negative as logarithms, anything else as it is. The published 90 percent
interval may be wider on one side; then each side has a standard deviation of its own, a fourth of the interval at
least. Beside it stand the chance of a sample of firms and the discrepancy of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence import evidence
from sim.study.calibration.discrepancy import Discrepancy, Level
from sim.study.validation.targets import Target, TargetEntry

Values = NDArray[np.float64]
SHARE, AMOUNT, DIFFERENCE_OF_SHARES, DIFFERENCE = SCALES = ("share", "amount", "difference_of_shares", "difference")
DEVIATIONS: Final = 1.6449  # from the middle of a normal distribution to the end of its 90 % interval
SIDE: Final = 0.25  # of the interval, that either side has at least
LEAST_SHARE: Final = 1e-3  # nearer to 0 or 1 logits say more of the sample than of the share
OF_PUBLISHED: Final = 0.5  # of the published end: the least that is told from nothing
FREEDOM: Final = 5.0  # degrees of freedom of Student's t


@dataclass(frozen=True)
class Scale:
    """How a target is compared. ``least``: what is told from 0 (of a share from 1, too)."""

    name: str
    least: float

    def to(self, values: Values | float) -> Values:
        """On the scale."""
        values = np.asarray(values, np.float64)
        if self.name == SHARE:
            inside = np.clip(values, self.least, 1.0 - self.least)
            return np.asarray(np.log(inside / (1.0 - inside)))
        if self.name == AMOUNT:
            return np.asarray(np.log(np.maximum(values, self.least)))
        return values

    def back(self, values: Values) -> Values:
        """In the unit of the target."""
        if self.name == SHARE:
            return np.asarray(1.0 / (1.0 + np.exp(-values)))
        return np.asarray(np.exp(values)) if self.name == AMOUNT else values


def scale_of(entry: TargetEntry, values: Values) -> Scale:
    """How a target is compared; ``values``: what runs gave, none of them missing."""
    is_negative = entry.low < 0.0 or bool((values < 0.0).any())
    if entry.unit == "share" and not is_negative and entry.high <= 1.0 and bool((values <= 1.0).all()):
        inside = [OF_PUBLISHED * end for end in (entry.low, 1.0 - entry.high) if end > 0.0]
        return Scale(SHARE, min([LEAST_SHARE, *inside]))
    if not is_negative and entry.value > 0.0:
        return Scale(AMOUNT, OF_PUBLISHED * (entry.low or entry.value) * LEAST_SHARE)
    return Scale(DIFFERENCE_OF_SHARES if entry.unit == "share" else DIFFERENCE, 0.0)


@dataclass(frozen=True)
class Observed:
    """Targets on their scales, in one order: a number of each in every array.

    ``below`` and ``above``: standard deviation of the published figure on either side. ``discrepancy`` and ``chance``:
    of the model and of a sample.
    """

    targets: tuple[str, ...]
    scales: tuple[Scale, ...]
    published: Values
    below: Values
    above: Values
    discrepancy: Values
    chance: Values

    def only(self, which: NDArray[np.bool_]) -> Observed:
        """Some of them."""
        places = np.flatnonzero(which)
        return Observed(
            tuple(self.targets[k] for k in places), tuple(self.scales[k] for k in places), self.published[which],
            self.below[which], self.above[which], self.discrepancy[which], self.chance[which],
        )  # fmt: skip

    def on_scales(self, values: Values) -> Values:
        """Values in the units of the targets, a column each, on their scales."""
        return np.column_stack([scale.to(values[:, k]) for k, scale in enumerate(self.scales)])

    def deviation(self, values: Values, errors: Values | float = 0.0) -> Values:
        """Standard deviation of the difference from what is published, by the side on which the model is."""
        published = np.where(values > self.published, self.above, self.below)
        return np.asarray(np.sqrt(published**2 + self.discrepancy**2 + self.chance**2 + np.asarray(errors) ** 2))

    def implausibility(self, values: Values, errors: Values | float = 0.0) -> Values:
        """Distance from what is published in standard deviations; ``errors``: of emulators in the place of runs."""
        return np.asarray(np.abs(values - self.published) / self.deviation(values, errors))

    def log_likelihood(self, values: Values, errors: Values | float = 0.0) -> Values:
        """Of what is published, all targets together."""
        return np.asarray(self.log_densities(values, errors).sum(axis=-1))

    def log_densities(self, values: Values, errors: Values | float = 0.0) -> Values:
        """Of what is published, but for a constant: Student's t, so that a target that is far off bends little."""
        deviation = self.deviation(values, errors)
        squares = ((values - self.published) / deviation) ** 2
        return np.asarray(-np.log(deviation) - (FREEDOM + 1.0) / 2.0 * np.log1p(squares / FREEDOM))


def observed(
    targets: Sequence[Target], values: Values, at_values: Values, assumed: Discrepancy, level: Level = "value"
) -> Observed:
    """What is observed of targets. ``values``: a row a draw; ``at_values``: a row a replication, of one draw.

    ``level``: where in its range the discrepancy is taken.
    """
    facts = evidence()
    scales, rows = [], []
    for k, target in enumerate(targets):
        entry = target.entry
        known = values[~np.isnan(values[:, k]), k]
        again = at_values[~np.isnan(at_values[:, k]), k]
        scale = scale_of(entry, np.concatenate([known, again]))
        middle, low, high = (float(scale.to(end)) for end in (entry.value, entry.low, entry.high))
        least = SIDE * (high - low)
        below, above = (max(side, least) / DEVIATIONS for side in (middle - low, high - middle))
        grade = min(facts[name].grade for name in entry.evidence)
        chance = float(scale.to(again).std(ddof=1)) if len(again) > 1 else 0.0
        scales.append(scale)
        rows.append((middle, below, above, assumed.of(scale.name, grade, level), chance))
    columns = np.array(rows, np.float64).reshape(-1, 5).T
    return Observed(tuple(target.id for target in targets), tuple(scales), *columns)
