"""One window of the desk: what is on it, its runs, and the two sides of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from nicegui import run, ui
from nicegui.element import Element

from sim.desk import files
from sim.desk.background import Background
from sim.desk.chooser import Chooser
from sim.desk.controls_panel import ControlsPanel
from sim.desk.elements import Text
from sim.desk.goal_panel import GoalPanel
from sim.desk.lever_row import sentence
from sim.desk.numbers import Numbers
from sim.desk.pool import StoppedError
from sim.desk.results import Told, told
from sim.desk.results_panel import ResultsPanel
from sim.desk.state import UNCERTAINTIES, Desk, History
from sim.desk.toolbar import Toolbar
from sim.desk.what_if import WhatIf
from sim.desk.window import Kind, Window
from sim.refusal import Refusal
from sim.report.charts.style import ACCENT
from sim.report.words.catalogue import LANGUAGES, Language, text
from sim.report.words.sentences import plan_words, say
from sim.scenario import ScenarioError, load
from sim.study.comparison.scenarios import MAIN

STATE: Final = "state"  # the field of an address that holds what is on the desk
STYLE: Final = Path(__file__).with_name("desk.css").read_text("utf-8")
WIDTHS: Final = (0.005, 0.002, 0.001, 0.0005, 0.0002)  # half-widths that can be wished for, shares
HTML_LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Service:
    """What all windows share. ``lang``: of a new one. ``started``: the folder where the command was started."""

    lang: Language
    started: Path


def open_page(service: Service, background: Background, request: Request, origin: str) -> None:
    """Lay out a window: what its address holds, or else a what-if that is the plan still."""
    desk, remarks = Desk.new(service.lang), []
    if asked := request.query_params.get(STATE):
        try:
            desk, said = Desk.from_address(asked)
            remarks = [say(desk.lang, one) for one in said]
        except Refusal as refused:
            remarks = [sentence(refused, desk.lang)]
    Page(service, background, origin, desk).lay_out(remarks)


class Page(Window):
    """A window. Everything that changes it goes through :meth:`go`."""

    def __init__(self, service: Service, background: Background, origin: str, desk: Desk) -> None:
        self.started, self.rows, self._origin = service.started, background.firms, origin
        self.history = History(desk)
        self.numbers: Numbers | None = None
        self._untold: Numbers | None = None
        self._telling: asyncio.Future[None] | None = None
        self._against: str | None = None
        self._loop = asyncio.get_running_loop()
        self._client = ui.context.client
        self._session = background.session(self._news)
        self._client.on_delete(self._closed)
        self._controls = ControlsPanel(self.change)
        self._results = ResultsPanel(self._compare)
        self._toolbar = Toolbar(self)
        self._goal = GoalPanel(self)
        self._is_over = background.stopping(self._goal.stop)
        self._root: Element

    def link(self, desk: Desk) -> str:
        """The address that reproduces a desk, without the token; raises ``Refusal`` where it would be too long."""
        return f"{self._origin}/?{STATE}={desk.to_address()}"

    def lay_out(self, remarks: list[str]) -> None:
        """Lay the window out for the first time and begin to run. ``remarks``: sentences about its address."""
        ui.colors(primary=ACCENT)
        self._root = ui.element("div").classes("desk")
        self._fill()
        for remark in remarks:
            ui.notify(
                remark, type="warning", multi_line=True, timeout=0, close_button=text("desk.bar.close", self.lang)
            )
        # Runs are for whoever looks: a page that is fetched and never opened a socket has none.
        self._client.on_connect(lambda: self._session.show(self.desk))

    def change(self, make: Callable[[WhatIf], WhatIf]) -> None:
        """Put another what-if in the place of the chosen one; raises ``Refusal`` and ``ScenarioError``."""
        self.go(self.desk.changed(make(self.desk.what_if)))

    def tried(self, make: Callable[[], Desk]) -> None:
        """Go to another desk; what does not allow it is said in a note."""
        try:
            self.go(make())
        except (Refusal, ScenarioError) as error:
            self.say(sentence(error, self.lang), "negative")

    def go(self, desk: Desk) -> None:
        """Show another desk, to which one can come back."""
        self.travel(self.history.then(desk))

    def travel(self, history: History) -> None:
        """Show another desk of the past, the future or the present."""
        before, self.history = self.desk, history
        desk = self.desk
        try:
            ui.navigate.history.replace(self.link(desk).removeprefix(self._origin))
        except Refusal as refused:  # too long for an address: it can be saved as a file still
            self.say(sentence(refused, self.lang), "warning")
        if desk.lang != before.lang:
            self._fill()
        else:
            self._chooser.refresh(desk)
            self._controls.follow(desk.what_if)
            self._toolbar.follow()
            self._goal.follow()
        is_shown_alike = (desk.what_ifs, desk.uncertainty, desk.half_width) == (
            before.what_ifs, before.uncertainty, before.half_width,
        )  # fmt: skip
        if is_shown_alike:
            self.redraw()
        else:
            self._results.wait(text("desk.right.working", desk.lang))
            self._session.show(desk)

    def say(self, words: str, kind: Kind = "positive") -> None:
        """Tell the reader something, as text."""
        ui.notify(words, type=kind, multi_line=True, timeout=8000)

    def open(self, content: bytes, file_name: str) -> None:
        """Open an uploaded scenario: in the place of a what-if that is the plan still, else as a further one."""

        def make() -> Desk:
            what_if = files.opened(content, file_name)
            desk = self.desk
            is_plan = not desk.what_if.differs() and what_if.name not in [one.name for one in desk.what_ifs]
            return desk.changed(what_if) if is_plan else desk.added(what_if)

        before = self.desk
        self.tried(make)
        if self.desk is not before:
            self.say(text("desk.bar.opened", self.lang, file=self.desk.what_if.file_name))

    def open_link(self, link: str) -> None:
        """Show what a link holds, whatever desk made it; one that cannot be read is refused in a sentence."""

        def make() -> Desk:
            asked = parse_qs(urlsplit(link.strip()).query).get(STATE)
            if not asked:
                raise Refusal(zh=text("desk.refused.link", "zh"), en=text("desk.refused.link", "en"))
            desk, remarks = Desk.from_address(asked[0])
            for remark in remarks:
                self.say(say(self.lang, remark), "warning")
            return desk

        self.tried(make)

    def redraw(self) -> None:
        """Tell the present numbers anew, for another what-if, comparison or language."""
        if self.numbers is not None:
            self._take(self.numbers)

    def _news(self, numbers: Numbers) -> None:
        """News of the runs, in a thread of theirs, which is not held up."""
        self._loop.call_soon_threadsafe(self._take, numbers)

    def _take(self, numbers: Numbers) -> None:
        """Tell numbers, unless the desk was changed meanwhile and others are on their way."""
        if self._client.is_deleted or not self._is_wanted(numbers):
            return
        self.numbers = self._untold = numbers
        if self._telling is None or self._telling.done():
            self._telling = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        """Tell the newest numbers until there are none; threads put them in words.

        Outcomes are told at once, then all of it; of first numbers, which others follow within seconds, only outcomes.
        """
        with self._root:
            while (numbers := self._untold) is not None:
                self._untold = None
                for in_short in (True,) if numbers.stage == "first" else (True, False):
                    view = await run.io_bound(self._told, numbers, in_short)
                    if view is None or self._client.is_deleted or not self._is_wanted(numbers):
                        break
                    self._results.show(view)

    def _is_wanted(self, numbers: Numbers) -> bool:
        """Whether numbers are of what is on the desk still."""
        return numbers.desk.what_ifs == self.desk.what_ifs

    def _told(self, numbers: Numbers, in_short: bool) -> Told | None:
        """What is shown of numbers; None where the desk was changed on the way."""
        desk = self.desk

        def check() -> None:
            if not self._is_wanted(numbers):
                raise StoppedError

        try:
            return told(numbers, desk.what_if.name, self._against, desk.lang, in_short, check)
        except StoppedError:
            return None
        except Exception as error:  # whatever it dies of, the reader must be told
            return Told(text("desk.bar.failed", desk.lang, reason=f"{type(error).__name__}: {error}"))

    def _compare(self, other: str) -> None:
        self._against = other
        self.redraw()

    def _closed(self) -> None:
        self._goal.stop()
        self._is_over()
        self._loop.run_in_executor(None, self._session.close)

    def _fill(self) -> None:
        """Lay everything out in the language of the desk."""
        lang = self.lang
        ui.page_title(text("desk.title", lang))
        ui.run_javascript(f"document.documentElement.lang = '{HTML_LANGUAGES[lang]}'")
        self._root.clear()
        with self._root:
            with ui.element("header").classes("head"):
                with ui.element("div"):
                    Text("h1", text("desk.title", lang))
                    plan = plan_words(load(MAIN).contents()["plan"])
                    Text("p", text("desk.about", lang, **plan)).classes("quiet")
                other: Language = next(one for one in LANGUAGES if one != lang)
                switch = ui.button(
                    text("language.other", lang), on_click=lambda: self.go(self.desk.showing(lang=other))
                )
                switch.props("outline dense no-caps")
                switch.props["aria-label"] = text("language.switch", lang)
            self._toolbar.lay_out()
            with ui.element("div").classes("sides"):
                with ui.element("section").classes("left"):
                    Text("h2", text("desk.left.heading", lang))
                    self._chooser = Chooser(self)
                    self._settings()
                    self._controls.lay_out(self.desk.what_if, lang)
                with ui.element("section").classes("right") as right:
                    Text("h2", text("desk.right.heading", lang))
                    self._results.lay_out(lang)
                    self._goal.lay_out()
            ui.skip_link(text("desk.skip", lang), target=right)
        if self.numbers is not None:
            self.redraw()

    def _settings(self) -> None:
        """What the numbers shall allow for, and how precise they shall be."""
        lang, desk = self.lang, self.desk
        kinds = dict(zip(UNCERTAINTIES, ("only_random", "posterior"), strict=True))
        options = {name: text(f"desk.left.{words}", lang) for name, words in kinds.items()}
        kind = ui.select(options, value=desk.uncertainty, label=text("desk.left.uncertainty", lang))
        kind.on_value_change(lambda event: self.tried(partial(self.desk.showing, uncertainty=event.value)))
        points = {width: text("desk.left.points", lang, number=f"{width * 100:g}") for width in WIDTHS}
        points.setdefault(desk.half_width, text("desk.left.points", lang, number=f"{desk.half_width * 100:g}"))
        width = ui.select(points, value=desk.half_width, label=text("desk.left.precision", lang))
        width.on_value_change(lambda event: self.tried(partial(self.desk.showing, half_width=event.value)))
        for field in (kind, width):
            field.props("outlined dense options-dense").classes("wide")
