"""The slides, opened again: a message each, charts over the numbers, notes with intervals."""

import io

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import outcome_name, say
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from tests.report.documents.conftest import Made, Told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_title_of_a_slide_is_its_message(made: Made, told: Told, lang: Language) -> None:
    slides, said = list(Presentation(io.BytesIO(made("pptx", lang))).slides), told(lang)
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert titles[:2] == [said.title, said.findings[0]]
    survival = say(lang, outcome_name("survival_rate")).lower()
    [shown, *_] = [
        slide.shapes.title.text_frame.text
        for slide in slides
        if any(getattr(shape, "has_chart", False) for shape in slide.shapes)
    ]
    assert survival in shown.lower()
    assert shown in said.findings
    for part in said.parts:
        if not part.is_annex and part.message != part.name and part.name != text("report.section.time", lang):
            assert part.message in titles, part.name
    assert titles[-1] == text("document.method", lang)


def test_no_chart_stands_under_a_finding_on_another_scenario(made: Made, told: Told) -> None:
    for slide in Presentation(io.BytesIO(made("pptx", "en"))).slides:
        for chart in (shape.chart for shape in slide.shapes if getattr(shape, "has_chart", False)):
            message = slide.shapes.title.text_frame.text
            if message in told("en").findings and len(chart.plots[0].series) == 1:
                assert any(str(name).lower() in message.lower() for name in chart.plots[0].categories), message


def test_charts_hold_the_numbers_and_their_intervals(made: Made, comparison: Comparison) -> None:
    slides = list(Presentation(io.BytesIO(made("pptx", "en"))).slides)
    charts = [(slide, shape.chart) for slide in slides for shape in slide.shapes if getattr(shape, "has_chart", False)]
    slide, chart = charts[0]
    plot = chart.plots[0]
    names = list(plot.categories)
    change = ComparisonSummary(comparison).effect("full_plan", "survival_rate").difference
    at = names.index("The whole plan")
    assert plot.series[0].values[at] == pytest.approx(100 * change.mean)
    bars = plot.series[0]._element.find(qn("c:errBars"))
    sides = {
        side: float(bars.find(qn(f"c:{side}")).find(qn("c:numLit"))[2 + at].find(qn("c:v")).text)
        for side in ("plus", "minus")
    }
    assert sides["plus"] == pytest.approx(100 * (change.high - change.mean))
    assert sides["minus"] == pytest.approx(100 * (change.mean - change.low))
    low, high = chart.value_axis.minimum_scale, chart.value_axis.maximum_scale
    assert low <= 100 * change.low <= 100 * change.high <= high
    told = f"The whole plan: +{100 * change.mean:.2f} (+{100 * change.low:.2f} to +{100 * change.high:.2f})"
    assert told in slide.notes_slide.notes_text_frame.text


def test_notes_say_what_the_numbers_rest_on(made: Made, told: Told) -> None:
    for slide in Presentation(io.BytesIO(made("pptx", "zh"))).slides:
        assert told("zh").about in slide.notes_slide.notes_text_frame.text


def test_nothing_lies_beyond_the_slide(made: Made) -> None:
    presentation = Presentation(io.BytesIO(made("pptx", "zh")))
    for slide in presentation.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= presentation.slide_width, shape.name
            if not shape.has_text_frame and not getattr(shape, "has_table", False):
                assert shape.top + shape.height <= presentation.slide_height, shape.name
