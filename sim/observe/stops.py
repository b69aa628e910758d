"""Who was stopped by the epidemic, was freed, works again or left: every stop of a firm, and the province day by day.

A firm stops and restarts in the day's outbreak and leaves in its settlement, so it is looked at after the one and in
the evening. Of a firm that is closed again before it works, that is the same stop, and its last closure counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.observe.tables import named, nothing
from sim.observe.universes import OF_UNIVERSE, STRATA, Strata
from sim.population.columns import Firms
from sim.population.counties import Counties
from sim.timeline import Timeline
from sim.vocabulary import EXIT_CAUSES, SECTORS, SIZES, UNIVERSES, WHILE_STOPPED, Status

if TYPE_CHECKING:
    import pandas as pd

# Of a firm that was ever stopped; one that its owner has paused since has worked again.
STATES: Final = ("closed", "waiting", "working", "left_working", "left_while_stopped")
CLOSED, WAITING, WORKING, LEFT_WORKING, LEFT_WHILE_STOPPED = range(len(STATES))
NOT_YET: Final = -1  # a day on which nothing has happened
CAUSES_WHILE_STOPPED: Final = [EXIT_CAUSES.index(cause) for cause in WHILE_STOPPED]
STOPPED_ON, FREED_ON, WORKING_ON, LEFT_ON = range(1, 5)  # after the row, in a stop


class Stops:
    """Notes the stops of a run. ``strata``: of a population that has not lived yet."""

    def __init__(self, firms: Firms, strata: Strata, timeline: Timeline) -> None:
        self.firms, self.strata, self.timeline = firms, strata, timeline
        self._before = firms.status.copy()
        self._stops: list[list[int]] = []  # row, then the four days
        self._open: dict[int, list[int]] = {}  # the stop that lasts, by row
        self._counted = np.zeros((timeline.days, len(STRATA), len(STATES)), np.int64)

    def look(self, day: int) -> None:
        """Note who has stopped, works again or has left since the last look."""
        firms = self.firms
        changed = np.flatnonzero(firms.status != self._before)
        for row in changed.tolist():
            status = firms.status[row]
            if status == Status.SUSPENDED:
                self._open[row] = [row, day, NOT_YET, NOT_YET, NOT_YET]
                self._stops.append(self._open[row])
            elif self._before[row] == Status.SUSPENDED:
                self._end(row, LEFT_ON if status == Status.EXITED else WORKING_ON, day)
            self._before[row] = status

    def _end(self, row: int, how: int, day: int) -> None:
        stop = self._open.pop(row)
        stop[how] = day
        self._note_freedom(stop)

    def _note_freedom(self, stop: list[int]) -> None:
        if self.firms.restart_on[stop[0]] >= 0:  # else it is closed, or closed again
            stop[FREED_ON] = int(self.firms.freed_on[stop[0]])

    def count(self, day: int) -> None:
        """Look again, and count the evening."""
        self.look(day)
        firms = self.firms
        rows = np.flatnonzero(firms.suspended_on >= 0)
        if len(rows) == 0:
            return
        status, while_stopped = firms.status[rows], np.isin(firms.exit_cause[rows], CAUSES_WHILE_STOPPED)
        stands = np.where(firms.restart_on[rows] >= 0, WAITING, CLOSED)
        stands = np.where(status == Status.SUSPENDED, stands, WORKING)
        stands = np.where(status == Status.EXITED, np.where(while_stopped, LEFT_WHILE_STOPPED, LEFT_WORKING), stands)
        cell = self.strata.stratum[rows].astype(np.int64) * len(STATES) + stands
        counted = np.bincount(cell, firms.weight[rows], len(STRATA) * len(STATES))
        self._counted[day] = counted.reshape(len(STRATA), len(STATES))

    def resumption(self) -> pd.DataFrame:
        """Those ever stopped, by day, universe and how they stand (columns: ``TABLES['resumption']``)."""
        import pandas as pd

        of_universe = [self._counted[:, [STRATA.index(name) for name in OF_UNIVERSE[u]]].sum(axis=1) for u in UNIVERSES]
        seen = np.stack(of_universe, axis=1).reshape(-1, len(STATES))
        days = pd.date_range(self.timeline.start, periods=self.timeline.days, unit="ns")
        return pd.DataFrame(
            {
                "date": np.repeat(days, len(UNIVERSES)),
                "universe": np.tile(np.array(UNIVERSES, object), self.timeline.days),
                "stopped": seen.sum(axis=1),
                "closed": seen[:, CLOSED],
                "waiting": seen[:, WAITING],
                "working": seen[:, WORKING],
                "left_working": seen[:, LEFT_WORKING],
                "left_while_stopped": seen[:, LEFT_WHILE_STOPPED],
            }
        )

    def table(self, counties: Counties) -> pd.DataFrame:
        """Every stop, in the order in which they began (columns: ``TABLES['stops']``)."""
        import pandas as pd

        if not self._stops:
            return nothing("stops")
        for stop in self._open.values():  # those that last beyond the horizon
            self._note_freedom(stop)
        firms, stops = self.firms, np.array(self._stops, np.int64)
        rows = stops[:, 0]

        def on(which: int) -> NDArray[np.datetime64]:
            day = stops[:, which]
            dates = np.datetime64(self.timeline.start, "ns") + day.astype("timedelta64[D]")
            return np.where(day == NOT_YET, np.datetime64("NaT", "ns"), dates)

        return pd.DataFrame(
            {
                "firm": firms.key[rows],
                "entities": firms.weight[rows],
                "prefecture": named(firms.prefecture[rows], counties.prefecture_code),
                "sector": named(firms.sector[rows], SECTORS),
                "size": named(firms.size[rows], SIZES),
                "universe": named(self.strata.stratum[rows], STRATA),
                "stopped_on": on(STOPPED_ON),
                "freed_on": on(FREED_ON),
                "working_on": on(WORKING_ON),
                "left_on": on(LEFT_ON),
            }
        )
