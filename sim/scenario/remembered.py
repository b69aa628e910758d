"""What is made of an object that nobody changes, kept for the next who asks.

Draws of a study share most of a scenario.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class Remembered(Generic[Thing, Made]):
    """A function whose answers for the last objects are kept, by which object it is: what is equal is asked again.

    ``most``: objects that are kept, and kept alive, with their answers.
    """

    def __init__(self, make: Callable[[Thing], Made], most: int) -> None:
        self.make, self.most = make, most
        self._known: OrderedDict[int, tuple[Thing, Made]] = OrderedDict()

    def __call__(self, thing: Thing) -> Made:
        """The answer for an object."""
        known = self._known.get(id(thing))
        if known is None:
            known = self._known[id(thing)] = thing, self.make(thing)
            if len(self._known) > self.most:
                self._known.popitem(last=False)
        return known[1]
