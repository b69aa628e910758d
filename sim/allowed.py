"""What would be allowed where pydantic refuses a value, in Chinese and English: its own messages are in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Said: TypeAlias = tuple[str, str]  # in Chinese and in English

# The kinds of pydantic's errors, by what they mean to the writer of a file.
RANGE: Final[Mapping[str, Said]] = {
    "greater_than_equal": ("不小于 {ge}", "at least {ge}"),
    "greater_than": ("大于 {gt}", "more than {gt}"),
    "less_than_equal": ("不大于 {le}", "at most {le}"),
    "less_than": ("小于 {lt}", "less than {lt}"),
    "multiple_of": ("{multiple_of} 的倍数", "a multiple of {multiple_of}"),
    "finite_number": ("有限的数", "a finite number"),
    "int_parsing_size": ("位数较少的整数", "a whole number of fewer digits"),
}
LENGTH: Final[Mapping[str, Said]] = {
    "too_short": ("至少 {min_length} 项", "at least {min_length}"),
    "too_long": ("至多 {max_length} 项", "at most {max_length}"),
    "string_too_short": ("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": ("至多 {max_length} 个字符", "at most {max_length} characters"),
}
NUMBER: Final = ("数", "a number")
TABLE: Final = ("由键和值组成的表", "a table of keys and values")
DAY: Final = ("日期，如 2022-07-01", "a date such as 2022-07-01")
LIST: Final = ("列表，如 [a, b]", "a list such as [a, b]")
# By the first word of the name of an error of the type.
TYPES: Final[Mapping[str, Said]] = {
    "float": NUMBER, "int": ("整数", "a whole number"), "string": ("文字", "a text"),
    "bool": ("true 或 false", "true or false"), "tuple": LIST, "list": LIST, "set": LIST, "frozen": LIST,
    "dict": TABLE, "mapping": TABLE, "model": TABLE, "date": DAY,
}  # fmt: skip


def bound(limit: Said, context: Mapping[str, Any]) -> Said:
    """A limit of :data:`RANGE` or :data:`LENGTH` with its number, which the error's context has."""
    numbers = {
        name: f"{value:.0f}" if value == int(value) else value
        for name, value in context.items()
        if isinstance(value, int | float)
    }
    zh, en = limit
    return zh.format(**numbers), en.format(**numbers)


def words(errors: Iterable[ErrorDetails]) -> list[str]:
    """The words of which a value must be one, as the errors of its place have them."""
    return [word for one in errors for word in re.findall(r"'([^']*)'", one.get("ctx", {}).get("expected", ""))]


def instead(errors: list[ErrorDetails]) -> Said:
    """What is allowed where a value is refused; ``errors`` are those of one place, one for each kind it may be of."""
    first = errors[0]
    for limits in (RANGE, LENGTH):
        if first["type"] in limits:
            return bound(limits[first["type"]], first.get("ctx", {}))
    if named := words(errors):
        return "、".join(named), ", ".join(named)
    if first["type"] == "string_pattern_mismatch":
        form = first["ctx"]["pattern"]
        return f"形如 {form} 的文字", f"a text of the form {form}"
    kinds = [TYPES[kind] for one in errors if (kind := one["type"].split("_")[0]) in TYPES]
    said = list(dict.fromkeys(kinds)) or [TABLE]
    return " 或 ".join(zh for zh, _ in said), " or ".join(en for _, en in said)
