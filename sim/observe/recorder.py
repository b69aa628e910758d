"""What a run leaves: the months' counts as they come in, and the tables made of them at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import prod
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim import ledger
from sim.firm.state import (
    APPLIED,
    COUNTED_STATIONS,
    DAYS_SO_FAR,
    DECIDED,
    DUE_AGAIN,
    FREED,
    MISSED,
    PAID,
    PUT_OFF,
    WAITING,
    Float,
    Int,
    Span,
)
from sim.ledger import MOVES, MeasureParty
from sim.observe import outcomes, universes
from sim.observe.observers import (
    AWARE,
    BORN,
    COUNTED,
    ELIGIBLE,
    FOUNDERS,
    LOAN,
    OF_ARREARS,
    OF_DIFFICULT,
    PLANNED,
    STANDING,
    count,
    count_aware,
)
from sim.observe.tables import TABLES, named, nothing
from sim.vocabulary import (
    ACTIONS,
    BACK_WITHIN_DAYS,
    CLOSURE_DAYS,
    EXIT_CAUSES,
    MECHANISMS,
    REQUESTS,
    SECTORS,
    SIZES,
    STATIONS,
    WINNERS,
    Status,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.firm.effects import Terms
    from sim.firm.ranking import Ranking
    from sim.firm.state import Clock, Counts, Slots, State
    from sim.ledger import Books
    from sim.population.columns import Firms
    from sim.timeline import Timeline

GIVING: Final = (  # moves at the station `paid`
    "deferred", "granted", "vat_refunded", "deposit_returned", "extended", "cleared_by_public_bodies",
    "cleared_by_large_firms",
)  # fmt: skip
# Tables month by month; nobody makes them who only wants outcomes.
MONTHLY: Final = ("panel", "universes", "delivery", "requests", "repayment_wall", "restarts")


class PlanDays(Protocol):
    """The days of a plan that outcomes are read by."""

    @property
    def adopted(self) -> date:
        """On which it was made public."""

    def read_on(self, outcome: str) -> date:
        """In whose month an outcome of targets is read."""


class Record:
    """The panel of a run, month by month, and its other tables. ``items``: measures, then REQUESTS."""

    def __init__(
        self,
        timeline: Timeline,
        prefectures: tuple[str, ...],
        measures: list[str],
        plan_days: PlanDays,
        firms: Firms,
    ) -> None:
        self.timeline, self.prefectures, self.measures = timeline, prefectures, measures
        self.months = months = timeline.month_names
        items = len(measures) + len(REQUESTS)
        self.cells = (len(prefectures), len(SECTORS), len(SIZES))
        self.panel = np.zeros((len(months), prod(self.cells), len(COUNTED)), np.int64)
        self.strata = universes.strata_of(firms)
        self.tallies = np.zeros((len(months), *universes.TALLY), np.int64)
        self.waiting = np.zeros((len(months), items, 2), np.int64)  # weighted firms, and their days so far
        self.aware: Float = np.zeros((len(months), len(measures)))  # weighted firms that know, by what is expected
        last = len(months) - 1
        # The month at whose end each outcome is read; the plan's days decide about those that targets are for.
        self.read_in = {
            name: months.index(outcomes.target_month(months, plan_days.read_on(name)))
            if entry.read == "target"
            else last
            for name, entry in outcomes.OUTCOMES.items()
        }
        adopted = f"{plan_days.adopted:%Y-%m}"
        # Of arrears those count that stand before this month, and those found from it on.
        self.adopted_in = months.index(adopted) if adopted in months else 0 if adopted < months[0] else len(months)
        self.arrears = np.zeros((len(months) + 1, OF_ARREARS), np.int64)  # at the start, then at each month's end
        self.money_of_fund = np.zeros((len(months), 2), np.int64)  # of SME_FUND by each month's end: put in, drawn
        self.rankings: list[Ranking] = []  # by measures with a quota, as they chose
        # Months whose counts decide the outcomes.
        self.decisive = {*self.read_in.values(), min(self.adopted_in - 1, last), last}

    def begin(self, state: State, clock: Clock, small: int) -> None:
        """Count what outcomes read of the first day: arrears that stand before the plan, if the horizon begins later.

        ``clock``: of the first day; ``small`` as for :func:`sim.observe.observers.count`.
        """
        if self.adopted_in == 0:
            panel, tally = np.zeros_like(self.panel[0]), np.zeros_like(self.tallies[0])
            everybody = Span(0, len(state.firms.key))
            count(everybody, state, self.strata, panel, tally, self.arrears[0], clock, small)

    def tables(
        self, firms: Firms, terms: Terms, counts: Counts, books: Books, timeline: Timeline
    ) -> dict[str, pd.DataFrame]:
        """The tables of ``MONTHLY`` by name."""
        known = np.zeros((len(self.measures), 2), np.int64)
        count_aware(firms, terms, known)
        return {
            "panel": self.panel_table(),
            "universes": universes.table(self.months, self.tallies),
            "delivery": self.delivery_table(counts, books, known, timeline.days_since(terms.starts_on[:-1])),
            "requests": self.requests_table(counts),
            "repayment_wall": self.repayment_wall_table(counts, books, terms.loan_months),
            "restarts": self.restarts_table(counts),
        }

    def panel_table(self, passed: int | None = None) -> pd.DataFrame:
        """The panel (columns: ``TABLES['panel']``); cells without any firm at any time are left out.

        ``passed``: of so many months, of a run that has not got further; None for all.
        """
        import pandas as pd

        names, panel = self.months[:passed], self.panel[:passed]
        inhabited = np.flatnonzero((panel[-1:, :, BORN] + panel[-1:, :, FOUNDERS]).sum(axis=0) > 0)
        p, s, z = np.unravel_index(inhabited, self.cells)
        months, cells = len(names), len(inhabited)
        columns: dict[str, object] = {
            "month": np.repeat(np.array(names, object), cells),
            "prefecture": np.tile(np.array(self.prefectures, object)[p], months),
            "sector": np.tile(np.array(SECTORS, object)[s], months),
            "size": np.tile(np.array(SIZES, object)[z], months),
        }
        counted = panel[:, inhabited].reshape(months * cells, len(COUNTED))
        return pd.DataFrame(columns | {name: counted[:, k] for k, name in enumerate(COUNTED)})

    def outcomes_table(
        self,
        ledger_table: pd.DataFrame,
        won: Int,
        counts: Counts,
        quota: Int,
        inclusive_loans: int,
        growth: float,
        out_of_work: float,
    ) -> pd.DataFrame:
        """The outcomes (columns: ``TABLES['outcomes']``).

        ``won``: (forms, WINNERS) fen; ``quota``: (M + 1,), -1 for none; ``inclusive_loans``: fen at the start;
        ``growth``: of all loans in 2022; ``out_of_work``: persons at the end.
        """

        def sums(month: int) -> dict[str, int]:
            return dict(zip(COUNTED, self.panel[month].sum(axis=0).tolist(), strict=True))

        of_horizon: dict[str, Any] = {
            "at_end": sums(-1),
            "universes_at_end": universes.counts(self.tallies[-1]),
            "ledger": ledger_table,
            "given": outcomes.by_measures(ledger_table, "relieved", "granted"),
            "contracts": {name: int(won[:, k].sum()) for k, name in enumerate(WINNERS)},
            "chosen": {
                name: int(counts.firms[:, m, DECIDED].sum()) for m, name in enumerate(self.measures) if quota[m] >= 0
            },
            "all_loans_growth": growth,
            "out_of_work": round(out_of_work),
        }

        def seen(month: int) -> outcomes.OutcomeInputs:
            by_size = self.panel[month, :, LOAN].reshape(-1, len(SIZES)).sum(axis=0)
            put_in, drawn = self.money_of_fund[month].tolist()
            return outcomes.OutcomeInputs(
                at_target=sums(month),
                universes_at_target=universes.counts(self.tallies[month]),
                inclusive_loans=(inclusive_loans, int(by_size[: SIZES.index("medium")].sum())),
                stock_refunds=self._stock_refunds(counts, month),
                arrears=self._arrears(counts, month),
                sme_fund=(put_in, drawn),
                years=int((self.timeline.month[: self.timeline.days] <= month).sum()) / outcomes.DAYS_OF_YEAR,
                **of_horizon,
            )

        months = {month: seen(month) for month in set(self.read_in.values())}
        return outcomes.table({name: entry.of(months[self.read_in[name]]) for name, entry in outcomes.OUTCOMES.items()})

    def _stock_refunds(self, counts: Counts, month: int) -> tuple[int, int]:
        """Weighted firms that asked for the stock of VAT credits, or stand on the list, and paid ones, by a month."""
        if outcomes.STOCK_REFUND not in self.measures:
            return 0, 0
        m = self.measures.index(outcomes.STOCK_REFUND)
        applied, paid = counts.firms[: month + 1, m, [APPLIED, PAID]].sum(axis=0).tolist()
        return applied, paid

    def _arrears(self, counts: Counts, month: int) -> outcomes.Arrears:
        """What is known of undisputed arrears to enterprises at the end of a month."""
        since = slice(self.adopted_in, month + 1)
        found, cleared = counts.undisputed[since].sum(axis=0).tolist()
        if month >= self.adopted_in:
            found += int(self.arrears[self.adopted_in, STANDING])
        difficult, planned = self.arrears[month + 1, [OF_DIFFICULT, PLANNED]].tolist()
        return outcomes.Arrears(found, cleared, difficult, planned)

    def ledger_table(self, books: Books, parties: list[MeasureParty]) -> pd.DataFrame:
        """The ledger (columns: ``TABLES['ledger']``)."""
        return ledger.table(books, self.months, parties)

    def delivery_table(self, counts: Counts, books: Books, known: Int, since: Float) -> pd.DataFrame:
        """Delivery by measure and station (columns: ``TABLES['delivery']``).

        ``known``: (M, 2) weighted firms eligible and aware, counted on the last day only, where they are written down;
        ``since``: (months, M) days from each measure's start to the middle of each month, for the mean day of learning.
        """
        import pandas as pd

        money = books.relieved.sum(axis=2)
        for move in GIVING:
            money = money + books.moved[:, :, MOVES.index(move)]
        learnt = np.diff(self.aware, axis=0, prepend=0.0)
        rows: list[tuple[str, str, str, int, float, int]] = []
        for m, name in enumerate(self.measures):
            heads = learnt[:, m].sum()
            learning = float((learnt[:, m] * since[:, m]).sum() / heads) if heads > 0 else np.nan
            for station, k, days in (("eligible", ELIGIBLE, np.nan), ("aware", AWARE, learning)):
                if number := int(known[m, k]):
                    rows.append((self.months[-1], name, station, number, days, 0))
            for station in STATIONS[STATIONS.index("applied") :]:
                paid = station == "paid"
                firms, waited = self._at(m, station, counts)
                for month in np.flatnonzero(firms + (money[:, m] if paid else 0)):
                    days = waited[month] / firms[month] if firms[month] else np.nan
                    amount = int(money[month, m]) if paid else 0
                    rows.append((self.months[month], name, station, int(firms[month]), days, amount))
        return pd.DataFrame(rows, columns=["month", "measure", "station", "firms", "days", "amount_fen"])

    def requests_table(self, counts: Counts) -> pd.DataFrame:
        """Loans and restart problems by station (columns: ``TABLES['requests']``)."""
        import pandas as pd

        rows: list[tuple[str, str, str, int, float]] = []
        for k, kind in enumerate(REQUESTS):
            for station in ("applied", "queued", "decided", "refused", "withdrawn", "supervised"):
                firms, waited = self._at(len(self.measures) + k, station, counts)
                for month in np.flatnonzero(firms):
                    days = waited[month] / firms[month] if station != "applied" else np.nan
                    rows.append((self.months[month], kind, station, int(firms[month]), days))
        return pd.DataFrame(rows, columns=["month", "kind", "station", "firms", "days"])

    def restarts_table(self, counts: Counts) -> pd.DataFrame:
        """How soon firms worked again after they were freed, by length of closure (columns: ``TABLES['restarts']``)."""
        import pandas as pd

        kinds = np.flatnonzero(counts.restarts[:, FREED])
        columns = {"freed": counts.restarts[kinds, FREED]}
        columns |= {f"within_{days}_days": counts.restarts[kinds, k] for k, days in enumerate(BACK_WITHIN_DAYS)}
        return pd.DataFrame({"closure": np.array([*map(str, CLOSURE_DAYS), "longer"], object)[kinds]} | columns)

    def reactions_table(self, acted: Sequence[tuple[str, int | None, int, str]], timeline: Timeline) -> pd.DataFrame:
        """When each reaction began to act where, and ceased to (columns: ``TABLES['reactions']``), day by day.

        ``acted``: reaction, prefecture (None for the province), day and what it did.
        """
        import pandas as pd

        if not acted:
            return nothing("reactions")
        rows = [
            (reaction, "province" if p is None else self.prefectures[p], timeline.date(day), what)
            for reaction, p, day, what in sorted(acted, key=lambda one: (one[2], one[0], one[1] or 0))
        ]
        table = pd.DataFrame(rows, columns=list(TABLES["reactions"]))
        return table.astype({"date": "datetime64[ns]"})

    def _at(self, item: int, station: str, counts: Counts) -> tuple[Int, Int]:
        """Weighted firms of an item at a station, and their days, by month."""
        if station == "queued":
            return self.waiting[:, item, WAITING], self.waiting[:, item, DAYS_SO_FAR]
        k = COUNTED_STATIONS.index(station)
        return counts.firms[:, item, k], counts.days[:, item, k]

    def repayment_wall_table(self, counts: Counts, books: Books, loan_months: NDArray[np.int16]) -> pd.DataFrame:
        """What was put off and fell due again (columns: ``TABLES['repayment_wall']``).

        ``loan_months``: (M + 1,) months by which each measure moves the due day of a loan.
        """
        import pandas as pd

        def moved(m: int, *moves: str) -> Int:
            return np.asarray(sum(books.moved[:, m, MOVES.index(move)] for move in moves))

        tables = []
        put_off = books.moved[:, :, [MOVES.index("deferred"), MOVES.index("extended")]].any(axis=(0, 2))
        for m in np.flatnonzero(put_off).tolist():
            extended = moved(m, "extended")
            later = int(loan_months[m])
            due_again = np.concatenate([np.zeros(later, np.int64), extended])[: len(self.months)]
            repaid, unpaid, lost = (
                moved(m, "repaid"), moved(m, "lapsed_public", "lapsed_private"), moved(m, "forgiven"),
            )  # fmt: skip
            table = {
                "month": np.array(self.months, object),
                "measure": self.measures[m],
                "put_off_fen": moved(m, "deferred") + extended,
                "due_fen": repaid + unpaid + lost + due_again,
                "repaid_fen": repaid,
                "unpaid_fen": unpaid,
                "written_off_fen": lost,
            }
            firms = {name: counts.repayment_wall[:, m, k] for k, name in enumerate(DUE_AGAIN)}
            rows = pd.DataFrame(table | firms)
            tables.append(rows[rows.iloc[:, 2:].any(axis=1)])
        columns = list(TABLES["repayment_wall"])
        return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)

    def fates_table(self, firms: Firms, slots: Slots, group_action: list[str]) -> pd.DataFrame:
        """How each firm ended (columns: ``TABLES['fates']``).

        ``group_action``: action of each row of ``slots.given``.
        """
        import pandas as pd

        lived = np.flatnonzero(firms.status != Status.UNBORN)
        gone = firms.status[lived] == Status.EXITED

        given = {
            action: slots.given[[k for k, of in enumerate(group_action) if of == action]][:, lived].sum(axis=0)
            for action in (*ACTIONS, MECHANISMS)
        }
        return pd.DataFrame(
            {
                "firm": firms.key[lived],
                "entities": firms.weight[lived],
                "prefecture": named(firms.prefecture[lived], self.prefectures),
                "sector": named(firms.sector[lived], SECTORS),
                "size": named(firms.size[lived], SIZES),
                "founder": firms.born_on[lived] < 0,
                "alive": ~gone,
                "exited_on": np.where(gone, firms.exited_on[lived], -1).astype(np.int16),
                "exit_cause": named(np.where(gone, firms.exit_cause[lived] + 1, 0), ("", *EXIT_CAUSES)),
                "staff": firms.staff[lived],
                "put_off": (slots.put_off[lived] & PUT_OFF).astype(np.bool_),
                "missed_instalment": (slots.put_off[lived] & MISSED).astype(np.bool_),
                "last_helped": slots.last_helped[lived],
                "unpaid_fen": slots.unpaid[lived],
                "granted_first": firms.granted[lived, 0],
                "granted_further": firms.granted[lived, 1],
            }
            | {f"given_{action}_fen": amounts for action, amounts in given.items()}
        )

    def rankings_table(self, firms: Firms) -> pd.DataFrame:
        """Who was chosen and who was next (columns: ``TABLES['rankings']``), of those next as many entities again.

        Who holds another title is no measure of what a title does, so the next are taken of those that have none.
        """
        import pandas as pd

        chosen = [(ranking.m, ranking.rows[: ranking.chosen]) for ranking in self.rankings]
        holds = np.zeros(len(firms.key), np.bool_)
        for _, rows in chosen:
            holds[rows] = True
        tables = []
        for (m, rows), ranking in zip(chosen, self.rankings, strict=True):
            later = ranking.rows[ranking.chosen :]
            later = later[~holds[later]]
            weights = firms.weight[later]
            later = later[np.cumsum(weights) - weights < firms.weight[rows].sum()]
            for are_chosen, of in ((True, rows), (False, later)):
                columns = {"measure": self.measures[m], "firm": firms.key[of], "chosen": are_chosen}
                tables.append(pd.DataFrame(columns, index=range(len(of))))
        return pd.concat(tables, ignore_index=True) if tables else nothing("rankings")
