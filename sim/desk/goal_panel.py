"""Seek a goal: what would bring an outcome somewhere, which levers may move, what was found; taken over at a click."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from nicegui import run, ui

from sim.desk import goal
from sim.desk.elements import Text
from sim.desk.goal import WANTS, Goal, Search, StoppedError, movable
from sim.desk.lever_row import sentence
from sim.desk.results import as_table
from sim.desk.what_if import WhatIf
from sim.desk.window import Window
from sim.observe.months import HEADLINES
from sim.observe.outcomes import OUTCOMES
from sim.refusal import Refusal
from sim.report.words.catalogue import text
from sim.report.words.sentences import outcome_name, say
from sim.scenario import ScenarioError
from sim.study.questions.reach import MOST, Reach

YUAN_OF_THE_UNIT: Final = {"zh": 1e8, "en": 1e9}  # yuan of the unit in which a budget is written: yi, billion
LOOKS_A_SECOND: Final = 2  # at how much of a search is done


class GoalPanel:
    """The panel of a window. What is sought is sought for the what-if that is chosen."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._search: Search | None = None

    def lay_out(self) -> None:
        """Lay the panel out where the page stands now."""
        lang = self._window.lang
        with ui.expansion(text("desk.goal.heading", lang)).classes("goal"):
            Text("p", text("desk.goal.about", lang)).classes("quiet")
            outcomes = {name: say(lang, outcome_name(name)) for name in HEADLINES}
            self._outcome = ui.select(outcomes, value=HEADLINES[0], label=text("desk.goal.outcome", lang))
            wants = {want: text(f"reach.want.{want}", lang) for want in WANTS}
            self._want = ui.select(wants, value=WANTS[0], label=text("desk.goal.want", lang))
            self._limit = ui.number(label=text("desk.goal.limit", lang), min=0, max=100, suffix="%")
            self._budget = ui.number(label=text("desk.goal.budget", lang), suffix=text("desk.goal.unit", lang))
            names, self._offered = self._may_move()
            self._levers = ui.select(
                names, value=self._offered, multiple=True, with_input=True, label=text("desk.goal.levers", lang)
            )
            for field in (self._outcome, self._want, self._limit, self._budget, self._levers):
                field.props("outlined dense").classes("wide")
            self._limit.bind_enabled_from(self._want, "value", lambda want: want != MOST)
            with ui.element("div").classes("bar"):
                self._seek = ui.button(text("desk.goal.seek", lang), on_click=self._sought)
                self._stop = ui.button(text("desk.goal.stop", lang), on_click=self.stop)
                for button in (self._seek, self._stop):
                    button.props("outline dense no-caps")
            self._stop.disable()
            self._progress = ui.linear_progress(0.0, show_value=False)
            self._progress.props["aria-label"] = text("desk.goal.progress", lang)
            self._progress.visible = False
            self._found = ui.element("div").props("aria-live=polite")

    def follow(self) -> None:
        """Offer the levers that the chosen what-if has moved, unless the reader has chosen others."""
        is_as_offered = self._levers.value == self._offered
        names, self._offered = self._may_move()
        kept = [path for path in self._levers.value if path in names]
        self._levers.set_options(names, value=self._offered if is_as_offered else kept)

    def stop(self) -> None:
        """End a search that is under way."""
        if self._search is not None:
            self._search.stop()

    def _may_move(self) -> tuple[dict[str, str], list[str]]:
        """Names of the levers that may move, by path; those among them that the what-if has moved."""
        what_if, lang = self._window.desk.what_if, self._window.lang
        names = {path: say(lang, control.name) for path, control in movable(what_if.extends).items()}
        return names, [path for path in what_if.levers if path in names]

    def _asked(self) -> Goal:
        """What the fields say; raises ``Refusal`` where no lever may move."""
        if not self._levers.value:
            raise Refusal(zh=text("desk.goal.no_lever", "zh"), en=text("desk.goal.no_lever", "en"))
        limit, budget = self._limit.value, self._budget.value
        return Goal(
            str(self._outcome.value),
            None if limit is None else float(limit) / 100,
            str(self._want.value),
            None if budget is None else float(budget) * YUAN_OF_THE_UNIT[self._window.lang],
            tuple(self._levers.value),
        )

    async def _sought(self) -> None:
        window, search = self._window, Search()
        what_if = window.desk.what_if
        try:
            asked = self._asked()
        except Refusal as refused:
            window.say(sentence(refused, window.lang), "negative")
            return
        self.stop()
        self._search = search
        self._seek.disable()
        self._stop.enable()
        self._progress.visible = True
        looking = ui.timer(1 / LOOKS_A_SECOND, lambda: self._progress.set_value(search.share))
        try:
            is_up = not OUTCOMES[asked.outcome].less_is_better
            found = await run.io_bound(search.answer, what_if, asked, is_up, window.rows)
            if found is not None:  # the desk is being stopped
                self._show(found, what_if)
        except StoppedError:
            self._say(text("desk.goal.stopped", window.lang))
        except (Refusal, ScenarioError) as error:
            self._say(sentence(error, window.lang))
        finally:
            looking.cancel()
            self._progress.visible = False
            self._stop.disable()
            self._seek.enable()
            self._search = None

    def _say(self, words: str) -> None:
        self._found.clear()
        with self._found:
            Text("p", words)

    def _show(self, found: Reach, what_if: WhatIf) -> None:
        lang = self._window.lang
        self._found.clear()
        with self._found:
            with ui.element("ul").classes("differs"):
                for words in goal.sentences(found, lang):
                    Text("li", words)
            with ui.element("div").classes("bar"):
                for how, levers in goal.settings(found).items():
                    name = text("desk.goal.take", lang, how=text(f"reach.how.{how}", lang))
                    button = ui.button(name, on_click=partial(self._take, what_if, levers))
                    button.props("outline dense no-caps size=sm")
            for table in goal.tables(found, lang):
                ui.html(as_table(table))

    def _take(self, what_if: WhatIf, levers: Mapping[str, Any]) -> None:
        """Set the levers of an answer in the what-if that it was sought for, if that is still the one."""

        def make() -> Any:
            desk = self._window.desk
            changed = desk.what_if if desk.what_if.name == what_if.name else what_if
            for path, value in levers.items():
                changed = changed.with_lever(path, value)
            return desk.changed(changed) if changed.name == desk.what_if.name else desk.added(changed)

        self._window.tried(make)
