"""The queues in front of desks, banks and liaison officers: linked records in one pool, no object a case.

A queue belongs to an item (a measure, a loan, a kind of restart problem) in a prefecture, with a lane for firms on
the list of key firms. The pool grows before a cohort could fill it.
"""

from __future__ import annotations

import numpy as np

from sim.firm.state import DAYS_SO_FAR, FIRST_FREE, FREE_RECORDS, LANES, OWN_HANDLER, UNLISTED, WAITING, Cases, Queues
from sim.kernels import inlined, kernel, outermost

NOBODY = -1  # firm of a record that waits in no queue


def new_queues(items: int, prefectures: int, days: int, records: int) -> Queues:
    """Empty queues for ``items`` in each of ``prefectures``, with room for ``records`` cases waiting at once.

    ``days``: of the horizon.
    """
    ends = (items, prefectures, len(LANES))
    following = np.arange(1, records + 1, dtype=np.int32)
    following[-1] = -1
    return Queues(
        firm=np.full(records, NOBODY, np.int32),
        item=np.zeros(records, np.int16),
        applied_on=np.zeros(records, np.int16),
        ready_on=np.zeros(records, np.int16),
        next=following,
        head=np.full(ends, -1, np.int32),
        tail=np.full(ends, -1, np.int32),
        waiting=np.zeros(ends, np.int64),
        due_head=np.full(days + 1, -1, np.int32),
        due_tail=np.full(days + 1, -1, np.int32),
        free=np.array([0, records], np.int32),
    )


