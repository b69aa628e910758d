"""Questions asked of many runs: comparisons, sweeps, and the folders that keep their answers.

Words used here and nowhere otherwise: a *scenario* is what is asked, a *draw* one variation of it, a *replication*
one seed of the random numbers, a *run* one scenario in one replication, a *study* the runs that answer one question.
"""

from __future__ import annotations

from sim.refusal import Language, Refusal


class StudyError(Refusal):
    """A study cannot be done as asked; the message is one sentence for a person, in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)

    def sentence(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en
