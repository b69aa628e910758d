"""The bar of the page: undo and redo, files that come and go, links."""

from __future__ import annotations

from typing import Final

from nicegui import events, run, ui

from sim.desk import files
from sim.desk.elements import Text
from sim.desk.lever_row import sentence
from sim.desk.window import Window
from sim.refusal import Refusal
from sim.report.documents import ENDINGS
from sim.report.words.catalogue import text
from sim.scenario import ScenarioError
from sim.scenario.document import LARGEST_FILE

FORMS: Final = ("xlsx", "docx", "pptx", "pdf")  # in which a comparison is handed on


class Toolbar:
    """The bar of a window."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def lay_out(self) -> None:
        """Lay the bar out where the page stands now."""
        lang = self._window.lang
        with ui.element("nav").classes("toolbar") as bar:
            bar.props["aria-label"] = text("desk.bar.tools", lang)
            self._undo = self._button("undo", "undo", lambda: self._window.travel(self._window.history.undone()))
            self._redo = self._button("redo", "redo", lambda: self._window.travel(self._window.history.redone()))
            self._button("save", "save", self._save)
            self._upload()
            self._button("link", "link", self._copy)
            self._button("open_link", "input", self._ask_for_link)
            with ui.dropdown_button(text("desk.bar.export", lang), icon="file_download", auto_close=True) as menu:
                menu.props("outline dense no-caps size=sm")
                menu.props["toggle-aria-label"] = text("desk.bar.export", lang)  # else the library's own, in English
                for form in FORMS:
                    ui.item(form, on_click=lambda form=form: self._export(form))
        self.follow()

    def follow(self) -> None:
        """Show what can be undone and redone."""
        self._undo.set_enabled(bool(self._window.history.past))
        self._redo.set_enabled(bool(self._window.history.future))

    def _button(self, name: str, icon: str, act: events.Handler[events.ClickEventArguments]) -> ui.button:
        button = ui.button(text(f"desk.bar.{name}", self._window.lang), icon=icon, on_click=act)
        return button.props("outline dense no-caps size=sm")

    def _save(self) -> None:
        what_if = self._window.desk.what_if
        ui.download.content(what_if.yaml(), what_if.file_name, "application/yaml")
        self._window.say(text("desk.bar.saved", self._window.lang, file=what_if.file_name))

    def _upload(self) -> None:
        """A button that opens the browser's own choice of files; the library's list of files stays hidden."""
        upload = ui.upload(
            on_upload=self._uploaded, on_rejected=self._rejected, auto_upload=True, max_file_size=LARGEST_FILE
        )
        upload.props("accept=.yaml,.yml").classes("absent")
        button = ui.button(text("desk.bar.open", self._window.lang), icon="folder_open")
        button.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")
        button.props("outline dense no-caps size=sm")

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        content = await event.file.read()
        if len(content) > LARGEST_FILE:
            self._rejected()
            return
        self._window.open(content, event.file.name)

    def _rejected(self) -> None:
        self._window.say(text("desk.refused.too_large", self._window.lang), "negative")

    def _copy(self) -> None:
        try:
            link = self._window.link(self._window.desk)
        except Refusal as refused:
            self._window.say(sentence(refused, self._window.lang), "negative")
            return
        ui.clipboard.write(link)
        self._window.say(text("desk.bar.copied", self._window.lang))

    def _ask_for_link(self) -> None:
        lang = self._window.lang
        with ui.dialog() as dialog, ui.card().classes("dialog"):
            Text("h2", text("desk.bar.open_link", lang))
            field = ui.input(label=text("desk.bar.paste", lang)).props("outlined autofocus").classes("wide")

            def taken() -> None:
                dialog.close()
                self._window.open_link(str(field.value or ""))

            field.on("keydown.enter", taken)
            ui.button(text("desk.bar.open_link", lang), on_click=taken).props("no-caps")
        dialog.open()

    async def _export(self, form: str) -> None:
        window = self._window
        numbers = window.numbers
        if numbers is None or numbers.comparison is None or numbers.stage == "first":
            window.say(text("desk.refused.nothing", window.lang), "negative")
            return
        window.say(text("desk.bar.exporting", window.lang, form=ENDINGS[form]), "info")
        names = [what_if.name for what_if in numbers.desk.what_ifs]
        try:
            made = await run.io_bound(files.exported, numbers.comparison, names, form, window.lang, window.started)
        except (Refusal, ScenarioError) as error:
            window.say(sentence(error, window.lang), "negative")
            return
        except OSError as error:
            window.say(text("desk.bar.failed", window.lang, reason=str(error.strerror or error)), "negative")
            return
        if made is None:  # the desk is being stopped
            return
        folder, file = made
        ui.download.file(file, file.name)
        shown = folder.relative_to(window.started)
        window.say(text("desk.bar.exported", window.lang, file=file.name, folder=str(shown)))
