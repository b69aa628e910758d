"""Funds: SimPy containers that measures draw on, one for the province or one for each prefecture.

A container is the truth. Kernels pay many firms at once, so they draw on a cheque book
(:class:`sim.firm.state.Treasury`); what was drawn is taken out of the containers at the end of each month and whenever
somebody asks what they hold. A fund that is empty stops paying: the application is refused or waits, as the fund says.
"""

from __future__ import annotations

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.firm.state import Treasury


class Funds:
    """All funds of a run. ``names`` in scenario order; amounts are fen, already scaled to the sampled world."""

    def __init__(self, env: simpy.Environment, names: list[str], by_prefecture: list[bool], prefectures: int) -> None:
        slots: list[simpy.Container] = []
        slot = np.zeros((max(len(names), 1), prefectures), np.int32)
        for index, split in enumerate(by_prefecture):
            for prefecture in range(prefectures):
                if prefecture == 0 or split:
                    slots.append(simpy.Container(env, init=0))
                slot[index, prefecture] = len(slots) - 1
        self.index = {name: index for index, name in enumerate(names)}
        self.containers = slots
        self.paid_in = np.zeros(len(slots), np.int64)  # so far
        level, drawn, unmet = (np.zeros(len(slots), np.int64) for _ in range(3))
        self.treasury = Treasury(slot, level, drawn, unmet)

    def put(self, name: str, amount: int, share: np.ndarray) -> None:
        """Put ``amount`` fen into a fund; a fund of prefectures splits it by ``share`` (P, adding up to 1)."""
        slots = self.treasury.slot[self.index[name]]
        if slots[0] == slots[-1]:
            parts = {int(slots[0]): int(amount)}
        else:
            whole = [int(amount * float(part)) for part in share]
            whole[0] += int(amount) - sum(whole)
            parts = {int(s): part for s, part in zip(slots, whole, strict=True)}
        for s, part in parts.items():
            if part > 0:
                self.containers[s].put(part)
                self.treasury.level[s] += part
                self.paid_in[s] += part

    def left(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Fen that a fund holds, and that were put into it so far, (P,); of one of the province in the first."""
        slots = self.treasury.slot[self.index[name]]
        is_first = np.ones(len(slots), np.bool_)
        is_first[1:] = slots[1:] != slots[0]
        return self.treasury.level[slots] * is_first, self.paid_in[slots] * is_first

    def move_to_unmet(self, share: float) -> None:
        """Of each fund that prefectures split, move money to where claims were not paid; a month's claims end here.

        Prefectures that paid all they were asked for give up to ``share`` of what they have left, in proportion to it;
        the others get it in proportion to what they could not pay, and no more than that.
        """
        self.settle()
        level, unmet = self.treasury.level, self.treasury.unmet
        for slots in self.treasury.slot[: len(self.index)].tolist():
            asked = {s: int(unmet[s]) for s in slots if unmet[s] > 0}
            spare = {s: int(share * int(level[s])) for s in slots if s not in asked}
            all_spare, all_asked = sum(spare.values()), sum(asked.values())
            moved = min(all_spare, all_asked)
            if moved == 0:
                continue
            moves = {s: -(most * moved // all_spare) for s, most in spare.items()}
            given = -sum(moves.values())
            parts = {s: amount * given // all_asked for s, amount in asked.items()}
            parts[next(iter(parts))] += given - sum(parts.values())
            for s, part in (moves | parts).items():
                if part != 0:
                    container = self.containers[s]
                    container.put(part) if part > 0 else container.get(-part)
                    level[s] += part
        unmet[:] = 0

    def settle(self) -> None:
        """Take out of the containers what the cheque book says was drawn since the last call."""
        drawn = self.treasury.drawn
        if drawn.any():
            for slot in drawn.nonzero()[0]:
                self.containers[slot].get(int(drawn[slot]))
            drawn[:] = 0

    def money_of(self, name: str) -> tuple[int, int]:
        """Fen put into a fund so far, and of these drawn; nothing of one that there is not."""
        if name not in self.index:
            return 0, 0
        left, paid_in = (int(fen.sum()) for fen in self.left(name))
        return paid_in, paid_in - left

    def levels(self) -> list[int]:
        """Fen left in each slot, by the containers."""
        self.settle()
        return [int(container.level) for container in self.containers]
