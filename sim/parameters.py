"""The calibrated parameters: every number of the model that no scenario decides, with its unit, prior and origin.

The file is ``calibration/parameters.yaml``; what an entry looks like is :class:`sim.parameter_file.Entry`. A *path* is
the dotted way to an entry (``firm.crowding``) or, in a table, to one of its values (``costs.rent.catering``). A
scenario may vary any parameter within the bounds of its prior and nothing beyond them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.classification import hold_to
from sim.data_folders import PARAMETER_FILES, is_overlay, of_calibration, own_calibration_folder
from sim.measure import Dated
from sim.parameter_file import DEFAULT, Entry, Grade, Number, ParameterError, Prior, leaves, read
from sim.parameter_fit import hold
from sim.refusal import UnknownName, shown
from sim.vocabulary import SECTORS, SIZES

_ROUNDING: Final = 1e-9  # relative slack at the bounds, so that a bound typed in decimal is inside


class Description(NamedTuple):
    """What :meth:`Parameters.paths` tells of an entry: its present value, and the rest as the file has it.

    ``evidence``: ids of rows of the evidence. ``assumption``: why, of what is only assumed.
    """

    path: str
    value: Any
    unit: str
    prior: Prior
    evidence: tuple[str, ...]
    grade: Grade
    assumption: str | None
    note: str


class Setting(NamedTuple):
    """One path that :meth:`Parameters.with_changes` takes, with its present value and what is allowed.

    Of a table it is a factor on all its values, as the file has them.
    """

    path: str
    value: Number
    unit: str
    low: Number
    high: Number
    is_factor: bool


class Parameters:
    """All parameters of a run, unchangeable; equal and hashed by their contents."""

    def __init__(self, entries: Mapping[str, Entry], values: Mapping[str, Any]) -> None:
        self._entries = entries
        self._values = values

    def __getitem__(self, path: str) -> float:
        """The number at a path, which may lead into a table (``costs.rent.catering``)."""
        found = self._at(path)
        if isinstance(found, dict | date):
            raise KeyError(f"{path} is not a single number")
        return float(found)

    def date(self, path: str) -> date:
        """The date at a path."""
        found = self._at(path)
        if not isinstance(found, date):
            raise KeyError(f"{path} is not a date")
        return found

    def by_sector(self, path: str) -> NDArray[np.float64]:
        """A table over sectors as an array in the order of ``SECTORS``, shape (S,)."""
        return self._array(path, SECTORS)

    def by_size(self, path: str) -> NDArray[np.float64]:
        """A table over sizes as an array in the order of ``SIZES``, shape (Z,)."""
        return self._array(path, SIZES)

    def by_sector_and_size(self, path: str) -> NDArray[np.float64]:
        """A table sector -> size as an array, shape (S, Z)."""
        return np.array([self._array(f"{path}.{sector}", SIZES) for sector in SECTORS])

    def by(self, path: str, keys: tuple[str, ...]) -> NDArray[np.float64]:
        """A table over any closed list of the vocabulary as an array in its order, shape (len(keys),)."""
        return self._array(path, keys)

    def table(self, path: str) -> dict[Any, Any]:
        """A table, or a whole group of entries, as plain nested dictionaries (a copy)."""
        if any(known.startswith(f"{path}.") for known in self._values):
            return {
                known[len(path) + 1 :]: _copy(value)
                for known, value in self._values.items()
                if known.startswith(f"{path}.")
            }
        found = self._at(path)
        if not isinstance(found, dict):
            raise KeyError(f"{path} is not a table")
        return {key: _copy(value) for key, value in found.items()}

    def dated(self, path: str) -> Dated[float]:
        """A table by date."""
        table = self.table(path)
        if not all(isinstance(day, date) for day in table):
            raise KeyError(f"{path} is not a table by date")
        return Dated({day: float(value) for day, value in table.items()})

    def paths(self) -> Iterator[Description]:
        """Every entry with its unit, prior and origin, in the order of the file."""
        for path, e in self._entries.items():
            value = _copy(self._values[path])
            yield Description(path, value, e.unit, e.prior, e.evidence, e.grade, e.assumption, e.note)

    def settings(self) -> Iterator[Setting]:
        """Every path that may be changed, values inside tables too, in the order of the file."""

        def within(path: str, entry: Entry, original: Any) -> Iterator[Setting]:
            low, high = cast(tuple[float, float], entry.bounds)
            if isinstance(original, dict):
                yield Setting(path, 1.0, entry.unit, low, high, True)
                for key in _keys(original):
                    yield from within(f"{path}.{key}", entry, _inside(original, key))
            elif isinstance(original, int | float):
                ends = sorted((original * low, original * high))
                yield Setting(path, cast(float, self._at(path)), entry.unit, ends[0], ends[1], False)

        for path, entry in self._entries.items():
            if isinstance(entry.value, dict):
                yield from within(path, entry, entry.value)
            else:
                yield Setting(path, self._values[path], entry.unit, *entry.bounds, False)

    def with_changes(self, changed: Mapping[str, Number]) -> Parameters:
        """These parameters with some changed, each within its range.

        The path of a table takes a factor on all its values; a path into a table takes the new value itself. The very
        same parameters come back where nothing is different.
        Raises :class:`UnknownName` on an unknown path and :class:`ParameterError` on a value out of range.
        """
        values = dict(self._values)
        for path, value in changed.items():
            name, keys = self.parted(path)
            values[name] = _changed(path, self._entries[name], values[name], keys, _day(value))
        same = all(values[name] is self._values[name] for name in values)
        return self if same else Parameters(self._entries, values)

    def contents(self) -> dict[str, Any]:
        """Plain values by path, fit for JSON and for a fingerprint."""
        return {path: _plain(value) for path, value in self._values.items()}

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.contents(), sort_keys=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def parted(self, path: str) -> tuple[str, list[str]]:
        """The entry that a path leads to, and the keys inside its table, not yet looked up.

        Raises :class:`UnknownName` for a path that leads to no entry.
        """
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if name in self._values:
                return name, _parted(self._values[name], path[len(name) + 1 :])
        raise UnknownName("parameter", path, self._known)

    @cached_property
    def _known(self) -> list[str]:
        return [setting.path for setting in self.settings()]

    def _at(self, path: str) -> Any:
        name, keys = self.parted(path)
        found = self._values[name]
        for key in keys:
            found = _inside(found, key)
            if found is None:
                raise UnknownName("parameter", path, self._known)
        return found

    def _array(self, path: str, keys: tuple[str, ...]) -> NDArray[np.float64]:
        found = self._at(path)
        if not isinstance(found, dict):
            raise KeyError(f"{path} is not a table")
        missing = [key for key in keys if key not in found and DEFAULT not in found]
        if missing:
            raise ParameterError(zh=f"{path} 缺少 {missing[0]}", en=f"{path} says nothing about {missing[0]}")
        return np.array([found.get(key, found.get(DEFAULT)) for key in keys], np.float64)


def load(path: Path | None = None, changed: Mapping[str, Number] = MappingProxyType({})) -> Parameters:
    """The parameters of a file (by default those of the province), with changes; see :meth:`Parameters.with_changes`.

    Raises :class:`Refusal` for a folder of calibration that this process cannot use.
    """
    known = _parameters((path,)) if path else _of_province()
    return known.with_changes(changed) if changed else known


@of_calibration
def _of_province(folder: Path) -> Parameters:
    hold_to(folder)
    return of_folder(folder)


def of_folder(folder: Path) -> Parameters:
    """The parameters of a folder of calibration.

    Where it holds only what differs, its entries take the places of those that come with the project; raises
    :class:`UnknownName` for one that there is not, :class:`ParameterError` for what cannot be.
    """
    # The world's parameters lie beside the record that they belong to.
    known = tuple(own_calibration_folder() / name for name in PARAMETER_FILES) if is_overlay(folder) else ()
    theirs = tuple(path for path in (folder / name for name in PARAMETER_FILES) if path.exists() or not known)
    if known:
        hold(own_calibration_folder(), is_complete=True)
        calibrated = _parameters(known)
        for path in theirs:
            for name in read(path):
                if name not in calibrated.contents():
                    raise UnknownName("parameter", name, list(calibrated.contents()))
    hold(folder, is_complete=not known)
    return _parameters((*known, *theirs))


def effective(changes: Mapping[str, Number]) -> dict[str, Number]:
    """Those changes, in the order of their paths, in which they are made, that do not leave all as it is."""
    kept: dict[str, Number] = {}
    parameters = load() if changes else None
    for path, value in sorted(changes.items()):
        changed = parameters.with_changes({path: value})  # type: ignore[union-attr]
        if changed is not parameters:
            kept[path] = value
        parameters = changed
    return kept


@cache
def _parameters(files: tuple[Path, ...]) -> Parameters:
    """Made once in a process: what others keep by the parameters that it follows from is then found at once."""
    entries = {name: entry for file in files for name, entry in read(file).items()}
    return Parameters(entries, {name: entry.value for name, entry in entries.items()})


def _keys(table: Mapping[Any, Any]) -> list[str]:
    """Keys of a table, written as texts; with a default, all sectors or all sizes, whichever it is a table of."""
    known = [str(key) for key in table]
    if DEFAULT not in table:
        return known
    return list(dict.fromkeys([*known, *(SIZES if set(known) & set(SIZES) else SECTORS)]))


def _parted(table: Any, path: str) -> list[str]:
    """The keys of a path inside a table; a key may have a dot itself, as a number does."""
    if not path:
        return []
    known = _keys(table) if isinstance(table, dict) else []
    key = next((key for key in known if path == key or path.startswith(f"{key}.")), path.partition(".")[0])
    return [key, *_parted(_inside(table, key), path[len(key) + 1 :])]


def _inside(table: Any, key: str) -> Any:
    """Value of a table at a key written as text, its default where it may have the key but does not, else None."""
    if not isinstance(table, dict) or key not in _keys(table):
        return None
    return next((value for known, value in table.items() if str(known) == key), table.get(DEFAULT))


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _scaled(inner, factor) for key, inner in value.items()}
    return value * factor if isinstance(value, int | float) else value


def _day(value: Any) -> Any:
    """A day written as text, as in a stored scenario, as a day."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _changed(path: str, entry: Entry, now: Any, keys: list[str], value: Number) -> Any:
    """What becomes of the value ``now`` of an entry when ``path`` is set to ``value``."""
    if not isinstance(now, dict):
        if keys:
            entry_path = path.rsplit(".", len(keys))[0]
            raise ParameterError(zh=f"{entry_path} 不是表", en=f"{entry_path} is not a table")
        _check(value, *entry.bounds)
        return now if value == now else value
    assert isinstance(entry.value, dict)
    original: Any
    low_factor, high_factor = cast(tuple[float, float], entry.bounds)
    if not keys:
        _check(value, low_factor, high_factor, ("对表中各值的倍数", "factor on all values of the table"))
        scaled = _scaled(entry.value, float(value))  # type: ignore[arg-type]
        return now if scaled == now else scaled
    original, present = entry.value, now
    for key in keys:
        original, present = _inside(original, key), _inside(present, key)
    if isinstance(original, dict):
        _check(value, low_factor, high_factor, ("对这些值的倍数", "factor on these values"))
        replacement = _scaled(original, float(value))  # type: ignore[arg-type]
    elif isinstance(original, int | float):
        bounds = sorted((original * low_factor, original * high_factor))
        _check(value, bounds[0], bounds[1])
        replacement = value
    else:
        known = [".".join(map(str, inside)) for inside, _ in leaves(entry.value)]
        name = path.removesuffix("." + ".".join(keys))
        raise UnknownName("parameter", path, [f"{name}.{inside}" for inside in known])
    return now if replacement == present else _replaced(now, keys, replacement)


