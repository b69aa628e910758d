"""A what-if of the desk: a shipped scenario, what is switched off of it, and levers; the YAML that ``compare`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.measure import Words
from sim.scenario import Scenario


@dataclass(frozen=True)
class WhatIf:
    """One what-if. Nothing in it changes: every change gives another.

    ``name``: what it is called, and its file (without ``.yaml``); see :func:`checked_name`. ``extends``: the shipped
    scenario that it starts from. ``without``: actions, steps (sections such as ``II.1``) and measures switched off.
    ``levers``: changed values by dotted path, plain as a file says them, ``world.*`` and ``funds.*`` among them.
    ``title``, ``description``, ``author``: what an opened file says of itself; the name stands for a missing title.
    """

    name: str
    extends: str = "full_plan"
    without: tuple[str, ...] = ()
    levers: Mapping[str, Any] = field(default_factory=dict)
    title: Words | None = None
    description: Words | None = None
    author: str = ""

    @property
    def file_name(self) -> str:
        """Name of the file that it is saved as."""
        return f"{self.name}.yaml"

    def renamed(self, name: str) -> WhatIf:
        """The same under another name; raises ``Refusal`` for one that no file can have."""
        raise NotImplementedError

    def switched(self, what: str, on: bool) -> WhatIf:
        """With an action, a step or a measure switched on or off.

        What is switched off loses its levers, for a file may not change what is not there; switching on an action or a
        step switches on all its measures. Raises ``ScenarioError`` for what the scenario does not have.
        """
        raise NotImplementedError

    def is_on(self, what: str) -> bool | None:
        """Whether an action, a step or a measure is on; None where some of its measures are on and some are off."""
        raise NotImplementedError

    def with_lever(self, path: str, value: Any) -> WhatIf:
        """With a lever set to a plain value; one that is the plan's own value again is left out.

        Raises ``ScenarioError`` (``.sentences(lang)``) when the scenario's schema does not allow the value.
        """
        raise NotImplementedError

    def without_lever(self, path: str) -> WhatIf:
        """With a lever as what it extends has it."""
        raise NotImplementedError

    def yaml(self) -> str:
        """The file that ``shukun compare`` takes."""
        raise NotImplementedError

    @classmethod
    def from_yaml(cls, text: str, file_name: str) -> WhatIf:
        """The what-if that a file says; ``file_name`` names it.

        Raises ``ScenarioError`` with everything that is wrong with it, or with one sentence why a page cannot show it:
        it does more than to extend a shipped scenario, switch off and set levers.
        """
        raise NotImplementedError

    def scenario(self) -> Scenario:
        """What is run: the scenario that its file gives. Raises ``ScenarioError``."""
        raise NotImplementedError

    def differs(self) -> list[Words]:
        """What differs from the scenario that it extends, a sentence each; empty when nothing does."""
        raise NotImplementedError


def checked_name(name: str) -> str:
    """The name without blanks around it; raises ``Refusal`` for one that no file can have or that a scenario has."""
    raise NotImplementedError
