"""The order in which the terminal tells a comparison."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.observe.months import HEADLINES
from sim.report.terminal.tables import show_added, show_comparison
from sim.report.words.catalogue import Language
from sim.report.words.single_actions import strongest
from sim.scenario import load
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from tests.made_up_comparison import made_up  # noqa: F401 - a fixture


def test_of_whom_the_headlines_are_stands_right_below_them(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_comparison(made_up(nation=True), "en")
    printed = capsys.readouterr().out
    places = [
        printed.index(said) for said in ("by number of firms; means of 8", "Rates by universe", "Both differences of")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("lang", "why"),
    [
        (
            "en",
            (
                r"Uncertain \(its 95 % interval, .* to .*, reaches across\)",
                r"Uncertain \(a single run cannot show it\)",
            ),
        ),
        ("zh", ("尚不确定（95% 区间 .* 至 .* 跨过目标）", "尚不确定（只有一次运行，无法判断）")),
    ],
)
def test_a_target_that_is_not_certain_says_why(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    lang: Language,
    why: tuple[str, str],
) -> None:
    of_several, of_one = made_up(draws=0), made_up(replications=1, draws=0)
    resumption = of_several.targets["outcome"] == "resumption_rate"
    of_several.targets.loc[resumption, ["low", "high", "verdict"]] = [0.94, 0.96, "unsure"]
    for study, said in zip((of_several, of_one), why, strict=True):
        show_comparison(study, lang)
        assert re.search(said, capsys.readouterr().out)


def test_the_strongest_action_and_the_day_of_the_rates_stand_below_the_headlines(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = made_up()
    show_comparison(study, "en")
    printed = capsys.readouterr().out
    for outcome in HEADLINES:
        said = strongest(ComparisonSummary(study), outcome, "report.finding")
        assert said is not None and said.en in printed
    days = "survival at the end of December 2023; resumption, loss-making share at the end of December 2022."
    assert f"As they stand: {days}" in printed


def test_chosen_firms_name_the_world_they_are_held_against_and_the_rows_of_their_difference(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_comparison(made_up(), "en")
    printed = capsys.readouterr().out
    assert "“The whole plan” less “No plan”: firms that were chosen" in printed
    assert "sample firms in the smaller group:" in printed


def test_what_nobody_asked_for_is_announced(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = made_up(nation=True)
    asked = [replace(load("full_plan"), name=one.name) for one in study.manifest.scenarios]
    show_added(study, asked, "en")
    assert capsys.readouterr().out == ""
    [national] = [one for one in asked if one.name == "national_rules"]
    show_added(study, [national, *asked[2:]], "en")
    printed = " ".join(capsys.readouterr().out.split())
    assert "“No plan” was not asked for and runs as what these are compared with:" in printed
    assert "“No plan” stands first: it is what most are compared with first." in printed


def test_what_a_scenario_starts_from_is_named_where_it_is_not_compared(
    made_up: Callable[..., Comparison],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: rent_waiver_6_months\ntitle: {zh: 我的, en: Mine}\n", "utf-8")
    study = made_up()
    mine = replace(load(file), name=study.subjects[0])
    show_added(study, [load(study.scenarios[0]), mine], "en")
    assert "“Mine” starts from rent_waiver_6_months, which is not compared here" in capsys.readouterr().out
    with_the_nation = made_up(nation=True)
    show_added(with_the_nation, [replace(load("full_plan"), name=name) for name in with_the_nation.scenarios], "en")
    assert "starts from" not in capsys.readouterr().out