def _replaced(table: dict[Any, Any], keys: list[str], value: Any) -> dict[Any, Any]:
    """A copy of a nested table with one value replaced (or named apart from the default)."""
    key = next((known for known in table if str(known) == keys[0]), keys[0])
    inner = value if len(keys) == 1 else _replaced(_inside(table, keys[0]), keys[1:], value)
    return {**table, key: inner}


def _check(value: Number, low: Number, high: Number, means: tuple[str, str] = ("", "")) -> None:
    """Raise :class:`ParameterError` for a value outside its range; ``means``: what it is, in Chinese and English."""
    is_day = isinstance(low, date)
    if isinstance(value, bool | datetime) or not isinstance(value, date if is_day else int | float):
        zh, en = ("日期", "a date") if is_day else ("数", "a number")
        raise ParameterError(
            zh=f"{shown(value)} 不是{zh}，应在 {_written(low)} 至 {_written(high)} 之间",
            en=f"{shown(value)} is not {en} from {_written(low)} to {_written(high)}",
        )
    slack = (
        _ROUNDING * max(abs(low), abs(high)) if isinstance(low, int | float) and isinstance(high, int | float) else None
    )
    inside = low <= value <= high if slack is None else low - slack <= value <= high + slack  # type: ignore[operator]
    if not inside:
        zh, en = (f"（{means[0]}）", f" ({means[1]})") if means[0] else means
        raise ParameterError(
            zh=f"{shown(value)} 超出范围 {_written(low)} 至 {_written(high)}{zh}",
            en=f"{shown(value)} is outside its range {_written(low)} to {_written(high)}{en}",
        )


def _written(bound: Number) -> str:
    return f"{bound:.6g}" if isinstance(bound, int | float) else bound.isoformat()


def _copy(value: Any) -> Any:
    return {key: _copy(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value
