"""What is refused, in both languages: the error by which rooms on any floor say what is wrong with what was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final, Literal

Language = Literal["zh", "en"]
CLOSE: Final = 0.6  # how much alike two names are, from 0 to 1, before one is offered for the other


class Refusal(ValueError):
    """Something given cannot be taken: ``zh`` and ``en`` say why, ``at`` which field below it is about."""

    def __init__(self, *, zh: str, en: str, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(en)
        self.zh, self.en, self.at = zh, en, at

    def __reduce__(self) -> tuple[object, ...]:
        # By itself an exception is put together again from its positional arguments, and these have names.
        return _again, (type(self), self.args, self.__dict__)


class UnknownName(Refusal):
    """A name that there is not. ``kind``: of what; ``known``: those that there are; ``nearest``: the one most like it.

    ``among`` are those that the name could mean, where there are several: it is refused because nobody knows which.
    """

    def __init__(
        self,
        kind: str,
        found: str,
        known: Iterable[str] = (),
        *,
        close: str | None = None,
        among: Iterable[str] = (),
        at: tuple[str, ...] = (),
    ) -> None:
        self.kind, self.found, self.known, self.among = kind, found, tuple(known), tuple(among)
        self.nearest = close or nearest(found, self.known)
        if self.among:
            zh, en = f"{found} 可以指{'、'.join(self.among)}", f"{found} may be {', '.join(self.among)}"
        else:
            zh = f"没有 {found}" + (f"；是否想写 {self.nearest}？" if self.nearest else "")
            en = f"there is no {kind} {found}" + (f"; did you mean {self.nearest}?" if self.nearest else "")
        super().__init__(zh=zh, en=en, at=at)


def _again(kind: type[Refusal], arguments: tuple[object, ...], state: dict[str, object]) -> Refusal:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


def nearest(found: object, names: Iterable[str]) -> str | None:
    """The valid name that looks most like what was found, None when none is close."""
    close = get_close_matches(str(found), list(names), n=1, cutoff=CLOSE)
    return close[0] if close else None


def shown(value: object, length: int = 80) -> str:
    """A found value as a file would write it, in a sentence: one line, not too long."""
    text = " ".join(_written(value).split())
    return text if len(text) <= length else text[: length - 3] + "..."


def _written(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case "":
            return '""'
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{_written(key)}: {_written(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_written, value)) + "]"
        case _:
            return str(value)
