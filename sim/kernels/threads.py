"""Kernels side by side in threads of this process: they hold no lock of Python's, so each thread has a core."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

LEAST_ROWS: Final = 2_000  # rows of a part that are worth handing over
PARTS_OF_A_THREAD: Final = 2  # so that a thread which is done early takes up another
LINE: Final = 64  # bytes of a cache line
Part = TypeVar("Part")
Array = NDArray[Any]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Threads:
    """So many threads, with the parts into which they divide rows. One thread does everything where it is called."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._others = ThreadPoolExecutor(count, "kernels") if count > 1 else None

    @property
    def most_parts(self) -> int:
        """Into how many parts rows are divided at most."""
        return self.count * PARTS_OF_A_THREAD if self.count > 1 else 1

    def parts(self, first: int, last: int) -> list[tuple[int, int]]:
        """The rows ``first`` to ``last - 1`` in parts of about the same length, in order; few rows are one part."""
        count = max(1, min(self.most_parts, (last - first) // LEAST_ROWS))
        bounds = [first + (last - first) * k // count for k in range(count + 1)]
        return list(pairwise(bounds))

    def each(self, act: Callable[[Part], None], parts: Sequence[Part]) -> None:
        """Do the same for each part, side by side, and wait for all; raises what any of them raises."""
        if self._others is None or len(parts) == 1:
            for part in parts:
                act(part)
        else:
            list(self._others.map(act, parts))

    def add_up(self, act: Callable[..., None], rows: int, *totals: Array) -> None:
        """Call ``act(first, last, *sums)`` for the parts of so many rows; what it adds to its sums is added to totals.

        Totals are whole numbers: their sum does not depend on the parts.
        """
        parts = self.parts(0, rows)
        if len(parts) == 1:
            act(0, rows, *totals)
            return
        sums = [[zeros_apart(total) for total in totals] for _ in parts]
        self.each(lambda k: act(*parts[k], *sums[k]), range(len(parts)))
        for of_part in sums:
            for total, added in zip(totals, of_part, strict=True):
                total += added


def zeros_apart(like: Array) -> Array:
    """Zeros of the same shape and type on cache lines of their own: threads that write on one line wait in turn."""
    block = np.zeros(like.nbytes + 2 * LINE, np.uint8)
    begin = -block.ctypes.data % LINE
    return block[begin : begin + like.nbytes].view(like.dtype).reshape(like.shape)
