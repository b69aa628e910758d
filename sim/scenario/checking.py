"""From what a library finds wrong in a file to sentences that a planner understands.

``check`` builds a typed object from plain data. Where that fails it gives back errors instead, each at the line of the
file, or of the lever, that the wrong value came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import pydantic
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sim.allowed import LENGTH, RANGE, TYPES, bound
from sim.allowed import words as words_of
from sim.measure import NAME, Dated, Words
from sim.refusal import Refusal, UnknownName, shown
from sim.scenario.document import A_DAY, TABLE, WHOLE_DAY, Document
from sim.scenario.slips import apart, half_width, instead, near
from sim.scenario.validation_errors import Said, ValidationError, either, listed
from sim.world.spec import MONTH

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
Origins = dict[Path, tuple[Document, Path]]  # fields that a lever or another file has put in, and where it says so

FORMS: Final = {
    NAME: Words(zh="小写字母、数字和下划线，以字母开头", en="small letters, digits and underscores, a letter first"),
    MONTH: Words(
        zh="月份，如 2022-05，或日期，如 2022-05-31", en="a month such as 2022-05, or a date such as 2022-05-31"
    ),
}
# What there is too much of to be listed.
ALLOWED: Final = {
    "county": Words(zh="县（市、区）的名称或代码", en="a county's name or code"),
    "prefecture": Words(zh="州（市）的名称或代码", en="a prefecture's name or code"),
    "parameter": Words(zh="calibration/parameters.yaml 中的路径", en="a path of calibration/parameters.yaml"),
}
TEXTS: Final = Words(zh="文字，或 {zh: 中文, en: 英文}", en="a text, or {zh: in Chinese, en: in English}")
WANTED: Final = {kind: Words(zh=zh, en=en) for kind, (zh, en) in TYPES.items()} | {"Words": TEXTS}
OFFERED: Final = ("wrong_type", "not_allowed", "wrong_form")  # errors of a value that may be a slip
KEY: Final = "[key]"  # how the location of an error in a key ends
MOST_TRIED: Final = 50  # errors of a piece of data for which a value to write instead is looked for


@dataclass
class Source:
    """Where the parts of a piece of data came from: a file, apart from what levers have put in since."""

    document: Document
    at: Path = ()
    levers: Origins = field(default_factory=dict)

    def error(
        self, kind: str, path: Sequence[str | int], found: object, allowed: Said = "", near: str | None = None
    ) -> ValidationError:
        """A validation error at ``path`` of the data, at the place where it was written."""
        for length in range(len(path), 0, -1):
            if tuple(path[:length]) in self.levers:
                document, there = self.levers[tuple(path[:length])]
                return document.error(kind, (*there, *path[length:]), found, allowed, near)
        return self.document.error(kind, (*self.at, *path), found, allowed, near)

    def refusal(self, path: Sequence[str | int], error: Refusal) -> ValidationError:
        """What a room on a lower floor refuses, as an error at ``path`` or at the field below that it is about."""
        at = (*path, *error.at)
        if not isinstance(error, UnknownName):
            return self.error("reason", at, Words(zh=error.zh, en=error.en))
        if error.among:
            return self.error("ambiguous", at, error.found, listed(error.among))
        return self.error(
            f"unknown_{error.kind}", at, error.found, ALLOWED.get(error.kind) or listed(error.known), error.nearest
        )


def check(
    model: type[M], data: Any, source: Source, at: Path = (), stand_ins: Mapping[str, Any] | None = None
) -> tuple[M | None, list[ValidationError]]:
    """The typed object, and everything that is wrong with ``data``, which stands at ``at`` of its source.

    With errors the object is None; or, with ``stand_ins``, one whose faulty fields are replaced by those or left out,
    so that what else is wrong can be found too. It is None where that does not help.
    """
    try:
        return model.model_validate(data), []
    except pydantic.ValidationError as refused:
        found = [(_path(details, data), details) for details in refused.errors(include_url=False)]
    errors = []
    for place, (path, alike) in enumerate(_relevant(found)):
        error = _error(model, path, alike, source, at)
        if error.nearest is None and error.kind in OFFERED and place < MOST_TRIED:
            value = alike[0]["input"]
            is_key = alike[0]["loc"][-1:] == (KEY,)
            meant = _instead(model, data, path, value, is_key)
            is_wide = meant is not None and isinstance(value, str) and half_width(value) != value
            error = replace(error, nearest=meant, kind="full_width" if is_wide else error.kind)
        errors.append(error)
    if stand_ins is None or not isinstance(data, Mapping):
        return None, errors
    faulty = {str(path[0]) for path, _ in found if path}
    patched = {key: value for key, value in data.items() if str(key) not in faulty}
    patched |= {key: value for key, value in stand_ins.items() if key in faulty}
    try:
        return model.model_validate(patched), errors
    except pydantic.ValidationError as refused:
        whole = [details for details in refused.errors(include_url=False) if not details["loc"]]
        return None, [*errors, *(_error(model, (), [details], source, at) for details in whole)]


def _path(details: ErrorDetails, data: Any) -> Path:
    """Where in the data an error is: its location without the branches of a union that pydantic puts in."""
    path: list[str | int] = []
    for part in details["loc"]:
        if isinstance(data, Mapping):
            # The key itself, or one (a date, a number) that the location writes as a word.
            written = part if part in data else next((key for key in data if str(part) in (str(key), repr(key))), None)
            if written is not None:
                path.append(str(written))
                data = data[written]
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return (*path, details["loc"][-1]) if details["type"] == "missing" else tuple(path)


def _relevant(found: list[tuple[Path, ErrorDetails]]) -> Iterable[tuple[Path, list[ErrorDetails]]]:
    """The errors of each place. Of a value that may be one thing or a table or list, only those about what it is."""
    kept: dict[Path, list[ErrorDetails]] = {}
    above = {path[:length] for path, _ in found for length in range(len(path))}
    for path, details in found:
        if isinstance(details["input"], Mapping | list | tuple) and path in above:
            continue
        kept.setdefault(path, []).append(details)
    for path, errors in kept.items():
        of_value = [details for details in errors if not _is_about_type(details)]
        yield path, of_value or errors


def _is_about_type(details: ErrorDetails) -> bool:
    return details["type"].endswith(("_type", "_parsing")) or details["type"] in ("int_from_float", "literal_error")


def _instead(model: type[BaseModel], data: Any, path: Path, value: Any, is_key: bool) -> str | None:
    """What would be taken in place of a value that is not, as a file writes it."""
    for candidate in instead(value):
        if is_key and isinstance(candidate, list | dict):
            continue
        if path and isinstance(path[-1], int) and isinstance(value, str) and isinstance(candidate, list):
            several = apart(value, lambda part: model.model_validate(_with(data, path, part, is_key)))
            if several is not None:
                return several
        changed = _with(data, path, candidate, is_key)
        try:
            model.model_validate(changed)
        except pydantic.ValidationError as error:
            here = (*path[:-1], str(candidate)) if is_key else path
            if any(_path(details, changed)[: len(path)] == here for details in error.errors(include_url=False)):
                continue
        if candidate != value or type(candidate) is not type(value):
            return f'"{candidate}"' if isinstance(candidate, str) and not isinstance(value, str) else shown(candidate)
    return None


def _with(data: Any, path: Path, value: Any, is_key: bool) -> Any:
    """A copy of data with another value, or another key, at ``path``, whose keys are written as texts."""
    if not path:
        return value
    first, *below = path
    rest = tuple(below)
    if isinstance(data, Mapping):
        changed = {}
        for key, inner in data.items():
            is_here = str(key) == str(first)
            put = value if is_here and is_key and not rest else key
            changed[put] = _with(inner, rest, value, is_key) if is_here and put is key else inner
        return changed
    if isinstance(data, list | tuple):
        return [_with(inner, rest, value, is_key) if place == first else inner for place, inner in enumerate(data)]
    return data


def _error(model: type[BaseModel], path: Path, errors: list[ErrorDetails], source: Source, at: Path) -> ValidationError:
    """The validation error that the errors of one place amount to."""
    details = next((one for one in errors if one["type"] == "literal_error"), errors[0])
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    whole = (*at, *path)
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        fields = list(_fields(model, path[:-1]))
        return source.error("unknown_key", whole, key, listed(fields), near(key, fields))
    if kind in ("missing", "default_factory_not_called"):
        return source.error("missing_key", whole, key)
    if kind == "value_error" and isinstance(context["error"], Refusal):
        return source.refusal(whole, context["error"])
    sorts = [one.get("ctx", {}).get("class_name", one["type"].split("_")[0]) for one in errors]
    wanted = sorted(
        (WANTED.get(sort, TABLE) for sort in sorts if sort in WANTED or sort[:1].isupper()), key=TABLE.__eq__
    )
    if value is None:
        return source.error("no_value", whole, key, either(wanted))
    if kind == "literal_error":
        words = words_of(errors)
        may_be = either([*([listed(words)] if words else []), *wanted])
        return source.error("not_allowed", whole, value, may_be, near(shown(value), words))
    for limits, said in ((RANGE, "out_of_range"), (LENGTH, "wrong_length")):
        if kind in limits:
            zh, en = bound(limits[kind], context)
            return source.error(said, whole, value, Words(zh=zh, en=en))
    if kind == "string_pattern_mismatch":
        return source.error("wrong_form", whole, value, FORMS[context["pattern"]])
    if isinstance(value, str) and kind.startswith("date") and WHOLE_DAY.fullmatch(value):
        return source.error("no_such_day", whole, value, A_DAY)
    return source.error("wrong_type", whole, value, either(wanted))


def _fields(model: type[BaseModel], path: Path) -> Iterable[str]:
    """Names of the keys that may stand at ``path`` below a model."""
    here: Any = model
    for part in path:
        here = plain_type(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = next((f.annotation for name, f in here.model_fields.items() if part in (name, f.alias)), None)
        else:
            inner = [kind for kind in get_args(here) if kind is not Ellipsis]
            here = inner[-1] if inner else None
    here = plain_type(here)
    if not (isinstance(here, type) and issubclass(here, BaseModel)):
        return ()
    return [found.alias or name for name, found in here.model_fields.items()]


def plain_type(annotation: Any) -> Any:
    """An annotation without ``Annotated``, ``Dated`` and ``None``: what the value is when it is there."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated or origin is Dated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            inner = [kind for kind in get_args(annotation) if kind is not NoneType]
            if len(inner) > 1:
                models = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]
                return models[0] if models else annotation
            annotation = inner[0]
        else:
            return annotation
