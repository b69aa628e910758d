"""How measures become known: a hazard that runs up day by day, raised by campaigns and by firms that have them already.

Of the firms of a prefecture and size the share 1 - exp(-cumulated hazard) knows of a measure; a firm is among them when
its own draw lies below (:func:`sim.firm.entitlements.apply_for_measures`), so awareness needs no column of its own.
"""

from __future__ import annotations

import numpy as np

from sim.firm.state import Float, Int
from sim.institutions.rules import Rules
from sim.parameters import Parameters
from sim.units import MONTH_DAYS


class Publicity:
    """The spread of knowledge of every measure that is announced or in force."""

    def __init__(self, rules: Rules, parameters: Parameters, entitled: Int, holders: Int) -> None:
        """``entitled``: (M + 1, P, Z) weighted firms that qualify by their traits; ``holders``: (M + 1, P) have it."""
        self.rules, self.holders = rules, holders
        self.base = parameters.by_size("delivery.awareness_per_month")
        self.peers = parameters["delivery.peers"]
        self.entitled = np.maximum(entitled.sum(axis=2), 1)
        self.hazard: Float = np.zeros_like(rules.terms.aware)  # a day
        self.cumulated: Float = np.zeros_like(self.hazard)

    def update_hazard(self) -> None:
        """Recompute the hazard: base by size, campaigns, and the share of eligible firms near by that have it."""
        near = self.holders / self.entitled
        hazard = self.base[None, None, :] + self.rules.terms.awareness + self.peers * near[:, :, None]
        heard_of = self.rules.announced | self.rules.running
        self.hazard = np.where(heard_of[:, :, None], hazard, 0.0) / MONTH_DAYS

    def spread(self, day: int) -> None:
        """One day; the neighbourhood is looked at anew every week."""
        if day % 7 == 0:
            self.update_hazard()
        aware = self.rules.terms.aware
        self.cumulated += self.hazard
        np.negative(self.cumulated, out=aware)
        np.exp(aware, out=aware)
        np.subtract(1.0, aware, out=aware)
