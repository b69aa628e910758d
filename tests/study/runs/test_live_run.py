"""A run that is lived in steps: looking changes nothing, and what it leaves is what a run leaves."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pandas as pd
import pytest

import sim
import sim.engine
from sim.observe.months import HEADLINES
from sim.observe.tables import TABLES
from sim.study import StudyError

FIRMS = 150
TOOK = ("wall_seconds", "seconds")


def test_steps_leave_what_a_run_leaves_bit_for_bit() -> None:
    inside = sim.Inside(days=["2022-03-31", "2022-12-31"], sample=40, distributions=True, stops=True)
    live = sim.begin("full_plan", firms=FIRMS, seed=3, inside=inside, levers={"rent_waiver.months": 6})
    for months in (1, 1, 4):
        live.step(months=months)
        assert len(live.firms()) and repr(live) and live._repr_html_()
    followed = int(live.firms()["firm"].iloc[7])
    whole = sim.run("full_plan", firms=FIRMS, seed=3, inside=inside, levers={"rent_waiver.months": 6})
    lived = live.result()
    for field in fields(whole):
        one, other = getattr(lived, field.name), getattr(whole, field.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other, check_exact=True)
        elif field.name not in TOOK:
            assert one == other, field.name
    assert live.result() is lived and live.months_left == 0 and live.step().date == date(2023, 12, 31)
    journeys = [
        made.journeys
        for made in (
            sim.begin("full_plan", firms=FIRMS, follow=[followed]).step(months=2).result(),
            sim.run("full_plan", firms=FIRMS, follow=[followed]),
        )
    ]
    pd.testing.assert_frame_equal(*journeys, check_exact=True)


def test_what_is_seen_on_the_way_is_what_the_result_says_of_those_months() -> None:
    live = sim.begin("full_plan", firms=FIRMS)
    assert live.date is None and live.panel.empty and live.outcomes.empty and live.months_left == 24
    assert len(live.firms()) == live.rows == FIRMS
    live.step().step(months=3)
    assert live.date == date(2022, 4, 30) and live.months_left == 20
    seen, outcomes, firms = live.panel, live.outcomes, live.firms()
    assert list(firms) == list(TABLES["snapshots"]) and set(firms["date"]) == {pd.Timestamp("2022-04-30")}
    assert list(seen["month"].unique()) == ["2022-01", "2022-02", "2022-03", "2022-04"]
    assert set(HEADLINES) < set(outcomes) and len(outcomes) == 4
    result = live.result()
    told = result.panel[result.panel["month"] <= "2022-04"]
    again = told.merge(seen, how="left", indicator=True)
    assert not (again["_merge"] != "both").any(), "cells that nobody lived in yet are all that may lack"
    assert len(result.panel) == len(live.panel)
    alive = firms[firms["status"] != "exited"]
    assert alive["entities"].sum() == told[told["month"] == "2022-04"][["open", "suspended", "paused"]].sum().sum()


@pytest.mark.parametrize("months", [0, -1, 1.5])
def test_a_step_takes_whole_months(months: float) -> None:
    live = sim.begin("full_plan", firms=FIRMS)
    with pytest.raises(StudyError, match="The argument months is"):
        live.step(months=months)  # type: ignore[arg-type]


def test_what_cannot_be_run_is_refused_as_by_a_run() -> None:
    with pytest.raises(ValueError, match="no_such"):
        sim.begin("no_such", firms=FIRMS)
    with pytest.raises(ValueError, match="2025-01-01"):
        sim.begin("full_plan", firms=FIRMS, inside=sim.Inside(days=["2025-01-01"]))
