"""What the names of the model are called in Chinese and English, and the name that a word of either language means.

The words are in ``names.yaml`` beside this file, those of sectors, sizes and agencies in ``calibration/``; tables and
the page show them, and a file may say them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from sim.classification import CLASSIFICATION

CATALOGUE: Final = Path(__file__).with_name("names.yaml")
LEFT_OUT: Final = ("业", "企业", "部门")  # endings of Chinese words that people leave out


@cache
def labels() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Words by group and name, each ``{zh, en}``."""
    from sim.yaml_reader import load  # start-up: whose names are all known needs no words

    content: dict[str, dict[str, dict[str, str]]] = load(CATALOGUE)
    return CLASSIFICATION.words() | content


def meant(given: Any, *groups: str) -> Any:
    """The name in one of the groups that a word means; what means none, or several, is given back as it is."""
    if not isinstance(given, str) or any(given in labels()[group] for group in groups):
        return given
    found = {_words(group)[_folded(given)] for group in groups if _folded(given) in _words(group)}
    return found.pop() if len(found) == 1 else given


@dataclass(frozen=True)
class Named:
    """Marks a closed list of names whose words in either language are taken for the names."""

    groups: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def either(given: Any, name: ValidatorFunctionWrapHandler) -> Any:
            try:
                return name(given)
            except ValidationError:
                known = meant(given, *self.groups)
                if known is given:
                    raise
                return name(known)

        return core_schema.no_info_wrap_validator_function(either, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        written = handler(schema)
        names = written.get("enum", [])
        words = [
            word for group in self.groups for name, both in labels()[group].items() if name in names
            for word in both.values()
        ]  # fmt: skip
        return {**written, "enum": list(dict.fromkeys([*names, *words]))}


@cache
def _words(group: str) -> Mapping[str, str]:
    """Names by each of their words; a word of two names is none."""
    found: dict[str, set[str]] = {}
    for name, both in labels()[group].items():
        words = {both["zh"], both["en"], name, *(both["zh"].removesuffix(ending) for ending in LEFT_OUT)}
        for word in words:
            found.setdefault(_folded(word), set()).add(name)
    return {word: names.pop() for word, names in found.items() if len(names) == 1 and word}


def _folded(word: str) -> str:
    return word.strip().casefold().replace("_", " ")
