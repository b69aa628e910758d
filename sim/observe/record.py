"""What a run leaves: the months' counts as they come in, and the tables made of them at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim import ledger
from sim.firm.state import PREFECTURES, Counts, Int
from sim.ledger import Books, MeasureParty
from sim.observe import outcomes
from sim.observe.census import COUNTED
from sim.vocabulary import SECTORS, SIZES, STATIONS

if TYPE_CHECKING:
    import pandas as pd

CELLS = PREFECTURES * len(SECTORS) * len(SIZES)


class Record:
    """The panel of a run, month by month, and its other tables."""

    def __init__(self, months: list[str], prefectures: tuple[str, ...]) -> None:
        self.months, self.prefectures = months, prefectures
        self.panel = np.zeros((len(months), CELLS, len(COUNTED)), np.int64)

    def panel_table(self) -> pd.DataFrame:
        """The panel (columns: ``TABLES['panel']``); cells without any firm at any time are left out."""
        import pandas as pd

        inhabited = np.flatnonzero((self.panel[-1, :, 3] + self.panel[-1, :, 4]) > 0)
        p, s, z = np.unravel_index(inhabited, (PREFECTURES, len(SECTORS), len(SIZES)))
        months, cells = len(self.months), len(inhabited)
        names: dict[str, object] = {
            "month": np.repeat(np.array(self.months, object), cells),
            "prefecture": np.tile(np.array(self.prefectures, object)[p], months),
            "sector": np.tile(np.array(SECTORS, object)[s], months),
            "size": np.tile(np.array(SIZES, object)[z], months),
        }
        counted = self.panel[:, inhabited].reshape(months * cells, len(COUNTED))
        return pd.DataFrame(names | {name: counted[:, k] for k, name in enumerate(COUNTED)})

    def outcomes_table(self, ledger_table: pd.DataFrame) -> pd.DataFrame:
        """The outcomes (columns: ``TABLES['outcomes']``)."""
        totals = self.panel.sum(axis=1)
        target = self.months.index(outcomes.TARGET_MONTH) if outcomes.TARGET_MONTH in self.months else -1

        def sums(month: int) -> dict[str, int]:
            return {name: int(totals[month, k]) for k, name in enumerate(COUNTED)}

        return outcomes.table(outcomes.Seen(sums(target), sums(-1), sums(0), ledger_table))

    def ledger_table(self, books: Books, measures: list[MeasureParty]) -> pd.DataFrame:
        """The ledger (columns: ``TABLES['ledger']``)."""
        return ledger.table(books, self.months, measures)

    def delivery_table(self, counts: Counts, books: Books, measures: list[str], known: Int) -> pd.DataFrame:
        """Delivery by measure and station (columns: ``TABLES['delivery']``).

        ``known``: (M, 2) weighted firms eligible and aware, counted on the last day only, where they are written down.
        """
        import pandas as pd

        money = books.relieved.sum(axis=2)
        for move in ("deferred", "granted", "vat_refunded", "deposit_returned", "extended"):
            money = money + books.moved[:, :, ledger.MOVES.index(move)]
        rows: list[tuple[str, str, str, int, float, int]] = []
        for m, name in enumerate(measures):
            for station in (0, 1):
                if known[m, station]:
                    rows.append((self.months[-1], name, STATIONS[station], int(known[m, station]), np.nan, 0))
            for station in range(4):
                firms, days = counts.firms[:, m, station], counts.days[:, m, station]
                paid = station == 3
                for month in np.flatnonzero(firms + (money[:, m] if paid else 0)):
                    waited = days[month] / firms[month] if station > 0 and firms[month] else np.nan
                    amount = int(money[month, m]) if paid else 0
                    rows.append((self.months[month], name, STATIONS[station + 2], int(firms[month]), waited, amount))
        return pd.DataFrame(rows, columns=["month", "measure", "station", "firms", "days", "amount_fen"])
