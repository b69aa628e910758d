"""Sentences out of parts: names as they stand inside a sentence, lists of names, sentences one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sim.measure import Words
from sim.observe.outcomes import OUTCOMES, RATES
from sim.report.words.catalogue import Language, both, named
from sim.report.words.numbers import money
from sim.units import fen
from sim.vocabulary import COUNTED_BY, HEADLINE_UNIVERSE

MOST_NAMED: Final = 3  # of several, in a sentence


def say(lang: Language, words: Words) -> str:
    """What is said in one of the two languages."""
    said: str = getattr(words, lang)
    return said


def outcome_name(outcome: str) -> Words:
    """Name of an outcome for people; a variant is told by its universe and by how it is counted."""
    entry = OUTCOMES.get(outcome)
    if entry is not None and entry.base != outcome:
        of, by = both(f"outcome.whom.{entry.universe}"), both(f"outcome.by.{entry.by}")
        if entry.universe == HEADLINE_UNIVERSE:
            of = by
        elif entry.by != COUNTED_BY[0]:
            of = both("outcome.of_and_by", of=of, by=by)
        return both("outcome.variant", rate=outcome_name(entry.base), of=of)
    known = named(f"outcome.{outcome}", "name")
    return known if known.en != "name" else Words(zh=outcome, en=outcome.replace("_", " "))


def outcome_meaning(outcome: str, plan: Mapping[str, Any]) -> Words:
    """What an outcome is, in one line: of a rate also of whom it is and how they are counted.

    ``plan``: as the contents of a scenario have it; its targets say when and below which sum an outcome is read.
    """
    entry = OUTCOMES[outcome]
    on, ceiling = _read_on(plan, outcome), _ceiling(plan, outcome)
    if entry.base not in RATES:
        return both(f"outcome.{outcome}.meaning", on=on, ceiling=ceiling)
    meaning = both(f"outcome.{entry.base}.meaning", whom=both(f"outcome.whom.{entry.universe}"), on=on)
    return both(f"outcome.counted.{entry.by}", meaning=meaning)


def _read_on(plan: Mapping[str, Any], outcome: str) -> Words:
    """The end of the month in which a plan's targets have an outcome read, see `sim.scenario.schema.Plan.read_on`.

    Plans of earlier versions name no day.
    """
    day = _target_day(plan, outcome)
    return both("outcome.last_month") if day is None else _end_of_month(day)


def _target_day(plan: Mapping[str, Any], outcome: str) -> date | None:
    said = {target["outcome"]: target.get("on") for target in plan["targets"]}
    on = said.get(outcome) or said.get(OUTCOMES[outcome].base) or plan.get("targets_on")
    return None if on is None else date.fromisoformat(str(on))


def days_of_rates(outcomes: Iterable[str], contents: Mapping[str, Any]) -> Words:
    """When outcomes are read, in a sentence. ``contents``: of the scenario that they are of.

    What is read at the end of the horizon, or on a day that lies beyond it, is told with its last month.
    """
    last = date.fromisoformat(str(contents["world"]["end"]))
    by_day: dict[date, list[Words]] = {}
    for outcome in outcomes:
        on = None if OUTCOMES[outcome].read == "end" else _target_day(contents["plan"], outcome)
        day = last if on is None or not contents["world"]["start"] <= on.isoformat() <= last.isoformat() else on
        by_day.setdefault(day.replace(day=1), []).append(inside(outcome_name(outcome)))
    told = [both("cli.note.day_of_rate", outcomes=listed(of), day=_end_of_month(day)) for day, of in by_day.items()]
    mark = both("recalibration.mark")
    days = Words(zh=mark.zh.join(one.zh for one in told), en=mark.en.join(one.en for one in told))
    return both("cli.note.days_of_rates", days=days)


def _end_of_month(day: date) -> Words:
    return Words(zh=f"{day.year} 年 {day.month} 月底", en=f"the end of {day:%B %Y}")


def _ceiling(plan: Mapping[str, Any], outcome: str) -> Words:
    """The sum below which debts count in an outcome."""
    said = next((target.get("ceiling_yuan") for target in plan["targets"] if target["outcome"] == outcome), None)
    return both("outcome.any_sum") if said is None else money(fen(said))


def plan_words(plan: Mapping[str, Any]) -> dict[str, Words | str]:
    """What sentences say of a plan, as the contents of a scenario have it: ``plan``, ``document`` and ``number``."""
    title, name = plan["title"], plan.get("name")
    return {
        "plan": Words.model_validate(name or title),
        "document": Words.model_validate(title),
        "number": str(plan["number"]),
    }


def inside(name: Words) -> Words:
    """A common noun as it stands inside a sentence."""
    return Words(zh=name.zh, en=name.en[:1].lower() + name.en[1:])


def listed(names: Iterable[Words], most: int | None = None) -> Words:
    """Names in a sentence, of more than ``most`` the first of them and how many others."""
    every, comma = list(names), both("report.comma")
    shown = every[:most]
    said = Words(zh=comma.zh.join(one.zh for one in shown), en=comma.en.join(one.en for one in shown))
    return said if len(shown) == len(every) else both("report.and_others", names=said, count=len(every) - len(shown))


def joined(sentences: Iterable[Words]) -> Words:
    """Sentences one after the other."""
    said = list(sentences)
    return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))
