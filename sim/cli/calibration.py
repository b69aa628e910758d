"""Which calibration the command reads: what ``--calibration`` says, wherever it stands, else the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

from sim.data_folders import CALIBRATION_VARIABLE

OPTION: Final = "--calibration"


def taken(given: Sequence[str]) -> tuple[list[str], str | None]:
    """The words of a command line without the option, and the folder that it names; nothing where it lacks its value.

    Of several the last counts; what stands behind ``--`` is no option.
    """
    rest, asked = [], None
    left = iter(given)
    for word in left:
        if word == "--":
            rest += [word, *left]
        elif word == OPTION:
            asked = next(left, "")
        elif word.startswith(f"{OPTION}="):
            asked = word.removeprefix(f"{OPTION}=")
        else:
            rest.append(word)
    return rest, asked


@contextmanager
def as_before() -> Iterator[None]:
    """Leave the environment of the process as it was: who calls the command from Python goes on without its option."""
    before = os.environ.get(CALIBRATION_VARIABLE)
    try:
        yield
    finally:
        os.environ.pop(CALIBRATION_VARIABLE, None)
        if before is not None:
            os.environ[CALIBRATION_VARIABLE] = before


def begin_again() -> NoReturn:
    """Begin this process once more: the lists of sectors and sizes are those that it begins with."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
