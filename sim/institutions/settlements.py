"""The day on which firms settle their month, in one thread or in several: the same to the last bit.

Firms that settle on a day meet in three things only. What they add up are whole fen and heads: each part of the rows
has sums of its own, added when all are done. What they file joins the queues afterwards, in the order of rows. And they
draw on the same money, first come, first served. So whoever may draw on a fund that is scarce settles first, in the
order of rows; all others settle side by side, each part drawing on what there was. Where together they drew no more
than that, each got what it would have got in its turn, and whoever found too little would have found even less.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.firm.settlement import settle
from sim.firm.state import (
    AT_ANY_TIME,
    EVERYBODY,
    IN_TURN,
    LEAD,
    SUMS_OF_MONTH,
    Bills,
    Cases,
    Counts,
    Int,
    Scarce,
    Span,
    State,
)
from sim.firm.turns import find_turns
from sim.institutions.province import Province
from sim.institutions.queues import join, room_for
from sim.institutions.rules import as_words
from sim.kernels.threads import Threads, zeros_apart
from sim.ledger import Books
from sim.population.synthesis import Population
from sim.timeline import COHORTS, Timeline

AMPLE: Final = 10  # times what was asked for on any day of the last month: of what is more there is enough


class OverdrawnError(RuntimeError):
    """Threads drew more from a fund than there was: the run must be lived again with every fund taken for scarce."""


class Settlements:
    """Lets firms settle their month. ``careful``: whoever may draw on any fund settles in the order of rows."""

    def __init__(self, province: Province, threads: Threads, careful: bool = False) -> None:
        self.province, self.threads, self.careful = province, threads, careful
        rows = len(province.state.firms.key) if threads.count > 1 else 0
        self.turns = np.zeros(rows, np.uint8)
        self.asked: deque[tuple[Int, Int]] = deque(maxlen=COHORTS)  # on the last days: of each fund, of large firms
        self._of: State | None = None  # for which the parts below were made
        self._parts: list[State] = []

    def settle(self, first: int, last: int, day: int) -> None:
        """Let the firms ``first`` to ``last - 1`` settle on a day, and what they file join the queues.

        Raises :class:`OverdrawnError`; never where ``careful`` or in one thread.
        """
        parts = self.threads.parts(first, last)
        if len(parts) == 1:
            self._join([self._in_order(Span(first, last, EVERYBODY), day)], day)
        else:
            self._side_by_side(parts, day)

    def _in_order(self, span: Span, day: int) -> Cases:
        province, most = self.province, self._most_cases(span.last - span.first)
        if len(province.state.cases.firm) < most:
            province.state = province.state._replace(cases=room_for(most))
        settle(span, province.clock(day), self.turns, province.state)
        return province.state.cases

    def _most_cases(self, firms: int) -> int:
        """Cases that so many firms can file at most in a month: measures on their own or by list, and a loan."""
        state = self.province.state
        return (state.behaviour.applications_max + int(state.terms.by_list.sum()) + 1) * firms

    def _join(self, filed: list[Cases], day: int) -> None:
        self.province.make_room(sum(int(cases.filed[0]) for cases in filed))
        state = self.province.state
        for cases in filed:
            join(day, cases, state.firms, state.queues)

    def _side_by_side(self, parts: list[tuple[int, int]], day: int) -> None:
        state, clock, first, last = self.province.state, self.province.clock(day), parts[0][0], parts[-1][1]
        treasury, market = state.records.treasury, state.market
        morning = treasury.level.copy(), market.large_room.copy()
        before, scarce = _asked(state), self._scarce(state)
        of_a_turn, in_turn = EVERYBODY, None
        if scarce.measures.any() or scarce.large.any():
            of_a_turn = AT_ANY_TIME
            self.threads.each(lambda part: find_turns(Span(*part), scarce, state.firms, state.terms, self.turns), parts)
            in_turn = self._in_order(Span(first, last, IN_TURN), day)
            state = self.province.state
        apart = self._apart(len(parts), max(end - begin for begin, end in parts))
        for part in apart:
            part.records.treasury.level[:], part.market.large_room[:] = morning
        self.threads.each(lambda k: settle(Span(*parts[k], of_a_turn), clock, self.turns, apart[k]), range(len(parts)))
        treasury.level[:] -= sum(part.records.treasury.drawn for part in apart)
        market.large_room[:] -= sum(part.market.extra_by_large for part in apart)
        if (treasury.level < 0).any() or (market.large_room < 0).any():
            raise OverdrawnError
        for part in apart:
            for total, sums in zip(_sums(state, clock.month), _sums(part, clock.month), strict=True):
                total += sums
                sums[...] = 0
        of_funds, of_large = _asked(state)
        self.asked.append((of_funds - before[0], of_large - before[1]))
        cases = [part.cases for part in apart]
        self._join(cases if in_turn is None else [_by_row([in_turn, *cases])], day)

    def _scarce(self, state: State) -> Scarce:
        """Of what may there be too little today: of what is there at all, but not amply."""
        terms, treasury, market = state.terms, state.records.treasury, state.market
        funds, large = treasury.level > 0, market.large_room > 0
        if not self.careful:
            most = [np.max(of, axis=0, initial=0) for of in zip(*self.asked, strict=True)] or [0, 0]
            funds &= treasury.level < AMPLE * most[0]
            large &= market.large_room < AMPLE * most[1]
        drawing = np.zeros((len(terms.fund), len(large)), np.bool_)
        if funds.any():
            for m in np.flatnonzero(terms.fund >= 0).tolist():
                drawing[m] = funds[treasury.slot[terms.fund[m]]]
        return Scarce(as_words(drawing), large)

    def _apart(self, parts: int, rows: int) -> list[State]:
        """States that share the firms and what surrounds them, with sums of their own and room for so many rows."""
        state, cases = self.province.state, self._most_cases(rows)
        known = len(self._parts)
        if self._of is not state or known < parts or len(self._parts[0].cases.firm) < cases:
            self._parts = [_with_sums_of_its_own(state, cases) for _ in range(max(parts, known))]
            self._of = state
        return self._parts[:parts]


def first_look_back(population: Population, timeline: Timeline) -> None:
    """Let every firm's last settlement before the horizon be one month before its first within it."""
    firms, starts, first_of_month = population.firms, population.cohort_start, timeline.start.day
    before = timeline.date(-first_of_month).day  # days of the month before
    for cohort in range(COHORTS):
        rows = slice(starts[cohort], starts[cohort + 1])
        until_settled = cohort + 1 - first_of_month
        since = until_settled if until_settled < 0 else until_settled - before
        firms.open_from[rows] = np.where(firms.born_on[rows] < 0, max(since, -LEAD), 0)


