"""How measures become known: a hazard that runs up day by day, raised by campaigns and by firms that have them already.

A firm knows of a measure when the cumulated hazard of its prefecture and size passes its own exponential threshold
(:func:`sim.firm.entitlements.apply_for_measures`), so awareness spreads without a column of its own.
"""

from __future__ import annotations

import numpy as np

from sim.firm.state import MONTH_DAYS, Float
from sim.institutions.province import Province


class Publicity:
    """The spread of knowledge of every measure in force."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.base = province.parameters.by_size("delivery.awareness_per_month")
        self.peers = province.parameters["delivery.peers"]
        self.hazard: Float = np.zeros_like(province.rules.terms.aware)  # a month

    def look_around(self) -> None:
        """Recompute the hazard: base by size, campaigns, and the share of eligible firms near by that have it."""
        province, rules = self.province, self.province.rules
        near = province.counts.holders / np.maximum(province.entitled, 1)
        hazard = self.base[None, None, :] + rules.hazard + self.peers * near[:, :, None]
        self.hazard = np.where(rules.running[:, None, None], hazard, 0.0)

    def spread(self, day: int) -> None:
        """One day; the neighbourhood is looked at anew every week."""
        if day % 7 == 0:
            self.look_around()
        self.province.rules.terms.aware[:] += self.hazard / MONTH_DAYS
