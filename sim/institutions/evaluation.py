"""The month's evaluation: places that are named for what waits there are lent staff and money by others (clause III.3).

What the monitor sees is published at each month's end. For the month after, offices where less waits than they have
staff for lend some to those of the same kind in prefectures where more does, and money of funds that prefectures split
moves to where claims were not paid. How far is an assumption (``delivery.evaluation_share``); nobody and nothing is
made for it, since no evidence says how much more those who are named do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.firm.state import Float
from sim.institutions.desks import Desks
from sim.institutions.dispatch import BANKS
from sim.institutions.funds import Funds
from sim.institutions.restart import Restart
from sim.institutions.rules import Rules


class Evaluation:
    """What follows from the month's count, from place to place."""

    def __init__(self, desks: Desks, restart: Restart, funds: Funds, rules: Rules, share: float) -> None:
        """``share``: of the way to staff in proportion to what waits, and of a place's money that can move at once."""
        self.desks, self.restart, self.funds, self.rules, self.share = desks, restart, funds, rules, share

    def evaluate(self, day: int) -> None:
        """On the last day of a month: lend staff for the next, and move money; nothing where no measure asks for it."""
        share = self.share if self.rules.terms.evaluation[0] else 0.0
        of_state = (self.desks.agency != BANKS)[:, None]
        self.desks.lent[:] = np.where(of_state, lent(share, self.desks.staffed, self.desks.waiting), 0.0)
        self.desks.count_staff()
        self.restart.lent[:] = lent(share, self.restart.staffed, self.restart.waiting)
        self.funds.move_to_unmet(share)


def lent(share: float, staffed: Float, waiting: NDArray[np.int64]) -> Float:
    """What each prefecture is lent (less than 0: lends) of each kind of staff, (kinds, P) like both tables.

    ``staffed``: cases a working day; ``waiting``: weighted firms. What is lent adds up to what is borrowed.
    """
    if len(staffed) == 0:
        return staffed
    staff = np.cumsum(staffed, axis=1)[:, -1:]  # one after the other, as the page says
    waits = waiting.sum(axis=1, keepdims=True)
    return np.where(waits > 0, share * (staff * waiting / np.maximum(waits, 1) - staffed), 0.0)
