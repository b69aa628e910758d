"""What ``plot()`` shows: one specification for notebook, page and file, and axes of Matplotlib on request."""

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import matplotlib.pyplot as plt
import pytest

from sim.report import answers
from sim.report.charts.comparison.all_charts import specifications
from sim.report.charts.picture import SCALE, picture
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects
from tests.report.answers import test_attribute as attributions
from tests.report.answers import test_decide as decisions
from tests.report.answers import test_discover as discoveries
from tests.report.answers import test_reach as reaches
from tests.report.answers import test_sensitivity as sensitivities
from tests.report.answers import test_sweep as sweeps

Language = Literal["zh", "en"]


def rows(picture: Any) -> list[dict[str, Any]]:
    """The rows behind the first of a picture's charts."""
    drawn = picture.to_dict()
    found: list[dict[str, Any]] = drawn.get("concat", [drawn])[0]["data"]["values"]
    return found


@pytest.mark.parametrize(("lang", "first"), [("zh", "财政惠企"), ("en", "Fiscal support")])
def test_the_picture_speaks_the_language_asked_for(comparison: Comparison, lang: Language, first: str) -> None:
    drawn = comparison.plot("differences", lang=lang).to_dict()
    assert drawn["concat"][0]["encoding"]["y"]["sort"][0] == first
    assert first in comparison.plot("differences", lang=lang).svg()


def test_without_the_font_it_says_so_and_speaks_english(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    with pytest.warns(UserWarning, match="No Chinese font"):
        drawn = comparison.plot("differences", lang="zh").to_dict()
    assert drawn["concat"][0]["encoding"]["y"]["sort"][0] == "Fiscal support"


@pytest.mark.parametrize(("lang", "first"), [("zh", "农业"), ("en", "Agriculture")])
def test_saved_stand_to_the_right_and_harmed_to_the_left_by_group(
    comparison: Comparison, lang: Language, first: str
) -> None:
    picture = comparison.plot("fates-sector", lang=lang)
    assert picture.to_dict()["encoding"]["y"]["sort"][0] == first
    summary = ComparisonSummary(comparison)
    table = ScenarioEffects(summary).fates_by(str(summary.main), "sector")
    shown = {row["group"]: row for row in rows(picture) if row["by"] == "sector"}
    saved, harmed = ([shown[group][what] for group in table.index] for what in ("saved", "harmed"))
    assert saved == pytest.approx((1000 * table["saved"] / table["firms"]).tolist(), abs=0.006)
    assert harmed == pytest.approx((1000 * table["harmed"] / table["firms"]).tolist(), abs=0.006)
    left, right = (picture.to_dict()["layer"][n]["encoding"]["x"]["field"] for n in (1, 0))
    assert (left, right) == ("left", "saved")


@pytest.mark.parametrize(("lang", "unit"), [("zh", 1e10), ("en", 1e11)])
def test_the_repayment_wall_shows_all_that_is_put_off_and_all_that_falls_due(
    comparison: Comparison, lang: Language, unit: float
) -> None:
    picture = comparison.plot("repayment_wall", lang=lang)
    assert {"calculate": f"datum.amount_fen / {int(unit)}", "as": "amount"} in picture.to_dict()["transform"]
    table = comparison.repayment_wall[comparison.repayment_wall["scenario"] == ComparisonSummary(comparison).main]
    amounts = [row["amount_fen"] for row in rows(picture)]
    assert sum(fen for fen in amounts if fen > 0) == pytest.approx(table["put_off_fen"].sum())
    assert -sum(fen for fen in amounts if fen < 0) == pytest.approx(table["due_fen"].sum())


def test_the_baseline_alone_has_no_consequences(comparison: Comparison) -> None:
    about_nothing = comparison.manifest.settings | {"subjects": [], "between": []}
    alone = comparison.manifest.model_copy(
        update={"scenarios": comparison.manifest.scenarios[:1], "settings": about_nothing}
    )
    with pytest.raises(ValueError, match="baseline alone"):
        dataclasses.replace(comparison, manifest=alone).plot("repayment_wall", lang="en")


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_every_chart_of_the_page_is_a_whole_specification(comparison: Comparison, lang: Language) -> None:
    for chart in specifications(ScenarioEffects(ComparisonSummary(comparison)), lang):
        assert comparison.plot(chart, lang=lang, width=300).svg().startswith("<svg"), chart


def test_a_chart_that_there_is_not_is_refused_with_those_that_there_are(comparison: Comparison) -> None:
    with pytest.raises(ValueError, match="no chart fate; there are outcomes, differences, actions-survival_rate"):
        comparison.plot("fate")


def test_a_notebook_shows_it_and_a_file_holds_the_same(comparison: Comparison, tmp_path: Path) -> None:
    picture = comparison.plot(lang="en")
    png, size = picture._repr_png_()
    assert picture.save(tmp_path / "outcomes.png").read_bytes() == png
    assert size["width"] == pytest.approx(int.from_bytes(png[16:20], "big") / SCALE, abs=1)
    assert json.loads(picture.save(tmp_path / "outcomes.json").read_text("utf-8")) == picture.to_dict()
    assert picture.save(tmp_path / "outcomes.pdf").read_bytes().startswith(b"%PDF")
    assert "Survival" in picture.save(tmp_path / "outcomes.svg").read_text("utf-8")
    with pytest.raises(ValueError, match=r"ends in \.png, \.svg, \.pdf, \.json"):
        picture.save(tmp_path / "outcomes.doc")


def test_on_axes_of_ones_own_names_are_those_of_the_tables(comparison: Comparison) -> None:
    figure, panels = plt.subplots(1, 3)
    assert comparison.plot("differences", ax=panels)[0] is panels[0]
    plt.close(figure)
    assert [axes.get_title() for axes in panels] == ["survival_rate", "resumption_rate", "loss_share"]
    assert [label.get_text() for label in panels[0].get_yticklabels()][:2] == ["baseline", "action_fiscal"]
    with pytest.raises(ValueError, match="1 axes for 3 panels"):
        comparison.plot(ax=panels[0])


MADE: dict[str, Callable[[], Any]] = {
    "sweep": lambda: sweeps.made({sweeps.LEVER: [0, 1, 4]}, [1.0, 2.0]),
    "attribute": lambda: attributions.study(attributions.ACTIONS, pairs={("fiscal", "tax"): 0.3}),
    "sensitivity": sensitivities.study,
    "discover": discoveries.study,
    "decide": decisions.study,
    "reach": reaches.along,
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", MADE)
def test_every_chart_of_an_answer_is_a_whole_specification(kind: str, lang: Language) -> None:
    study = MADE[kind]()
    for chart in answers.of(kind).charts(study, lang):
        assert picture(chart, width=300).svg().startswith("<svg"), chart.title
    assert study.plot(lang=lang).svg().startswith("<svg")
