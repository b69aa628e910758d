"""How a YAML file is read: by libyaml, in a fifth of the time, where it says what ruamel.yaml says, else by that.

A run reads nearly ninety files before its first day. Only how a text is taken apart differs: what a word means (YAML
1.2) and what becomes of it is ruamel.yaml's in both cases. libyaml is of YAML 1.1, so texts that the versions may
understand differently are not given to it, and whatever it does not take is read again by ruamel.yaml, which tells why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML, composer
from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # libyaml, as ruamel.yaml.clib brings it
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode
from ruamel.yaml.resolver import VersionedResolver

# What the two may read differently: marks between documents; a comment or a line of blanks where lines of text begin;
# tabs, and what YAML 1.1 takes for ends of lines. One after the other is quicker than all in one.
DIFFERENT: Final = (
    re.compile(r"^(?:%|---|\.\.\.)", re.MULTILINE),
    re.compile(r"[|>][-+\d]*[ \r]*(?:#|[\r\n]+ +(?:[\r\n]|\Z))"),
    re.compile("[\t\x85\u2028\u2029\ufeff]"),
)


class _Resolver(VersionedResolver):
    """Tells what a word means by YAML 1.2, without asking at each whether a directive said otherwise."""

    processing_version = (1, 2)


class Composer(composer.Composer):
    """Puts what is read together, and looks up once by whom: ruamel.yaml does five times a word."""

    @cached_property
    def parser(self) -> Any:
        """Who takes the text apart."""
        return super().parser

    @cached_property
    def resolver(self) -> Any:
        """Who tells what a word means."""
        return super().resolver


def readers(text: str) -> list[YAML]:
    """Those who may read a text, to be asked one after the other until one takes it; the last one's word is final."""
    pure = YAML(typ="safe", pure=True)
    if any(different.search(text) for different in DIFFERENT):
        return [pure]
    fast = YAML(typ="safe", pure=True)
    fast.Composer, fast.Resolver, fast.Parser = Composer, _Resolver, lambda loader: CParser(text)
    return [fast, pure]


def load(path: Path) -> Any:
    """What a file says, as plain data; raises ``OSError`` and ``YAMLError``, which tells the place in the file."""
    with suppress(YAMLError, ValueError):
        text = path.read_text(encoding="utf-8")
        return readers(text)[0].load(text)
    return YAML(typ="safe", pure=True).load(path)


def line(path: Path, keys: Sequence[object]) -> int:
    """Line, from 1, on which a file has the value at ``keys``; where it has none there, that of what is nearest above.

    The file is one that :func:`load` has taken. It is read once more, which only who has found a mistake does.
    """
    found, node = 1, _composed(path.read_text(encoding="utf-8"))
    for key in keys:
        pairs = node.value if isinstance(node, MappingNode) else ()
        here = next(((name, value) for name, value in pairs if name.value == str(key)), None)
        if here is None:
            break
        found, node = here[0].start_mark.line + 1, here[1]
    return found


@lru_cache(maxsize=2)
def _composed(text: str) -> Any:
    """The nodes of a text, with their marks; those of the last texts are kept, for mistakes come together."""
    *fast, final = readers(text)
    for yaml in fast:
        with suppress(YAMLError, ValueError):
            return yaml.compose(text)
    return final.compose(text)
