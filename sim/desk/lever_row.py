"""One lever on the page: its name, what it is, the plan's own value, its range, and what moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from nicegui import ui

from sim.desk import controls
from sim.desk.controls import Control
from sim.desk.elements import Text
from sim.desk.what_if import WhatIf
from sim.refusal import Refusal
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import say
from sim.scenario import ScenarioError

SETTLING_SECONDS: Final = 0.25  # that a slider or a field is left alone before its value counts
USUAL: Final = 1.0  # of a sector's demand
DIGITS: Final = 10  # of a number; a slider's steps leave dust behind them
Change = Callable[[Callable[[WhatIf], WhatIf]], None]


def sentence(error: Refusal | ScenarioError, lang: Language) -> str:
    """What is wrong, as one text in a language."""
    if isinstance(error, ScenarioError):
        return " ".join(found.sentence(lang) for found in error.errors)
    return str(getattr(error, lang))


def tried(change: Change, make: Callable[[WhatIf], WhatIf], lang: Language) -> None:
    """Make a change; what does not allow it is said in a note."""
    try:
        change(make)
    except (Refusal, ScenarioError) as error:
        ui.notify(sentence(error, lang), type="negative", multi_line=True)


class LeverRow:
    """One lever of a what-if, laid out where the page stands.

    ``extends``: the scenario whose value is the plan's own. ``change``: is given what makes another what-if of the one
    that is chosen; it may raise ``Refusal`` or ``ScenarioError``, which is then said below the lever.
    """

    def __init__(self, control: Control, extends: str, lang: Language, change: Change) -> None:
        self._control, self._extends, self._lang, self._change = control, extends, lang, change
        self._name = say(lang, control.name)
        self._is_following = False
        self._waiting: asyncio.TimerHandle | None = None
        self._value: Any = control.value
        self._shown: list[Callable[[Any], object]] = []  # what shows a value of the lever
        with ui.element("div").classes("lever") as self._row:
            self._row.props["data-path"] = control.path
            self._head()
            self._mover()
            self._told()

    def follow(self, what_if: WhatIf) -> None:
        """Show how the lever stands in a what-if."""
        is_changed = self._control.path in what_if.levers
        self._value = what_if.levers.get(self._control.path, self._control.value)
        self._mark.visible = self._reset.visible = is_changed
        self._row.classes(**{"add" if is_changed else "remove": "is-changed"})
        self._fault.visible = False
        self._is_following = True
        for show in self._shown:
            show(self._value)
        self._is_following = False

    def _head(self) -> None:
        with ui.element("div").classes("lever-head"):
            Text("span", say(self._lang, self._control.field)).classes("lever-name")
            self._mark = Text("span", text("desk.left.changed", self._lang)).classes("mark")
            self._reset = ui.button(icon="undo", on_click=self._put_back).props("flat dense round size=sm")
            self._reset.props["aria-label"] = text("desk.left.reset", self._lang, what=self._name)

    def _told(self) -> None:
        control, lang = self._control, self._lang
        own = controls.said(control.path, control.value, self._extends)
        parts = [text("desk.left.own", lang, value=say(lang, own) or text("desk.left.none", lang))]
        if say(lang, control.allowed):
            parts.append(text("desk.left.allowed", lang, allowed=control.allowed))
        if control.why is not None:
            parts.append(say(lang, control.why))
        if control.note != control.field:
            Text("p", say(lang, control.note)).classes("quiet")
        Text("p", ("；" if lang == "zh" else "; ").join(parts)).classes("quiet")
        self._fault = Text("p", "").classes("fault")
        self._fault.props["role"] = "alert"

    def _mover(self) -> None:
        """What moves the lever, and what shows where it stands."""
        match self._control.kind:
            case "number" | "whole":
                self._number(self._name, self._control.stands, self._control.placed)
            case "by_sector":
                for sector, words in self._control.choices:
                    self._of_sector(sector, say(self._lang, words))
            case "choice" | "several":
                self._choice(several=self._control.kind == "several")
            case "switch":
                switch = ui.switch(self._name, on_change=self._moved)
                self._shown.append(lambda value: switch.set_value(bool(value)))
            case "day":
                self._day()
            case _:
                pass  # lists and tables that a page only tells

    def _number(self, name: str, stands: Callable[[Any], float | None], placed: Callable[[float], Any]) -> None:
        """A slider, where there are ends for it, and a field for the same number."""
        control = self._control
        with ui.element("div").classes("number-and-slider"):
            if control.least is not None and control.most is not None:
                slider = ui.slider(min=control.least, max=control.most, step=control.step or 1)
                slider.props["aria-label"] = text("desk.left.slider", self._lang, what=name)
                slider.on_value_change(lambda event: self._typed(event.value, placed, SETTLING_SECONDS))
                self._shown.append(lambda value: slider.set_value(_or(stands(value), control.least)))
            field = ui.number(label=name, step=control.step, suffix=say(self._lang, control.unit) or None)
            field.on_value_change(lambda event: self._typed(event.value, placed))
            field.props(f"outlined dense debounce={1000 * SETTLING_SECONDS:.0f}").classes("number-field")
            self._shown.append(lambda value: field.set_value(stands(value)))

    def _of_sector(self, sector: str, name: str) -> None:
        """The number of one sector, of a lever that has one for each."""

        def placed(number: float) -> dict[str, float]:
            others = {key: value for key, value in (self._value or {}).items() if key != sector}
            return others if number == USUAL else {**others, sector: number}

        self._number(f"{self._name} · {name}", lambda value: (value or {}).get(sector, USUAL), placed)

    def _choice(self, several: bool) -> None:
        values = [value for value, _ in self._control.choices]
        options = {place: say(self._lang, words) for place, (_, words) in enumerate(self._control.choices)}
        field = ui.select(options, multiple=several, value=[] if several else None, label=self._name)
        field.props("outlined dense options-dense").classes("wide")

        def chosen(event: Any) -> None:
            if self._is_following or event.value is None:
                return
            self._set([values[place] for place in event.value] if several else values[event.value])

        field.on_value_change(chosen)
        if several:
            self._shown.append(
                lambda value: field.set_value([place for place, one in enumerate(values) if one in (value or ())])
            )
        else:
            self._shown.append(
                lambda value: field.set_value(next((place for place, one in enumerate(values) if one == value), None))
            )

    def _day(self) -> None:
        control = self._control
        field = ui.input(label=self._name, on_change=self._moved).classes("wide")
        field.props(f"type=date outlined dense stack-label min={control.first} max={control.last}")
        self._shown.append(lambda value: field.set_value(value if isinstance(value, str) else ""))

    def _typed(self, number: float | None, placed: Callable[[float], Any], settling: float = 0) -> None:
        """Take a number once nobody moves it any more; an empty field is no number where there must be one."""
        if self._is_following or (number is None and not self._control.is_optional):
            return
        if self._waiting is not None:
            self._waiting.cancel()
        value = None if number is None else placed(float(f"{number:.{DIGITS}g}"))
        self._waiting = asyncio.get_running_loop().call_later(settling, self._set, value)

    def _moved(self, event: Any) -> None:
        if not self._is_following and not (event.value in ("", None) and not self._control.is_optional):
            self._set(None if event.value == "" else event.value)

    def _set(self, value: Any) -> None:
        self._waiting = None
        if self._row.is_deleted or value == self._value:
            return
        with self._row:
            try:
                self._change(lambda what_if: what_if.with_lever(self._control.path, value))
            except (Refusal, ScenarioError) as error:
                self._fault.text = sentence(error, self._lang)
                self._fault.visible = True

    def _put_back(self) -> None:
        tried(self._change, lambda what_if: what_if.without_lever(self._control.path), self._lang)


def _or(number: float | None, other: float | None) -> float | None:
    return other if number is None or isinstance(number, Mapping) else number
