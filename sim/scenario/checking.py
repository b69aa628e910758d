"""From what a library finds wrong in a file to sentences that a planner understands.

``check`` builds a typed object from plain data. Where that fails it gives back faults instead, each at the line of the
file, or of the lever, that the wrong value came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.measure import Dated
from sim.scenario.document import Document
from sim.scenario.faults import Fault, nearest, shown

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
Origins = dict[Path, tuple[Document, Path]]  # fields that a lever or another file has put in, and where it says so

# The kinds of pydantic's errors, by what they mean to the writer of a file.
RANGE: Final = {
    "greater_than_equal": "at least {ge:g}", "greater_than": "more than {gt:g}",
    "less_than_equal": "at most {le:g}", "less_than": "less than {lt:g}", "finite_number": "a finite number",
}  # fmt: skip
# How rooms on lower floors say that a name is unknown.
UNKNOWN: Final = re.compile(
    r"(unknown|there is no) (?P<kind>county|prefecture|sector|parameter|outcome) '(?P<found>.*?)'"
    r"(; did you mean '(?P<nearest>.*?)'\?)?"
)
ALLOWED: Final = {
    "county": "a county's name or code", "prefecture": "a prefecture's name or code",
    "outcome": "an outcome of sim/observe/outcomes.py",
}  # fmt: skip
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
    levers: Origins = field(default_factory=dict)

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
        unknown = UNKNOWN.search(str(error))
        if unknown:
            kind, near = unknown["kind"], unknown["nearest"]
            return self.fault(f"unknown_{kind}", path, unknown["found"], ALLOWED.get(kind, ""), near)
        kind = "outside_horizon" if "outside the horizon" in str(error) else "reason"
        return self.fault(kind, path, error)


def check(
    model: type[M], data: Any, source: Source, at: Path = (), stand_ins: Mapping[str, Any] | None = None
) -> tuple[M | None, list[Fault]]:
    """The typed object, and everything that is wrong with ``data``, which stands at ``at`` of its source.

    With faults the object is None; or, with ``stand_ins``, one whose faulty fields are replaced by those or left out,
    so that what else is wrong can be found too. It is None where that does not help.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        found = [(_path(details, data), details) for details in error.errors(include_url=False)]
    faults = [_fault(model, path, errors, source, at) for path, errors in _relevant(found)]
    if stand_ins is None or not isinstance(data, Mapping):
        return None, faults
    faulty = {str(path[0]) for path, _ in found if path}
    patched = {key: value for key, value in data.items() if str(key) not in faulty}
    patched |= {key: value for key, value in stand_ins.items() if key in faulty}
    try:
        return model.model_validate(patched), faults
    except ValidationError as error:
        whole = [details for details in error.errors(include_url=False) if not details["loc"]]
        return None, [*faults, *(_fault(model, (), [details], source, at) for details in whole)]


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
        if isinstance(details["input"], Mapping | list) and path in above:
            continue
        kept.setdefault(path, []).append(details)
    for path, errors in kept.items():
        of_value = [details for details in errors if not _is_about_type(details)]
        yield path, of_value or errors


def _is_about_type(details: ErrorDetails) -> bool:
    return details["type"].endswith(("_type", "_parsing")) or details["type"] in ("int_from_float", "literal_error")


def _fault(model: type[BaseModel], path: Path, errors: list[ErrorDetails], source: Source, at: Path) -> Fault:
    """The fault that the errors of one place amount to."""
    details = next((one for one in errors if one["type"] == "literal_error"), errors[0])
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    whole = (*at, *path)
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        fields = list(_fields(model, path[:-1]))
        return source.fault("unknown_key", whole, key, ", ".join(fields), nearest(key, fields))
    if kind == "missing":
        return source.fault("missing_key", whole, key)
    wanted = [WANTED[one["type"].split("_")[0]] for one in errors if one["type"].split("_")[0] in WANTED]
    if kind == "literal_error":
        words = [word for one in errors for word in re.findall(r"'([^']*)'", one.get("ctx", {}).get("expected", ""))]
        return source.fault(
            "not_allowed", whole, value, ", ".join(dict.fromkeys(words + wanted)), nearest(value, words)
        )
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
        first = str(context["error"]).split(" ", 1)[0]  # what concerns the whole begins with the field that it is about
        return source.reason((*whole, first) if first in _fields(model, path) else whole, context["error"])
    found = repr(value) if isinstance(value, str) else value
    return source.fault("wrong_type", whole, found, " or ".join(dict.fromkeys(wanted)) or shown(details["msg"]))


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
