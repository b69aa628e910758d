"""How much is luck and how much is not known, in words, on the page and in the terminal."""

from sim.measure import Words
from sim.report.terminal.tables import show_comparison
from sim.report.words import not_known
from sim.study.questions.comparison import Comparison


def titles(study: Comparison) -> dict[str, Words]:
    return {asked.name: asked.title for asked in study.manifest.scenarios}


def test_each_headline_outcome_has_a_level_and_an_effect_against_each_other_world(comparison: Comparison):
    found = not_known.rows(comparison, "full_plan", titles(comparison))
    drawn = comparison.uncertainty["scenario"].iloc[0]
    assert len(found) == 3 * (1 + len(comparison.against[drawn]))
    assert found[0].against.en == "(the level itself)"
    assert [head.en for head in not_known.heads(comparison)][3] == "Over the posterior"
    assert found[0].cells[2].en == "80.0 %"
    assert found[0].outcome.en == "Survival"


def test_without_draws_there_is_no_table(made_up):
    study = made_up(draws=0)
    assert not_known.rows(study, "full_plan", titles(study)) == []


def test_the_terminal_tells_both_spreads(comparison: Comparison, capsys):
    show_comparison(comparison, "en")
    said = capsys.readouterr().out
    assert "how much is random variation, and how much parameter uncertainty" in said
    assert "Over the posterior" in said
