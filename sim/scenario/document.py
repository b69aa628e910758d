"""One YAML file as plain data, with the line of every field; hostile files are refused.

Only the plain part of YAML is read: maps, lists, texts, numbers, dates, true and false. Anchors, aliases and tags,
which can hide a bomb or run code, are refused, and so are files beyond ``LARGEST_FILE``.
"""

from __future__ import annotations

import codecs
import errno
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim import allowed
from sim.measure import Words
from sim.refusal import shown
from sim.scenario import slips
from sim.scenario.validation_errors import LEVERS, Said, ScenarioError, ValidationError
from sim.yaml_reader import Composer, readers

REMEMBERED: Final = 32  # texts of files, for the many draws of a scenario
LARGEST_FILE: Final = 200_000  # bytes; the largest shipped file has 15,000
DEEPEST: Final = 20
PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)
# What a terminal or a page would obey and nobody would see: controls, halves of characters, changes of direction.
UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_NUMBER: Final = 300  # characters; a longer one is no number of this world and cannot always be written out
LONGEST_VALUE: Final = 80  # characters of a found value in a sentence
TEXT: Final = "tag:yaml.org,2002:str"
READ_ON: Final = ("duplicate_key", "no_such_day")  # errors that leave the rest of a file as it is meant
LONGEST_LINE: Final = 400  # characters of a line to write instead
LOOKED_BACK: Final = 20  # lines before the one that YAML does not read in which the slip is looked for
WHOLE_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
TABLE: Final = Words(zh=allowed.TABLE[0], en=allowed.TABLE[1])
A_DAY: Final = Words(zh="日历上有的日期，如 2022-07-01", en="a day of the calendar such as 2022-07-01")
ONE_VALUE: Final = Words(zh="一个值", en="one value")
SEEN: Final = Words(zh="看得见的字符", en="characters that can be seen")
EMPTY: Final = Words(zh="文件没有内容", en="the file is empty")
NO_FILE: Final = Words(zh="它不是文件", en="it is not a file")
# What the system answers when a file cannot be read.
SYSTEM: Final = {
    errno.ENOENT: Words(zh="没有这个文件", en="there is no such file"),
    errno.ENOTDIR: Words(zh="没有这个文件", en="there is no such file"),
    errno.EACCES: Words(zh="没有读取权限", en="there is no permission to read it"),
    errno.ENAMETOOLONG: Words(zh="文件名过长", en="its name is too long"),
    errno.ELOOP: Words(zh="链接指向自身", en="it is a link to itself"),
}
# What the reader of YAML finds wrong, by words of its own; the first that fits counts.
PROBLEMS: Final = {
    "another document": Words(zh="文件中有不止一个文档（---）", en="the file holds more than one document (---)"),
    "quoted scalar": Words(zh="引号没有成对", en="quotes are not closed, or what they hold is not right"),
    "escape character": Words(zh="双引号内的反斜杠写法不对", en="a backslash in double quotes means something else"),
    "flow": Words(zh="括号没有成对，或括号内缺少逗号", en="brackets are not closed, or a comma in them is missing"),
    "alias": Words(zh="以 * 开头的文字应加引号", en="a text that begins with * stands in quotes"),
    "block scalar": Words(zh="| 或 > 后面应另起一行", en="what follows | or > stands on the next line"),
    "special characters": Words(zh="含有看不见的控制字符", en="it holds control characters that nobody sees"),
    "<scalar>": Words(zh="引号之后还有文字", en="text follows the quotes, which stand around all of a text"),
    "mapping values": Words(zh="缩进不齐，或缺少引号", en="the indentation differs, or quotes are missing"),
    "block": Words(zh="缩进不齐，或列表与表混用", en="the indentation differs, or a list and a table are mixed"),
    "": Words(zh="请检查缩进、冒号、引号和括号", en="look at indentation, colons, quotes and brackets"),
}
UNKNOWN: Final = ("unknown_key", "unknown_lever", "unknown_measure")
SLIPS: Final = (*UNKNOWN, "wrong_type")  # what a missing colon ends in
Path_ = tuple[str | int, ...]  # the way from the root of a file to one of its fields


