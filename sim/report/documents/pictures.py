"""The charts of a study as files, a file a chart."""

from __future__ import annotations

import re
from typing import Final

from sim.report.charts.picture import WIDTH, Picture
from sim.report.documents.outline import Outline
from sim.report.documents.packing import packed

NOT_IN_A_NAME: Final = re.compile(r"[^\w]+")


def pictures(outline: Outline, form: str) -> bytes:
    """A zip file of every chart that the brief shows, each with its title; ``form``: png or svg."""
    files: dict[str, bytes] = {}
    for chart in (chart for part in outline.parts for chart in part.charts):
        heading = {"text": chart.title, "subtitle": chart.note}
        picture = Picture(chart.picture | {"width": WIDTH, "title": heading})
        name = f"{len(files) + 1:02d}_{NOT_IN_A_NAME.sub('_', chart.title).strip('_')}.{form}"
        files[name] = picture.png() if form == "png" else picture.svg().encode()
    return packed(files)
