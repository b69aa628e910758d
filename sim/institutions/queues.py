"""The queues in front of desks, banks and liaison officers: linked records in one pool, no object a case.

A queue belongs to an item (a measure, a loan, a kind of restart problem) in a prefecture, with a lane for firms on
the list of key firms. The pool grows before a cohort could fill it.
"""

from __future__ import annotations

import numpy as np

from sim.firm.state import PREFECTURES, Queues


def new_queues(items: int, records: int) -> Queues:
    """Empty queues for ``items``, with room for ``records`` cases waiting at once."""
    ends = items * PREFECTURES * 2
    following = np.arange(1, records + 1, dtype=np.int32)
    following[-1] = -1
    return Queues(
        firm=np.zeros(records, np.int32),
        item=np.zeros(records, np.int16),
        applied_on=np.zeros(records, np.int16),
        ready_on=np.zeros(records, np.int16),
        next=following,
        head=np.full(ends, -1, np.int32),
        tail=np.full(ends, -1, np.int32),
        waiting=np.zeros(ends, np.int64),
        free=np.array([0, records], np.int32),
    )


def with_room(queues: Queues, records: int) -> Queues:
    """The same queues with at least ``records`` free places; grows by half so that growing is rare."""
    if queues.free[1] >= records:
        return queues
    old = len(queues.firm)
    new = max(old + old // 2, old + records)
    following = np.full(new, -1, np.int32)
    following[:old] = queues.next
    following[old : new - 1] = np.arange(old + 1, new, dtype=np.int32)
    following[new - 1] = queues.free[0]

    def longer(column: np.ndarray) -> np.ndarray:
        return np.concatenate([column, np.zeros(new - old, column.dtype)])

    return queues._replace(
        firm=longer(queues.firm),
        item=longer(queues.item),
        applied_on=longer(queues.applied_on),
        ready_on=longer(queues.ready_on),
        next=following,
        free=np.array([old, int(queues.free[1]) + new - old], np.int32),
    )
