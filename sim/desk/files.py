"""What comes in and goes out as files: a scenario that is opened, a comparison that is handed on.

Nothing is read or written outside the folder where the desk was started.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from threading import Lock
from typing import Final

from sim.desk.what_if import WhatIf
from sim.refusal import Refusal
from sim.report import documents
from sim.report.words.catalogue import Language, both
from sim.study import study_folder
from sim.study.questions.comparison import Comparison

KEPT: Final = Path("results", "desk")  # studies of the desk, below the folder where it was started
LONGEST_NAME: Final = 100  # characters of a study's folder
STRANGE: Final = re.compile(r"[^\w.+-]+")
_writing = Lock()  # pages write one after the other


def opened(content: bytes, file_name: str) -> WhatIf:
    """The what-if that an uploaded file says; raises ``ScenarioError`` and ``Refusal``.

    Of ``file_name`` only the last part counts, whatever system it comes from.
    """
    name = PureWindowsPath(PurePosixPath(file_name).name).name
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = both("desk.refused.file", file=name)
        raise Refusal(zh=said.zh, en=said.en) from None
    return WhatIf.from_yaml(text, name)


def exported(
    comparison: Comparison, names: Sequence[str], form: str, lang: Language, started: Path
) -> tuple[Path, Path]:
    """Keep a comparison as a study and write it into a file of a form; both places, the study's first.

    ``names``: of its what-ifs, after which both are called. ``form``: one of ``documents.ENDINGS``. ``started``: the
    folder below which they lie. Raises ``Refusal`` and ``StudyError`` for a place that cannot be used.
    """
    name = STRANGE.sub("_", "-".join(names))[:LONGEST_NAME].strip("._-") or "desk"
    folder = started / KEPT / name
    if not folder.resolve().is_relative_to(started.resolve()):
        said = both("desk.refused.outside", folder=str(folder))
        raise Refusal(zh=said.zh, en=said.en)
    with _writing:
        study_folder.save(comparison, folder)
        file = folder.with_name(f"{name}{documents.ENDINGS[form]}")
        return folder, documents.export(comparison, file, lang)
