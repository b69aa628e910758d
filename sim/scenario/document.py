"""One YAML file as plain data, with the line of every field; hostile files are refused.

Only the plain part of YAML is read: maps, lists, texts, numbers, dates, true and false. Anchors, aliases and tags,
which can hide a bomb or run code, are refused, and so are files beyond ``LARGEST_FILE``.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.scenario.faults import Fault, ScenarioError, shown

LARGEST_FILE: Final = 200_000  # bytes; the largest shipped file has 15,000
DEEPEST: Final = 20
PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)
# What a terminal or a page would obey and nobody would see: controls, halves of characters, changes of direction.
UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_NUMBER: Final = 300  # characters; a longer one is no number of this world and cannot always be written out
LONGEST_VALUE: Final = 80  # characters of a found value in a sentence
LONGEST_REASON: Final = 400
Path_ = tuple[str | int, ...]  # the way from the root of a file to one of its fields


@dataclass(frozen=True)
class Document:
    """The data of one file and where each field stands. ``name`` is how sentences call the file.

    ``faults`` are keys written twice: the rest of the file can still be checked.
    """

    name: str
    data: dict[Any, Any]
    lines: dict[Path_, int] = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of a field, or of the nearest field above it that the file holds; counts from 1."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(tuple(str(part) for part in path[:length]))
            if line is not None:
                return line
        return None

    def fault(
        self, kind: str, path: Sequence[str | int], found: object, allowed: str = "", near: str | None = None
    ) -> Fault:
        """A fault at a field of this file."""
        return Fault(
            kind,
            self.name,
            self.line(path),
            ".".join(map(str, path)),
            shown(found, LONGEST_REASON if kind == "reason" else LONGEST_VALUE),
            allowed,
            near,
        )


def display(path: Path) -> str:
    """How a sentence calls a file: relative to where the user stands if it lies below, else in full."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, not a path at all, or a link to itself
        return str(path)


def read(path: Path) -> Document:
    """Read one file; raises :class:`ScenarioError` with every reason why it cannot be taken as plain data."""
    name = display(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a device or a pipe may never end
            raise ScenarioError([Fault("unreadable", name, None, "", "it is not a file")])
        size = status.st_size
        text = path.read_text(encoding="utf-8-sig") if size <= LARGEST_FILE else ""
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise ScenarioError([Fault("unreadable", name, None, "", reason)]) from None
    if size > LARGEST_FILE:
        raise ScenarioError([Fault("too_large", name, None, "", f"{size} bytes", f"{LARGEST_FILE} bytes")])
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read YAML text as the file ``name``; raises :class:`ScenarioError`."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Shallow
    yaml.allow_duplicate_keys = True  # told by `_refusals`, together with everything else
    try:
        root = yaml.compose(text)
        faults = list(_refusals(root, name, set())) if root is not None else []
        if any(fault.kind != "duplicate_key" for fault in faults):
            raise ScenarioError(faults)
        data = yaml.constructor.construct_document(root) if root is not None else {}
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ScenarioError(
            [Fault("bad_yaml", name, mark.line + 1 if mark else None, "", shown(error.problem or error.context))]
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else shown(error)
        raise ScenarioError([Fault("bad_yaml", name, None, "", reason)]) from None
    if not isinstance(data, dict):
        raise ScenarioError([Fault("wrong_type", name, 1, "", shown(data), "a table of keys and values")])
    lines: dict[Path_, int] = {}
    if root is not None:
        _note_lines(root, (), root.start_mark.line + 1, lines)
    return Document(name, data, lines, tuple(faults))


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


def _refusals(node: Node, name: str, told: set[int], path: Path_ = ()) -> Iterator[Fault]:
    """What is not plain in a tree of YAML nodes. An anchored node is not entered: it may be entered a billion times."""

    def refuse(kind: str, found: str, allowed: str, at: Node = node) -> Fault:
        return Fault(kind, name, at.start_mark.line + 1, ".".join(map(str, path)), found, allowed)

    if node.anchor is not None and id(node) not in told:
        told.add(id(node))
        yield refuse("anchor", f"&{node.anchor}", "every value written out")
    if node.anchor is not None:
        return
    if node.tag not in PLAIN_TAGS:
        yield refuse("tag", str(node.tag), "plain values")
    if isinstance(node, ScalarNode) and UNSEEN.search(node.value):
        yield refuse("wrong_form", shown(node.value), "characters that can be seen")
    if isinstance(node, ScalarNode) and str(node.tag).endswith(":int") and len(node.value) > LONGEST_NUMBER:
        yield refuse("out_of_range", f"a number of {len(node.value)} digits", f"at most {LONGEST_NUMBER} digits")
    if len(path) > DEEPEST:
        yield refuse("too_deep", f"more than {DEEPEST} levels", f"{DEEPEST} levels")
    elif isinstance(node, MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or key.tag not in PLAIN_TAGS or key.anchor is not None:
                yield refuse("wrong_type", "a key that is not a plain word", "words, numbers or dates as keys", key)
                continue
            if UNSEEN.search(key.value):
                yield refuse("wrong_form", shown(key.value), "characters that can be seen", key)
            if key.value in seen:
                yield refuse("duplicate_key", key.value, "each key once", key)
            seen.add(key.value)
            yield from _refusals(value, name, told, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            yield from _refusals(value, name, told, (*path, place))


def _note_lines(node: Node, path: tuple[str, ...], line: int, lines: dict[Path_, int]) -> None:
    """Enter the line of a node and of everything below it; a key counts, not the value that may begin further down."""
    lines[path] = line
    if isinstance(node, MappingNode):
        for key, value in node.value:
            _note_lines(value, (*path, str(key.value)), key.start_mark.line + 1, lines)
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            _note_lines(value, (*path, str(place)), value.start_mark.line + 1, lines)
