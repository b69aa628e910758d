"""How a measure acts: one file an instrument.

An instrument module defines ``Values`` (a pydantic model, what a measure file may write under ``values:``) and
``act`` (what the values do to the run). It is found by its file name, which is what a measure file writes under
``instrument:``. A new instrument is one new file here.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def instruments() -> dict[str, ModuleType]:
    """Every instrument module by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}") for name in names}
