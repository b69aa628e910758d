"""Numbers as people read them that still know the number: what a workbook writes into a cell."""

from __future__ import annotations

from math import isnan, nan

from sim.measure import Words
from sim.report.words.catalogue import LANGUAGES


class Figure(str):
    """A number as text. Once it is part of a longer text the number is forgotten, unless :func:`telling` says it.

    ``value`` with its interval ``low`` to ``high`` (NaN where there is none) in ``unit``: one of the units of
    ``TABLES['outcomes']``, ``points`` (differences of shares) or ``relative`` (relative changes), both as shares;
    empty where what stands above or beside the figure says the unit. ``is_remarked``: the text says more than that.
    """

    value: float
    low: float
    high: float
    unit: str
    is_remarked: bool = False


class Lines(str):
    """Texts below each other, which are still known one by one."""

    parts: tuple[str, ...]


def figure(said: Words, value: float, unit: str, low: float = nan, high: float = nan) -> Words:
    """The same words as figures in both languages."""
    return in_each(said, {lang: (value, low, high) for lang in LANGUAGES}, unit)


def in_each(said: Words, numbers: dict[str, tuple[float, float, float]], unit: str = "") -> Words:
    """The same words as figures whose numbers differ by language: value, low and high of each."""
    made = {}
    for lang in LANGUAGES:
        made[lang] = Figure(getattr(said, lang))
        made[lang].value, made[lang].low, made[lang].high = map(float, numbers[lang])
        made[lang].unit = unit
    return Words.model_construct(zh=made["zh"], en=made["en"])  # as they are; validation would make plain texts of them


def telling(said: Words, of: Words) -> Words:
    """A longer text that tells the figure ``of``, and something more."""
    return _as(said, of, is_remarked=True)


def with_ends(said: Words, of: Words, low: float, high: float) -> Words:
    """A text that tells the figure ``of`` and its interval."""
    return _as(said, of, low=float(low), high=float(high))


def interval_below(said: Words, between: Words, low: float, high: float) -> Words:
    """The figure ``said`` with its interval, as ``between`` tells it, in a line of its own."""
    return with_ends(Words(zh=f"{said.zh}\n{between.zh}", en=f"{said.en}\n{between.en}"), said, low, high)


def _as(said: Words, of: Words, **more: float | bool) -> Words:
    """The words as figures of the numbers of another, as they are where that is none."""
    made: dict[str, str] = {}
    for lang in LANGUAGES:
        number = getattr(of, lang)
        if not isinstance(number, Figure):
            return said
        made[lang] = Figure(getattr(said, lang))
        made[lang].__dict__ |= number.__dict__ | more
    return Words.model_construct(zh=made["zh"], en=made["en"])


def below(*texts: str) -> str:
    """Texts below each other in one cell."""
    lines = Lines("\n".join(texts))
    lines.parts = texts
    return lines


def known(text: str) -> Figure | None:
    """The figure that a text is, None where it is words or a number that is missing."""
    return text if isinstance(text, Figure) and not isnan(text.value) else None
