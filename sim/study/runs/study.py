"""What all kinds of study have in common; which kinds there are is told by ``sim/study/questions/``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from sim import drawing
from sim.refusal import Language

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.runs.manifest import Manifest


@dataclass(frozen=True, repr=False)
class Study(drawing.Told):
    """The answer to a question asked of many runs: a manifest, and tables that a subclass names and explains.

    Every study has a table ``runs`` with a column ``reason``: why a run failed, else empty.
    """

    kind: ClassVar[str]
    settings_needed: ClassVar[frozenset[str]] = frozenset()  # without which it is of a version before
    manifest: Manifest
    runs: pd.DataFrame

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of ``runs`` that failed."""
        return self.runs[self.runs["reason"] != ""]

    def plot(
        self, *, lang: Language | None = None, ax: Any = None, width: int | None = None, height: int | None = None
    ) -> Any:
        """The charts that show the answer, in one picture; the page shows the same.

        See :func:`sim.drawing.draw` for the keywords and for what is given back.
        With ``ax``, one for each headline outcome, they are drawn by Matplotlib under the names that tables use.
        """
        return drawing.draw(self, lang=lang, ax=ax, width=width, height=height)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return {name: getattr(self, name) for name in self.table_names()}

    @classmethod
    def table_names(cls) -> list[str]:
        """Names of the tables."""
        return [field.name for field in fields(cls) if field.name != "manifest"]


@dataclass(frozen=True, repr=False)
class StudyOfAnotherVersion(Study):
    """What another version of the model stored, to be read: its tables as they are, by name and as attributes.

    ``made_by`` says which model that was. Nothing is joined with it: a command at work in its folder makes it anew.
    """

    kind: ClassVar[str] = ""
    kept: dict[str, pd.DataFrame]

    @property
    def made_by(self) -> str:
        """The model that made it: this package's version then, and the fingerprint of the sources."""
        sources = self.manifest.sources[:12] or "unknown"
        return f"shukun {self.manifest.versions.get('shukun', 'unknown')}, sources {sources}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as it is stored."""
        return dict(self.kept)

    def __getattr__(self, name: str) -> pd.DataFrame:
        kept = self.__dict__.get("kept", {})
        if name in kept:
            return kept[name]  # type: ignore[no-any-return]
        raise AttributeError(f"this study of another version has no table {name}; it has {', '.join(kept)}")
