import dataclasses

import pytest

from sim.report.consequence_pictures import repayment_wall_picture, saved_picture
from sim.report.words.catalogue import Language
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects


@pytest.mark.parametrize(("lang", "first"), [("zh", "农业"), ("en", "Agriculture")])
def test_saved_stand_to_the_right_and_harmed_to_the_left_by_group(
    comparison: Comparison, lang: Language, first: str
) -> None:
    figure = saved_picture(comparison, lang)
    (axes,) = figure.axes
    assert axes.get_yticklabels()[0].get_text() == first
    saved, harmed = axes.containers
    summary = ComparisonSummary(comparison)
    table = ScenarioEffects(summary).fates_by(str(summary.main), "sector")
    assert [bar.get_width() for bar in saved] == pytest.approx((1000 * table["saved"] / table["firms"]).tolist())
    assert [-bar.get_width() for bar in harmed] == pytest.approx((1000 * table["harmed"] / table["firms"]).tolist())


@pytest.mark.parametrize(("lang", "unit"), [("zh", 1e10), ("en", 1e11)])
def test_the_repayment_wall_shows_all_that_is_put_off_and_all_that_falls_due(
    comparison: Comparison, lang: Language, unit: float
) -> None:
    (axes,) = repayment_wall_picture(comparison, lang).axes
    up, *down = axes.containers
    table = comparison.repayment_wall[comparison.repayment_wall["scenario"] == ComparisonSummary(comparison).main]
    assert sum(bar.get_height() for bar in up) == pytest.approx(table["put_off_fen"].sum() / unit)
    fallen = -sum(bar.get_height() for bars in down for bar in bars)
    assert fallen == pytest.approx(table["due_fen"].sum() / unit)


def test_the_baseline_alone_has_no_consequences(comparison: Comparison) -> None:
    alone = comparison.manifest.model_copy(update={"scenarios": comparison.manifest.scenarios[:1]})
    with pytest.raises(ValueError, match="baseline alone"):
        repayment_wall_picture(dataclasses.replace(comparison, manifest=alone), "en")
