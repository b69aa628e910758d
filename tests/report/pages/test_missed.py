"""Both sections in both languages: where a missed target falls short, and who wins and loses."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from sim.report.pages.comparison_page import page
from sim.report.terminal.json_answers import answer_of_comparison
from sim.report.terminal.tables import show_comparison
from sim.study.questions.comparison import Comparison
from sim.study.summaries.moving_levers import KeptSensitivity
from sim.vocabulary import ACTIONS
from tests.report.answers.test_sensitivity import POINT, study
from tests.study.summaries.test_missed_targets import stricter


@pytest.fixture(scope="module")
def comparison(made_up: Callable[..., Comparison]) -> Comparison:
    return made_up(actions=ACTIONS[:1])


@pytest.fixture(scope="module")
def missing(comparison: Comparison) -> Comparison:
    return stricter(comparison, resumption_rate=0.99, loss_share=0.05)


@pytest.fixture(scope="module")
def shown(missing: Comparison) -> str:
    return page(missing)


def section(html: str, id_: str) -> str:
    found = re.search(rf'<section id="{id_}".*?</section>', html, re.DOTALL)
    assert found is not None
    return found.group(0)


def test_a_missed_target_says_how_far_it_is_and_where_in_both_languages(shown: str) -> None:
    said = section(shown, "missed")
    for words in (
        "at least 99.0 % is asked for 2022-12-31, so it is short by", "到 2022-12-31 应不低于 99.0%，差",
        "at most 5.0 % is asked for 2022-12-31, so it is over by", "应不高于 5.0%，超出",
        "micro, small and medium enterprises that the epidemic stopped would work again.", "恢复营业的须再多",
        "are still stopped then, and", "届时仍在停业",
        "The gap in Resumption, by sector", "“复工复产率”的差距，按行业",
    ):  # fmt: skip
        assert words in said, words
    assert '<a href="#missed">' in shown


def test_without_a_sensitivity_the_page_says_what_makes_one(shown: str) -> None:
    said = section(shown, "missed")
    assert "No sensitivity that fits is kept beside this comparison; shukun sensitivity screening makes one" in said
    assert "没有可用的敏感性研究；shukun sensitivity screening 可做一项" in said


def test_with_one_the_levers_that_move_the_outcome_are_named_with_its_folder_and_size(missing: Comparison) -> None:
    kept = study(survival=lambda x: -4 * POINT * x[..., 0])
    theirs = kept.manifest.scenarios[-1].contents
    asked = [
        one.model_copy(update={"contents": theirs | {"description": one.contents["description"]}})
        if one.name == "full_plan" else one
        for one in missing.manifest.scenarios
    ]  # fmt: skip
    model = {"scenarios": tuple(asked), "calibration": kept.manifest.calibration, "sources": kept.manifest.sources}
    ours = stricter(missing, resumption_rate=0.99)
    ours = replace(ours, manifest=missing.manifest.model_copy(update=model))
    judged = ours.targets["outcome"].replace("resumption_rate", "survival_rate")  # of which the sensitivity tells
    ours = replace(ours, targets=ours.targets.assign(outcome=judged))
    kept = replace(kept, runs=kept.runs.assign(firms=100))
    said = section(page(ours, [KeptSensitivity("sensitivity_screening", kept)]), "missed")
    assert "By the sensitivity in the folder sensitivity_screening (factors: 4, trajectories: 8" in said
    assert "Every measure: share of applications refused" in said or "lowers it" in said
    assert "What is told to move it is what is not known" in said  # of the loss share


def test_small_groups_are_grey_with_a_warning(comparison: Comparison) -> None:
    cells = comparison.cells.copy()
    cells.loc[cells["prefecture"] == "5334", "rows"] = 0.1
    html = page(stricter(replace(comparison, cells=cells), resumption_rate=0.99))
    for said in (section(html, "missed"), section(html, "saved")):
        rows = re.findall(r'<tr class="quiet"><th scope="row"><i lang=zh>迪庆.*?(?=<tr)', said, re.DOTALL)
        assert rows and all("样本仅" in row and "rows</i>" in row for row in rows)
    assert "Groups too small to say anything of (fewer than 30 rows of the sample): 1 of" in section(html, "saved")


def test_winners_and_losers_stand_in_the_page_of_every_scenario(shown: str) -> None:
    said = section(shown, "saved")
    for by_zh, by_en in (("按行业", "by sector"), ("按规模", "by size"), ("按州市", "by prefecture")):
        assert f"谁得谁失：{by_zh}" in said and f"Winners and losers {by_en}" in said
        assert f"“The whole plan” against “No plan”, {by_en}" in said
    assert "The largest share of their firms is kept on balance in:" in said
    assert "净多保住的企业占本组比重最大的：" in said


def test_where_everything_is_met_there_is_no_such_section(comparison: Comparison) -> None:
    met = replace(comparison, targets=comparison.targets.assign(verdict="met"))
    html = page(met)
    assert '<section id="missed"' not in html and '"#missed"' not in html


def test_a_study_without_cells_says_what_is_lacking(made_up: Callable[..., Comparison]) -> None:
    comparison = made_up()
    html = page(stricter(replace(comparison, cells=comparison.cells.iloc[:0]), resumption_rate=0.99))
    assert "What each group has is made of the table cells, which this study lacks." in section(html, "missed")
    assert "This table is made of the table cells, which this study lacks." in section(html, "saved")


def test_the_terminal_says_it_in_three_lines_and_programs_get_the_tables(
    missing: Comparison, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_comparison(missing, "en")
    said = " ".join(capsys.readouterr().out.split())
    assert "The largest share of their firms is kept on balance in:" in said
    assert "No group is told to lose firms on balance." in said
    answer = answer_of_comparison(missing, tmp_path)
    for by in ("sector", "size", "prefecture"):
        rows = [row for row in answer["target_gaps"][by] if row["outcome"] == "resumption_rate"]
        assert sum(row["points"] for row in rows) == pytest.approx(
            missing.target_gaps("all").query("scenario == 'full_plan' and outcome == 'resumption_rate'")["points"].sum()
        )
        assert {row["scenario"] for row in answer["winners_and_losers"][by]} == {"full_plan"}
