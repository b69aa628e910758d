"""What people read, in Chinese and English, by name: ``text("sector.catering", "en")``.

The catalogue is ``catalogue.yaml`` and ``parameters.yaml`` beside this file, and :mod:`sim.names` for the names of the
model: one entry ``{zh, en}`` for each name, in nested groups whose names are joined by dots. Everything that prints for
people (tables, page, charts, command) takes its words from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from sim.data_folders import of_calibration
from sim.measure import Words
from sim.names import labels
from sim.population.counties import prefecture_words

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
CATALOGUE: Final = tuple(Path(__file__).with_name(name) for name in ("catalogue.yaml", "parameters.yaml"))
UNITS: Final = "parameter_unit"  # the group of units, whose names are the English words themselves


@of_calibration
def catalogue(folder: Path) -> Mapping[str, Words]:
    """Every entry by its dotted name; ``ValueError`` names an entry that is not exactly ``{zh, en}``."""
    from sim.yaml_reader import load  # start-up: who imports the package reads no word yet

    named_groups = {group: words for group, words in labels().items() if words}  # a province may have none of a kind
    names: dict[str, Any] = {**named_groups, "prefecture": prefecture_words()}
    for file in CATALOGUE:
        names |= load(file)
    names[UNITS] = {
        unit: {"zh": said, "en": unit} if isinstance(said, str) else said for unit, said in names[UNITS].items()
    }
    return dict(_entries("", names))


def words(lang: Language) -> dict[str, str]:
    """Every text of one language by its dotted name."""
    return {name: getattr(entry, lang) for name, entry in catalogue().items()}


def both(name: str, **values: Words | str | int) -> Words:
    """The text in both languages, ``{braces}`` filled in; a value may itself differ by language."""
    return Words(zh=text(name, "zh", **values), en=text(name, "en", **values))


def text(name: str, lang: Language, **values: Words | str | int) -> str:
    """The text in one language, ``{braces}`` filled in; ``KeyError`` when the catalogue has no such name."""
    pattern: str = getattr(catalogue()[name], lang)
    return pattern.format(**{k: getattr(v, lang) if isinstance(v, Words) else v for k, v in values.items()})


def named(group: str, name: str) -> Words:
    """The word for a name of the model, or the name itself when the catalogue does not know it."""
    entry = catalogue().get(f"{group}.{name}")
    return entry or Words(zh=name, en=name.replace("_", " "))


def _entries(prefix: str, branch: Any) -> Iterator[tuple[str, Words]]:
    if not isinstance(branch, dict) or branch.keys() in ({"zh"}, {"en"}, set()):
        raise ValueError(f"catalogue of words: '{prefix}' is not a group of names and not {{zh, en}}")
    if branch.keys() & {"zh", "en"}:
        yield prefix, Words.model_validate(branch)
        return
    for name, below in branch.items():
        yield from _entries(f"{prefix}.{name}" if prefix else str(name), below)