def with_room(queues: Queues, records: int) -> Queues:
    """The same queues with at least ``records`` free places; grows by an eighth or more so that growing is rare."""
    if queues.free[FREE_RECORDS] >= records:
        return queues
    old = len(queues.firm)
    new = old + max(old // 8, records - int(queues.free[FREE_RECORDS]))
    following = np.full(new, -1, np.int32)
    following[:old] = queues.next
    following[old : new - 1] = np.arange(old + 1, new, dtype=np.int32)
    following[new - 1] = queues.free[FIRST_FREE]

    def longer(column: np.ndarray, filled: int = 0) -> np.ndarray:
        return np.concatenate([column, np.full(new - old, filled, column.dtype)])

    return queues._replace(
        firm=longer(queues.firm, NOBODY),
        item=longer(queues.item),
        applied_on=longer(queues.applied_on),
        ready_on=longer(queues.ready_on),
        next=following,
        free=np.array([old, int(queues.free[FREE_RECORDS]) + new - old], np.int32),
    )


def room_for(cases: int) -> Cases:
    """No case yet, and room for so many."""
    return Cases(
        firm=np.zeros(cases, np.int32),
        item=np.zeros(cases, np.int16),
        ready_on=np.zeros(cases, np.int16),
        lane=np.zeros(cases, np.int8),
        filed=np.zeros(1, np.int64),
    )


@outermost
def join(day, cases, firms, queues):  # type: ignore[no-untyped-def]
    """Let the cases that were filed on ``day`` join their queues, in order; there must be room for them."""
    for k in range(cases.filed[0]):
        i, item, ready_on = np.int64(cases.firm[k]), np.int64(cases.item[k]), np.int64(cases.ready_on[k])
        if cases.lane[k] == OWN_HANDLER:
            schedule(i, item, day, ready_on, firms, queues)
        else:
            enqueue(i, item, day, ready_on, np.int64(cases.lane[k]), firms, queues)
    cases.filed[0] = 0


@kernel
def enqueue(i, item, day, ready_on, lane, firms, queues):  # type: ignore[no-untyped-def]
    """Put firm i into a lane of the queue for ``item`` in its prefecture."""
    record = queues.free[FIRST_FREE]
    queues.free[FIRST_FREE] = queues.next[record]
    queues.free[FREE_RECORDS] -= 1
    p = np.int64(firms.prefecture[i])
    queues.firm[record] = i
    queues.item[record] = item
    queues.applied_on[record] = day
    queues.ready_on[record] = ready_on
    queues.next[record] = -1
    if queues.head[item, p, lane] < 0:
        queues.head[item, p, lane] = record
    else:
        queues.next[queues.tail[item, p, lane]] = record
    queues.tail[item, p, lane] = record
    queues.waiting[item, p, lane] += firms.weight[i]


@kernel
def schedule(i, item, day, due, firms, queues):  # type: ignore[no-untyped-def]
    """Let the case of firm i, filed on ``day``, be decided by a handler of its own on the day ``due``."""
    record = queues.free[FIRST_FREE]
    queues.free[FIRST_FREE] = queues.next[record]
    queues.free[FREE_RECORDS] -= 1
    due = min(due, np.int64(len(queues.due_head) - 1))
    queues.firm[record] = i
    queues.item[record] = item
    queues.applied_on[record] = day
    queues.ready_on[record] = due
    queues.next[record] = -1
    if queues.due_head[due] < 0:
        queues.due_head[due] = record
    else:
        queues.next[queues.due_tail[due]] = record
    queues.due_tail[due] = record
    queues.waiting[item, np.int64(firms.prefecture[i]), UNLISTED] += firms.weight[i]


@kernel
def next_due(day, firms, queues):  # type: ignore[no-untyped-def]
    """Take the next case that a handler of its own decides on ``day``: firm, item and day of filing, or firm -1."""
    record = queues.due_head[day]
    if record < 0:
        return np.int64(NOBODY), np.int64(0), np.int64(0)
    queues.due_head[day] = queues.next[record]
    i, item = np.int64(queues.firm[record]), np.int64(queues.item[record])
    queues.waiting[item, np.int64(firms.prefecture[i]), UNLISTED] -= firms.weight[i]
    _give_back(record, queues)
    return i, item, np.int64(queues.applied_on[record])


@inlined
def _give_back(record, queues):  # type: ignore[no-untyped-def]
    """Return a record to the pool; its days stay readable until it is used again."""
    queues.firm[record] = NOBODY
    queues.next[record] = queues.free[FIRST_FREE]
    queues.free[FIRST_FREE] = record
    queues.free[FREE_RECORDS] += 1


@kernel
def take_out(record, before, item, p, lane, firms, queues):  # type: ignore[no-untyped-def]
    """Take a record out of the middle of a queue; ``before``: the one before it, -1 for none."""
    if before < 0:
        queues.head[item, p, lane] = queues.next[record]
    else:
        queues.next[before] = queues.next[record]
    if queues.tail[item, p, lane] == record:
        queues.tail[item, p, lane] = before
    queues.waiting[item, p, lane] -= firms.weight[queues.firm[record]]
    _give_back(record, queues)


@kernel
def dequeue(item, p, lane, firms, queues):  # type: ignore[no-untyped-def]
    """Take the first record out of a queue and give it back to the pool; its days stay readable until reused."""
    record = queues.head[item, p, lane]
    queues.head[item, p, lane] = queues.next[record]
    queues.waiting[item, p, lane] -= firms.weight[queues.firm[record]]
    _give_back(record, queues)
    return record


@outermost
def count_waiting(day, firms, queues, found):  # type: ignore[no-untyped-def]
    """Add weighted firms that wait, and their days of waiting so far, to ``found`` (items, 2)."""
    items, prefectures, lanes = queues.head.shape
    for item in range(items):
        for p in range(prefectures):
            for lane in range(lanes):
                record = queues.head[item, p, lane]
                while record >= 0:
                    w = np.int64(firms.weight[queues.firm[record]])
                    found[item, WAITING] += w
                    found[item, DAYS_SO_FAR] += w * (day - queues.applied_on[record])
                    record = queues.next[record]
    for due in range(min(day + 1, len(queues.due_head) - 1), len(queues.due_head)):
        record = queues.due_head[due]
        while record >= 0:
            w = np.int64(firms.weight[queues.firm[record]])
            found[queues.item[record], WAITING] += w
            found[queues.item[record], DAYS_SO_FAR] += w * (day - queues.applied_on[record])
            record = queues.next[record]
