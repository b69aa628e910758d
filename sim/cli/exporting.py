"""The command that hands a study on as a file: ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import argument, command, option


@command("export")
def export(
    study: Annotated[Path, argument("study", "study")],
    to: Annotated[str | None, option("to", "form", "export_to", show_default=False)] = None,
    out: Annotated[Path | None, option("out", "file", "export_out", show_default=False)] = None,
) -> None:
    """Write a study that is stored into a file of another form."""
    from sim.report import documents  # start-up: not for `--help`
    from sim.report.documents.refused import refused
    from sim.study import study_folder

    if to is not None and to not in documents.ENDINGS:
        refuse([say("fault.export_form", given=to, allowed=", ".join(documents.ENDINGS))])
    if out is None:
        folder = study if study.name else study.resolve()
        out = folder.with_name(f"{folder.name}.{language()}{documents.ENDINGS[to or documents.FIRST]}")
    elif to is not None and not out.name.endswith(documents.ENDINGS[to]):
        raise refused("form_near", file=str(out), given=to, allowed=documents.ENDINGS[to])
    documents.check(out)
    print(say("note.exported", file=str(documents.export(study_folder.load(study), out, language()))))
