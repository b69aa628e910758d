"""What people are told of a measure of a clause."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from sim.report.terminal.firms import show_clause
from sim.scenario import clause
from sim.study.comparison.one_clause import STATIONS, ClauseEffect
from tests.made_up_tables import clause_effects


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            (
                "Announced: 2022-06-02",
                "In force: 2022-06-07 to 2022-12-31",
                "Window: ",
                "Withdrawn: from 2022-08-01 on",
            ),
        ),
        ("zh", ("公布：2022-06-02", "实施：2022-06-07 至 2022-12-31", "期限依据：", "撤销：自 2022-08-01 起")),
    ],
)
def test_days_before_the_start_and_after_the_end_are_told_where_there_are_any(lang, said, capsys):
    detail = clause("II.1.b")
    moved = replace(detail.measures[0], announced=date(2022, 6, 2), withdrawn=date(2022, 8, 1))
    show_clause(replace(detail, measures=(moved,)), None, 0, lang)
    lines = capsys.readouterr().out.splitlines()
    place = lines.index(said[0])
    assert [line.startswith(start) for line, start in zip(lines[place : place + 4], said, strict=True)] == [True] * 4
    show_clause(detail, None, 0, lang)
    as_it_is = capsys.readouterr().out
    assert said[1] in as_it_is and said[0] not in as_it_is and said[3] not in as_it_is


@pytest.mark.parametrize(
    ("lang", "staff", "few"),
    [
        ("en", "+1.40 %", "sample firms behind it: 12, too few"),
        ("zh", "+1.40%", "样本企业 12 户，过少"),
    ],
)
def test_staff_of_those_reached_is_a_percentage_and_few_rows_are_told(lang, staff, few, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    made_up = clause_effects(spread=False)
    effects = made_up[made_up["clause"] == "II.1.a"].reset_index(drop=True)
    reach = pd.DataFrame([("full_plan", "rent_waiver", *[1.0] * 5)], columns=["scenario", "measure", *STATIONS])
    nothing = pd.DataFrame()
    told = ClauseEffect("II.1.a", ("rent_waiver",), nothing, effects, nothing, reach, 9.0, 1.0)
    show_clause(clause("II.1.a"), told, 1, lang)
    printed = capsys.readouterr().out
    assert staff in printed and few not in printed
    rows = effects["rows"].where(effects["quantity"] != "alone", effects["rows"] - 28)
    show_clause(clause("II.1.a"), replace(told, effects=effects.assign(rows=rows)), 1, lang)
    assert capsys.readouterr().out.count(few) == 2


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("II.5.f", ["Origin: Nation (Ministry of Culture and Tourism no. 61 of 11 April 2022)"]),
        ("I.1.b", ["Origin: Province", "Origin: Province, in force without the plan"]),
        ("I.2.b", ["Nominal, only a factor of assumed size, and not ranked: Knowing + 0.5 is assumed"]),
    ],
)
def test_whose_a_clause_is_and_that_it_is_only_a_factor_is_told(id_, said, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    show_clause(clause(id_), None, 1, "en")
    printed = capsys.readouterr().out
    assert all(one in printed for one in said)
    assert ("not ranked" in printed) == (id_ == "I.2.b")
