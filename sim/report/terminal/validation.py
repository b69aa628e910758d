"""What a validation prints: a line a target by group, what cannot be answered, the scores; the same as a document."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.report.answers import validate as told
from sim.report.answers.answer import Table, study_title
from sim.report.terminal.json_answers import answer_of_study
from sim.report.terminal.tables import paragraph, table
from sim.report.words.catalogue import Language
from sim.report.words.sentences import say
from sim.study import StudyError
from sim.study.validation import releases
from sim.study.validation.scoring import sums
from sim.study.validation.targets import targets
from sim.study.validation.told import evidence_of, words_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.questions.validate import Validation

BESIDE: Final = ("readings", "draws")  # tables that are stored and not printed: a row for each number of each run


def show(study: Validation, lang: Language) -> None:
    """Print a line a target by group, then what has no answer and why, then the scores."""
    paragraph(say(lang, study_title(study)))
    for sentence in told.findings(study, lang):
        paragraph(sentence, "  - ")
    for shown in (*told.lines(study, lang), told.scores(study, lang)):
        table(shown.columns, [[cell.split("\n")[0] for cell in row] for row in shown.rows], shown.title)


def answer(study: Validation, folder: Path) -> dict[str, Any]:
    """The study as plain values, without what was read of each run."""
    found = answer_of_study(study, folder)
    return found | {"tables": {name: rows for name, rows in found["tables"].items() if name not in BESIDE}}


class Kept(NamedTuple):
    """A release that is kept, as a study tells it."""

    targets: pd.DataFrame
    scores: pd.DataFrame
    words: pd.DataFrame
    evidence: pd.DataFrame


def document(lang: Language) -> str:
    """What this version came to when it was last kept, as Markdown; nothing is run.

    Raises :class:`StudyError` where it was never kept.
    """
    release = releases.release(version("shukun"))
    if release is None:
        raise StudyError(
            zh=f"{version('shukun')} 版的结果尚未留存；请先运行 shukun validate --keep。",
            en=f"What version {version('shukun')} comes to is not kept yet; first run shukun validate --keep.",
        )
    known = targets().chosen(())
    table = releases.held_against(release, known)
    before = releases.before(release.version)
    found = Kept(table, sums(table), words_of(known), evidence_of(known))
    parts = [f"* {say(lang, sentence)}" for sentence in told.summary(found, "" if before is None else before.version)]
    for shown in (*told.lines(found, lang), told.scores(found, lang)):
        parts += ["", f"## {shown.title}", "", *_markdown(shown)]
    return "\n".join(parts)


def _markdown(shown: Table) -> Iterator[str]:
    yield f"| {' | '.join(shown.columns)} |"
    yield f"|{'---|' * len(shown.columns)}"
    for row in shown.rows:
        yield f"| {' | '.join(cell.replace('|', '/').replace(chr(10), '<br>') for cell in row)} |"
