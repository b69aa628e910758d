"""The table and the sentence of saved or only postponed, from the made-up comparison."""

from __future__ import annotations

from sim.report.terminal.json_answers import answer_of_comparison
from sim.report.terminal.tables import show_comparison
from sim.report.words import saved_or_postponed as words


def of_plan(comparison):
    table = comparison.saved_or_postponed
    return table[table["scenario"] == "full_plan"]


def test_groups_that_are_empty_have_no_row(comparison):
    rows = words.rows(of_plan(comparison))
    assert [row.name.en for row in rows] == ["some that is time-limited", "only permanent rules"]
    assert all(len(row.cells) == len(words.heads()) - 1 for row in rows)


def test_nothing_is_claimed_of_too_few_rows(comparison):
    found = of_plan(comparison)
    few = found.assign(rows=found["rows"].where(found["quantity"] != "alive_share_12", 29))
    assert words.rows(found)[0].cells[3].en.startswith("75.0 %")
    assert words.rows(few)[0].cells[3].en == "sample too small to assess"


def test_without_firms_nothing_is_said(comparison):
    nobody = comparison.saved_or_postponed[:0]
    assert words.rows(nobody) == []
    assert words.closed_anyway(nobody) is None


def test_it_is_said_in_the_terminal_on_the_page_and_to_programs(comparison, body, made_up, capsys, tmp_path):
    said = words.closed_anyway(of_plan(comparison))
    assert said.en.startswith(
        "Firms that were supported and exit anyway: 200,000 (identical in every replication). They received 1.00 bn"
    )
    show_comparison(comparison, "en")
    printed = " ".join(capsys.readouterr().out.split())
    assert said.en in printed and "saved, or exit only postponed" in printed
    assert said.zh in body and "得以存活，还是只推迟退出" in body
    answer = {one["name"]: one["saved_or_postponed"] for one in answer_of_comparison(comparison, tmp_path)["scenarios"]}
    assert answer["full_plan"]["closed_anyway"]["entities"]["mean"] == 200_000
    assert answer["baseline"] == {}
    assert words.rows(of_plan(made_up(replications=1)))[0].cells[1].en == "85.7 %"
