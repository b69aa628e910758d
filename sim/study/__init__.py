"""Questions asked of many runs: comparisons, sweeps, and the folders that keep their answers.

Words used here and nowhere otherwise: a *scenario* is what is asked, a *draw* one variation of it, a *replication* one
luck, a *run* one scenario under one luck, a *study* the runs that answer one question.
"""


class StudyError(Exception):
    """A study cannot be done as asked; the message is one sentence for a person."""
