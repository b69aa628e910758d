"""Whether the parameters of a province can be what the model takes them for.

The model asks for each by name and knows what it is: what the project's own file says is a number, a day or a table,
and by its unit a share or a quantity, is that in every province, whatever else its file has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from sim.classification import read as classification
from sim.data_folders import PARAMETER_FILES, project_calibration_folder
from sim.parameter_file import DEFAULT, Entry, Fault, ParameterError, read
from sim.refusal import nearest, shown
from sim.vocabulary import AGENCIES, SECTORS, SIZES

# How units begin of numbers that are parts of a whole, and of those that cannot be negative.
SHARES: Final = ("share", "probability")
QUANTITIES: Final = ("yuan", "days", "months", "persons", "entities", "working days", "standard deviation", "hazard")
OF_SECTORS: Final = "sectors"  # key of a list of those that a share is of, all where it is left out
KINDS: Final = {dict: ("表", "a table"), date: ("日期", "a date"), float: ("数", "a number")}


@cache
def hold(folder: Path, is_complete: bool) -> None:
    """Refuse the parameter files of a folder of calibration that lack what the model reads, or say what cannot be.

    ``is_complete``: whether the folder must have all of them, and not only what differs. Raises
    :class:`ParameterError` with a sentence for each fault: file, line, field, what was found, what is allowed.
    """
    project = project_calibration_folder()
    if folder == project:
        return
    files = [name for name in PARAMETER_FILES if is_complete or (folder / name).is_file()]
    theirs = {name: read(folder / name) for name in files}
    faults = []
    for name in files:
        own = read(project / name)
        others = {path: entry for entries in theirs.values() for path, entry in entries.items()}
        if is_complete:
            faults += [(folder / name, fault) for fault in _missing(own, theirs[name], others)]
        for path, entry in theirs[name].items():
            if path in own:
                faults += [(folder / name, fault) for fault in _misfits(path, entry, own[path])]
    if faults:
        raise ParameterError(
            zh="\n".join(fault.sentence(path, "zh") for path, fault in faults),
            en="\n".join(fault.sentence(path, "en") for path, fault in faults),
        )


def _missing(own: Mapping[str, Entry], here: Mapping[str, Entry], others: Mapping[str, Entry]) -> Iterator[Fault]:
    """What the model reads in this file and is in none; an entry that it does not know is probably meant for it."""
    lacking = [path for path in own if path not in others]
    strange = [path for path in here if path not in own]
    for path in lacking:
        zh, en = KINDS[_kind(own[path].value)]
        unit, meant = own[path].unit, nearest(path, strange)
        if meant is None:
            yield Fault(
                tuple(path.split(".")), f"缺少这一项，应为{zh}（{unit}）", f"is missing; needed is {en} ({unit})"
            )
        else:
            said = f"模型没有这一参数，而缺少 {path}", f"the model has no such parameter, and {path} is missing"
            yield Fault(tuple(meant.split(".")), *said, path)


def _misfits(path: str, entry: Entry, own: Entry) -> Iterator[Fault]:
    """What of an entry cannot be, going by the project's own."""
    at = tuple(path.split("."))
    if _kind(entry.value) is not _kind(own.value):
        (found_zh, found_en), (zh, en) = KINDS[_kind(entry.value)], KINDS[_kind(own.value)]
        yield Fault((*at, "value"), f"写的是{found_zh}；应为{zh}", f"found {found_en}; allowed: {en}")
        return
    if isinstance(entry.value, dict) and isinstance(own.value, dict):
        yield from _strange_keys((*at, "value"), entry.value, own.value)
    numbers = [((*at, "value", *keys), value) for keys, value in _numbers(entry.value)]
    if not isinstance(entry.value, dict) and not entry.prior.is_fixed:
        numbers += [((*at, "prior", end), getattr(entry.prior, end)) for end in ("low", "high")]
    for place, value in numbers:
        if own.unit.startswith(SHARES) and not 0.0 <= value <= 1.0:
            zh, en = "0 至 1", "from 0 to 1"
        elif own.unit.startswith(QUANTITIES) and value < 0.0:
            zh, en = "不小于 0 的数", "a number from 0 on"
        else:
            continue
        yield Fault(place, f"写的是 {value:g}；应为{zh}（{own.unit}）", f"found {value:g}; allowed: {en} ({own.unit})")


def _strange_keys(at: tuple[object, ...], table: Mapping[Any, Any], own: Mapping[Any, Any]) -> Iterator[Fault]:
    """Keys of a table that stand for nothing, and those that it has to have; tables by day or number have any.

    What another province has and this one has not (a sector, a size) may stay in its tables: nobody reads it.
    """
    if not all(isinstance(key, str) for key in own):
        return
    names, elsewhere = _named(frozenset(own))
    below = next((one for one in own.values() if isinstance(one, dict)), {})
    for key, value in table.items():
        if key not in (*names, *elsewhere, DEFAULT):
            zh, en = "、".join(names), ", ".join(names)
            said = f"没有这一项；可以有 {zh}", f"there is no such entry; there may be {en}"
            yield Fault((*at, key), *said, nearest(key, names))
        elif isinstance(value, dict) and below:
            yield from _strange_keys((*at, key), value, below)
        elif key == OF_SECTORS:
            for one in value if isinstance(value, list) else [value]:
                if one not in SECTORS:
                    zh, en = f"写的是 {shown(one)}；应为行业", f"found {shown(one)}; allowed: a sector"
                    yield Fault((*at, key), zh, en, nearest(one, SECTORS))
    if DEFAULT not in table:
        # A table that the project's own province has for some of its names only is not read for the others.
        unread = {OF_SECTORS, *(() if DEFAULT in own else {*elsewhere} - {*own})}
        lacking = [name for name in names if name not in table and name not in unread]
        if lacking:
            yield Fault(at, f"没有写 {'、'.join(lacking)}", f"says nothing about {', '.join(lacking)}")


def _named(keys: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that keys of a table are taken from, and those that the project's own province has in their place."""
    project = classification(project_calibration_folder())
    lists = ((project.sectors, SECTORS), (project.sizes, SIZES), (project.agencies, AGENCIES))
    for theirs, names in lists:
        if keys <= {DEFAULT, *theirs}:
            return names, tuple(theirs)
    closed = keys - {DEFAULT} | ({OF_SECTORS} if keys <= {OF_SECTORS, "share"} else set())
    return tuple(sorted(closed)), ()


def _numbers(value: Any, above: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, (*above, key))
    elif isinstance(value, int | float):
        yield above, value


def _kind(value: Any) -> type:
    return dict if isinstance(value, dict) else date if isinstance(value, date) else float
