import sys

import pytest

from sim.report import figures
from sim.study.questions.comparison import Comparison


@pytest.mark.parametrize(("lang", "first"), [("zh", "财政惠企"), ("en", "Fiscal support")])
def test_the_picture_speaks_the_language_asked_for(
    comparison: Comparison, lang: figures.Language, first: str, recwarn: pytest.WarningsRecorder
) -> None:
    figure = figures.comparison_picture(comparison, lang)
    figure.canvas.draw()
    assert figure.axes[0].get_yticklabels()[0].get_text() == first
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_without_the_font_it_says_so_and_speaks_english(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    figures.chinese_family.cache_clear()
    with pytest.warns(UserWarning, match="No Chinese font"):
        figure = figures.comparison_picture(comparison, "zh")
    figures.chinese_family.cache_clear()
    assert figure.axes[0].get_yticklabels()[0].get_text() == "Fiscal support"
