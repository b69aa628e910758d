"""Elements of the page that the library does not have: texts of any tag, and charts drawn by Vega."""

from __future__ import annotations

import json
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from sim.report.charts.style import Spec


class Text(TextElement):
    """A text in an element of some tag; whatever it says is text and never HTML."""

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=text)


class Chart(Element, component="chart.js"):
    """A chart in the browser, drawn by the script that the report's pages carry.

    Its title and the line below it stand above it as text, so that they wrap and are read out.
    """

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__()
        self.show(spec)

    def show(self, spec: Spec | None) -> None:
        """Draw another specification, which holds its rows; None for nothing."""
        shown: dict[str, Any] = dict(spec or {})
        title = shown.pop("title", None) or {}
        shown.pop("$schema", None)
        # As text: the library would watch each of its thousands of values for changes.
        self.props["spec"] = json.dumps(shown, ensure_ascii=False, allow_nan=False) if shown else ""
        self.props["heading"] = str(title.get("text", ""))
        self.props["note"] = str(title.get("subtitle", ""))
        self.update()
