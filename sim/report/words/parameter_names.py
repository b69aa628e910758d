"""What calibrated parameters are called, their units and their groups: a value of a table with its key in front."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim.data_folders import of_calibration
from sim.measure import Words
from sim.parameter_file import DEFAULT
from sim.parameters import load
from sim.refusal import UnknownName
from sim.report.words.catalogue import UNITS, both, catalogue, named
from sim.report.words.sentences import inside, listed

KEYS: Final = ("sector", "size", "customer", "ticket", "agency", "parameter_key.form")  # groups of words for keys
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


class Place(NamedTuple):
    """Where a path leads: an entry, what the keys inside its table are called, and the value there, a table or one."""

    entry: str
    keys: list[Words]
    value: Any


def parameter_name(path: str) -> Words | None:
    """What a parameter or a value of its table is called; None where this calibration or the catalogue has no such one.

    ``path``: without the word ``parameters``.
    """
    place = _place(path)
    return None if place is None else _name(place)


def factor_name(path: str) -> Words | None:
    """The same of what a study varies, which of a table is a factor on all its values."""
    place = _place(path)
    name = None if place is None else _name(place)
    if place is None or name is None:
        return None
    return both("parameter_key.factor", parameter=name) if isinstance(place.value, dict) else name


def key_name(path: str) -> Words | None:
    """What the keys at the end of a path are called by themselves; None where it has none, or none with words."""
    place = _place(path)
    return _together(place.keys) if place and place.keys else None


def unit_name(unit: str) -> Words:
    """A unit, as the files of parameters or levers have it, in both languages; one without words is called as it is."""
    return catalogue().get(f"{UNITS}.{unit}") or named("figure_unit", unit)


def group_name(path: str) -> Words:
    """The group of a parameter, the first word of its path."""
    return named("parameter_group", path.partition(".")[0])


def _name(place: Place) -> Words | None:
    name = catalogue().get(f"parameter_name.{place.entry}")
    if name is None:
        return None
    if not place.keys:
        return Words(zh=name.zh, en=name.en[:1].upper() + name.en[1:])
    return both("parameter_key.of_one", key=_together(place.keys), parameter=name)


def _together(keys: list[Words]) -> Words:
    return listed([keys[0], *map(inside, keys[1:])])


def _place(path: str) -> Place | None:
    """None where this calibration has no such path."""
    try:
        entry, keys = load().parted(path)
    except UnknownName:
        return None
    known, called, value = catalogue(), [], _values()[entry]
    for key in keys:
        siblings = value if isinstance(value, dict) else {}
        word = _key(entry, key, siblings, known)
        if key not in siblings and (DEFAULT not in siblings or word is None):
            return None
        value = siblings.get(key, siblings.get(DEFAULT))
        called += [word] if word else []
    return Place(entry, called, value)


def _key(entry: str, key: str, siblings: Iterable[str], known: Mapping[str, Words]) -> Words | None:
    """What a key of a parameter's table is called among the others of its kind; None where it has no words."""
    if key == DEFAULT:
        return known["parameter_key.default"]
    if f"parameter_key.{entry}" in known:
        return both(f"parameter_key.{entry}", key=key)
    if DAY.fullmatch(key):
        return both("parameter_key.day", key=key)
    names = {*siblings, key} - {DEFAULT}
    group = next((group for group in KEYS if all(f"{group}.{name}" in known for name in names)), None)
    return None if group is None else known[f"{group}.{key}"]


@of_calibration
def _values(folder: Path) -> Mapping[str, Any]:
    """The parameters of the present calibration by path, keys of tables as texts."""
    return load().contents()
