"""Queues lose nobody, and who came first is served first."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np

from sim.engine import Run
from sim.firm.state import APPLIED, DECIDED, REFUSED, SUPERVISED, WITHDRAWN
from sim.vocabulary import FLAGS, Status, bit
from tests.invariants.watching import (
    DESKS,
    MEASURES,
    OUTBREAK,
    OWN_HANDLER,
    RESTART,
    SETTLEMENT,
    Record,
    built,
    for_drawn_scenarios,
    steps,
)


def entities(run: Run, records: list[Record]) -> int:
    """Weight of the rows of these cases."""
    return int(run.population.firms.weight[[record.firm for record in records]].sum())


def test_a_queue_is_left_at_its_head_and_joined_at_its_end(rounds: int) -> None:
    """First in, first out, for every measure, loans and problems, in every prefecture and lane: whoever leaves stood
    before all who stay, whoever comes stands behind them and is filed on the day; firms come at their settlement or
    when they are set free, and leave when somebody works."""
    seen: Counter[float] = Counter()

    def claim(drawn: SimpleNamespace) -> None:
        for _, _, after, gone, new in steps(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            for queue, line in after.lines.items():
                assert [record.filed for record in line] == sorted(record.filed for record in line), queue
            for queue, records in new.items():
                assert all(record.filed == after.day <= record.ready for record in records), (after.day, queue)
            if any(new.values()):
                assert after.hour in (OUTBREAK, SETTLEMENT), (after.day, after.hour)
            if any(gone.values()):
                assert after.hour in (DESKS, RESTART), (after.day, after.hour)
                seen[after.hour] += 1

    for_drawn_scenarios(rounds, claim)
    assert seen[DESKS] > 0 and seen[RESTART] > 0


def test_every_record_is_in_one_queue_or_free(rounds: int) -> None:
    """The pool of records neither loses nor doubles one, and each queue knows how many entities wait in it."""

    def claim(drawn: SimpleNamespace) -> None:
        for run, _, after, _, _ in steps(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            queues = run.state.queues
            everybody = [*after.lines.values(), *after.handled.values()]
            assert sum(map(len, everybody)) + int(queues.free[1]) == len(queues.firm), (after.day, after.hour)
            assert queues.waiting.sum() == sum(entities(run, line) for line in everybody)
            for (item, p, _), line in after.handled.items():
                assert queues.waiting[item, p].tolist() == [0, entities(run, line)], (after.day, item)
            for queue, line in after.lines.items():
                assert queues.waiting[queue] == entities(run, line), (after.day, queue)
                assert all(run.population.firms.prefecture[record.firm] == queue[1] for record in line)

    for_drawn_scenarios(rounds, claim)


def test_applications_are_conserved(rounds: int) -> None:
    """Of what was ever filed for a measure or a loan, all is decided, refused, withdrawn, dropped because its firm has
    left, or still waiting, at every hour; a problem is solved, refused a loan or struck off; nothing twice."""
    dropped = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal dropped
        filed: Counter[int] = Counter()
        for run, before, after, gone, new in steps(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            loan = run.state.loan_item
            served: Counter[int] = Counter()
            for (item, _, _), records in gone.items():
                alive = [record for record in records if before.alive[record.firm]]
                served[item] += entities(run, alive)
                dropped += len(records) - len(alive)
            for (item, _, _), records in new.items():
                filed[item] += entities(run, records)
            counted = after.stations - before.stations
            at_desks = counted[:, DECIDED] + counted[:, REFUSED] + counted[:, WITHDRAWN]
            if after.hour in (DESKS, RESTART):
                for item in range(loan + 1):
                    assert at_desks[item] == served[item], (after.day, item)
                assert (counted[: loan + 1, SUPERVISED] == (at_desks[: loan + 1] if after.hour == RESTART else 0)).all()
            if after.hour == RESTART:
                solved = before.firms.tickets & ~after.firms.tickets
                for kind in range(len(at_desks) - loan - 1):
                    item = loan + 1 + kind
                    rows = (solved >> kind & 1).astype(bool)
                    struck_off = sum(entities(run, gone[queue]) for queue in gone if queue[0] == item)
                    assert at_desks[item] == struck_off, (after.day, item)
                    assert counted[item, DECIDED] == before.firms.weight[rows].sum(), (after.day, item)
                    assert (after.firms.tickets[rows] >> (4 + kind) & 1).all(), "each names what ended it"
            elif after.hour == DESKS:
                pass
            elif after.hour not in (MEASURES, SETTLEMENT):
                assert not at_desks[: loan + 1].any(), (after.day, after.hour)
            assert (after.stations[:, APPLIED] == [filed[item] for item in range(len(counted))]).all()

    for_drawn_scenarios(rounds, claim)
    assert dropped > 0


def test_nobody_is_overtaken_at_a_desk(rounds: int) -> None:
    """First come, first served within a priority: when a desk has worked, no case that was ready and filed earlier
    waits in the same lane than one that was served, unless its fund is empty; nobody was served before his case was
    ready. Banks do the same with loans, and whoever helps with problems of a kind."""
    served_while_others_wait = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal served_while_others_wait
        for run, before, after, gone, _ in steps(built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)):
            if after.hour not in (DESKS, RESTART):
                continue
            terms, loan = run.rules.terms, run.state.loan_item
            latest: dict[tuple[int, int, int], int] = defaultdict(lambda: -1)
            for (item, p, lane), records in gone.items():
                if lane == OWN_HANDLER or (after.hour == RESTART and item < loan):
                    continue
                for record in records:
                    if before.alive[record.firm]:
                        assert record.ready <= after.day, (after.day, item)
                        if item <= loan or before.firms.status[record.firm] == Status.SUSPENDED:
                            latest[item, p, lane] = max(latest[item, p, lane], record.filed)
            for (item, p, lane), line in after.lines.items():
                first, may_wait = line[0], item < loan and terms.fund[item] >= 0 and terms.waits[item]
                if first.ready <= after.day and latest[item, p, lane] >= 0 and not may_wait:
                    assert latest[item, p, lane] <= first.filed, (after.day, item, p, lane)
                    served_while_others_wait += 1

    for_drawn_scenarios(rounds, claim)
    assert served_while_others_wait > 0


def test_no_listed_firm_waits_behind_an_unlisted_one(rounds: int) -> None:
    """Listed firms are served before others, here with every other firm on the list and every measure that minds it:
    nobody else is served at a desk on a day that leaves a listed firm waiting whose case is ready, not even when its
    row stands for more entities than the desk has capacity left for."""
    listed_first = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal listed_first
        minding = []
        for measure in drawn.scenario.measures:
            said = {"list_first": True}
            if measure.delivery.capacity is not None:  # all at once before desks that can handle few
                said |= {"way": "by_list", "take_up": 1.0, "capacity": 20.0}
            delivery = measure.delivery.model_copy(update=said)
            minding.append(measure.model_copy(update={"delivery": delivery}))
        run = built(replace(drawn.scenario, measures=tuple(minding)), drawn.firms, drawn.seed, drawn.scale / 4)
        run.population.firms.flags[::2] |= np.uint16(bit(FLAGS, "key_firm"))
        terms, loan = run.rules.terms, run.state.loan_item
        desks = [[item] for item in np.flatnonzero(~terms.own_handler[:loan]).tolist()]
        for _, before, after, gone, _ in steps(run):
            if after.hour != DESKS:
                continue
            for items, p in product(desks, range(run.counties.prefecture_count)):
                if any(terms.waits[item] for item in items):
                    continue  # a queue may wait for money
                served = [
                    [r for item in items for r in gone.get((item, p, lane), []) if before.alive[r.firm]]
                    for lane in range(2)
                ]
                heads = [
                    [after.lines[item, p, lane][0] for item in items if (item, p, lane) in after.lines]
                    for lane in range(2)
                ]
                listed, others = ([head for head in heads[lane] if head.ready <= after.day] for lane in range(2))
                assert not (listed and served[1]), (after.day, items, p)
                listed_first += bool(others and served[0])

    for_drawn_scenarios(rounds, claim)
    assert listed_first > 0