def _asked(state: State) -> tuple[Int, Int]:
    """Fen that firms have asked for so far, of each fund, in vain or not, and fen that large firms have found."""
    treasury = state.records.treasury
    return treasury.drawn + treasury.unmet, state.market.extra_by_large.copy()


def _sums(state: State, month: int) -> list[NDArray[np.int64]]:
    """What the settlements of a month add to."""
    books, counts, treasury = state.records.books, state.records.counts, state.records.treasury
    by_month = (*books, counts.firms, counts.days, counts.repayment_wall, counts.undisputed)
    market = [getattr(state.market, name) for name in SUMS_OF_MONTH]
    return [*(sums[month] for sums in by_month), counts.holders, treasury.drawn, treasury.unmet, *market]


def _by_row(filed: list[Cases]) -> Cases:
    """Cases of several parts in the order of rows, those of a firm in their own; the parts are empty afterwards."""
    counts = [int(cases.filed[0]) for cases in filed]
    firm, item, ready_on, lane = (
        np.concatenate([column[:n] for column, n in zip(columns, counts, strict=True)])
        for columns in list(zip(*filed, strict=True))[:-1]
    )
    for cases in filed:
        cases.filed[0] = 0
    order = np.argsort(firm, kind="stable")
    return Cases(firm[order], item[order], ready_on[order], lane[order], np.array([sum(counts)]))


def _with_sums_of_its_own(state: State, cases: int) -> State:
    """A state that shares the firms and whatever settlements only read, with room for so many cases."""
    market, records = state.market, state.records
    treasury, books, counts = records.treasury, records.books, records.counts
    written = [*SUMS_OF_MONTH, "large_room"]
    return state._replace(
        market=market._replace(**{name: zeros_apart(getattr(market, name)) for name in written}),
        records=records._replace(
            treasury=treasury._replace(
                **{name: zeros_apart(getattr(treasury, name)) for name in ("level", "drawn", "unmet")}
            ),
            books=Books(*map(zeros_apart, books)),
            counts=Counts(*map(zeros_apart, counts)),
        ),
        cases=room_for(cases),
        bills=Bills(*map(zeros_apart, state.bills)),
    )
