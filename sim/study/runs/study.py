"""What all kinds of study have in common, and which kinds there are.

A kind is one class, in a module of this room or of ``sim/study/questions/``: a new one is found by its ``kind``.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.runs.manifest import Manifest

ELSEWHERE: Final = {
    "run": "sim.study.ensemble",
    "comparison": "sim.study.comparison.scenarios",
}  # kinds with a module of their own
QUESTIONS: Final = "sim.study.questions"


@dataclass(frozen=True)
class Study:
    """The answer to a question asked of many runs: a manifest, and tables that a subclass names and explains.

    Every study has a table ``runs`` with a column ``reason``: why a run failed, else empty.
    """

    kind: ClassVar[str]
    manifest: Manifest
    runs: pd.DataFrame

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of ``runs`` that failed."""
        return self.runs[self.runs["reason"] != ""]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return {name: getattr(self, name) for name in self.table_names()}

    @classmethod
    def table_names(cls) -> list[str]:
        """Names of the tables."""
        return [field.name for field in fields(cls) if field.name != "manifest"]


@dataclass(frozen=True)
class StudyOfAnotherVersion(Study):
    """What another version of the model stored, to be read: its tables as they are, by name and as attributes.

    ``manifest.sources`` and ``manifest.versions`` say which version that was.
    """

    kind: ClassVar[str] = ""
    kept: dict[str, pd.DataFrame]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return dict(self.kept)

    def __getattr__(self, name: str) -> pd.DataFrame:
        kept = self.__dict__.get("kept", {})
        if name in kept:
            return kept[name]  # type: ignore[no-any-return]
        raise AttributeError(f"this study of another version has no table {name}; it has {', '.join(kept)}")


def questions() -> list[str]:
    """Names of the kinds of study in ``sim/study/questions/``, each the name of its module."""
    return sorted(module.name for module in pkgutil.iter_modules(import_module(QUESTIONS).__path__))


def kind(name: str) -> type[Study]:
    """The class of a kind of study; ``KeyError`` for one that there is not."""
    module = ELSEWHERE.get(name) or f"{QUESTIONS}.{name}"
    if name not in ELSEWHERE and name not in questions():
        raise KeyError(name)
    return next(
        found
        for found in vars(import_module(module)).values()
        if isinstance(found, type) and issubclass(found, Study) and getattr(found, "kind", None) == name
    )


@cache
def all_table_names() -> list[str]:
    """Names of the tables that a study of any kind may have, sorted."""
    return sorted({name for found in (*ELSEWHERE, *questions()) for name in kind(found).table_names()})
