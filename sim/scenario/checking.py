"""From what a library finds wrong in a file to sentences that a planner understands.

``check`` builds a typed object from plain data. Where that fails it gives back faults instead, each at the line of the
file, or of the lever, that the wrong value came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.measure import Dated
from sim.scenario.document import Document
from sim.scenario.faults import Fault, nearest, shown

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]

# The kinds of pydantic's errors, by what they mean to the writer of a file.
RANGE: Final = {
    "greater_than_equal": "at least {ge}", "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}", "less_than": "less than {lt}", "finite_number": "a finite number",
}  # fmt: skip
# How the world says that a name is unknown.
UNKNOWN: Final = re.compile(
    r"unknown (?P<kind>county|prefecture|sector) '(?P<found>.*?)'(; did you mean '(?P<nearest>.*?)'\?)?"
)
WANTED: Final = {
    "float": "a number", "int": "a whole number", "bool": "true or false", "string": "a text", "tuple": "a list",
    "dict": "a table of keys and values", "model": "a table of keys and values", "date": "a date such as 2022-07-01",
    "list": "a list",
}  # fmt: skip


@dataclass
class Source:
    """Where the parts of a piece of data came from: a file, apart from what levers have put in since."""

    document: Document
    at: Path = ()
    levers: dict[Path, tuple[Document, Path]] = field(default_factory=dict)

    def fault(
        self, kind: str, path: Sequence[str | int], found: object, allowed: str = "", near: str | None = None
    ) -> Fault:
        """A fault at ``path`` of the data, at the place where it was written."""
        for length in range(len(path), 0, -1):
            if tuple(path[:length]) in self.levers:
                document, there = self.levers[tuple(path[:length])]
                return document.fault(kind, (*there, *path[length:]), found, allowed, near)
        return self.document.fault(kind, (*self.at, *path), found, allowed, near)

    def reason(self, path: Sequence[str | int], error: ValueError) -> Fault:
        """A fault that a check has put into words of its own."""
        unknown = UNKNOWN.match(str(error))
        if unknown:
            return self.fault(f"unknown_{unknown['kind']}", path, unknown["found"], "", unknown["nearest"])
        kind = "outside_horizon" if "outside the horizon" in str(error) else "reason"
        return self.fault(kind, path, error)


def check(model: type[M], data: Any, source: Source, at: Path = ()) -> tuple[M | None, list[Fault]]:
    """The typed object, or None and everything that is wrong with ``data``, which stands at ``at`` of its source."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        found = [(_path(details["loc"], data), details) for details in error.errors(include_url=False)]
    return None, [_fault(model, path, details, source, at) for path, details in _relevant(found)]


def _path(location: Sequence[str | int], data: Any) -> Path:
    """The part of an error's location that the data has, without the branches of a union that pydantic adds."""
    path: list[str | int] = []
    rest = list(location)
    while rest:
        part = rest.pop(0)
        if isinstance(data, Mapping):
            keys = {str(key): key for key in data}
            if str(part) in keys:
                data = data[keys[str(part)]]
                path.append(part)
            elif (
                not rest
                and not str(part).startswith(("dict[", "function-", "constrained-"))
                and not path_is_union(part)
            ):
                path.append(part)  # a key that is missing
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
            path.append(part)
    return tuple(path)


def path_is_union(part: str | int) -> bool:
    """Whether a part of a location names a branch of a union, not a field."""
    return bool(re.match(r"^(float|int|str|bool|date|\[key\]|tuple|literal|nullable)\b|^\[key\]$|\[", str(part)))


def _relevant(found: list[tuple[Path, ErrorDetails]]) -> Iterable[tuple[Path, ErrorDetails]]:
    """One error a place: a value that may be a single thing or a table is told about the one that it is."""
    kept: dict[Path, ErrorDetails] = {}
    for path, details in found:
        is_table = isinstance(details["input"], Mapping)
        about_table = details["type"] == "dict_type"
        deeper = any(other[: len(path)] == path and len(other) > len(path) for other, _ in found)
        if is_table and not about_table and details["type"].endswith("_type") and deeper:
            continue
        if path not in kept or kept[path]["type"] == "dict_type":
            kept[path] = details
    return kept.items()


def _fault(model: type[BaseModel], path: Path, details: ErrorDetails, source: Source, at: Path) -> Fault:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    whole = (*at, *path)
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        fields = list(_fields(model, path[:-1]))
        return source.fault("unknown_key", whole, key, ", ".join(fields), nearest(key, fields))
    if kind == "missing":
        return source.fault("missing_key", whole, key)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return source.fault("not_allowed", whole, value, ", ".join(words), nearest(value, words))
    if kind in RANGE:
        return source.fault("out_of_range", whole, value, RANGE[kind].format(**context))
    if kind == "string_pattern_mismatch":
        return source.fault("wrong_form", whole, value, f"the form {context['pattern']}")
    if kind in ("too_short", "too_long"):
        length = context.get("min_length", context.get("max_length"))
        return source.fault(
            "wrong_length", whole, value, f"{'at least' if kind == 'too_short' else 'at most'} {length}"
        )
    if kind == "value_error":
        return source.reason(whole, context["error"])
    wanted = WANTED.get(kind.split("_")[0], shown(details["msg"]))
    return source.fault("wrong_type", whole, repr(value) if isinstance(value, str) else value, wanted)


def _fields(model: type[BaseModel], path: Path) -> Iterable[str]:
    """Names of the fields that may stand at ``path`` below a model."""
    here: Any = model
    for part in path:
        here = plain_type(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(part)].annotation if str(part) in here.model_fields else None
        else:
            inner = [kind for kind in get_args(here) if kind is not Ellipsis]
            here = inner[-1] if inner else None
    here = plain_type(here)
    return here.model_fields if isinstance(here, type) and issubclass(here, BaseModel) else ()


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
