"""Who left, and why, and who has paused: on a made-up panel of two months."""

import pandas as pd
import pytest

from sim.report.answers.answer import who_left

COLUMNS = ["scenario", "month", "size", "exited", "exited_insolvent", "paused"]
PANEL = pd.DataFrame(
    [
        ("baseline", "2022-01", "micro", 1.0, 1.0, 9.0),
        ("baseline", "2022-02", "micro", 300.0, 100.0, 7.0),
        ("baseline", "2022-02", "small", 20.0, 20.0, 0.0),
        ("full_plan", "2022-02", "micro", 200.0, 50.0, 5.0),
    ],
    columns=COLUMNS,
)


@pytest.mark.parametrize(
    ("lang", "rows"),
    [
        ("en", [["none", "320", "200", "120", "7"], ["all", "200", "150", "50", "5"]]),
        ("zh", [["none", "320 户", "200 户", "120 户", "7 户"], ["all", "200 户", "150 户", "50 户", "5 户"]]),
    ],
)
def test_those_gone_by_the_last_month_are_told_by_how_they_left(lang, rows):
    told = who_left(PANEL, "scenario", {"baseline": "none", "full_plan": "all", "failed": "failed"}, lang)
    assert told.rows == rows
    assert len(told.columns) == 5


def test_groups_stand_in_the_order_in_which_they_are_asked():
    told = who_left(PANEL, "size", {"small": "Small", "micro": "Micro"}, "en")
    assert [row[0] for row in told.rows] == ["Small", "Micro"]
    assert told.columns[0] == "Size"
