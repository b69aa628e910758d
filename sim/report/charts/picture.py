"""Charts as pictures: what a notebook shows, and the files that papers, slides and the README hold."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import vl_convert

from sim.report.charts.fonts import chinese_font
from sim.report.charts.style import CONFIG, FONTS, RULE, Chart, Spec

WIDTH: Final = 640  # of the plot of one chart, in the units of its letters; a slide shows it at about twice that
BETWEEN: Final = 36  # panels that stand together
WIDTH_BESIDE: Final = 270  # of each plot where several stand side by side
SCALE: Final = 2.5  # pixels a unit
FORMATS: Final = (".png", ".svg", ".pdf", ".json")
GRADIENT: Final = re.compile(r"\bgradient_\d+\b")
SHARED: Final = ("$schema", "config", "usermeta")  # what charts that stand together have once


@dataclass(frozen=True)
class Picture:
    """A Vega-Lite specification that holds its data: a notebook shows it, and :meth:`save` writes it to a file.

    It needs no network and no extension of the notebook: it is drawn here, by vl-convert.
    """

    specification: Spec = field(repr=False)

    def to_dict(self) -> Spec:
        """The specification, as Vega-Lite and Altair read it."""
        return copy.deepcopy(self.specification)

    def png(self, scale: float = SCALE) -> bytes:
        """The picture as PNG, ``scale`` pixels a unit."""
        _carry_the_font()
        return bytes(vl_convert.vegalite_to_png(self._on_white(), scale=scale))

    def svg(self) -> str:
        """The picture as SVG."""
        _carry_the_font()
        drawn = str(vl_convert.vegalite_to_svg(self._on_white()))
        # The library counts gradients on from picture to picture; here the same picture is the same text.
        counted = {name: f"gradient_{place}" for place, name in enumerate(dict.fromkeys(GRADIENT.findall(drawn)))}
        return GRADIENT.sub(lambda found: counted[found[0]], drawn)

    def pdf(self) -> bytes:
        """The picture as PDF."""
        _carry_the_font()
        return bytes(vl_convert.vegalite_to_pdf(self._on_white()))

    def save(self, path: str | Path) -> Path:
        """Write the picture, or the specification as JSON, as the ending of the file's name says.

        ``ValueError`` for an ending that is none of FORMATS.
        """
        path = Path(path)
        match path.suffix:
            case ".png":
                path.write_bytes(self.png())
            case ".svg":
                path.write_text(self.svg(), "utf-8", newline="\n")
            case ".pdf":
                path.write_bytes(self.pdf())
            case ".json":
                path.write_text(json.dumps(self.specification, ensure_ascii=False, indent=1), "utf-8", newline="\n")
            case _:
                raise ValueError(f"{path.name}: the name of a picture ends in {', '.join(FORMATS)}")
        return path

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """What a notebook shows, and how wide and high."""
        png = self.png()
        # The first chunk of a PNG says its size in pixels.
        width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
        return png, {"width": round(width / SCALE), "height": round(height / SCALE)}

    def _on_white(self) -> Spec:
        return self.specification | {"config": self.specification["config"] | {"font": FONTS, "background": "white"}}


def picture(chart: Chart, width: int = WIDTH, height: int | None = None) -> Picture:
    """A chart that holds its rows, ``width`` units wide and ``height`` high besides labels and legend.

    Without a ``height`` it is as high as on the page.
    """
    return Picture(chart.specification | _size(width, height))


def together(charts: Sequence[Spec], columns: int, width: int, height: int | None = None) -> Picture:
    """Charts that hold their rows in ``columns``, each as large as asked; what stands on the left of a row once."""
    if len(charts) == 1:
        return Picture(charts[0] | _size(width, height))
    parts = [
        {name: copy.deepcopy(value) for name, value in chart.items() if name not in SHARED} | _size(width, height)
        for chart in charts
    ]
    params = {param["name"]: param for part in parts for param in part.pop("params", ())}
    for place in range(len(parts)):
        if place % columns and _left(charts[place]) == _left(charts[place - 1]):
            for axis in _left(parts[place]):
                axis["axis"] = (axis.get("axis") or {}) | {"labels": False}
    each = {"scale": dict.fromkeys(("color", "strokeDash", "shape"), "independent")}  # has its own legend
    framed = CONFIG | {"view": {"stroke": RULE}}  # each panel by itself
    shared: Spec = {"$schema": charts[0]["$schema"], "config": framed, "resolve": each, "spacing": BETWEEN}
    return Picture(shared | {"params": list(params.values()), "columns": columns, "concat": parts})


def _left(chart: Spec) -> list[Spec]:
    """The axes of names on the left of a chart."""
    encodings = [part.get("encoding", {}) for part in (chart, *chart.get("layer", ()))]
    return [
        found["y"] for found in encodings if isinstance(found.get("y"), dict) and found["y"].get("type") == "nominal"
    ]


def _size(width: int, height: int | None) -> dict[str, Any]:
    return {"width": width} if height is None else {"width": width, "height": height}


@cache
def _carry_the_font() -> None:
    """Make the Chinese font known to the library that draws; without its package the machine's fonts serve."""
    if font := chinese_font():
        vl_convert.register_font_directory(str(font.parent))
