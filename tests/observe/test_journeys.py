"""Journeys: the whole month of a firm, to the fen, without the model knowing that it is watched."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim import compare
from sim.engine import simulate
from sim.observe.journeys import EVENTS
from sim.observe.tables import TABLES, Result
from sim.vocabulary import EXIT_CAUSES, FLAGS, TICKETS, bit
from tests.engine.conftest import population_of, scenario_of, written

FIRMS = 1_500
SIGN = pd.Series(EVENTS)


@pytest.fixture(scope="module")
def unwatched() -> Result:
    return simulate(scenario_of("full_plan"), firms=FIRMS, fates=True)


@pytest.fixture(scope="module")
def watched(unwatched: Result) -> Result:
    """Some firms that closed, some that were born, some that were helped, two of one cohort side by side."""
    fates = unwatched.fates
    helped = fates.filter(like="given_").sum(axis=1).nlargest(6).index
    rows = [*fates.index[~fates["alive"]][:8], *fates.index[~fates["founder"]][:4], *helped, *fates.index[20:24]]
    return simulate(scenario_of("full_plan"), firms=FIRMS, follow=fates.loc[rows, "firm"].tolist())


@pytest.mark.parametrize("table", ["outcomes", "panel", "ledger", "delivery", "requests", "repayment_wall", "fates"])
def test_a_world_that_is_watched_is_the_same_world(unwatched, watched, table):
    pd.testing.assert_frame_equal(getattr(unwatched, table), getattr(watched, table))
    assert len(watched.journeys) > 1_000


def test_cash_runs_from_event_to_event(watched):
    """Cash after an event less cash before it is what the event brought or took: no fen is left out."""
    for _, journey in watched.journeys.groupby("firm"):
        moved = (journey["event"].map(SIGN) * journey["amount_fen"]).to_numpy()
        assert (np.diff(journey["cash_fen"]) == moved[1:]).all()


def test_who_has_closed_has_nothing_left_and_does_nothing_more(watched):
    exits = watched.journeys[watched.journeys["event"] == "exited"]
    assert len(exits) >= 8
    assert (exits["cash_fen"] == 0).all()
    assert set(exits["flow"]) <= set(EXIT_CAUSES)
    for _, journey in watched.journeys.groupby("firm"):
        assert (journey["event"] == "exited").iloc[:-1].sum() == 0


def test_a_journey_says_what_the_fates_say(watched):
    """What others bore and what measures paid, firm by firm."""
    fates = watched.fates.set_index("firm")
    given = watched.journeys[watched.journeys["event"].isin(["borne", "received"])].groupby("firm")["amount_fen"].sum()
    for firm in watched.journeys["firm"].unique():
        assert given.get(firm, 0) == fates.loc[firm].filter(like="given_").sum()
    assert given.sum() > 0


def test_only_words_of_the_closed_list(watched):
    journeys = watched.journeys
    assert list(journeys.columns) == list(TABLES["journeys"])
    assert set(journeys["event"]) <= set(EVENTS)
    assert {"applied", "granted", "borne", "sold", "paid", "born"} <= set(journeys["event"])
    assert set(journeys.loc[journeys["event"].str.startswith("problem"), "flow"]) <= set(TICKETS)


def test_nobody_is_refused_or_pending_without_having_applied(watched):
    automatic = {m.id for m in scenario_of("full_plan").measures if m.delivery.way == "automatic"}
    decided = watched.journeys[watched.journeys["event"].isin(["applied", "refused"])]
    decided = decided[~decided["measure"].isin(automatic)]
    for _, case in decided.groupby(["firm", "measure"]):
        assert case["event"].iloc[0] == "applied"
        assert len(case) <= 2


def granted_alone(folder, refusal):
    """Twelve firms that are eligible for one grant on application, in a world that has nothing else, as they lived."""
    lever = f"srdi_grant.delivery.refusal_share: {refusal}"
    scenario = written(folder, f"extends: baseline\nmeasures: [srdi_grant]\nlevers: {{{lever}}}\n")
    firms = population_of(scenario, FIRMS).firms
    rows = np.flatnonzero((firms.flags & bit(FLAGS, "srdi_candidate") > 0) & (firms.size > 0) & (firms.born_on < 0))
    journeys = simulate(scenario, firms=FIRMS, follow=firms.key[rows[:12]].tolist()).journeys
    return journeys[journeys["measure"] == "srdi_grant"]


def test_a_desk_that_refuses_everybody_refuses_whoever_applied(tmp_path):
    events = granted_alone(tmp_path, 1.0)
    filed = events[events["event"] == "applied"]
    assert len(filed) > 0
    refused = events[events["event"] == "refused"]
    assert set(refused["firm"]) == set(filed["firm"])
    assert {"applied", "refused"} <= set(events["event"]) <= {"applied", "refused", "did_not_apply"}


def test_whoever_is_granted_applied_before_and_is_paid_on_the_day(tmp_path):
    events = granted_alone(tmp_path, 0.0)
    by_event = {event: group.set_index("firm") for event, group in events.groupby("event")}
    granted, received, applied = (by_event[event] for event in ("granted", "received", "applied"))
    assert len(granted) > 0
    assert (received["date"] == granted["date"]).all()
    assert (received["amount_fen"] == 500_000 * 100).all()
    assert (applied.loc[granted.index, "date"] < granted["date"]).all()


def test_a_firm_that_does_not_exist_is_said_so():
    with pytest.raises(ValueError, match="there is no firm 5 in this world"):
        simulate(scenario_of("baseline"), firms=300, follow=[5])


def test_a_comparison_follows_a_firm_that_is_saved():
    """Its end is told under the baseline alone, and every amount and cash is of one of the two worlds."""
    told = compare(["full_plan"], firms=3_000, replications=1).journeys
    saved = told[told["fate"] == "saved"]
    ends = saved[saved["event"] == "exited"]
    assert len(ends) == 1
    assert ends["cash_fen"].isna().all()
    assert (ends["cash_fen_against"] == 0).all()
    assert told[["cash_fen", "cash_fen_against"]].notna().any(axis=1).all()
    assert set(told["fate"]) <= {"saved", "harmed"}
