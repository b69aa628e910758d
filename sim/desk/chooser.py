"""Which what-if is chosen, what it is called, and what differs from the plan in it."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from sim.desk.elements import Text
from sim.desk.state import MOST_WHAT_IFS, Desk
from sim.desk.what_if import LONGEST_NAME, WhatIf
from sim.desk.window import Window
from sim.report.words.catalogue import text
from sim.report.words.sentences import say


class Chooser:
    """Which what-if is chosen, what it is called, and what differs from the plan in it."""

    def __init__(self, window: Window) -> None:
        self._window = window
        lang, self._called = window.desk.lang, window.desk.what_if.name
        with ui.element("div").classes("chooser"):
            self._tabs = ui.element("div")
            # Kept while all else is laid out anew: a reader may be typing in it.
            self._name = ui.input(label=text("desk.what_ifs.name", lang), value=self._called)
            self._name.props(f"outlined dense maxlength={LONGEST_NAME}").classes("wide")
            self._name.on("blur", self._renamed)
            self._name.on("keydown.enter", self._renamed)
            self._differs = ui.element("div")
        self.refresh(window.desk)

    def refresh(self, desk: Desk) -> None:
        """Show the what-ifs of a desk."""
        if self._called != desk.what_if.name:
            self._called = desk.what_if.name
            self._name.set_value(self._called)
        self._tabs.clear()
        with self._tabs:
            self._lay_out_tabs(desk)
        self._differs.clear()
        with self._differs:
            self._lay_out_differences(desk)

    def _lay_out_tabs(self, desk: Desk) -> None:
        window, lang = self._window, desk.lang
        with ui.tabs(on_change=self._chosen).props("dense no-caps align=left outside-arrows") as tabs:
            tabs.props["aria-label"] = text("desk.what_ifs.heading", lang)
            for place, what_if in enumerate(desk.what_ifs):
                ui.tab(str(place), label=what_if.name)
        tabs.set_value(str(desk.chosen))
        with ui.element("div").classes("bar"):
            add = ui.button(
                text("desk.what_ifs.add", lang), icon="add", on_click=lambda: window.tried(window.desk.added)
            )
            add.set_enabled(len(desk.what_ifs) < MOST_WHAT_IFS)
            remove = ui.button(
                text("desk.what_ifs.remove", lang), icon="delete", on_click=lambda: window.tried(window.desk.removed)
            )
            for button in (add, remove):
                button.props("outline dense no-caps size=sm")

    def _lay_out_differences(self, desk: Desk) -> None:
        Text("h3", text("desk.what_ifs.differs", desk.lang))
        lines = desk.what_if.differs()
        if not lines:
            Text("p", text("desk.what_ifs.same", desk.lang)).classes("quiet")
            return
        with ui.element("ul").classes("differs"):
            for line in lines:
                Text("li", say(desk.lang, line))
        reset = ui.button(text("desk.what_ifs.reset", desk.lang), icon="restart_alt", on_click=self._reset)
        reset.props("outline dense no-caps size=sm")

    def _chosen(self, event: Any) -> None:
        value = event.value
        if value is not None and int(value) != self._window.desk.chosen:
            self._window.go(self._window.desk.choosing(int(value)))

    def _renamed(self) -> None:
        name = str(self._name.value or "").strip()
        if name and name != self._window.desk.what_if.name:
            self._window.tried(lambda: self._window.desk.changed(self._window.desk.what_if.renamed(name)))

    def _reset(self) -> None:
        window = self._window
        window.tried(lambda: window.desk.changed(WhatIf(window.desk.what_if.name, window.desk.what_if.extends)))
