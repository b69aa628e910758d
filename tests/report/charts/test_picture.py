import io

import numpy as np
import pytest
from matplotlib.image import imread

from sim.report.charts.picture import SCALE, picture
from sim.report.charts.style import ACCENT, Chart, specification


@pytest.fixture
def pixels():
    def drawn(name: str, width: int = 300, height: int | None = None) -> np.ndarray:
        spec = specification(
            name, [{"who": name, "value": 2.0}], mark="bar",
            encoding={"x": {"field": "value", "type": "quantitative"}, "y": {"field": "who", "type": "nominal"},
                      "color": {"value": ACCENT}},
        )  # fmt: skip
        return imread(io.BytesIO(picture(Chart(name, spec), width, height).png()), format="png")[..., :3]

    return drawn


def test_a_chart_becomes_a_picture_as_large_as_asked(pixels):
    narrow, wide = pixels("firms", 300), pixels("firms", 500)
    assert wide.shape[1] - narrow.shape[1] == pytest.approx(200 * SCALE, abs=4)
    assert wide.shape[0] == narrow.shape[0]
    low, high = pixels("firms", height=100), pixels("firms", height=250)
    assert high.shape[0] - low.shape[0] == pytest.approx(150 * SCALE, abs=4)
    accent = [int(ACCENT[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    assert (np.abs(narrow - accent).max(axis=2) < 0.02).mean() > 0.1


def test_chinese_names_are_drawn_and_not_boxes(pixels):
    assert not np.array_equal(pixels("企业"), pixels("财政"))
