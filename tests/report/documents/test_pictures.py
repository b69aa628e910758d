"""Every chart as a file."""

import io
from zipfile import ZipFile

from tests.report.documents.conftest import Made, Told


def test_every_chart_is_a_picture_with_its_title(made: Made, told: Told) -> None:
    charts = [chart for part in told("zh").parts for chart in part.charts]
    files = ZipFile(io.BytesIO(made("svg", "zh")))
    assert len(files.namelist()) == len(charts)
    for name, chart in zip(files.namelist(), charts, strict=True):
        said = files.read(name).decode()
        assert said.startswith("<svg")
        assert all(letter in said for letter in chart.title), name
