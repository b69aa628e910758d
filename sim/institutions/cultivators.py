"""Who is cultivated: where a measure has a quota, the firms with the best prospects are chosen (clause I.8.b)."""

from __future__ import annotations

import numpy as np

from sim.firm.entitlements import set_bit
from sim.firm.ranking import Ranking
from sim.firm.state import DECIDED, Counts
from sim.population.columns import Firms
from sim.vocabulary import Status


def choose(m: int, quota: float, month: int, firms: Firms, counts: Counts) -> Ranking:
    """Choose firms for measure m until its ``quota`` of entities is filled, the lowest material costs first.

    A low share of materials stands for a high margin, the best prospect that can be known beforehand. Rows that stand
    for several entities are taken while any of the quota is left, for the plan says at least; ties go by identity.
    """
    alive = (firms.status >= Status.OPEN) & (firms.status != Status.EXITED)
    word, place = m >> 6, np.uint64(m & 63)
    qualifies = ((firms.eligible[:, word] >> place) & np.uint64(1)).astype(np.bool_) & alive
    rows = np.flatnonzero(qualifies)
    rows = rows[np.lexsort((firms.key[rows], firms.materials_share[rows]))]
    weights = firms.weight[rows]
    before = np.cumsum(weights) - weights
    chosen = int((before < quota).sum())
    for row in rows[:chosen]:
        set_bit(firms.granted, row, m)
        counts.holders[m, firms.prefecture[row]] += firms.weight[row]
        counts.firms[month, m, DECIDED] += firms.weight[row]
    return Ranking(m, rows.astype(np.int32), chosen)
