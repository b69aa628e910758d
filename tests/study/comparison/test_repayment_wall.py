from datetime import date

import pandas as pd

from sim.study.comparison import repayment_wall
from sim.study.questions.comparison import _with_later_months
from sim.study.reductions.endings import endings_of, places
from sim.study.reductions.exits import exits_of
from sim.timeline import Timeline
from tests.study.comparison.test_fates import world

TIMELINE = Timeline(date(2022, 1, 1), date(2022, 3, 31))


def closes(firm: int, day: int, entities: int, **more: object) -> dict[str, object]:
    return {"firm": firm, "alive": False, "exited_on": day, "exit_cause": "closed", "entities": entities, **more}


def test_who_falls_with_what_was_put_off():
    baseline = world([{"firm": 1}, {"firm": 2}, closes(3, 10, 1), {"firm": 4}])
    plan = world(
        [
            closes(1, 40, 10, put_off=True, missed_instalment=True),  # lives in the baseline's world
            closes(2, 40, 20, exit_cause="insolvent"),  # lives there too, but had nothing put off
            closes(3, 59, 40, put_off=True, exit_cause="insolvent_while_stopped"),  # closes there too; 1 March
            {"firm": 4, "put_off": True},
            closes(5, 40, 80, put_off=True, founder=False),  # never born there
        ]
    )
    ends = endings_of(baseline)
    exits = exits_of(plan, ends, places(plan, ends), TIMELINE)
    table = repayment_wall.table([("plan", TIMELINE.month_names, [exits])])
    expected = pd.DataFrame(
        [
            ("plan", "2022-02", "catering", "micro", 110.0, 20.0, 90.0, 10.0, 10.0),
            ("plan", "2022-03", "catering", "micro", 40.0, 40.0, 40.0, 0.0, 0.0),
        ],
        columns=list(repayment_wall.COLUMNS),
    )
    pd.testing.assert_frame_equal(table, expected)


def test_exits_are_means_over_replications():
    ends = endings_of(world([{"firm": 1}]))
    runs = [
        exits_of(plan, ends, places(plan, ends), TIMELINE) for plan in (world([{"firm": 1}]), world([closes(1, 0, 10)]))
    ]
    assert repayment_wall.table([("plan", TIMELINE.month_names, runs)])["exits"].tolist() == [5.0]


def test_later_months_take_the_place_of_the_usual_ones_even_where_nobody_closes():
    usual = pd.DataFrame({"scenario": ["a", "b"], "month": ["2023-12"] * 2, "exits": [1.0, 2.0]})
    later = pd.DataFrame({"scenario": ["b", "b"], "month": ["2023-12", "2024-01"], "exits": [2.0, 3.0]})
    table = _with_later_months(usual, [later], ["b"])
    assert table.to_dict("list") == {
        "scenario": ["a", "b", "b"],
        "month": ["2023-12", "2023-12", "2024-01"],
        "exits": [1.0, 2.0, 3.0],
    }
    nobody = usual[:0]
    assert _with_later_months(nobody, [nobody], ["b"]).empty
