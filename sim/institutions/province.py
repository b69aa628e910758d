"""The province as the processes of a run share it: the state of its firms, the day, and room in the queues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.firm import state
from sim.firm.state import LONGEST_PROCESSING, NEVER, Behaviour, Clock, Int, State, Treasury
from sim.institutions.queues import new_queues, room_for, with_room
from sim.institutions.rules import Rules
from sim.ledger import new_books
from sim.population.columns import Firms
from sim.population.synthesis import Population
from sim.timeline import Timeline
from sim.vocabulary import BACK_WITHIN_DAYS, CLOSURE_DAYS, FLOWS, SECTORS, SIZES, TICKETS
from sim.world.world import World


class Province:
    """The state of the province, which grows with its queues, and its calendar."""

    def __init__(self, state: State, timeline: Timeline) -> None:
        self.state, self.timeline = state, timeline
        self._clock: Clock | None = None  # of the last day that somebody asked for

    def clock(self, day: int) -> Clock:
        """What a day is to the firms."""
        if self._clock is None or self._clock.day != day:
            on = self.timeline.date(day)
            previous = day - (on - timedelta(on.day)).day  # as many days ago as the month before has
            self._clock = Clock(day, previous, int(self.timeline.month[day]), on.month)
        return self._clock

    def make_room(self, cases: int) -> None:
        """Let at least so many more cases wait."""
        queues = with_room(self.state.queues, cases)
        if queues is not self.state.queues:
            self.state = self.state._replace(queues=queues)


def first_state(
    population: Population, rules: Rules, behaviour: Behaviour, treasury: Treasury, world: World,
    groups: Sequence[str], fates: bool, seed: int,
) -> State:  # fmt: skip
    """The state that a run begins with; money is weighted whole fen, counts are weighted entities.

    ``groups``: of measures whose money is counted together; ``fates``: whether it is noted of each firm when it was
    last helped and what it left unpaid.
    """
    firms, timeline, measures = population.firms, rules.timeline, len(rules.measures)
    counties, prefectures = len(rules.counties), rules.counties.prefecture_count
    n, months, before = len(firms.key), timeline.months, state.LEAD + timeline.days + 1
    items = measures + 1 + len(TICKETS)
    tested = np.zeros((before, counties))
    tested[state.LEAD + 1 :] = np.cumsum(world.testing, axis=0)
    stations = (months, items, len(state.COUNTED_STATIONS))
    return State(
        firms=firms,
        behaviour=behaviour,
        terms=rules.terms,
        market=state.Market(
            integral=np.zeros((before, counties, len(SECTORS))),
            testing=tested,
            away=world.away,
            incomes=np.zeros(counties, np.int64),
            capacity=np.zeros((counties, len(SECTORS)), np.int64),
            sales=np.zeros(prefectures * len(SECTORS) * len(SIZES), np.int64),
            sold=np.zeros((prefectures, len(SECTORS)), np.int64),
            lost_share=np.zeros((prefectures, len(SECTORS))),
            firms_pay=np.ones((prefectures, len(SECTORS))),
            payables_lost=np.zeros((prefectures, len(SECTORS)), np.int64),
            dismissed=np.zeros(prefectures, np.int64),
            hired=np.zeros(prefectures, np.int64),
            places=np.zeros(prefectures, np.int64),
            hireable=np.ones(prefectures),
            repaid=np.zeros(prefectures, np.int64),
            due_by_large=np.zeros(prefectures, np.int64),
            extra_by_large=np.zeros(prefectures, np.int64),
            large_room=np.zeros(prefectures, np.int64),
            large_pays=np.ones(prefectures),
        ),
        records=state.Records(
            slots=state.Slots(
                months_left=np.zeros((max(rules.month_slots, 1), n), np.uint8),
                deferred=np.zeros((max(rules.deferral_slots, 1), n), np.int64),
                given=np.zeros((max(len(groups), 1), n), np.int64),
                put_off=np.zeros(n, np.uint8),
                last_helped=np.full(n if fates else 0, -1, np.int16),
                unpaid=np.zeros(n if fates else 0, np.int64),
            ),
            treasury=treasury,
            books=new_books(months, measures),
            counts=state.Counts(
                firms=np.zeros(stations, np.int64),
                days=np.zeros(stations, np.int64),
                holders=np.zeros((measures + 1, prefectures), np.int64),
                repayment_wall=np.zeros((months, measures + 1, len(state.DUE_AGAIN)), np.int64),
                restarts=np.zeros((len(CLOSURE_DAYS) + 1, len(BACK_WITHIN_DAYS) + 1), np.int64),
                undisputed=np.zeros((months, 2), np.int64),
            ),
        ),
        queues=new_queues(items, prefectures, timeline.days, int(np.diff(population.cohort_start).max()) + 1),
        cases=room_for(0),
        bills=state.Bills(full=np.zeros(len(FLOWS), np.int64), due=np.zeros(len(FLOWS), np.int64)),
        ready_day=days_until_ready(timeline),
        loan_item=measures,
        ticket_item=measures + 1,
        seed=seed,
    )


@lru_cache(maxsize=16)
def days_until_ready(timeline: Timeline) -> NDArray[np.int16]:
    """Day on which a case filed on a day has been processed for k working days, shape (D, LONGEST_PROCESSING + 1).

    Made once for all runs of a process, which only read it.
    """
    offices_open = np.flatnonzero(timeline.is_working_day)
    never = np.full(LONGEST_PROCESSING + 2, NEVER)
    open_days = np.concatenate([offices_open, never])
    first = np.searchsorted(offices_open, np.arange(timeline.days), side="right")  # the next working day
    steps = np.arange(LONGEST_PROCESSING + 1)
    ready = open_days[np.minimum(first[:, None] + steps[None, :] - 1, len(open_days) - 1)]
    ready[:, 0] = np.arange(timeline.days)
    return np.asarray(ready.astype(np.int16))


def by_prefecture(firms: Firms, values: NDArray[np.generic], alive_only: NDArray[np.bool_], prefectures: int) -> Int:
    """Weighted sum of a column over the chosen rows of each of ``prefectures``, shape (P,)."""
    total = np.zeros(prefectures, np.int64)
    rows = np.flatnonzero(alive_only)
    np.add.at(total, firms.prefecture[rows], values[rows].astype(np.int64) * firms.weight[rows])
    return total
