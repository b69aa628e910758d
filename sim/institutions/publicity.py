"""How measures become known: a hazard that runs up day by day, raised by campaigns and by firms that have them already.

Of the firms of a prefecture and size the share 1 - exp(-cumulated hazard) knows of a measure; a firm is among them when
its own draw lies below (:func:`sim.firm.entitlements.apply_for_measures`), so awareness needs no column of its own.
"""

from __future__ import annotations

import numpy as np

from sim.firm.state import Float, Int
from sim.institutions.rules import Rules
from sim.kernels import outermost
from sim.parameters import Parameters
from sim.units import MONTH_DAYS


@outermost
def find_hazard(base, awareness, near, heard_of, hazard):  # type: ignore[no-untyped-def]
    """The hazard of a day of knowing of each measure, (M + 1, P, Z), 0 where it is not heard of.

    ``base``: (Z,) and ``awareness``, of campaigns, are of a month, as is ``near`` (M + 1, P), of firms near by.
    """
    measures, prefectures, sizes = hazard.shape
    for m in range(measures):
        for p in range(prefectures):
            for z in range(sizes):
                of_month = base[z] + awareness[m, p, z] + near[m, p]
                hazard[m, p, z] = of_month / MONTH_DAYS if heard_of[m, p] else 0.0


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
        near = self.peers * (self.holders / self.entitled)
        heard_of = self.rules.announced | self.rules.running
        find_hazard(self.base, self.rules.terms.awareness, near, heard_of, self.hazard)

    def spread(self, day: int) -> None:
        """One day; the neighbourhood is looked at anew every week."""
        if day % 7 == 0:
            self.update_hazard()
        aware = self.rules.terms.aware
        self.cumulated += self.hazard
        np.negative(self.cumulated, out=aware)
        np.exp(aware, out=aware)
        np.subtract(1.0, aware, out=aware)
