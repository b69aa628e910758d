"""Files that repeat to the byte, and how they are written: whole or not at all, and never over what is not ours.

No study says when it was made, so no file says when either: where a format wants a date, it has :data:`DAY`.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.report.documents.refused import refused

if TYPE_CHECKING:
    from sim.report.documents.outline import Outline

MARK: Final = "Shukun"  # author of every file, and who changed it last
DAY: Final = datetime(2000, 1, 1)
STAMP: Final = b"2000-01-01T00:00:00Z"
MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold
CORE: Final = "docProps/core.xml"  # who made an office file, and when
DATES: Final = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:)")
CHANGED_BY: Final = re.compile(rb"<cp:lastModifiedBy>([^<]*)<")
CHANGED_ON: Final = re.compile(rb"<dcterms:modified\b[^>]*>([^<]*)<")


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip file of files by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = MARK.encode()
        for name, content in files.items():
            archive.writestr(_entry(name), content, compresslevel=6)
    return target.getvalue()


def finished(office_document: Any, outline: Outline) -> bytes:
    """A document of python-docx or python-pptx as a file, with properties that say what it is of and who wrote it."""
    about = office_document.core_properties
    about.title, about.subject, about.keywords = outline.title[:255], outline.lead[:255], outline.fingerprint
    about.author = about.last_modified_by = MARK
    about.comments, about.created, about.modified = outline.about[:255], DAY, DAY
    target = io.BytesIO()
    office_document.save(target)
    return repeatable(target.getvalue())


def repeatable(office_file: bytes) -> bytes:
    """An office file without the moment at which it was made, also in the workbooks that it holds."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_file)) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as again:
        for name in made.namelist():
            content = made.read(name)
            if name.endswith(".xlsx"):
                content = repeatable(content)
            elif name == CORE:
                content = DATES.sub(rb"\g<1>" + STAMP + rb"\g<3>", content)
            again.writestr(_entry(name), content, compresslevel=6)
    return target.getvalue()


def check(path: Path) -> None:
    """Raise :class:`~sim.refusal.Refusal` where no file can be written, or what is there is not ours to replace."""
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise refused("place", file=str(path))
    if path.exists() and not is_ours(path):
        raise refused("not_ours", file=str(path))


def write(path: Path, content: bytes) -> Path:
    """Write a file whole: elsewhere first, then under its name; what was there before stays when that fails.

    Raises :class:`~sim.refusal.Refusal` for one that may not be replaced, and ``OSError``.
    """
    part = path.with_name(f".part.{path.name}")
    try:
        part.write_bytes(content)
        return part.replace(path)
    except PermissionError:  # on Windows also where another program has the file open
        raise refused("held", file=str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def is_ours(path: Path) -> bool:
    """Whether this program wrote a file and nobody has changed it since; what cannot be read is not."""
    try:
        content = path.read_bytes()
        if content.startswith(b"%PDF"):
            return f"<rdf:li>{MARK}</rdf:li>".encode() in content and content.count(b"%%EOF") == 1
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if CORE not in archive.namelist():
                return archive.comment == MARK.encode()
            core = archive.read(CORE)
    except (OSError, ValueError, zipfile.BadZipFile):
        return False
    return CHANGED_BY.findall(core) == [MARK.encode()] and CHANGED_ON.findall(core) == [STAMP]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # as on every system
    return entry
