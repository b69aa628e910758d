"""What the names of the model are called in Chinese and English, and the name that a word of either language means.

The words are in ``names.yaml`` beside this file, those of sectors, sizes and agencies in ``calibration/``, where a
province may also have words of its own for the others; tables and the page show them, and a file may say them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from sim.classification import CLASSIFICATION, called
from sim.data_folders import CLASSIFICATION_FILE, calibration_file, of_calibration
from sim.refusal import Refusal, nearest

CATALOGUE: Final = Path(__file__).with_name("names.yaml")
LEFT_OUT: Final = ("业", "企业", "部门")  # endings of Chinese words that people leave out


@of_calibration
def labels(folder: Path) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Words by group and name, each ``{zh, en}``.

    Raises :class:`~sim.refusal.Refusal` where the province has a word for a name that there is not.
    """
    own, words = called(), _of_the_model()
    names = [f"{group}.{name}" for group, entries in words.items() for name in entries]
    for group, entries in own.items():
        for name in (f"{group}.{name}" for name in entries):
            if name not in names:
                file, near = calibration_file(folder, CLASSIFICATION_FILE), nearest(name, names)
                raise Refusal(
                    zh=f"{file}: called.{name}：模型没有这个名称" + (f"；是否想写 {near}？" if near else ""),
                    en=f"{file}: called.{name}: the model has no such name"
                    + (f"; did you mean {near}?" if near else ""),
                )
    return CLASSIFICATION.words() | {group: {**entries, **own.get(group, {})} for group, entries in words.items()}


@cache
def _of_the_model() -> dict[str, dict[str, dict[str, str]]]:
    from sim.yaml_reader import load  # start-up: whose names are all known needs no words

    content: dict[str, dict[str, dict[str, str]]] = load(CATALOGUE)
    return content


def meant(given: Any, *groups: str) -> Any:
    """The name in one of the groups that a word means; what means none, or several, is given back as it is."""
    if not isinstance(given, str) or any(given in labels()[group] for group in groups):
        return given
    found = {_meanings()[group][_folded(given)] for group in groups if _folded(given) in _meanings()[group]}
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


@of_calibration
def _meanings(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """By group, names by each of their words; a word of two names is none."""
    return {group: _names(entries) for group, entries in labels().items()}


def _names(entries: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for name, both in entries.items():
        words = {both["zh"], both["en"], name, *(both["zh"].removesuffix(ending) for ending in LEFT_OUT)}
        for word in words:
            found.setdefault(_folded(word), set()).add(name)
    return {word: names.pop() for word, names in found.items() if len(names) == 1 and word}


def _folded(word: str) -> str:
    return word.strip().casefold().replace("_", " ")
