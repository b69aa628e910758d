"""How firms are counted that are open, stopped, paused or gone: columns written by hand, an entity a power of ten."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.engine import Run, Wanted
from sim.observe.inside import Inside
from sim.observe.journeys import Journeys
from sim.observe.months import rates_by_month
from sim.observe.outcomes import OUTCOMES, RATES, of_counts
from sim.observe.stops import Stops
from sim.parameters import load as load_parameters
from sim.vocabulary import EXIT_CAUSES, Status
from tests.engine.conftest import population_of, scenario_of

END = date(2022, 12, 31)
# status, whether ever stopped, cause of leaving, born on (-1: a founder), result of the year, reservation
FIRMS = (
    (Status.OPEN, False, "", -1, 100, 0),  # 0
    (Status.OPEN, True, "", -1, -1, 5),
    (Status.SUSPENDED, True, "", -1, 120, 10),  # 2: twelve months of 10 leave exactly nothing
    (Status.PAUSED, True, "", -1, 119, 10),
    (Status.PAUSED, False, "", 304, 19, 10),  # 4: born 60 days before the end, two months
    (Status.OPEN, False, "", 305, 19, 10),  # 59 days, one month
    (Status.EXITED, True, "retired", -1, -9, 1),  # 6
    (Status.EXITED, True, "closed_while_stopped", -1, -9, 1),
    (Status.EXITED, True, "insolvent", -1, -9, 1),  # 8
    (Status.EXITED, True, "insolvent_while_stopped", -1, -9, 1),
    (Status.EXITED, False, "insolvent", -1, -9, 1),  # 10
)
MONTHS = (12, 12, 12, 12, 2, 1)  # of the year in which the owners of those that live have lived on them


def entities(*places: int) -> int:
    """The entities of these firms together: none can be mistaken for another."""
    return sum(2**place for place in places)


@pytest.fixture
def run() -> Run:
    """A year of which the last day has come; of the rows that are not in FIRMS nobody was ever born."""
    scenario = scenario_of("baseline", {"world.end": END.isoformat()})
    run = Run(scenario, load_parameters(), population_of(scenario, 40), 1, Wanted(inside=Inside(days=[END])))
    firms = run.population.firms
    firms.status[:] = Status.UNBORN
    firms.suspended_on[:] = firms.exited_on[:] = firms.exit_cause[:] = -1
    for row, (status, stopped, cause, born_on, result, reservation) in enumerate(FIRMS):
        firms.status[row], firms.weight[row], firms.born_on[row] = status, entities(row), born_on
        firms.profit_this_year[row], firms.reservation[row] = result, reservation
        firms.suspended_on[row] = 40 if stopped else -1
        firms.restart_on[row] = 50 if stopped and status != Status.SUSPENDED else -1
        firms.arrears_public[row], firms.arrears_private[row], firms.overdue_payables[row] = 1, 10, 100
        if cause:
            firms.exit_cause[row], firms.exited_on[row] = EXIT_CAUSES.index(cause), 200
    return run


@pytest.fixture
def counted(run: Run) -> dict[str, int]:
    """The province on the last day of the year."""
    run._count(run.timeline.days - 1, lambda share: None)
    panel = run.record.panel_table()
    return panel[panel["month"] == "2022-12"].sum(numeric_only=True).to_dict()


def test_each_firm_stands_in_one_way(counted):
    assert counted["open"] == entities(0, 1, 5)
    assert counted["suspended"] == entities(2)
    assert counted["paused"] == entities(3, 4)
    assert counted["exited"] == entities(6, 7, 8, 9, 10)
    assert counted["exited_insolvent"] == entities(8, 9, 10)
    assert counted["founders_alive"] == entities(0, 1, 2, 3) and counted["born"] == entities(4, 5)


def test_who_has_worked_again_is_back_paused_or_gone_since(counted):
    assert counted["stopped"] == entities(1, 2, 3, 6, 7, 8, 9)
    assert counted["stopped_working"] == entities(1, 3)
    assert counted["stopped_left_working"] == entities(6, 8)
    assert RATES["resumption_rate"].of(counted) == entities(1, 3, 6, 8) / entities(1, 2, 3, 6, 7, 8, 9)


def test_a_loss_before_and_after_the_owner_has_lived(counted):
    assert counted["loss_making"] == entities(1)
    assert counted["loss_making_with_owner"] == entities(1, 3, 4)
    living = entities(0, 1, 2, 3, 4, 5)
    assert RATES["loss_share"].of(counted) == entities(1) / living
    assert RATES["loss_share_with_owner"].of(counted) == entities(1, 3, 4) / living


def test_arrears_are_of_who_lives_and_of_all_creditors(counted):
    assert counted["arrears_fen"] == 111 * entities(0, 1, 2, 3, 4, 5)


def test_outcomes_tell_exits_in_good_order_from_insolvent_ones(counted):
    seen = of_counts(counted, {}, {})
    assert OUTCOMES["exits"].of(seen) - OUTCOMES["insolvent_exits"].of(seen) == entities(6, 7)
    assert OUTCOMES["survivors"].of(seen) == entities(0, 1, 2, 3)


def test_universes_count_alike(run, counted):
    run._count(run.timeline.days - 1, lambda share: None)  # once more: counts are added to what is there
    tables = run.record.tables(
        run.population.firms, run.rules.terms, run.state.records.counts, run.state.records.books, run.timeline
    )
    of_all = tables["universes"].query("month == '2022-12' and universe == 'all' and by == 'firms'")
    [row] = of_all.to_dict("records")
    names = [name for name in row if name not in ("month", "universe", "by")]
    assert {name: row[name] for name in names} == {name: 2 * counted[name] for name in names}
    assert set(names) >= {"paused", "stopped_left_working", "loss_making_with_owner"}
    rates = rates_by_month(tables["universes"]).set_index(["universe", "by", "month"]).loc[("all", "firms", "2022-12")]
    for name, rate in rates.items():
        assert rate == RATES[str(name)].of(counted), name


def test_a_snapshot_tells_the_same(run):
    seen = run.looks.snapshot(run.timeline.days - 1, np.ones(len(run.population.firms.key), np.bool_))
    assert len(seen) == len(FIRMS)
    assert seen["status"].astype(str).tolist() == [status.name.lower() for status, *_ in FIRMS]
    results = [result - reservation * months for (*_, result, reservation), months in zip(FIRMS, MONTHS, strict=False)]
    lives = seen["status"] != "exited"
    assert seen.loc[lives, "result_with_owner_fen"].tolist() == results
    assert (seen.loc[~lives, "result_with_owner_fen"] == seen.loc[~lives, "result_of_year_fen"]).all()
    known = lives & seen["margin"].notna() & (seen["result_of_year_fen"] != 0)
    ratio = seen.loc[known, "margin_with_owner"] / seen.loc[known, "margin"]
    assert ratio.to_numpy() == pytest.approx(
        (seen.loc[known, "result_with_owner_fen"] / seen.loc[known, "result_of_year_fen"]).to_numpy()
    )


def test_the_evening_knows_who_left_while_stopped(run):
    stops = Stops(run.population.firms, run.record.strata, run.timeline)
    stops.count(300)
    evening = stops.resumption().query("universe == 'all'").set_index("date").loc[pd.Timestamp("2022-10-28")]
    assert evening["stopped"] == entities(1, 2, 3, 6, 7, 8, 9)
    assert evening["closed"] == entities(2) and evening["waiting"] == 0
    assert evening["working"] == entities(1, 3)
    assert evening["left_working"] == entities(6, 8) and evening["left_while_stopped"] == entities(7, 9)


def test_a_pause_is_no_stop_and_a_closure_does_not_touch_who_is_paused(run):
    firms, day = run.population.firms, 300
    stops = Stops(firms, run.record.strata, run.timeline)
    firms.status[0], firms.status[3] = Status.PAUSED, Status.OPEN
    stops.count(day)
    assert len(stops.table(run.counties)) == 0
    world = run.outbreak.world
    world.severity[day], world.listed[day], world.closed_share_max[:] = 1.0, True, 1.0
    before = firms.status[: len(FIRMS)].copy()
    run.outbreak.advance(day)
    now = firms.status[: len(FIRMS)]
    assert (now[before == Status.PAUSED] == Status.PAUSED).all() and (before == Status.PAUSED).sum() == 2
    assert (now[before == Status.OPEN] == Status.SUSPENDED).all()


def test_a_pause_and_its_end_are_told_of_a_followed_firm(run):
    firms = run.population.firms
    followed = Journeys(
        [int(firms.key[0])], firms, run.state.records.slots, run.state.records.books, [], run.timeline
    )  # fmt: skip
    for day, status in ((40, Status.PAUSED), (70, Status.PAUSED), (100, Status.OPEN), (130, Status.EXITED)):
        followed.before_settlement(0, day, run.state.queues)
        firms.status[0], firms.exit_cause[0] = status, EXIT_CAUSES.index("closed")
        followed.settled(0, day, run.state.queues)
    told = followed.table()
    assert told["event"].tolist() == ["paused", "reopened", "exited"]
    assert told["status"].tolist() == ["paused", "open", "exited"]
    assert told["flow"].tolist() == ["", "", "closed"]