@dataclass(frozen=True)
class Document:
    """The data of one file and where each field stands. ``name`` is how sentences call the file.

    ``errors`` are keys written twice and days that there are not: the rest of the file can still be checked.
    """

    name: str
    data: dict[Any, Any]
    lines: dict[Path_, int] = field(default_factory=dict, repr=False)
    starts: dict[Path_, int] = field(default_factory=dict, repr=False)  # of texts that begin below their keys
    errors: tuple[ValidationError, ...] = ()

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of a field, or of the nearest field above it that the file holds; counts from 1."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(tuple(str(part) for part in path[:length]))
            if line is not None:
                return line
        return None

    def placed(self, error: ValidationError) -> ValidationError:
        """A validation error that names no file, at the place of this one where its lever or its field is written."""
        if error.file:
            return error
        name = error.field.removeprefix(LEVERS) or ("scenario" if error.kind == "no_file" else "")
        written = [path for path in self.lines if path and f"{name}.".startswith(f"{path[-1]}.")]
        if not written:
            return error
        path = max(written, key=lambda path: len(str(path[-1])))
        field = ".".join(map(str, path)) + name.removeprefix(str(path[-1]))
        return replace(error, file=self.name, line=self.lines[path], field=field)

    def error(
        self, kind: str, path: Sequence[str | int], found: object, allowed: Said = "", near: str | None = None
    ) -> ValidationError:
        """A validation error at a field of this file. A slip of the hand in a key or a text is named as such."""
        line = self.line(path)
        slip = slips.entry(found) if isinstance(found, str) and kind in SLIPS else None
        if slip is not None:
            (kind, near), allowed = slip, ""
            line = self.starts.get(tuple(map(str, path)), line)
        elif isinstance(found, str) and near is not None and slips.is_same(found, near):
            kind = "full_width"
        elif isinstance(found, str) and kind in UNKNOWN and slips.is_wide(found):
            kind, near = "full_width", near or slips.half_width(found)
        said = found if isinstance(found, Words) else shown(found, LONGEST_VALUE)
        return ValidationError(kind, self.name, line, ".".join(map(str, path)), said, allowed, near)


def display(path: Path) -> str:
    """How a sentence calls a file: relative to where the user stands if it lies below, else in full."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, not a path at all, or a link to itself
        return str(path)


def read(path: Path) -> Document:
    """Read one file; raises :class:`ScenarioError` with every reason why it cannot be taken as plain data."""
    document = _read_before(text_of(path), display(path))
    if not document.data:  # as before anything was saved into it
        raise ScenarioError([ValidationError("reason", document.name, None, "", EMPTY)])
    return document


@lru_cache(REMEMBERED)
def _read_before(text: str, name: str) -> Document:
    """What a text says, found once for all draws that read it: nobody changes a document."""
    return parse(text, name)


def text_of(path: Path) -> str:
    """The text of a file; raises :class:`ScenarioError` for one that is not to be read, too large or not UTF-8."""
    name = display(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a device or a pipe may never end
            raise ScenarioError([ValidationError("unreadable", name, None, "", NO_FILE)])
        content = path.read_bytes() if status.st_size <= LARGEST_FILE else b""
    except OSError as error:
        said = SYSTEM.get(error.errno or 0, Words(zh="系统拒绝读取", en="the system refuses to read it"))
        raise ScenarioError([ValidationError("unreadable", name, None, "", said)]) from None
    except ScenarioError:
        raise
    except ValueError:  # a name that no file can have
        raise ScenarioError([ValidationError("unreadable", name, None, "", SYSTEM[errno.ENOENT])]) from None
    if status.st_size > LARGEST_FILE:
        size, most = (Words(zh=f"{number} 字节", en=f"{number} bytes") for number in (status.st_size, LARGEST_FILE))
        raise ScenarioError([ValidationError("too_large", name, None, "", size, most)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = _encoding(content)
        said = Words(
            zh=f"编码是 {encoding}，不是 UTF-8" if encoding else "编码不是 UTF-8",
            en=f"its encoding is {encoding} and not UTF-8" if encoding else "its encoding is not UTF-8",
        )
        save = Words(zh="在编辑器中另存为 UTF-8 编码", en="the same saved as UTF-8 by an editor")
        raise ScenarioError([ValidationError("unreadable", name, None, "", said, save)]) from None


def _encoding(content: bytes) -> str:
    """What a text that is not UTF-8 seems to be written in, empty if nobody knows."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"


