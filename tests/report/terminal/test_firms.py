"""What the command prints of a clause, in the reader's language."""

import re

import pytest

from sim import scenario
from sim.report.terminal.firms import show_clause
from sim.report.words.catalogue import Language


@pytest.mark.parametrize(
    ("lang", "figure", "note"),
    [
        ("zh", "减免的月数", "说明：减免 2022 年租金"),
        ("en", "number of monthly bills relieved", "Note: Rent of 2022; tenants apply"),
    ],
)
def test_figures_and_notes_of_a_clause_are_told_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], lang: Language, figure: str, note: str
) -> None:
    show_clause(scenario.clause("II.1.a"), None, 1, lang)
    printed = capsys.readouterr().out
    assert note in printed
    assert figure in " ".join(printed.split())
    if lang == "en":
        assert not re.search("[\u4e00-\u9fff]", printed)


def test_a_clause_that_is_not_modelled_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    show_clause(scenario.clause("I.4.g"), None, 1, "zh")
    assert "方案也没有写明人数和资金" in capsys.readouterr().out
