"""A window of the desk in a real browser, as tests move about in it."""

from __future__ import annotations

import re
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk.served import PATIENCE, Served

expect.set_options(timeout=PATIENCE * 1000)
SETTLED: Final = re.compile("wished precision is met|limit of replications|已达到希望的精度|已到重复次数的上限")
FIRST: Final = re.compile("First numbers|Refining|wished precision is met|limit of replications")


class Window:
    """A window with everything that it asked for and complained about; it has a profile of its own."""

    def __init__(
        self, browser: Browser, desk: Served, width: int = 1280, path: str = "", is_let_in: bool = True
    ) -> None:
        self.desk = desk
        self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if is_let_in:
            self.page.goto(desk.address)
            if path:
                self.page.goto(desk.origin + path)
            self.page.locator(".desk").wait_for()

    def close(self) -> None:
        self.context.close()

    @property
    def status(self) -> Locator:
        """The line that says on what the numbers rest."""
        return self.page.locator(".status")

    @property
    def differs(self) -> Locator:
        """What differs from the plan, in words."""
        return self.page.locator(".differs li")

    def settled(self) -> None:
        """Wait until the numbers of what is on the desk are no longer refined."""
        expect(self.status).to_have_text(SETTLED)

    def numbers(self) -> list[str]:
        """The levels in the table of the three outcomes, row by row."""
        return self.page.locator("table.headline b").all_inner_texts()

    def settled_anew(self, before: list[str]) -> list[str]:
        """The levels of the three outcomes once they are others and no longer refined."""
        told = "[...document.querySelectorAll('table.headline b')].map(level => level.innerText).join()"
        self.page.wait_for_function(f"before => {told} !== before", arg=",".join(before))
        self.settled()
        return self.numbers()

    def lever(self, path: str) -> Locator:
        """The field for the number of a lever, which is looked for."""
        self.page.get_by_label("Search levers and measures").fill(path)
        found = self.page.locator(f'.lever[data-path="{path}"] .number-field input').first
        found.wait_for()
        return found

    def set(self, path: str, value: str) -> None:
        """Type another value of a lever and wait until it counts."""
        before = self.page.url
        self.lever(path).fill(value)
        self.page.wait_for_function("before => location.href !== before", arg=before)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def note(self, words: Any) -> Locator:
        """A note on what was done or refused."""
        return self.page.locator(".q-notification", has_text=words)
