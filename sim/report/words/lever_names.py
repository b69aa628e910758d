"""What levers are called, and their values: in people's words where there are any in both languages, else by path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from sim.data_folders import scenarios_folder
from sim.instruments import instruments
from sim.measure import Words
from sim.recalibration import PARAMETERS
from sim.report.words.catalogue import Language, catalogue, named
from sim.report.words.parameter_names import factor_name
from sim.report.words.sentences import listed, say
from sim.scenario import levers
from sim.scenario.catalogue import Catalogue
from sim.scenario.catalogue import catalogue as measures_folder

MORE: Final = re.compile(r"[;:；：（(,，]")  # what a field means is said before the first of these; the rest explains
WORDS_OF_VALUES: Final = {  # groups of words, by the field's name
    "way": ("way",), "agency": ("agency",), "agencies": ("agency",), "bearer": ("party",), "debtors": ("debtors",),
    "flows": ("flow",), "base": ("flow",), "sectors": ("sector", "sector_group"), "sizes": ("size",),
    "landlords": ("landlord",), "flags": ("flag",), "facts": ("fact",), "prefectures": ("prefecture",),
}  # fmt: skip


def lever_name(path: str, lang: Language) -> str:
    """The name of what a dotted path changes, in one language, see :func:`lever_words`."""
    return say(lang, lever_words(path))


def lever_words(path: str) -> Words:
    """The name of what a dotted path changes.

    Of a measure its title and what the field means, of a reaction its id, which is all that is known of it here, and
    what the field means, of the world, of funds and of parameters what the words of the catalogue say; an
    action, a measure or a clause by itself has its own name. What has no words in both languages is called by its path,
    a parameter without the word ``parameters``.
    """
    return all_lever_words([path])[0]


def all_lever_words(paths: Iterable[str]) -> list[Words]:
    """The same of many paths, with one look at the catalogue."""
    known = _known()
    return [_name(path, known) or _as_it_is(path.removeprefix(PARAMETERS)) for path in paths]


def _name(path: str, known: Catalogue) -> Words | None:
    first, _, field = path.partition(".")
    if first == "firms":
        return catalogue()["lever.firms"]
    if not field:
        return known.measures[first].title if first in known.measures else catalogue().get(f"action.{first}")
    if first == "parameters":
        return factor_name(field)
    if first == "funds":
        return _of_fund(field, known)
    if first == "reactions":
        id_, _, what = field.partition(".")
        return _of_one(_as_it_is(id_), catalogue().get(f"lever.reaction.{what}"))
    if first in ("world", "plan"):
        return catalogue().get(f"lever.{first}.{field}")
    owner = known.measures[first].title if first in known.measures else catalogue()["lever.all"]
    return _of_one(owner, _meaning(first, field.removeprefix("values."), known))


def with_path(path: str, lang: Language) -> str:
    """The name and, below it, the path as it is typed; of what is called by its path only that."""
    name = lever_name(path, lang)
    return name if name in (path, path.removeprefix(PARAMETERS)) else f"{name}\n{path}"


def field_name(path: str, lang: Language) -> str:
    """The same without the measure or the fund that it belongs to: where only one of them is spoken of."""
    return lever_name(path, lang).rpartition("：" if lang == "zh" else ": ")[2]


def value_name(path: str, value: Any, lang: Language) -> str:
    """A value of a lever in one line: a word in people's words, a number as it is written, a table as JSON."""
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    if value is None or value != value:
        return say(lang, named("unit", "missing"))
    if isinstance(value, bool):
        return say(lang, named("lever", "on" if value else "off"))
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    if isinstance(value, str):
        return say(lang, _word(path, value))
    if isinstance(value, list) and value and path.rpartition(".")[2] in WORDS_OF_VALUES:
        return say(lang, listed(_word(path, str(one)) for one in value))
    return json.dumps(value, ensure_ascii=False, default=str).strip('"')


def _word(path: str, value: str) -> Words:
    """What a word that a lever is set to is called, itself where nothing is known of it."""
    names = (f"{group}.{value}" for group in WORDS_OF_VALUES.get(path.rpartition(".")[2], ()))
    known = catalogue()
    return next((known[name] for name in names if name in known), _as_it_is(value))


def _meaning(first: str, field: str, known: Catalogue) -> Words | None:
    """What a field means: the catalogue says it, or the instruments that have it say it of their values."""
    measure = known.measures.get(first)
    if measure is None and first != levers.ALL:
        return None
    said = catalogue().get(f"lever.field.{field}")
    if said is not None:
        return said
    models = [type(measure.values)] if measure else [module.Values for module in instruments().values()]
    meanings = [
        (_short(str(entry.json_schema_extra["zh"])), _short(entry.description or ""))
        for model in models
        if (entry := model.model_fields.get(field)) and isinstance(entry.json_schema_extra, dict)
    ]
    zh, en = (" / ".join(dict.fromkeys(words)) for words in zip(*meanings, strict=True)) if meanings else ("", "")
    return Words(zh=zh, en=en) if zh and en else None


def _of_fund(field: str, known: Catalogue) -> Words | None:
    id_, _, what = field.partition(".")
    fund = known.funds.get(id_)
    return _of_one(fund.title, catalogue().get(f"lever.fund.{what}")) if fund is not None else None


def _of_one(owner: Words, said: Words | None) -> Words | None:
    return said and Words(zh=f"{owner.zh}：{said.zh}", en=f"{owner.en}: {said.en}")


def _as_it_is(name: str) -> Words:
    return Words(zh=name, en=name)


def _short(meaning: str) -> str:
    return MORE.split(meaning.replace("`", ""), maxsplit=1)[0].strip()


def _known() -> Catalogue:
    return measures_folder(scenarios_folder())
