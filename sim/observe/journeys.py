"""Journeys: what happened to chosen firms, without the model knowing that it is watched.

A followed firm's settlement is a call of its own on the same slice, so what the books gained around it is its month,
line by line. Between settlements its state is compared several times a day. Nothing is written where the model reads:
a run that follows firms and one that follows nobody agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.state import Queues, Slots
from sim.ledger import LINE, MOVES, RENT_OF_STATE, Books
from sim.measure import Measure
from sim.observe.tables import nothing
from sim.population.columns import Firms
from sim.timeline import Timeline
from sim.vocabulary import EXIT_CAUSES, FACTS, FLOWS, STATUSES, TICKETS, Status, bit

if TYPE_CHECKING:
    import pandas as pd

# Every event, and what it does to the firm's cash: its amount comes in, goes out, or leaves cash alone.
EVENTS: Final[dict[str, int]] = {
    "born": 0,
    "listed": 0,  # its county has become medium or high risk for the first time
    "suspended": 0, "freed": 0, "restarted": 0,
    "problem_met": 0, "problem_solved": 0,  # flow: one of TICKETS
    "applied": 0,
    "did_not_apply": 0,  # knew of the measure, qualified, and is not one to file
    "granted": 0, "refused": 0,
    "received": 1,  # money paid by a measure
    "borne": 0,  # a bill, or part of one, taken over by others
    "put_off": 0,
    "extended": 0,  # principal that would have fallen due
    "repaid": -1,  # of what had been put off
    "instalment_missed": 0,  # of what had been put off: ordinary arrears from then on
    "loan_applied": 0, "loan_drawn": 1, "loan_refused": 0, "invested": -1,
    "loan_renewed": 0, "loan_restructured": 0, "loan_called": 0,  # at its maturity, by the bank
    "loan_late": 0,  # principal or interest due was not paid in full: on the record of the firm from then on
    "loan_caught_up": 0,  # late no more
    "loan_bad": 0,  # late for so long that the bank counts it as bad
    "won_contract": 0, "prepaid": 1, "worked_off": 0,  # of a contract: paid beforehand, and delivered for it
    "sold": 1, "sold_on_credit": 0, "collected": 1, "became_overdue": 0, "lost": 0,
    "bought_on_credit": 0, "paid": -1, "unpaid": 0,
    "owners_paid_in": 1, "owners_lived": -1, "owners_drew": -1,
    "staff_cut": 0, "staff_taken_on": 0,
    "sold_off": 1,  # equipment, and the deposit of a travel agency, on leaving
    "owners_answered": 0,  # repaid the bank out of their own pockets after closing
    "written_off": 0,
    "paused": 0, "reopened": 0,  # by its owner
    "exited": 0,  # flow: one of EXIT_CAUSES
}  # fmt: skip

# The month as a statement: event, flow, and the lines of the books that it adds up. The order is the settlement's, so
# that cash runs from line to line as it did.
Lines = tuple[tuple[str, str, tuple[str, ...]], ...]
_TRADE: Final[Lines] = (
    ("owners_paid_in", "capital", ("founding",)),
    ("sold", "sales", ("sales_cash",)),
    ("sold_on_credit", "sales", ("sales_public", "sales_large", "sales_private")),
    ("worked_off", "sales", ("sales_prepaid",)),
    ("collected", "receivables", ("collected_public", "collected_large", "collected_private")),
    ("collected", "arrears_to_firms", ("collected_overdue", "collected_overdue_large")),
    ("became_overdue", "arrears_to_firms", ("became_overdue", "became_overdue_large")),
    ("lost", "receivables", ("bad_debt", "bad_debt_of_failed_customers")),
)
_TO_STATE: Final = {"rent": ("paid_rent_to_state_landlords",)}  # lines beside those of the flow
_PAYMENT: Final[Lines] = (
    ("loan_renewed", "loan", ("renewed",)),
    ("loan_restructured", "loan", ("restructured",)),
    ("loan_called", "loan", ("called",)),
    ("bought_on_credit", "materials", ("unpaid_materials",)),
    ("loan_drawn", "loan", ("loan_drawn",)),
    ("owners_paid_in", "capital", ("injection",)),
    ("paid", "wages", ("paid_wages",)),
    ("owners_lived", "living", ("living",)),
    *(("paid", flow, (f"paid_{flow}", *_TO_STATE.get(flow, ()))) for flow in FLOWS if flow != "wages"),
    ("paid", "payables", ("payables_paid",)),
    ("paid", "arrears", ("arrears_private_paid", "arrears_public_paid")),
    ("paid", "replacement", ("replaced",)),
    *(
        ("unpaid", flow, (f"unpaid_{flow}", *(f"un{line}" for line in _TO_STATE.get(flow, ()))))
        for flow in FLOWS
        if flow not in ("materials", "principal")
    ),
)
_CLOSING: Final[Lines] = (
    ("sold_off", "equipment", ("equipment_sold",)),
    ("sold_off", "quality_deposit", ("deposit_back",)),
    ("lost", "receivables", ("claims_given_up",)),
    ("lost", "arrears_to_firms", ("overdue_given_up",)),
    ("paid", "prepayment", ("prepayment_returned",)),
    ("owners_drew", "drawings", ("drawings", "closing_cash")),
    ("owners_answered", "loan", ("loan_recovered",)),
    ("written_off", "payables", ("written_off_payables",)),
    ("written_off", "arrears", ("written_off_arrears_private", "written_off_arrears_public")),
    ("written_off", "prepayment", ("written_off_prepayment",)),
    ("written_off", "loan", ("written_off_loan", "compensated")),
)
_MOVED: Final = {
    "granted": "received", "vat_refunded": "received", "deposit_returned": "received", "deferred": "put_off",
    "extended": "extended", "cleared_by_public_bodies": "collected", "cleared_by_large_firms": "collected",
    "repaid": "repaid", "lapsed_public": "instalment_missed",
    "lapsed_private": "instalment_missed", "forgiven": "written_off",
}  # fmt: skip
_CLEARED, _RECEIVED, _POSTPONED, _DUE_AGAIN, _FORGIVEN = (
    tuple(MOVES.index(move) for move in moves)
    for moves in (
        ("cleared_by_public_bodies", "cleared_by_large_firms"), ("granted", "vat_refunded", "deposit_returned"),
        ("deferred", "extended"),
        ("repaid", "lapsed_public", "lapsed_private"), ("forgiven",),
    )
)  # fmt: skip
LISTED, EXPANDS, LATE, LOAN_BAD = (
    bit(FACTS, fact) for fact in ("county_listed", "expands", "late_on_loan", "loan_bad")
)

Entry = tuple[str, str, str, int]  # event, measure, flow, fen


class _State(NamedTuple):
    """What is compared of a firm."""

    status: int
    cash: int
    loan: int
    staff: int
    backlog: int
    tickets: int
    freed: bool
    listed: bool
    expands: bool
    late: bool
    loan_bad: bool
    applied: int
    granted: int
    pending: frozenset[int]  # items for which it waits in a queue
    given: NDArray[np.int64]  # (measures,)


class Journeys:
    """Follows the firms with the given identities. ``slots.given`` must count money by measure, one row each."""

    def __init__(
        self, keys: Sequence[int], firms: Firms, slots: Slots, books: Books, measures: Sequence[Measure],
        timeline: Timeline,
    ) -> None:  # fmt: skip
        place = {int(key): row for row, key in enumerate(firms.key)} if keys else {}
        missing = [key for key in keys if key not in place]
        if missing:
            raise ValueError(f"there is no firm {missing[0]} in this world; identities are in the column `firm`")
        self.rows = [place[key] for key in keys]
        self.firms, self.slots, self.books = firms, slots, books
        self.measures, self.timeline = measures, timeline
        self.events: list[tuple[int, str, str, str, str, int, int, int, str]] = []
        self._before = {row: self._state(row, None) for row in self.rows}
        self._books: tuple[NDArray[np.int64], ...] = ()

    def parts(self, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
        """The slice in parts, in order: first row, row after the last, and whether it is one firm that is followed."""
        begin = first
        for row in sorted({row for row in self.rows if first <= row < last}):
            if begin < row:
                yield begin, row, False
            yield row, row + 1, True
            begin = row + 1
        if begin < last:
            yield begin, last, False

    def before_settlement(self, row: int, day: int, queues: Queues) -> None:
        """Note what happened since the last look, and where the books stand."""
        self._compare(row, day, queues)
        self._books = tuple(part[self.timeline.month[day]].copy() for part in self.books)

    def settled(self, row: int, day: int, queues: Queues) -> None:
        """Note the month that has just been settled."""
        weight = int(self.firms.weight[row])
        after = (part[self.timeline.month[day]] for part in self.books)
        lines, moved, relieved = ((now - then) // weight for now, then in zip(after, self._books, strict=True))
        old, new = self._before[row], self._state(row, queues)
        self._before[row] = new
        month: list[Entry] = [] if new.status == old.status or old.status != Status.UNBORN else [("born", "", "", 0)]
        month += _of_lines(_TRADE, lines)
        month += self._of_moves(_CLEARED, moved)
        month += self._applications(old, new, day_of_settlement=True)
        month += self._of_moves(_RECEIVED, moved)
        month += [
            ("borne", self.measures[m].id, "rent" if f == RENT_OF_STATE else FLOWS[f], int(relieved[m, f]))
            for m, f in np.argwhere(relieved).tolist()
        ]
        month += self._of_moves(_POSTPONED, moved)
        month += _of_lines(_PAYMENT, lines)
        month += _lateness(old, new)
        month += self._of_moves(_DUE_AGAIN, moved)
        if len(self.measures) in new.pending - old.pending:
            month.append(("loan_applied", "", "loan", 0))
        month += _of_lines(_CLOSING, lines)
        month += self._of_moves(_FORGIVEN, moved)
        if new.status == Status.EXITED and old.status != new.status:
            month.append(("exited", "", EXIT_CAUSES[self.firms.exit_cause[row]], 0))
        elif new.staff != old.staff and old.status != Status.UNBORN:
            month.append(("staff_cut" if new.staff < old.staff else "staff_taken_on", "", "", 0))
        if new.status == Status.PAUSED and old.status != Status.PAUSED:
            month.append(("paused", "", "", 0))
        elif new.status == Status.OPEN and old.status == Status.PAUSED:
            month.append(("reopened", "", "", 0))
        # The cash of a firm not yet born waits in its column; it is the owners' until they pay it in.
        self._note(row, day, month, 0 if old.status == Status.UNBORN else old.cash)

    def look(self, day: int, queues: Queues) -> None:
        """Note what changed for each firm since the last look, other than by a settlement."""
        for row in self.rows:
            self._compare(row, day, queues)

    def _compare(self, row: int, day: int, queues: Queues) -> None:
        old, new = self._before[row], self._state(row, queues)
        self._before[row] = new
        if old.status in (Status.UNBORN, Status.EXITED):
            return
        events: list[Entry] = []
        if new.listed and not old.listed:
            events.append(("listed", "", "", 0))
        if new.status == Status.SUSPENDED and old.status == Status.OPEN:
            events.append(("suspended", "", "", 0))
        if new.status == Status.SUSPENDED and new.freed and not old.freed:
            events.append(("freed", "", "", 0))
        events += [("problem_met", "", ticket, 0) for ticket in _tickets(new.tickets & ~old.tickets)]
        if new.status == Status.SUSPENDED and new.freed:  # a restart or a new closure clears them all
            events += [("problem_solved", "", ticket, 0) for ticket in _tickets(old.tickets & ~new.tickets)]
        if new.status == Status.OPEN and old.status == Status.SUSPENDED:
            events.append(("restarted", "", "", 0))
        events += self._applications(old, new)
        given = new.given - old.given
        events += [
            ("received", self.measures[m].id, self.measures[m].moves, int(given[m]))
            for m in np.flatnonzero(given).tolist()
        ]
        if new.loan > old.loan:
            events.append(("loan_drawn", "", "loan", new.loan - old.loan))
            if old.expands:
                events.append(("invested", "", "investment", new.loan - old.loan))
        elif len(self.measures) in old.pending - new.pending:
            events.append(("loan_refused", "", "loan", 0))
        if new.backlog > old.backlog:
            events.append(("won_contract", "", "", new.backlog - old.backlog))
            beforehand = new.cash - old.cash - (new.loan - old.loan)
            events += [("prepaid", "", "prepayment", beforehand)] * (beforehand > 0)
        self._note(row, day, events, old.cash)

    def _applications(self, old: _State, new: _State, day_of_settlement: bool = False) -> Iterator[Entry]:
        """What was filed, granted and refused. Whoever closes waits no more, and nobody has refused."""
        for m, measure in enumerate(self.measures):
            was, has = old.granted >> m & 1, new.granted >> m & 1
            waited, waits = m in old.pending, m in new.pending
            if waits and not waited:
                yield "applied", measure.id, "", 0
            elif day_of_settlement and (new.applied & ~old.applied) >> m & 1 and not has:
                # Marked without having filed: an empty fund, or a firm that files for nothing.
                yield "refused" if measure.delivery.way == "automatic" else "did_not_apply", measure.id, "", 0
            if has and not was:
                yield "granted", measure.id, "", 0
            elif waited and not waits and not day_of_settlement and new.status != Status.EXITED:
                yield "refused", measure.id, "", 0

    def _of_moves(self, moves: tuple[int, ...], moved: NDArray[np.int64]) -> Iterator[Entry]:
        for move in moves:
            for m in np.flatnonzero(moved[:, move]).tolist():
                measure = self.measures[m]
                yield _MOVED[MOVES[move]], measure.id, measure.moves, int(moved[m, move])

    def _state(self, row: int, queues: Queues | None) -> _State:
        firms = self.firms
        applied, granted = (int(mask[row, 0]) | int(mask[row, 1]) << 64 for mask in (firms.applied, firms.granted))
        pending = () if queues is None else queues.item[np.flatnonzero(queues.firm == row)].tolist()
        return _State(
            status=int(firms.status[row]),
            cash=int(firms.cash[row]),
            loan=int(firms.loan[row]),
            staff=int(firms.staff[row]),
            backlog=int(firms.contract_backlog[row]),
            tickets=int(firms.tickets[row]),
            freed=bool(firms.restart_on[row] >= 0),
            listed=bool(firms.facts[row] & LISTED),
            expands=bool(firms.facts[row] & EXPANDS),
            late=bool(firms.facts[row] & LATE),
            loan_bad=bool(firms.facts[row] & LOAN_BAD),
            applied=applied,
            granted=granted,
            pending=frozenset(pending),
            given=self.slots.given[: len(self.measures), row].copy(),
        )

    def _note(self, row: int, day: int, entries: list[Entry], cash: int) -> None:
        """Keep the events of a moment; ``cash`` before them runs on from one to the next."""
        firms = self.firms
        on = self.timeline.date(day).isoformat()
        for event, measure, flow, amount in entries:
            cash += EVENTS[event] * amount
            state = (cash, int(firms.staff[row]), STATUSES[firms.status[row]])
            self.events.append((int(firms.key[row]), on, event, measure, flow, amount, *state))

    def table(self) -> pd.DataFrame:
        """The events as a tidy table (columns: ``TABLES['journeys']``)."""
        if not self.events:
            return nothing("journeys")
        import pandas as pd

        columns = ["firm", "date", "event", "measure", "flow", "amount_fen", "cash_fen", "staff", "status"]
        kinds: dict[str, Any] = {"firm": np.uint64, "amount_fen": np.int64, "cash_fen": np.int64, "staff": np.int64}
        return pd.DataFrame(self.events, columns=columns).astype(kinds)


def _of_lines(statement: Lines, lines: NDArray[np.int64]) -> Iterator[Entry]:
    for event, flow, names in statement:
        if amount := sum(int(lines[LINE[name]]) for name in names):
            yield event, "", flow, amount


def _lateness(old: _State, new: _State) -> Iterator[Entry]:
    """What became of the firm's record with its bank."""
    if new.late and not old.late:
        yield "loan_late", "", "loan", 0
    if new.loan_bad and not old.loan_bad:
        yield "loan_bad", "", "loan", 0
    if old.late and not new.late and new.status != Status.EXITED:
        yield "loan_caught_up", "", "loan", 0


def _tickets(bits: int) -> list[str]:
    return [ticket for index, ticket in enumerate(TICKETS) if bits >> index & 1]
