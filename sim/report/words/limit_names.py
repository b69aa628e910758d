"""What the limits of a box of worlds are called: which factor, and within what."""

from __future__ import annotations

import json
from datetime import date
from math import ceil, floor, isnan
from typing import Any

from sim.measure import Words
from sim.report.words.catalogue import LANGUAGES, both
from sim.report.words.lever_names import lever_words, value_name
from sim.study.questions.discover import CHOICE, DAY

Row = dict[str, Any]


def condition(limit: Row) -> Words:
    """A limit, a row of the table ``limits``, in words."""
    path = str(limit["path"])
    name = lever_words(path)
    if limit["kind"] == CHOICE:
        values = json.loads(limit["values"])
        chosen = Words(**{lang: " / ".join(value_name(path, value, lang) for value in values) for lang in LANGUAGES})
        return both("discover.condition.one_of", factor=name, values=chosen)
    low, high = (end_of(limit, end) for end in ("low", "high"))
    way = "between" if low and high else "above" if low else "below"
    ends = {name: end for name, end in (("low", low), ("high", high)) if end}
    return both(f"discover.condition.{way}", factor=name, **ends)


def end_of(limit: Row, end: str) -> str:
    """An end of a limit as it is written; nothing where there is none."""
    value = float(limit[end])
    if isnan(value):
        return ""
    if limit["kind"] == DAY:  # a limit lies between two days: the first one or the last one within it is told
        return date.fromordinal(floor(value) if end in ("high", "most") else ceil(value)).isoformat()
    return f"{value:.3g}".replace("-", "−")
