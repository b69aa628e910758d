"""A study as files that others open: a workbook, a brief, slides, a PDF, tables as CSV, charts as pictures.

One content in several forms: :mod:`sim.report.documents.outline` gathers what a study says, a module for each form
sets it. The same study gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.report.documents.refused import refused
from sim.report.words.catalogue import LANGUAGES, Language

if TYPE_CHECKING:
    from sim.study.runs.study import Study

# Forms, and how their files are called. Several files together are one zip file, which is sent as easily as any other.
ENDINGS: Final = {
    "xlsx": ".xlsx", "docx": ".docx", "pptx": ".pptx", "pdf": ".pdf",
    "csv": ".csv.zip", "png": ".png.zip", "svg": ".svg.zip",
}  # fmt: skip
FIRST: Final = "xlsx"  # where no form is asked for
OF_EVERY_SCENARIO: Final = ("xlsx", "csv")  # the others show the scenario of the headline


def form_of(path: Path) -> str:
    """The form that the name of a file asks for; :class:`~sim.refusal.Refusal` where it is none of them."""
    found = next((form for form, ending in ENDINGS.items() if path.name.endswith(ending)), None)
    if found is None:
        raise refused("form", file=str(path), allowed=", ".join(ENDINGS.values()))
    return found


def check(path: Path) -> str:
    """The form of a file that can be written; :class:`~sim.refusal.Refusal` where it cannot be."""
    from sim.report.documents import packing  # start-up: nothing is written for `--help`

    form = form_of(path)
    packing.check(path)
    return form


def export(study: Study, path: str | Path, lang: Language | None = None) -> Path:
    """Write a study into a file, in the form that its name asks for; see ``docs/documents.md``.

    ``lang``: of the environment without one. A file that is there is replaced only if an export wrote it and nobody
    has changed it since; nothing is left half written. Raises :class:`~sim.refusal.Refusal`.
    """
    from sim.report.documents import outlines, packing  # start-up: charts, not for `--help`
    from sim.report.words.language import of_environment  # start-up: the same

    if lang not in (None, *LANGUAGES):
        raise refused("language", given=str(lang), allowed=", ".join(LANGUAGES))
    path = Path(path)
    form = check(path)
    told = outlines.of(study, lang or of_environment(), every=form in OF_EVERY_SCENARIO)
    return packing.write(path, writer_of(form)(told))


def writer_of(form: str) -> Callable[..., bytes]:
    """What makes the content of a file of a form."""
    match form:
        case "xlsx":
            from sim.report.documents.workbook import workbook as found  # start-up: no library but that of the form
        case "docx":
            from sim.report.documents.brief import brief as found  # start-up: no library but that of the form
        case "pptx":
            from sim.report.documents.slides import slides as found  # start-up: no library but that of the form
        case "pdf":
            from sim.report.documents.printed import printed as found  # start-up: no library but that of the form
        case "csv":
            from sim.report.documents.tables_as_csv import (
                tables_as_csv as found,
            )  # start-up: no library but that of the form
        case _:
            from sim.report.documents.pictures import pictures  # start-up: no library but that of the form

            found = partial(pictures, form=form)
    return found
