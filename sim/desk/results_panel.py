"""The right side of the page: places for what :mod:`sim.desk.results` tells, filled anew without moving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from nicegui import ui
from nicegui.element import Element

from sim.desk.elements import Chart, Text
from sim.desk.results import Told
from sim.report.words.catalogue import Language, text

# Sections below the three outcomes: the words of the heading, the table, the charts.
SECTIONS: Final[tuple[tuple[str, Sequence[str], Sequence[str]], ...]] = (
    ("difference", ("difference",), ()),
    ("costs", ("costs",), ("costs",)),
    ("fates", ("fates",), ()),
    ("places", (), ("places",)),
    ("months", (), ("months-survival_rate", "months-resumption_rate")),
    ("sectors", ("sectors",), ("sectors",)),
)


class ResultsPanel:
    """Places for results. ``compare``: told with which scenario the reader wants the chosen what-if compared."""

    def __init__(self, compare: Callable[[str], None]) -> None:
        self._compare = compare
        self._is_following = False

    def lay_out(self, lang: Language) -> Element:
        """Lay the panel out where the page stands now; what holds the results."""
        with ui.element("div").classes("results") as self._place:
            self._status = Text("p", text("desk.right.working", lang)).classes("status")
            self._status.props("role=status aria-live=polite")
            self._failures = ui.element("div").props("role=alert")
            Text("h3", text("desk.right.headline", lang))
            self._tables = {"headline": ui.html("")}
            Text("p", text("desk.right.grey", lang)).classes("quiet")
            self._against = ui.select({}, label=text("desk.right.against", lang), on_change=self._chosen)
            self._against.props("outlined dense options-dense").classes("wide")
            self._charts: dict[str, Chart] = {}
            with ui.element("div").classes("sections"):
                for heading, tables, charts in SECTIONS:
                    with ui.element("section").classes(f"section-{heading}"):
                        Text("h3", text(f"desk.right.{heading}", lang))
                        for name in tables:
                            self._tables[name] = ui.html("")
                        for name in charts:
                            self._charts[name] = Chart()
        return self._place

    def show(self, told: Told) -> None:
        """Fill the places; what is not told yet stays as it was, greyed."""
        self._status.set_text(told.status)
        self._place.classes(**{"add" if told.is_first else "remove": "is-first"})
        self._failures.clear()
        with self._failures:
            for failure in told.failures:
                Text("p", failure).classes("fault")
        for name, content in told.tables.items():
            self._tables[name].set_content(content)
        if told.charts:
            for name, chart in self._charts.items():
                chart.show(told.charts.get(name))
        if told.others:
            self._is_following = True
            self._against.set_options(dict(told.others), value=told.against)
            self._is_following = False

    def wait(self, words: str) -> None:
        """Say that other numbers are on their way; those of before turn grey."""
        self._status.set_text(words)
        self._place.classes(add="is-first")

    def _chosen(self) -> None:
        if not self._is_following and self._against.value:
            self._compare(str(self._against.value))
