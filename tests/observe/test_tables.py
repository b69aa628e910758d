"""What a run says of each firm's fate, of what was put off, and of the way of applications adds up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim import compare
from sim.observe.tables import TABLES, Result
from sim.vocabulary import ACTIONS, MECHANISMS, REQUESTS
from tests.engine.conftest import live, scenario_of

GIVEN = [f"given_{action}_fen" for action in (*ACTIONS, MECHANISMS)]


@pytest.fixture(scope="module")
def plan(full_plan) -> Result:
    return full_plan.result()


def test_what_firms_were_given_is_what_the_measures_gave(plan):
    by_firm = plan.fates[GIVEN].sum(axis=1) * plan.fates["entities"]
    assert by_firm.sum() == plan.value("money_given")


def test_each_action_gave_what_its_measures_gave(plan):
    ledger = plan.ledger[plan.ledger["kind"].isin(["relieved", "granted"]) & plan.ledger["measure"].ne("")]
    actions = {measure.id: measure.action for measure in scenario_of("full_plan").measures}
    gave = ledger.groupby(ledger["measure"].map(actions))["amount_fen"].sum()
    for action in (*ACTIONS, MECHANISMS):
        given = (plan.fates[f"given_{action}_fen"] * plan.fates["entities"]).sum()
        assert given == gave.get(action, 0), action


def test_fates_agree_with_the_panel_and_the_outcomes(plan):
    fates = plan.fates
    founders = fates[fates["founder"]]
    assert fates["firm"].is_unique
    assert founders.loc[founders["alive"], "entities"].sum() == plan.value("survivors")
    assert fates.loc[~fates["alive"], "entities"].sum() == plan.value("exits")
    assert (fates["staff"] * fates["entities"]).sum() == plan.value("jobs")
    assert ((fates["exit_cause"] == "") == fates["alive"]).all()
    assert ((fates["exited_on"] < 0) == fates["alive"]).all()


def test_what_was_put_off_is_repaid_unpaid_lost_or_still_owed(plan):
    """Bills put off; the principal of extended loans stays a loan and is no part of it."""
    deferred = plan.ledger[(plan.ledger["kind"] == "deferred") & (plan.ledger["flow"] != "principal")]
    repayment_wall = plan.repayment_wall
    gone = repayment_wall[["repaid_fen", "unpaid_fen", "written_off_fen"]].to_numpy().sum()
    owed = plan.panel.loc[plan.panel["month"] == "2023-12", "deferred_fen"].sum()
    extended = repayment_wall["put_off_fen"].sum() - gone - owed
    due_again = repayment_wall["due_fen"].sum() - gone
    assert deferred["amount_fen"].sum() == repayment_wall["put_off_fen"].sum()
    assert 0 <= due_again <= extended  # principal put off; of its last months the new due day lies beyond the horizon
    assert (repayment_wall["firms_short"] <= repayment_wall["firms_due"]).all()


def test_nothing_falls_due_before_its_day_unless_the_firm_closes(plan):
    early = plan.repayment_wall[
        (plan.repayment_wall["measure"] == "premium_deferral") & (plan.repayment_wall["month"] < "2023-01")
    ]
    assert (early["firms_due"] == 0).all()
    assert early.loc[early["due_fen"] > 0, "firms_closed"].gt(0).all()


def test_who_missed_an_instalment_had_something_put_off(plan):
    assert plan.fates.loc[plan.fates["missed_instalment"], "put_off"].all()
    assert plan.fates["put_off"].any()


def test_applications_are_decided_refused_dropped_or_still_waiting(full_plan, plan):
    """Who closes before the decision drops out; everyone else is found at a station."""
    for item in range(len(full_plan.measure_ids)):
        applied, decided, refused, _, withdrawn, _ = full_plan.state.records.counts.firms[:, item].sum(axis=0)
        if applied == 0:
            continue
        waiting = full_plan.record.waiting[-1, item, 0]
        closed = applied - decided - refused - withdrawn - waiting
        assert 0 <= closed <= plan.value("exits"), full_plan.measure_ids[item]


def test_queued_is_what_the_queues_hold(full_plan):
    held = full_plan.state.queues.waiting.reshape(len(full_plan.measure_ids) + len(REQUESTS), -1).sum(axis=1)
    assert (full_plan.record.waiting[-1, :, 0] == held).all()


def test_restart_problems_are_solved_by_officers_and_their_waits_are_told(plan):
    solved = plan.requests[(plan.requests["station"] == "decided") & (plan.requests["kind"] != "loan")]
    assert (solved["days"] >= 0).all()
    met = plan.requests[plan.requests["station"] == "applied"].groupby("kind")["firms"].sum()
    assert set(met.index) == set(REQUESTS)
    for kind, number in solved.groupby("kind")["firms"].sum().items():
        assert number <= met[kind]


def test_more_officers_solve_more_problems():
    """Of the others the firm rids itself, so the mean wait of those solved need not fall."""
    solved = {}
    for officers in (1.0, 50.0):
        more = {"liaison_officers.liaison_capacity": officers, "problems_closed.counter_capacity": officers}
        result = live(scenario_of("full_plan", more), firms=2_000).result()
        decided = result.requests[(result.requests["station"] == "decided") & (result.requests["kind"] != "loan")]
        solved[officers] = decided["firms"].sum()
    assert solved[50.0] > solved[1.0]


def test_firms_learn_before_they_apply_on_average(plan):
    days = plan.delivery.dropna(subset=["days"]).query("measure == 'rent_waiver'")
    learnt = days.loc[days["station"] == "aware", "days"].iloc[0]
    applied = days[days["station"] == "applied"]
    assert 0 < learnt < np.average(applied["days"], weights=applied["firms"])


@pytest.mark.parametrize("name", ["fates", "repayment_wall", "requests"])
def test_tables_have_the_columns_that_are_documented(plan, name):
    table = getattr(plan, name)
    assert list(table) == list(TABLES[name])
    for column, (kind, _, _) in TABLES[name].items():
        if kind != "str":
            assert str(table[column].dtype) == kind, column


def test_a_longer_horizon_sees_everything_put_off_come_back():
    """The last premiums put off fall due in December 2023: a year later nothing is owed, and all firms are counted."""
    result = live(scenario_of("full_plan", {"world.end": date(2024, 12, 31)}), firms=2_000).result()
    repayment_wall = result.repayment_wall
    assert (
        (repayment_wall.loc[repayment_wall["month"] > "2023-12", ["put_off_fen", "due_fen", "firms_due"]] == 0)
        .all()
        .all()
    )
    assert repayment_wall["due_fen"].sum() == repayment_wall["put_off_fen"].sum()
    assert (result.panel.loc[result.panel["month"] == "2024-12", "deferred_fen"] == 0).all()


@pytest.mark.slow
def test_a_comparison_follows_the_whole_plan_a_year_past_the_horizon():
    """The last instalments fall due on the horizon's last day: whoever fails on them is seen in the year after."""
    done = compare(["full_plan", "action_finance"], firms=300, replications=1)
    months = {name: set(rows["month"]) for name, rows in done.repayment_wall_exits.groupby("scenario", observed=True)}
    assert max(months["full_plan"]) == max(months["no_support"]) == "2024-12"
    assert max(months["action_finance"]) == max(done.panel["month"]) == "2023-12"
    due = (
        done.repayment_wall.loc[done.repayment_wall["scenario"] == "full_plan"]
        .groupby("month", observed=True)["due_fen"]
        .sum()
    )
    assert due["2023-12"] > 0
    assert (done.runs["months"] == 24).all()
