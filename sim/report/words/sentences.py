"""Sentences out of parts: names as they stand inside a sentence, lists of names, sentences one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from sim.measure import Words
from sim.report.words.catalogue import Language, both, named


def say(lang: Language, words: Words) -> str:
    """What is said in one of the two languages."""
    said: str = getattr(words, lang)
    return said


def outcome_name(outcome: str) -> Words:
    """Name of an outcome for people."""
    known = named(f"outcome.{outcome}", "name")
    return known if known.en != "name" else Words(zh=outcome, en=outcome.replace("_", " "))


def inside(name: Words) -> Words:
    """A common noun as it stands inside a sentence."""
    return Words(zh=name.zh, en=name.en[:1].lower() + name.en[1:])


def listed(names: Iterable[Words], most: int | None = None) -> Words:
    """Names in a sentence, of more than ``most`` the first of them and how many others."""
    every, comma = list(names), both("report.comma")
    shown = every[:most]
    said = Words(zh=comma.zh.join(one.zh for one in shown), en=comma.en.join(one.en for one in shown))
    return said if len(shown) == len(every) else both("report.and_others", names=said, count=len(every) - len(shown))


def joined(sentences: Iterable[Words]) -> Words:
    """Sentences one after the other."""
    said = list(sentences)
    return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))
