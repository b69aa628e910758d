"""What is said of a sensitivity's factors and indices: an outcome or the effect on it, a strength in its unit."""

from __future__ import annotations

import json
from math import isnan
from typing import TYPE_CHECKING, Final

from sim.measure import Words
from sim.report.words.catalogue import LANGUAGES, Language, both, text
from sim.report.words.figures import with_ends
from sim.report.words.lever_names import value_name
from sim.report.words.numbers import FEN_PER_LARGE_UNIT, interval, share, width_in_unit
from sim.report.words.sentences import inside, outcome_name
from sim.study.reductions.costs import PUBLIC_COST

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity

ENDS: Final = ("low", "high")


def range_of(study: Sensitivity, factor: str) -> Words:
    """Between what a factor is varied, or its values where it takes one of a few."""
    row = study.factors.set_index("factor").loc[factor]
    if row["values"]:
        zh, en = (
            ", ".join(value_name(factor, value, lang) for value in json.loads(row["values"])) for lang in LANGUAGES
        )
        return Words(zh=zh, en=en)
    ends = {end: Words(zh=value_name(factor, row[end], "zh"), en=value_name(factor, row[end], "en")) for end in ENDS}
    return both("unit.interval", **ends)


def outcome_of(name: str) -> Words:
    """Name of an outcome, the public cost among them."""
    return both("sensitivity.public_cost") if name == PUBLIC_COST else outcome_name(name)


def about(study: Sensitivity, outcome: str) -> Words:
    """An outcome or the effect on it, within a sentence."""
    if study.against is None:
        return inside(outcome_of(outcome))
    scenario = study.manifest.scenarios[-1].title
    return both("sensitivity.effect", scenario=inside(scenario), outcome=inside(outcome_of(outcome)))


def strength(study: Sensitivity, value: float, unit: str) -> Words:
    """An index that says how strong a factor is: of Morris in the outcome's unit, else a share of the variance."""
    return width_in_unit(value, unit) if study.method == "morris" else share(value)


def with_interval(study: Sensitivity, value: float, low: float, high: float, unit: str) -> Words:
    """An index with its interval, where it has one."""
    written = strength(study, value, unit)
    if isnan(low):
        return written
    between = interval(low, high, lambda end: strength(study, end, unit))
    return with_ends(both("sensitivity.estimate", value=written, interval=between), written, low, high)


def scale_of(study: Sensitivity, outcome: str, lang: Language) -> tuple[float, str]:
    """What numbers of a chart are multiplied by, and the unit that they have then."""
    unit = study.unit(outcome)
    if study.method != "morris" or unit == "share":
        name = "points" if study.method == "morris" else "share"
        return 100.0, text(f"unit.{name}", lang, number="").strip()
    return 1.0 / FEN_PER_LARGE_UNIT[lang], text("unit.large_money", lang, number="").strip()