def parse(text: str, name: str) -> Document:
    """Read YAML text as the file ``name``; raises :class:`ScenarioError`."""
    *fast, final = readers(text)
    for yaml in fast:
        with suppress(YAMLError, ValueError, RecursionError):
            document = _parse(text, name, yaml)
            if not document.errors:
                return document
    return _parse(text, name, final)


def _parse(text: str, name: str, yaml: YAML) -> Document:
    yaml.Composer = _Shallow
    yaml.allow_duplicate_keys = True  # told by `_refusals`, together with everything else
    try:
        root = yaml.compose(text)
        errors = list(_refusals(root, name, set())) if root is not None else []
        if any(error.kind not in READ_ON for error in errors):
            raise ScenarioError(errors)
        data = yaml.constructor.construct_document(root) if root is not None else {}
    except MarkedYAMLError as error:
        is_open = "quoted" in str(error.context) or "stream end" in str(error.problem)  # told at the end of the file
        opened = error.context_mark if is_open else None
        mark = opened or error.problem_mark or error.context_mark
        raise ScenarioError([_not_yaml(text, name, error, mark.line if mark else None)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        if isinstance(error, RecursionError):
            said = Words(zh="嵌套过深", en="it is nested too deeply")
            raise ScenarioError([ValidationError("bad_yaml", name, None, "", said)]) from None
        at = getattr(error, "position", None)  # of a character that YAML does not take
        raise ScenarioError([_not_yaml(text, name, error, None if at is None else text.count("\n", 0, at))]) from None
    if not isinstance(data, dict):
        first = root.start_mark.line if root is not None else 0
        raise ScenarioError([Document(name, {}, {(): first + 1}).error("wrong_type", (), data, TABLE)])
    lines: dict[Path_, int] = {}
    starts: dict[Path_, int] = {}
    if root is not None:
        _note_lines(root, (), root.start_mark.line + 1, lines, starts)
    return Document(name, data, lines, starts, tuple(errors))


def value_of(text: str, place: ValidationError) -> Any:
    """One value written in YAML, as after ``--lever PATH=`` or in a cell of a table.

    Raises :class:`ScenarioError`, whose errors stand where ``place`` does.
    """
    try:
        document = parse(f"value: {text}", "")
        if set(document.data) != {"value"} or any(error.found == "value" for error in document.errors):
            raise ScenarioError([replace(place, kind="wrong_form", found=shown(text), allowed=ONE_VALUE)])
        if document.errors:
            raise ScenarioError(document.errors)
        return document.data["value"]
    except ScenarioError as refused:
        raise ScenarioError(
            replace(
                place,
                kind=error.kind,
                found=error.found,
                allowed=error.allowed,
                nearest=error.nearest and error.nearest.removeprefix("value: "),
            )
            for error in refused.errors
        ) from None


def _not_yaml(text: str, name: str, error: Exception, line: int | None) -> ValidationError:
    """Why YAML does not read a text: the slip that is seen in a line nearby, else what its reader says."""
    written = text.splitlines()
    last = -1 if line is None else min(line, len(written) - 1)
    nearby = range(last, max(last - LOOKED_BACK, -1), -1)
    for is_prose, place in ((is_prose, place) for is_prose in (False, True) for place in nearby):
        slip = slips.line(written[place], place == last, is_prose)
        if slip is not None:
            return ValidationError(
                "bad_yaml", name, place + 1, "", slip[0], "", slip[1] and shown(slip[1], LONGEST_LINE)
            )
    told = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", ""), error))
    said = next(words for problem, words in PROBLEMS.items() if problem in told)
    return ValidationError("bad_yaml", name, None if line is None else line + 1, "", said)


class _Shallow(Composer):
    """Gives a file up long before its nesting wears Python out: what is too deep is told below, this is a bomb."""

    depth = 0

    def compose_node(self, parent: Any, index: int) -> Any:
        """A node and all below it; raises RecursionError."""
        self.depth += 1
        if self.depth > 5 * DEEPEST:
            raise RecursionError
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refusals(node: Node, name: str, told: set[int], path: Path_ = ()) -> Iterator[ValidationError]:
    """What is not plain in a tree of YAML nodes. An anchored node is not entered: it may be entered a billion times."""

    def refuse(kind: str, found: Said, allowed: Said, at: Node = node, *below: str) -> ValidationError:
        return ValidationError(kind, name, at.start_mark.line + 1, ".".join(map(str, (*path, *below))), found, allowed)

    if node.anchor is not None and id(node) not in told:
        told.add(id(node))
        yield refuse(
            "anchor",
            f"&{node.anchor}",
            Words(zh="把每个值写全；文字则加引号", en="every value written out, a text in quotes"),
        )
    if node.anchor is not None:
        return
    if node.tag not in PLAIN_TAGS:
        yield refuse("tag", str(node.tag), Words(zh="普通的值；文字则加引号", en="plain values, a text in quotes"))
    if isinstance(node, ScalarNode) and UNSEEN.search(node.value):
        yield refuse("wrong_form", shown(node.value), SEEN)
    if isinstance(node, ScalarNode) and str(node.tag).endswith(":int") and len(node.value) > LONGEST_NUMBER:
        digits = [Words(zh=f"{n} 位的数", en=f"a number of {n} digits") for n in (len(node.value), LONGEST_NUMBER)]
        yield refuse("out_of_range", digits[0], digits[1])
    if isinstance(node, ScalarNode) and _is_no_day(node):
        yield refuse("no_such_day", shown(node.value), A_DAY)
        node.tag = TEXT  # so that the rest of the file can be read
    if len(path) > DEEPEST:
        more = Words(zh=f"超过 {DEEPEST} 层", en=f"more than {DEEPEST} levels")
        yield refuse("too_deep", more, Words(zh=f"{DEEPEST} 层", en=f"{DEEPEST} levels"))
    elif isinstance(node, MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or key.tag not in PLAIN_TAGS or key.anchor is not None:
                no_word = Words(zh="用列表或表作的键", en="a list or a table as a key")
                yield refuse("wrong_form", no_word, Words(zh="词、数或日期", en="words, numbers or dates"), key)
                continue
            if _is_no_day(key):
                yield refuse("no_such_day", shown(key.value), A_DAY, key, key.value)
                key.tag = TEXT
            if UNSEEN.search(key.value):
                yield refuse("wrong_form", shown(key.value), SEEN, key)
            if key.value in seen:
                yield refuse("duplicate_key", shown(key.value), Words(zh="每个键一次", en="each key once"), key)
            seen.add(key.value)
            yield from _refusals(value, name, told, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            yield from _refusals(value, name, told, (*path, place))


def _is_no_day(node: ScalarNode) -> bool:
    """Whether it is written as a date that the calendar does not have."""
    written = WHOLE_DAY.match(node.value) if str(node.tag).endswith(":timestamp") else None
    try:
        return written is not None and not date(*map(int, written.groups()))
    except ValueError:
        return True


def _note_lines(
    node: Node, path: tuple[str, ...], line: int, lines: dict[Path_, int], starts: dict[Path_, int]
) -> None:
    """Enter the line of a node and of everything below it; a key counts, not the value that may begin further down."""
    lines[path] = line
    if isinstance(node, ScalarNode) and node.value:
        starts[path] = node.start_mark.line + 1
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            _note_lines(value, (*path, str(key.value)), key.start_mark.line + 1, lines, starts)
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            _note_lines(value, (*path, str(place)), value.start_mark.line + 1, lines, starts)
