"""Who is served: nobody that has left, does not qualify, has not heard of it, or comes too late."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from sim import random_numbers
from sim.firm.state import DECIDED, PAID, REFUSED, SUPERVISED, WITHDRAWN
from sim.random_numbers import Purpose
from sim.vocabulary import FACTS, TICKETS, Status, bit
from tests.invariants.watching import (
    DESKS,
    MEASURES,
    RESTART,
    SETTLEMENT,
    TENDERS,
    built,
    for_drawn_scenarios,
    pictures,
    qualifies,
    steps,
)

# What is true from the filing of applications to the end of a settlement; who is short is told by the one before.
LASTING = ("county_listed", "hit_by_epidemic", "has_loan", "overdue_receivables", "hired")


def test_a_measure_is_granted_to_the_living_who_qualify_while_it_is_in_force(rounds: int) -> None:
    """Whoever newly has a measure was alive before the hour, has every trait that its file asks for, and the day is
    between its first and its last; he filed before, or it needs no filing (cultivation never does). Both happen."""
    ways: Counter[float] = Counter()

    def claim(drawn: SimpleNamespace) -> None:
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        measures, rules = run.scenario.measures, run.rules
        traits = [qualifies(run, measure) for measure in measures]
        for before, after in pictures(run):
            new = after.granted & ~before.granted
            on = run.timeline.date(after.day)
            for m in np.flatnonzero(new.any(axis=0)).tolist():
                rows, measure = new[:, m], measures[m]
                assert before.alive[rows].all(), (measure.id, on)
                assert traits[m][rows].all(), (measure.id, on)
                assert measure.start <= on, (measure.id, on)
                if after.hour in (DESKS, RESTART):  # what was filed in time is decided after the end
                    assert before.applied[rows, m].all(), (measure.id, on)
                    assert measure.withdrawn is None or on < measure.withdrawn, (measure.id, on)
                    ways[after.hour] += 1
                    continue
                assert measure.end is None or on <= measure.end, (measure.id, on)
                if after.hour == SETTLEMENT:
                    by_itself = measure.delivery.way == "automatic" or measure.instrument == "cultivation"
                    by_itself |= bool(rules.terms.makes_automatic[m].any())
                    assert by_itself, (measure.id, on)
                else:
                    assert after.hour == MEASURES and measure.values.quota is not None, (measure.id, on)
                ways[after.hour] += 1

    for_drawn_scenarios(rounds, claim)
    assert ways[DESKS] > 0 and ways[SETTLEMENT] > 0


def test_money_goes_to_the_living_who_have_the_measure(rounds: int) -> None:
    """What a firm counts as given by a measure grows only while it is alive, qualifies and has been granted it."""
    paid = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal paid
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        traits = np.array([qualifies(run, measure) for measure in run.scenario.measures])
        for before, after in pictures(run):
            got = after.given != before.given
            if got.any():
                assert (after.given >= before.given).all(), (after.day, after.hour)
                assert not (got & ~before.alive).any(), (after.day, after.hour)
                assert not (got & ~traits).any(), (after.day, after.hour)
                assert not (got & ~after.granted.T).any(), (after.day, after.hour)
                paid += 1

    for_drawn_scenarios(rounds, claim)
    assert paid > 0


def test_only_those_file_who_know_would_ask_and_are_what_is_asked_for(rounds: int) -> None:
    """Whoever stands newly in the queue of a measure is alive, qualifies, knows of it (its own draw is below the share
    of its prefecture and size that knows), would ever ask for it, has the facts asked for that last through its
    settlement, was short of cash at the one before if that is asked for, files at most so many a month, and never
    twice for the same."""
    filed = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal filed
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        measures, rules, firms = run.scenario.measures, run.rules, run.population.firms
        index = {measure.id: m for m, measure in enumerate(measures)}
        traits = [qualifies(run, measure) for measure in measures]
        would = run.parameters.by_size("delivery.apply_share")
        seed, identity = drawn.seed, rules.terms.identity
        for before, after in pictures(run):
            if after.hour != SETTLEMENT:
                assert (before.applied == after.applied).all(), (after.day, after.hour)
                continue
            knows = 1.0 - np.exp(-run.publicity.cumulated)
            of_firm: Counter[int] = Counter()
            for (item, prefecture, _), line in [*after.lines.items(), *after.handled.items()]:
                if item >= len(measures):
                    continue
                m, measure = item, measures[item]
                by_list, share = measure.delivery.way == "by_list", measure.delivery.take_up
                asked = index.get(getattr(measure.values, "tops_up", None) or "", m)
                for i, day, _ in line:
                    if day != after.day:
                        continue
                    key, size = firms.key[i], int(firms.size[i])
                    where = (measure.id, after.day, i)
                    assert before.alive[i] and traits[m][i], where
                    assert not before.applied[i, m] and not before.granted[i, m], where
                    heard = random_numbers.uniform(seed, int(Purpose.AWARE), key, identity[m])
                    assert by_list or heard < knows[m, prefecture, size], where
                    accepts = random_numbers.uniform(seed, int(Purpose.APPLY), key, identity[asked])
                    assert accepts < (would[size] if share is None else share), where
                    lacks = [f for f in measure.eligible.facts if f in LASTING and not firms.facts[i] & bit(FACTS, f)]
                    assert not lacks, (*where, lacks)
                    if "short_of_cash" in measure.eligible.facts:
                        assert before.firms.facts[i] & bit(FACTS, "short_of_cash"), where
                    of_firm[i] += not by_list
            assert max(of_firm.values(), default=0) <= run.state.behaviour.applications_max
            filed += of_firm.total()

    for_drawn_scenarios(rounds, claim)
    assert filed > 0


def test_loans_go_to_the_living_who_asked(rounds: int) -> None:
    """Between settlements a loan grows at its bank only, for a living firm that waited for it or won a contract."""
    lent = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal lent
        run = built(drawn.scenario, drawn.firms, drawn.seed, drawn.scale)
        pending = bit(FACTS, "loan_pending")
        for before, after in pictures(run):
            more = after.firms.loan > before.firms.loan
            if after.hour != SETTLEMENT and more.any():
                assert after.hour in (DESKS, RESTART, TENDERS), (after.day, after.hour)
                won = after.firms.contract_backlog > before.firms.contract_backlog
                asked = won if after.hour == TENDERS else before.firms.facts & pending > 0
                if after.hour == RESTART:  # to bridge what it lacks
                    asked = before.firms.tickets & bit(TICKETS, "funds") > 0
                assert asked[more].all() and before.alive[more].all(), after.day
                assert (before.firms.status[more] != Status.EXITED).all()
                lent += int(more.sum())

    for_drawn_scenarios(rounds, claim)
    assert lent > 0


def test_without_staff_nobody_is_served(rounds: int) -> None:
    """Zero capacity serves nobody: where desks, banks and who helps with a restart can handle nothing, and nobody has a
    handler of his own, every application is undecided to the end or withdrawn."""
    waiting = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal waiting
        at_desks = [
            one.model_copy(update={"delivery": one.delivery.model_copy(update={"capacity": 1.0})})
            for one in drawn.scenario.measures
        ]
        run = built(replace(drawn.scenario, measures=tuple(at_desks)), drawn.firms, drawn.seed, drawn.scale)
        run.desks.staffed[:] = 0.0
        run.banks.capacity[:] = 0.0
        run.restart.staffed[:] = 0.0
        weight, loan = run.population.firms.weight, run.state.loan_item
        dropped: Counter[int] = Counter()
        for _, before, after, gone, _ in steps(run):
            for (item, _, _), records in gone.items():
                alive = [record.firm for record in records if before.alive[record.firm]]
                withdrawn = after.stations[item, WITHDRAWN] - before.stations[item, WITHDRAWN]
                assert weight[alive].sum() <= withdrawn, (after.day, item)
                dropped[item] += int(weight[[record.firm for record in records]].sum())
            if after.hour != SETTLEMENT and after.hour != MEASURES:
                undecided = [DECIDED, REFUSED, PAID, SUPERVISED]
                changed = after.stations[:, undecided] != before.stations[:, undecided]
                assert not changed.any(), (after.day, after.hour)
                assert (after.granted == before.granted).all(), (after.day, after.hour)
        for item in range(loan + 1):
            rows = [r.firm for (i, _, _), line in after.lines.items() if i == item for r in line]
            assert after.stations[item, 0] == weight[rows].sum() + dropped[item], item
        assert not after.stations[loan:, [DECIDED, REFUSED, PAID, SUPERVISED]].any()
        waiting += len(after.lines)

    for_drawn_scenarios(rounds, claim)
    assert waiting > 0
