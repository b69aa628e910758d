"""The language that people read where they have not said which."""

from __future__ import annotations

import os

from sim.report.words.catalogue import LANGUAGES, Language


def of_environment() -> Language:
    """The first language of the environment that there is, by the rules of GNU gettext; English where none is."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if locale in ("C", "POSIX"):
        return "en"
    asked = [*os.environ.get("LANGUAGE", "").split(":"), locale]
    return next((lang for name in asked for lang in LANGUAGES if name.lower().startswith(lang)), "en")
