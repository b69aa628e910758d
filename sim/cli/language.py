"""The language of the command: what ``--lang`` says, wherever it stands, else what the environment says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.report.words import catalogue
from sim.report.words.catalogue import LANGUAGES, Language
from sim.report.words.language import of_environment

OPTION: Final = "--lang"
_spoken: Language = "en"


def language() -> Language:
    """The language in which the command speaks."""
    return _spoken


def say(name: str, **values: str | int) -> str:
    """A text of the catalogue under ``cli``, in the language asked for."""
    return catalogue.text(f"cli.{name}", _spoken, **values)


def speak(given: Sequence[str]) -> tuple[list[str], str | None]:
    """Speak the language that a command line asks for; the words without it, and what is wrong with it if anything.

    It is taken out before anything else is read, because help and refusals are in that language too. Of several the
    last counts; what stands behind ``--`` is no option.
    """
    global _spoken
    _spoken = of_environment()
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
    found = next((lang for lang in LANGUAGES if lang == asked), None)
    if found is not None:
        _spoken = found
    if asked in (None, found):
        return rest, None
    if not asked:
        return rest, say("fault.no_value", option=OPTION)
    return rest, say("fault.language", given=asked, allowed=", ".join(LANGUAGES))
