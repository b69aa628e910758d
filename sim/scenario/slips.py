"""Slips of the hand in YAML, and what would be written instead: full-width characters, ``20%``, ``1,000``, ``三``.

What is offered instead is only a proposal: whoever makes it tries first whether it would be taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from sim.measure import Words
from sim.refusal import nearest, shown

KEY: Final = r"[\"'“”]?[\w０-９][\w.\-]*[\"'“”]?"
ENTRY: Final = re.compile(
    rf"^(?P<before>\s*(?:- +)?|.*?[{{｛,，]\s*)(?P<key>{KEY})(?P<colon>\s*：|:(?=[^\s:/]|[　\u00a0]))(?P<rest>.*)$"
)
NEXT_ENTRY: Final = re.compile(rf"(?<=\S)\s+{KEY}(?:：|:\S).*$")
SPACES: Final = "　\u00a0"  # that YAML does not take for spaces
COLON: Final = re.compile(rf"(^|[{{\[,]\s*)({KEY})\s*：\s*")
FULL_WIDTH: Final = re.compile("[！-～“”‘’、。【】　\u00a0]")  # of ASCII's characters, and of what stands for them
PUNCTUATION: Final = str.maketrans("“”„‟‘’、。【】", '""""\'\',.[]')
OPENING: Final = ("｛", "［", "【", "“", "‘")
SEPARATOR: Final = re.compile(r"\s*[，、；;,]\s*")
IDEOGRAPH: Final = re.compile("[\u3400-\u9fff]")
COMMA: Final = re.compile(rf"\s*[，、；]\s*(?={KEY}\s*[:：])")
BRACKETS: Final = str.maketrans("｛｝［］【】“”", '{}[][]""')
NUMBER: Final = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d[\d\s]*)(?:\.\d+)?|[-+]?\.\d+")  # commas of thousands only
DAY: Final = re.compile(r"(\d{4})\s*[-./年]?\s*(\d{1,2})\s*[-./月]?\s*(\d{1,2})\s*日?(?:[ T]\d.*)?")
TENTHS: Final = "成"
UNITS: Final = {"": 1, "万": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
OF_WHAT: Final = re.compile(
    r"\s*(个?月|个?工作日|天|日|元|人民币|户|家|人|个|年|yuan|rmb|cny|months?|days?|firms?)$", re.IGNORECASE
)
TRUE: Final = ("是", "真", "对", "有", "开")
FALSE: Final = ("否", "假", "错", "无", "关", "不")
RESERVED: Final = "@`%"  # what no plain text of YAML begins with
NOT_FIRST: Final = "*&!"  # what begins something else


def half_width(text: str) -> str:
    """The text with half-width characters in place of full-width ones."""
    return unicodedata.normalize("NFKC", text.translate(PUNCTUATION))


def is_wide(text: str) -> bool:
    """Whether a text that is no Chinese prose has full-width characters."""
    return FULL_WIDTH.search(text) is not None and IDEOGRAPH.search(text) is None


def is_same(text: str, name: str) -> bool:
    """Whether a text is a name, or several, but for full-width characters and quotes."""
    half = half_width(text)
    return half != text and SEPARATOR.sub(", ", half).strip(" \"'") == name.strip(" \"'")


def apart(text: str, taken: Callable[[str], object]) -> str | None:
    """Several words with a comma of another kind between them, as a list has them, if each of them is taken."""
    parts = SEPARATOR.split(text)
    try:
        return ", ".join(part for part in parts if taken(part) is not None) if len(parts) > 1 else None
    except ValueError:
        return None


def near(found: str, names: Iterable[str]) -> str | None:
    """The valid name most like what was found, or several where a comma of another kind stands between them."""
    names = list(names)
    parts = [half_width(part) for part in SEPARATOR.split(found)]
    if len(parts) > 1 and all(part in names for part in parts):
        return ", ".join(parts)
    return nearest(half_width(found).strip(), names)


def entry(text: str) -> tuple[str, str] | None:
    """The kind of fault of ``key：value`` or ``key:value``, and the same as YAML reads it; None for anything else."""
    found = ENTRY.match(NEXT_ENTRY.sub("", text))
    if found is None:
        return None
    kind = "no_space" if found["colon"] == ":" and found["rest"][0] not in SPACES else "full_width"
    value = found["rest"].strip()
    if IDEOGRAPH.search(value):  # prose keeps its punctuation, other entries of a table do not
        value = COLON.sub(r"\1\2: ", COMMA.sub(", ", value)).translate(BRACKETS)
    else:
        value = half_width(value)
    before = COLON.sub(r"\1\2: ", COMMA.sub(", ", found["before"])).translate(BRACKETS)
    return kind, f"{before}{half_width(found['key'])}: {value}".strip()


def line(text: str, is_unread: bool, is_prose: bool) -> tuple[Words, str | None] | None:
    """What is wrong with a line of a file that YAML does not read, and the line to write instead; None if nothing is.

    ``is_unread``: YAML stops at this line, and not at a later one. ``is_prose``: a word of Chinese before a colon may
    be a key.
    """
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return Words(zh="行首缩进用了制表符（Tab），应改用空格", en="the line is indented with a tab: use spaces"), None
    fixed = entry(text)
    if fixed is not None and not is_prose and IDEOGRAPH.search(fixed[1].partition(":")[0]):
        fixed = None
    if fixed is not None and fixed[0] == "no_space":
        return Words(zh="冒号后面缺少空格", en="there is no space after the colon"), fixed[1]
    if fixed is not None:
        return _full_width(text), fixed[1]
    return _unread(text) if is_unread else None


def _unread(text: str) -> tuple[Words, str | None] | None:
    key, colon, value = (part.strip() for part in text.partition(": "))
    if colon and value[:1] in OPENING:
        return _full_width(text), f"{key}: {COMMA.sub(', ', value).translate(BRACKETS)}"
    if colon and value[:1] in (*RESERVED, *NOT_FIRST):
        words = Words(zh=f"以 {value[0]} 开头的文字应加引号", en=f"a text that begins with {value[0]} stands in quotes")
        return words, f"{key}: {_quoted(value)}"
    if colon and value[:1] not in (*"\"'[{",) and (": " in value or value.endswith(":")):
        words = Words(zh="含有冒号和空格的文字应加引号", en="a text that holds a colon and a space stands in quotes")
        return words, f"{key}: {_quoted(value)}"
    if FULL_WIDTH.search(text):
        # Commas and brackets of Chinese prose stay what they are; those before a key, and around a table, are YAML's.
        fixed = COMMA.sub(", ", text).translate(BRACKETS) if IDEOGRAPH.search(text) else half_width(text)
        return (_full_width(text), fixed.strip()) if fixed != text else None
    return None


def _full_width(text: str) -> Words:
    found = " ".join(dict.fromkeys(FULL_WIDTH.findall(text)))
    return Words(
        zh=f"含有全角字符（{found}），此处应为半角",
        en=f"it has full-width characters ({found}) that are half-width here",
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def instead(value: Any) -> Iterator[Any]:
    """Values that may have been meant by one that is not taken, the likeliest first."""
    if isinstance(value, str):
        yield from _of_text(half_width(value).strip().strip("\"'").strip())
    elif isinstance(value, list) and value:
        tables = [part if isinstance(part, Mapping) else _pair(str(part)) for part in value]
        if all(tables):
            yield {key: inner for table in tables for key, inner in table.items()}
    elif isinstance(value, int | float | date):
        yield shown(value)
        yield from (day for day in [_day(shown(value))] if day is not None)
    if value is not None and not isinstance(value, list):
        yield [value]


def _of_text(text: str) -> Iterator[Any]:
    text = text.rstrip(",;")
    yield text
    yield text.lower().replace(" ", "_").replace("-", "_")
    day = _day(text)
    if day is not None:
        yield day
    number = _number(text)
    if number is not None:
        yield number
    for word in (text, text.lower()):
        if word in TRUE or word in FALSE:
            yield word in TRUE
    if pair := _pair(text):
        yield pair
    parts = [part for part in SEPARATOR.split(text) if part]
    if len(parts) > 1:
        yield parts


def _pair(text: str) -> dict[str, str]:
    """``key = value`` as a table, as other kinds of file write it; empty for another text."""
    key, equals, value = (part.strip() for part in text.partition("="))
    return {key: value} if key and equals and value else {}


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _number(text: str) -> int | float | None:
    """The number that a text means: ``20%`` is 0.2, ``1,000`` is 1000, ``三个月`` is 3, ``5万元`` is 50000."""
    text = OF_WHAT.sub("", text.strip())
    share = 100 if text.endswith("%") else 10 if text.endswith(TENTHS) else 1
    if text.startswith("百分之"):
        text, share = text.removeprefix("百分之"), 100
    text = text.rstrip(f"%{TENTHS} ")
    unit = next((name for name in sorted(UNITS, key=len, reverse=True) if text.lower().endswith(name)), "")
    digits = text[: len(text) - len(unit)].strip()
    if NUMBER.fullmatch(digits):
        plain = float(digits.replace(",", "").replace(" ", ""))
        value = plain * UNITS[unit]
    else:
        written = _numerals(text)
        if written is None:
            return None
        value = written
    value = value / share
    return int(value) if value == int(value) and abs(value) < 1e15 else float(f"{value:.12g}")


def _numerals(text: str) -> float | None:
    """The value of Chinese numerals such as 三十六 or 一万二千; None for another text."""
    total = part = digit = 0.0
    if not text:
        return None
    for letter in text.replace("两", "二"):
        value = unicodedata.numeric(letter, -1.0)
        if value < 0 or (not IDEOGRAPH.match(letter) and letter != "〇"):
            return None
        if value < 10:
            digit = value
        elif value < 10_000:
            part, digit = part + (digit or 1.0) * value, 0.0
        else:
            total, part, digit = total + (part + digit) * value, 0.0, 0.0
    return total + part + digit
