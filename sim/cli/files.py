"""Which case and calibration the command reads: what its options say, wherever they stand, else the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

from sim.data_folders import CALIBRATION_VARIABLE, CASE_VARIABLE, VARIABLES

# Options, and the variables that they stand for.
OPTIONS: Final = {"--case": CASE_VARIABLE, "--calibration": CALIBRATION_VARIABLE}


def taken(given: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The words of a command line without these options, and the folders that they name; empty where one lacks its own.

    Of several the last counts; what stands behind ``--`` is no option.
    """
    rest: list[str] = []
    asked: dict[str, str] = {}
    left = iter(given)
    for word in left:
        option, has_folder, folder = word.partition("=")
        if word == "--":
            rest += [word, *left]
        elif option in OPTIONS:
            asked[option] = folder if has_folder else next(left, "")
        else:
            rest.append(word)
    return rest, asked


@contextmanager
def as_before() -> Iterator[None]:
    """Leave the environment of the process as it was: who calls the command from Python goes on without its options."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    try:
        yield
    finally:
        for name, folder in before.items():
            os.environ.pop(name, None)
            if folder is not None:
                os.environ[name] = folder


def begin_again() -> NoReturn:
    """Begin this process once more: the lists of sectors and sizes are those that it begins with."""
    command = [sys.executable, *sys.orig_argv[1:]]
    sys.stdout.flush()
    if sys.platform == "win32":  # where a process that gives way to another is over for whoever waits for it
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(sys.executable, command)
