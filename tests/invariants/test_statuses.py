"""Firms move along allowed ways only."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Final

import numpy as np

from sim.vocabulary import FACTS, TICKETS, Status, bit
from tests.invariants.watching import (
    DESKS,
    MEASURES,
    OUTBREAK,
    RESTART,
    SETTLEMENT,
    Picture,
    built,
    changed,
    for_drawn_scenarios,
    pictures,
)

LACKS: Final = np.uint8((1 << len(TICKETS)) - 1)  # not how they ended
UNBORN, OPEN, SUSPENDED, PAUSED, EXITED = Status
WAYS: Final = {  # from, to: the hour at which it may happen
    (UNBORN, OPEN): SETTLEMENT,
    (OPEN, SUSPENDED): OUTBREAK,
    (SUSPENDED, OPEN): OUTBREAK,
    (OPEN, EXITED): SETTLEMENT,
    (SUSPENDED, EXITED): SETTLEMENT,
    (OPEN, PAUSED): SETTLEMENT,
    (PAUSED, OPEN): SETTLEMENT,
    (PAUSED, EXITED): SETTLEMENT,
}
FIXED: Final = (
    "key", "weight", "county", "prefecture", "sector", "size", "landlord", "customer", "flags", "age_months",
    "wage", "materials_share", "buffer_months", "reservation", "insured_share", "eligible",
)  # fmt: skip
STILL_WRITTEN: Final = sum(bit(FACTS, fact) for fact in ("county_listed", "loan_pending", "expands"))
NOTHING_YET: Final = ("contract_backlog", "applied", "granted", "hires", "tickets", "profit_this_year")


def test_statuses_move_only_along_allowed_ways(rounds: int) -> None:
    """Unborn firms open, open ones are stopped or paused and open again, and from everywhere they leave for good; each
    at the hour that is meant for it and on no other: who is paused is never stopped. All ways are taken; the rarest, to
    leave while paused, need not be."""
    taken: Counter[tuple[int, int]] = Counter()

    def claim(drawn: SimpleNamespace) -> None:
        for before, after in pictures(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            moved = before.firms.status != after.firms.status
            for way in zip(before.firms.status[moved].tolist(), after.firms.status[moved].tolist(), strict=True):
                assert WAYS.get(way) == after.hour, (after.day, after.hour, way)
                taken[way] += 1

    for_drawn_scenarios(rounds, claim)
    assert set(WAYS) - {(PAUSED, EXITED)} <= set(taken)


def test_who_has_left_never_changes_again(rounds: int) -> None:
    """A firm that has left keeps what it was, with nothing in any account, and its day of leaving; it is still
    written down that its county is listed and that its bank and agencies have struck off its applications, and nothing
    else."""

    def claim(drawn: SimpleNamespace) -> None:
        for before, after in pictures(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            gone = before.firms.status == EXITED
            assert not changed(before.firms, after.firms, but=("facts", "waiting"))[gone].any(), (after.day, after.hour)
            assert not (after.firms.waiting & ~before.firms.waiting)[gone].any()
            assert not ((before.firms.facts ^ after.firms.facts)[gone] & ~np.uint16(STILL_WRITTEN)).any()
            left = after.firms.status == EXITED
            assert (after.firms.exited_on[left] >= 0).all()
            assert (after.firms.exited_on[left] <= after.day).all()
            assert (after.firms.exited_on[left & ~gone] == after.day).all()
            assert (
                not after.firms.cash[left].any()
                and not after.firms.loan[left].any()
                and not after.firms.staff[left].any()
            )

    for_drawn_scenarios(rounds, claim)


def test_who_is_not_born_has_nothing_happen_to_it(rounds: int) -> None:
    """Until it opens a row changes in no column but that of its day of birth and the fact that its county is listed;
    it opens on no earlier day than its own, never at the start, with its usual staff."""
    born = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal born
        for before, after in pictures(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            unborn = after.firms.status == UNBORN
            assert not changed(before.firms, after.firms, but=("facts", "born_on"))[unborn].any()
            opened = (before.firms.status == UNBORN) & ~unborn
            assert (before.firms.born_on[opened] <= after.day).all()
            assert (after.firms.born_on[opened] == after.day).all()
            assert (after.firms.staff[opened] == after.firms.usual_staff[opened]).all()
            for name in NOTHING_YET:
                assert not getattr(after.firms, name)[opened].any(), name
            born += int(opened.sum())

    for_drawn_scenarios(rounds, claim)
    assert born > 0


def test_what_a_firm_is_never_changes_and_what_it_has_done_stays_done(rounds: int) -> None:
    """Fixed traits stay as they are; usual staff and the sales that it is meant for grow, and only with a bank's loan
    to expand; rent grows with it too, and drifts as usual sales do at settlements; a measure filed for or granted is
    never taken back; months in a row of distress go up by one or begin anew; what is left of months of relief grows
    with a grant only."""

    def claim(drawn: SimpleNamespace) -> None:
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        months = run.state.records.slots.months_left.copy()
        slot = [int(s) for s in run.rules.terms.month_slot[: len(run.measure_ids)]]
        for before, after in pictures(run):
            for name in FIXED:
                assert (getattr(before.firms, name) == getattr(after.firms, name)).all(), name
            expands = (before.firms.facts & bit(FACTS, "expands")) != 0
            for name in ("first_sales", "usual_staff", "rent", "usual_sales"):
                was, now = getattr(before.firms, name), getattr(after.firms, name)
                if after.hour == DESKS:
                    assert (now >= was).all() and (now == was)[~expands].all(), name
                elif after.hour != SETTLEMENT or name in ("first_sales", "usual_staff"):
                    assert (now == was).all(), name
            if after.hour == SETTLEMENT:
                drift = after.firms.usual_sales / np.maximum(before.firms.usual_sales, 1)
                fen_off = after.firms.rent - before.firms.rent * drift
                assert (np.abs(fen_off) <= 0.6 + before.firms.rent / np.maximum(before.firms.usual_sales, 1)).all()
            for name in ("applied", "granted"):
                assert not (getattr(before, name) & ~getattr(after, name)).any(), name
            was, now = before.firms.distressed_months, after.firms.distressed_months
            assert ((now == was) | (now == np.minimum(was + 1, 127)) | (now == 0)).all()
            more = run.state.records.slots.months_left.astype(np.int64) > months
            for m in range(len(run.measure_ids)):
                if slot[m] >= 0:
                    assert not (more[slot[m]] & ~(after.granted[:, m] & ~before.granted[:, m])).any()
            months = run.state.records.slots.months_left.copy()

    for_drawn_scenarios(rounds, claim)


def test_who_works_again_has_been_set_free(rounds: int) -> None:
    """A stopped firm works again only when its closure has ended and no earlier than on the day then known; while it is
    stopped it has the problems it met, and open firms have none."""
    restarted = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal restarted
        for before, after in pictures(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            again = (before.firms.status == SUSPENDED) & (after.firms.status == OPEN)
            assert (after.firms.restart_on[again] >= 0).all()
            assert (after.firms.restart_on[again] <= after.day).all()
            assert not (after.firms.tickets[after.firms.status == OPEN] & LACKS).any()
            solved = before.firms.tickets & ~after.firms.tickets & LACKS
            assert after.hour in (OUTBREAK, RESTART) or not solved.any()
            restarted += int(again.sum())

    for_drawn_scenarios(rounds, claim)
    assert restarted > 0


def test_measures_and_months_touch_nobody_by_themselves(rounds: int) -> None:
    """When measures begin, change or end, no firm's columns change but the mark of those that are chosen."""

    def claim(drawn: SimpleNamespace) -> None:
        last: Picture | None = None
        for before, after in pictures(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            if after.hour == MEASURES:
                assert not changed(before.firms, after.firms, but=("granted",)).any(), after.day
            last = after
        assert last is not None

    for_drawn_scenarios(rounds, claim)
