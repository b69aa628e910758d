"""What the parts of a window may ask of the whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sim.desk.numbers import Numbers
from sim.desk.state import Desk, History
from sim.desk.what_if import WhatIf
from sim.report.words.catalogue import Language

Kind = Literal["positive", "negative", "warning", "info"]


class Window(ABC):
    """A window of the desk.

    ``history``: what is on it and was before. ``numbers``: the last that came, None before any. ``started``: the folder
    where the desk was started. ``rows``: sample firms of refined numbers.
    """

    history: History
    numbers: Numbers | None
    started: Path
    rows: int

    @property
    def desk(self) -> Desk:
        """What is on the desk."""
        return self.history.desk

    @property
    def lang(self) -> Language:
        """The language of the window."""
        return self.desk.lang

    @abstractmethod
    def link(self, desk: Desk) -> str:
        """The address that reproduces a desk, without the token; raises ``Refusal`` where it would be too long."""

    @abstractmethod
    def change(self, make: Callable[[WhatIf], WhatIf]) -> None:
        """Put another what-if in the place of the chosen one; raises ``Refusal`` and ``ScenarioError``."""

    @abstractmethod
    def tried(self, make: Callable[[], Desk]) -> None:
        """Go to another desk; what does not allow it is said in a note."""

    @abstractmethod
    def go(self, desk: Desk) -> None:
        """Show another desk, to which one can come back."""

    @abstractmethod
    def travel(self, history: History) -> None:
        """Show another desk of the past, the future or the present."""

    @abstractmethod
    def say(self, words: str, kind: Kind = "positive") -> None:
        """Tell the reader something, as text."""

    @abstractmethod
    def open(self, content: bytes, file_name: str) -> None:
        """Open an uploaded scenario: in the place of a what-if that is the plan still, else as a further one."""

    @abstractmethod
    def open_link(self, link: str) -> None:
        """Show what a link holds, whatever desk made it; one that cannot be read is refused in a sentence."""
