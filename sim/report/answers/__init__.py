"""How the answers to questions are told: a module for each kind of study, found by its name.

Each holds three functions of a study and a language, see :class:`sim.report.answers.answer.Answer`. The page of a study
and the terminal show what they give and know of no kind.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.report.answers.answer import Answer

SHARED: Final = "answer"  # the module of this room that is no kind of study


def kinds() -> list[str]:
    """The kinds of study that there is a module for."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != SHARED)


def of(kind: str) -> Answer:
    """The module of a kind of study; ``KeyError`` when there is none."""
    if kind not in kinds():
        raise KeyError(kind)
    module: Any = import_module(f"{__name__}.{kind}")
    return module  # type: ignore[no-any-return]
