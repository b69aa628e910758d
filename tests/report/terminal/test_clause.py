"""What people are told of a measure of a clause."""

from dataclasses import replace
from datetime import date

import pytest

from sim.report.terminal.firms import show_clause
from sim.scenario import clause


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("Announced: 2022-06-02", "In force: 2022-06-14 to 2023-06-30", "Withdrawn: from 2022-08-01 on")),
        ("zh", ("公布：2022-06-02", "实施：2022-06-14 至 2023-06-30", "撤销：自 2022-08-01 起")),
    ],
)
def test_days_before_the_start_and_after_the_end_are_told_where_there_are_any(lang, said, capsys):
    detail = clause("II.1.b")
    moved = replace(detail.measures[0], announced=date(2022, 6, 2), withdrawn=date(2022, 8, 1))
    show_clause(replace(detail, measures=(moved,)), None, 0, lang)
    lines = capsys.readouterr().out.splitlines()
    place = lines.index(said[0])
    assert tuple(lines[place : place + 3]) == said
    show_clause(detail, None, 0, lang)
    as_it_is = capsys.readouterr().out
    assert said[1] in as_it_is and said[0] not in as_it_is and said[2] not in as_it_is
