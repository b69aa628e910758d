"""Somebody who hears what a session of the desk tells, and waits for what is to come."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition

from sim.desk.numbers import Numbers

PATIENCE = 300.0  # seconds that a busy machine is given; nothing is asserted of time
ENDS = ("precise", "at_limit", "failed")


class Listener:
    """Keeps everything that was told."""

    def __init__(self) -> None:
        self.told: list[Numbers] = []
        self._change = Condition()

    def __call__(self, numbers: Numbers) -> None:
        with self._change:
            self.told.append(numbers)
            self._change.notify_all()

    def until(self, is_it: Callable[[Numbers], bool], since: int = 0) -> Numbers:
        """The first of what was told, but for the first ``since``, that is so."""
        with self._change:
            found = self._change.wait_for(lambda: next(filter(is_it, self.told[since:]), None), PATIENCE)
        assert found is not None, f"nothing of the kind was told: {[(one.stage, one.reason) for one in self.told]}"
        return found

    def end(self, since: int = 0) -> Numbers:
        """The last of an answer."""
        return self.until(lambda numbers: numbers.stage in ENDS, since)
