"""How the answers to questions are told: a module for each kind of study, found by its name.

Each holds functions of a study and a language, see :class:`sim.report.answers.answer.Answer`. The page of a study
and the terminal show what they give and know of no kind.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.report.answers.answer import Answer
    from sim.study.runs.study import Study

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


def universes(study: Study) -> list[str]:
    """The universes that tables and charts of a study can be of, headlines' own first."""
    known = getattr(of(study.kind), "universes", None)
    return [HEADLINE_UNIVERSE] if known is None else known(study)
