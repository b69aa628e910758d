"""Charts of the report as pictures, for notebooks and slides that a browser shows without the report's scripts."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sim.report.charts.fonts import chinese_font
from sim.report.charts.style import FONTS, Chart

WIDTH: Final = 640  # of the plot, in the units of the chart's letters; a slide shows it at about twice that
SCALE: Final = 2.5  # pixels a unit


def picture(chart: Chart, width: int = WIDTH, height: int | None = None) -> bytes:
    """A chart of ``sim/report/answers/`` as PNG, ``width`` units wide and ``height`` high besides labels and legend.

    Without a ``height`` it is as high as on the page.
    """
    import vl_convert

    _carry_the_font()
    drawn: dict[str, Any] = chart.specification | {"width": width}
    if height is not None:
        drawn["height"] = height
    config = drawn.get("config", {})
    drawn["config"] = config | {"font": FONTS, "background": "white"}
    return bytes(vl_convert.vegalite_to_png(drawn, scale=SCALE))


@cache
def _carry_the_font() -> None:
    """Make the Chinese font known to the library that draws; without its package the machine's fonts serve."""
    import vl_convert

    if font := chinese_font():
        vl_convert.register_font_directory(str(font.parent))
