"""Folders that are written once: ``SHA256SUMS`` in them says what each file held, in the form of ``sha256sum --check``.

Parquet's own checksums cover the pages of a file, not what it says of its columns: one changed bit there may rename a
column or move a value, and nobody would know.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Container
from functools import lru_cache
from pathlib import Path
from typing import Final

SUMS: Final = "SHA256SUMS"
LINE: Final = re.compile("(?P<sum>[0-9a-f]{64})  (?P<name>[^/]+)\n")
LAST_LINE: Final = "# {} files\n"  # a comment; without it the list is not whole
REMEMBERED: Final = 4_096  # files whose sums are not worked out again while they stay as they are


def write_checksums(folder: Path, without: Container[str] = (), flush: bool = True) -> None:
    """Write what every file of a folder holds, apart from those named; ``flush``: onto the disk itself."""
    files = sorted(path for path in folder.iterdir() if path.name not in without)
    with (folder / SUMS).open("w", encoding="utf-8", newline="\n") as sink:
        sink.writelines(f"{sum_of(file)}  {file.name}\n" for file in files)
        sink.write(LAST_LINE.format(len(files)))
        if flush:
            sink.flush()
            os.fsync(sink.fileno())


def read_checksums(folder: Path) -> dict[str, str]:
    """The sum of each file that was sealed, by name; none where there is no seal, as in folders of earlier versions.

    Where the list itself is damaged it holds the list alone, with a sum that no file has.
    """
    try:
        lines = (folder / SUMS).read_text("utf-8", errors="replace").splitlines(keepends=True)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except IsADirectoryError:
        lines = []
    found = [line for line in map(LINE.fullmatch, lines) if line]
    if lines[-1:] != [LAST_LINE.format(len(found))] or len(found) != len(lines) - 1:
        return {SUMS: ""}
    return {line["name"]: line["sum"] for line in found}


def is_whole(file: Path) -> bool:
    """Whether a file holds what it held when its folder was sealed; also true of one that nobody sealed."""
    told = read_checksums(file.parent).get(file.name)
    if told is None:
        return True
    status = file.stat()
    return _remembered(file, status.st_mtime_ns, status.st_size) == told


@lru_cache(REMEMBERED)
def _remembered(file: Path, modified: int, size: int) -> str:
    return sum_of(file)


def sum_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
