"""The left side of the page: what can be moved, group by group; a group's levers are laid out when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element

from sim.desk import controls
from sim.desk.controls import Group, MeasureControls
from sim.desk.elements import Text
from sim.desk.lever_row import Change, LeverRow, tried
from sim.desk.what_if import WhatIf
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import say
from sim.scenario import ScenarioError

FEW: Final = 4  # measures that a search may find to be opened at once
HEADINGS: Final = {"actions": ("action",), "steps": ("step",), "others": ("world", "funds")}


class ControlsPanel:
    """The levers of the what-if that is chosen.

    ``change``: is given what makes another what-if of the one that is chosen.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        self._open: set[str] = set()
        self._rows: list[LeverRow] = []
        self._switches: list[_Switch] = []
        self._words = ""
        self._what_if: WhatIf
        self._lang: Language
        self._place: Element

    def lay_out(self, what_if: WhatIf, lang: Language) -> None:
        """Lay the panel out where the page stands now."""
        self._what_if, self._lang = what_if, lang
        field = ui.input(label=text("desk.left.search", lang), value=self._words, on_change=self._searched)
        field.props("clearable debounce=300 outlined dense type=search").classes("wide")
        self._place = ui.element("div")
        self._fill()

    def follow(self, what_if: WhatIf) -> None:
        """Show another what-if where everything stands, or anew where it extends another scenario."""
        is_alike = what_if.extends == self._what_if.extends
        self._what_if = what_if
        if not is_alike:
            self._fill()
            return
        for row in self._rows:
            row.follow(what_if)
        for switch in self._switches:
            switch.follow(what_if)

    def _searched(self, event: Any) -> None:
        self._words = str(event.value or "").strip()
        self._fill()

    def _fill(self) -> None:
        self._rows.clear()
        self._switches.clear()
        self._place.clear()
        extends = self._what_if.extends
        groups = controls.controls(extends)
        if self._words:
            groups = controls.shown(groups, controls.answering(self._words, extends))
        with self._place:
            if not groups:
                Text("p", text("desk.left.nothing", self._lang, words=self._words)).classes("quiet")
            for heading, kinds in HEADINGS.items():
                of_kind = [group for group in groups if group.kind in kinds]
                if of_kind:
                    Text("h3", text(f"desk.left.{heading}", self._lang))
                for group in of_kind:
                    self._group(group)

    def _group(self, group: Group) -> None:
        """A group with its switch."""

        def inside() -> None:
            for measure in group.measures:
                self._measure(measure)
            for control in group.controls:
                self._rows.append(row := LeverRow(control, self._what_if.extends, self._lang, self._change))
                row.follow(self._what_if)

        with ui.element("div").classes("group"):
            if group.measures:
                self._switch(group.id, say(self._lang, group.title))
            count = text("desk.left.count", self._lang, count=len(group.measures)) if group.measures else ""
            is_few = bool(self._words) and len(group.measures) <= FEW
            self._opening(group.id, say(self._lang, group.title), count, inside, is_few)

    def _measure(self, measure: MeasureControls) -> None:
        def inside() -> None:
            if note := say(self._lang, measure.note):
                Text("p", note).classes("quiet")
            for control in measure.controls:
                self._rows.append(row := LeverRow(control, self._what_if.extends, self._lang, self._change))
                row.follow(self._what_if)

        comma, semicolon = ("、", "；") if self._lang == "zh" else (", ", "; ")
        clauses = comma.join(measure.clauses)
        captions = [text("desk.left.clauses", self._lang, clauses=clauses)] if clauses else []
        captions += [text("desk.left.nominal", self._lang)] if measure.nominal else []
        with ui.element("div").classes("measure"):
            self._switch(measure.id, say(self._lang, measure.title))
            title = say(self._lang, measure.title)
            self._opening(measure.id, title, semicolon.join(captions), inside, bool(self._words))

    def _opening(self, key: str, title: str, caption: str, inside: Callable[[], None], is_open: bool) -> None:
        """A heading that opens; what it holds is made when it is opened first: there are some thousand levers."""
        is_open = is_open or key in self._open
        part = ui.expansion(title, caption=caption or None, value=is_open).classes("opening")
        is_empty = True

        def fill() -> None:
            nonlocal is_empty
            if is_empty:
                is_empty = False
                with part:
                    inside()

        def turned(event: Any) -> None:
            (self._open.add if event.value else self._open.discard)(key)
            if event.value:
                fill()

        part.on_value_change(turned)
        if is_open:
            fill()

    def _switch(self, what: str, title: str) -> None:
        def turned(on: bool) -> None:
            tried(self._change, lambda what_if: what_if.switched(what, on), self._lang)
            switch.follow(self._what_if)

        self._switches.append(switch := _Switch(what, title, self._lang, turned))
        switch.follow(self._what_if)


class _Switch:
    """A switch of an action, a step or a measure; half way where some of it is on and some is off."""

    def __init__(self, what: str, title: str, lang: Language, turned: Callable[[bool], None]) -> None:
        self._what, self._lang, self._turned = what, lang, turned
        self._is_following = False
        self._state = ""
        self._switch = ui.switch(value=True, on_change=self._changed)
        self._switch.props["aria-label"] = text("desk.left.switch", lang, what=title)

    def follow(self, what_if: WhatIf) -> None:
        """Show how it stands in a what-if."""
        try:
            is_on = what_if.is_on(self._what)
        except ScenarioError:  # what the what-if extends does not have it
            is_on = False
            self._switch.disable()
        self._is_following = True
        self._switch.set_value(is_on is not False)
        self._is_following = False
        state = "some" if is_on is None else "on" if is_on else "off"
        if state == self._state:  # of some hundred switches few change
            return
        self._state = state
        self._switch.props["title"] = text(f"desk.left.{state}", self._lang)
        self._switch.classes(**{"add" if is_on is None else "remove": "some"})

    def _changed(self, event: Any) -> None:
        if not self._is_following:
            self._turned(bool(event.value))
