"""Standard output and standard error: characters that a terminal cannot show, one line a message, readers that left."""

from __future__ import annotations

import codecs
import errno
import os
import sys
import warnings
from contextlib import suppress
from typing import Final, NoReturn

from sim.cli.language import say
from sim.scenario.validation_errors import printable

# What stands for a character that a terminal cannot show, where a question mark would hide what is meant.
ALIKE: Final = str.maketrans(
    {
        "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{PLUS-MINUS SIGN}": "+/-",
        "\N{MULTIPLICATION SIGN}": "x", "\N{MIDDLE DOT}": ".", "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)  # fmt: skip
ERRORS: Final = "shukun.alike"
LEFT: Final = (errno.EPIPE, errno.EINVAL)  # what a reader that left is called on Unix, and on Windows


def _alike(error: UnicodeError) -> tuple[str | bytes, int]:
    """What is written for characters that an encoding does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(
        c if ord(c) < 128 else "?" for c in error.object[error.start : error.end].translate(ALIKE)
    ), error.end


codecs.register_error(ERRORS, _alike)


def prepare() -> None:
    """Let both streams replace the characters that they cannot show, and a warning be one line.

    Streams that are none, or closed, stay as they are.
    """
    warnings.showwarning = _warn
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(ValueError):
                stream.reconfigure(errors=ERRORS)


def _warn(message: Warning | str, category: type[Warning], *place: object, **where: object) -> None:
    tell(f"{category.__name__}: {message}")


def showable(text: str) -> str:
    """A text with what standard output cannot show replaced: for a library that would write it in another encoding."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


def tell(sentence: str) -> None:
    """Say something on standard error, in one line, if anybody can still hear it."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(printable(sentence), file=sys.stderr, flush=True)


def finish(status: int) -> NoReturn:
    """Write what was printed and end; what the system refuses is told, and a command that failed keeps its status.

    A reader that has had enough is told nothing. The interpreter is left nothing to write: it would complain in its own
    way and end with a status of its own.
    """
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            if not status and isinstance(error, OSError) and error.errno not in LEFT:
                tell(say("fault.system", reason=reason(error)))
            status = status or 1
            with suppress(OSError, ValueError):  # a stream without a file
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def reason(error: OSError) -> str:
    """What the system says of what it refused."""
    said = error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename is not None else said
