"""What calibrated parameters are called, their units and their groups: a value of a table with its key in front."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sim.data_folders import of_calibration
from sim.measure import Words
from sim.parameter_file import DEFAULT
from sim.parameters import load
from sim.refusal import UnknownName
from sim.report.words.catalogue import LANGUAGES, UNITS, both, catalogue, named
from sim.report.words.sentences import inside, listed, say

KEYS: Final = ("sector", "size", "customer", "ticket", "agency", "parameter_key.form")  # groups of words for keys
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def parameter_name(path: str) -> Words | None:
    """What a parameter or a value of its table is called; None where this calibration or the catalogue has no such one.

    ``path``: without the word ``parameters``.
    """
    found = _name_and_value(path)
    return None if found is None else found[0]


def factor_name(path: str) -> Words | None:
    """The same of what a study varies, which of a table is a factor on all its values."""
    found = _name_and_value(path)
    if found is None:
        return None
    name, value = found
    return both("parameter_key.factor", parameter=name) if isinstance(value, dict) else name


def unit_name(unit: str) -> Words:
    """A unit of a parameter, as its file has it, in both languages; of one that the catalogue does not know the same."""
    return catalogue().get(f"{UNITS}.{unit}") or Words(zh=unit, en=unit)


def group_name(path: str) -> Words:
    """The group of a parameter, the first word of its path."""
    return named("parameter_group", path.partition(".")[0])


def said_of(path: str) -> Iterator[str]:
    """All words in which people may look for a parameter, keys of its table too: name and group, in both languages."""
    every = (parameter_name(path), group_name(path))
    yield from (say(lang, words) for words in every if words for lang in LANGUAGES)


def key_name(entry: str, key: str, siblings: Iterable[str]) -> Words | None:
    """What a key of a parameter's table is called among the others of its kind; None where it has no words."""
    known = catalogue()
    if key == DEFAULT:
        return both("parameter_key.default")
    if f"parameter_key.{entry}" in known:
        return both(f"parameter_key.{entry}", key=key)
    if DAY.fullmatch(key):
        return both("parameter_key.day", key=key)
    names = {*siblings, key} - {DEFAULT}
    group = next((group for group in KEYS if all(f"{group}.{name}" in known for name in names)), None)
    return None if group is None else known[f"{group}.{key}"]


def _name_and_value(path: str) -> tuple[Words, Any] | None:
    try:
        entry, keys = load().parted(path)
    except UnknownName:
        return None
    name = catalogue().get(f"parameter_name.{entry}")
    if name is None:
        return None
    value: Any = _values()[entry]
    called = []
    for key in keys:
        inner = value if isinstance(value, dict) else {}
        word = key_name(entry, key, inner.keys())
        if key not in inner and (DEFAULT not in inner or word is None):
            return None
        value = inner.get(key, inner.get(DEFAULT))
        called += [word] if word else []
    if not called:
        return Words(zh=name.zh, en=name.en[:1].upper() + name.en[1:]), value
    first, *others = called
    return both("parameter_key.of_one", key=listed([first, *map(inside, others)]), parameter=name), value


@of_calibration
def _values(folder: Path) -> Mapping[str, Any]:
    """The parameters of the present calibration by path, keys of tables as texts."""
    return load().contents()
