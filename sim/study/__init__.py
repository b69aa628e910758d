"""Questions asked of many runs: comparisons, sweeps, and the folders that keep their answers.

Words used here and nowhere otherwise: a *scenario* is what is asked, a *draw* one variation of it, a *replication* one
luck, a *run* one scenario under one luck, a *study* the runs that answer one question.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal


class StudyError(ValueError):
    """A study cannot be done as asked; the message is one sentence for a person, in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def __reduce__(self) -> tuple[Callable[[], StudyError], tuple[()]]:
        # A worker process may meet one; by itself an exception is put together again from its positional arguments.
        return partial(StudyError, zh=self.zh, en=self.en), ()

    def sentence(self, language: Literal["zh", "en"]) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en
