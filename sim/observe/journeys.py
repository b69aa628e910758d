"""Journeys: what happened to chosen firms, day by day, without the model knowing that it is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.population.columns import Firms
from sim.timeline import Timeline
from sim.vocabulary import STATUSES, Status

if TYPE_CHECKING:
    import pandas as pd

_CHANGES = {
    (int(Status.UNBORN), int(Status.OPEN)): "born",
    (int(Status.OPEN), int(Status.SUSPENDED)): "suspended",
    (int(Status.SUSPENDED), int(Status.OPEN)): "restarted",
    (int(Status.OPEN), int(Status.EXITED)): "exited",
    (int(Status.SUSPENDED), int(Status.EXITED)): "exited",
}


class Journeys:
    """Follows the firms with the given identities: compares them before and after every day."""

    def __init__(self, keys: list[int], firms: Firms, measures: list[str], timeline: Timeline) -> None:
        place = {int(key): row for row, key in enumerate(firms.key)} if keys else {}
        missing = [key for key in keys if key not in place]
        if missing:
            raise ValueError(f"there is no firm {missing[0]} in this world; identities are in the column `key`")
        self.rows = [place[key] for key in keys]
        self.firms, self.measures, self.timeline = firms, measures, timeline
        self.events: list[tuple[int, str, str, str, int, int, int, str]] = []
        self._before = [self._state(row) for row in self.rows]

    def _state(self, row: int) -> tuple[int, int, int, int, int]:
        firms = self.firms
        applied, granted = (int(m[row, 0]) | int(m[row, 1]) << 64 for m in (firms.applied, firms.granted))
        return int(firms.status[row]), int(firms.cash[row]), applied, granted, int(firms.open_from[row])

    def look(self, day: int) -> None:
        """Note what changed for each firm since the last look."""
        for position, row in enumerate(self.rows):
            before, after = self._before[position], self._state(row)
            if before == after:
                continue
            self._before[position] = after
            if (before[0], after[0]) in _CHANGES:
                self._note(row, day, _CHANGES[before[0], after[0]], "", 0)
            for event, old, new in (("applied", before[2], after[2]), ("granted", before[3], after[3])):
                for m, name in enumerate(self.measures):
                    if (new & ~old) >> m & 1:
                        self._note(row, day, event, name, 0)
            if before[1] != after[1]:
                settled = after[4] == day and before[4] != after[4]
                self._note(row, day, "settled" if settled else "paid", "", after[1] - before[1])

    def _note(self, row: int, day: int, event: str, measure: str, amount: int) -> None:
        firms = self.firms
        on = self.timeline.date(day).isoformat()
        state = (int(firms.cash[row]), int(firms.staff[row]), STATUSES[firms.status[row]])
        self.events.append((int(firms.key[row]), on, event, measure, amount, *state))

    def table(self) -> pd.DataFrame:
        """The events as a tidy table (columns: ``TABLES['journeys']``)."""
        import pandas as pd

        columns = ["firm", "date", "event", "measure", "amount_fen", "cash_fen", "staff", "status"]
        table = pd.DataFrame(self.events, columns=columns)
        return table.astype({"firm": np.uint64, "amount_fen": np.int64, "cash_fen": np.int64, "staff": np.int64})
