"""Questions asked of many runs, a module each: what may be asked, how it is answered, what the answer is.

A module is named as the kind of study that it answers with. It holds ``Question`` (what may be asked), ``answer``
(question to answer) and the answer's class, a ``sim.study.runs.study.Study`` whose ``kind`` is the module's name. What
is asked in a file has ``Question`` as the schema of that file, and two names more: ``FOLDER`` (of shipped questions, in
``scenarios/``) and ``DEFAULT`` (the one that is meant when none is named, or empty); its command has the same name. A
new module is found by its place here; what people read of it is said in ``sim/report/``, its call
stands in ``sim/__init__.py``.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any, Final

from sim.study.runs.study import Study

# By naming scenarios, or targets; said here, so that no module is loaded for it.
ASKED_WITHOUT_FILES: Final = ("calibrate", "comparison", "decide", "run", "validate")


def kinds() -> list[str]:
    """Names of the kinds of study, each that of its module; no module is loaded."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def questions() -> list[str]:
    """The kinds that are asked for in files; no module is loaded."""
    return [name for name in kinds() if name not in ASKED_WITHOUT_FILES]


def module(kind: str) -> Any:
    """The module of a kind; ``KeyError`` for one that there is not."""
    if kind not in kinds():
        raise KeyError(kind)
    return import_module(f"{__name__}.{kind}")


def study_class(kind: str) -> type[Study]:
    """The class of the answers of a kind; ``KeyError`` for one that there is not."""
    found = vars(module(kind)).values()
    return next(
        one for one in found if isinstance(one, type) and issubclass(one, Study) and one.__dict__.get("kind") == kind
    )


@cache
def all_table_names() -> list[str]:
    """Names of the tables that a study of any kind may have, sorted."""
    return sorted({name for kind in kinds() for name in study_class(kind).table_names()})
