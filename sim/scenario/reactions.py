"""Reactions as a scenario file writes them, checked against what there is: measures that are on, values, funds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sim.measure import Dated, Measure, Words
from sim.names import meant
from sim.reaction import Reaction
from sim.scenario.catalogue import Catalogue
from sim.scenario.checking import Path, Source, check
from sim.scenario.slips import near
from sim.scenario.validation_errors import ValidationError, listed
from sim.vocabulary import ACTIONS, MECHANISMS

BEGIN_OR_END: Final = Words(zh="begin 或 end", en="begin or end")
MEASURES: Final = Words(zh="行动、章节或已启用的措施", en="an action, a section or a measure that is on")
ON: Final = Words(zh="已启用的措施", en="a measure that is on")
PAID_ELSEWHERE: Final = "top_up_yuan"  # money on its days, which is not what holds while something lasts: see `pay`


def build_reaction(
    known: Catalogue,
    data: Mapping[str, Any],
    source: Source,
    on: Mapping[str, Measure],
    defined: Collection[str],
    is_clear: bool,
) -> tuple[Reaction | None, list[ValidationError]]:
    """A reaction from plain data, or everything that is wrong with it.

    ``on`` are the measures that are on, by id, ``defined`` the ids of those that the scenario defines; ``is_clear``:
    whether it is known which are on. Names of actions and sections become those of their measures.
    """
    reaction, errors = check(Reaction, data, source)
    if reaction is None:
        return None, errors
    named: dict[str, tuple[str, ...]] = {}
    for key in ("begin", "end"):
        ids, wrong = _measures(known, getattr(reaction, key), source, key, on, defined, is_clear)
        errors += wrong
        named[key] = ids
    both = sorted({*named["begin"]} & {*named["end"]})
    if both:
        errors.append(source.error("both_ways", ("end",), listed(both), BEGIN_OR_END))
    errors += _values(known, reaction, source, on, defined, is_clear)
    errors += _funds(known, reaction, source)
    return (None if errors else reaction.model_copy(update=named)), errors


def _measures(
    known: Catalogue,
    names: Iterable[str],
    source: Source,
    key: str,
    on: Mapping[str, Measure],
    defined: Collection[str],
    is_clear: bool,
) -> tuple[tuple[str, ...], list[ValidationError]]:
    """Measures that are on that the names under ``key`` stand for, sorted."""
    ids: set[str] = set()
    errors = []
    for place, written in enumerate(names):
        name = meant(written, "action")
        groups = (*ACTIONS, MECHANISMS, *known.plan.sections)
        everything = (*groups, *known.sources, *defined)
        if name not in everything:
            errors.append(source.error("unknown_measure", (key, place), name, MEASURES, near(name, everything)))
            continue
        found = {id_ for id_, measure in on.items() if name in (id_, measure.action, measure.section)}
        if not found and is_clear:
            errors.append(source.error("measure_is_off", (key, place), name, MEASURES))
        ids |= found
    return tuple(sorted(ids)), errors


def dated_values(measure: Measure) -> list[str]:
    """Values that a measure states and that may change by date: those that a reaction may set."""
    fields = type(measure.values).model_fields
    return [name for name in fields if isinstance(getattr(measure.values, name), Dated) and name != PAID_ELSEWHERE]


def _values(
    known: Catalogue,
    reaction: Reaction,
    source: Source,
    on: Mapping[str, Measure],
    defined: Collection[str],
    is_clear: bool,
) -> Iterator[ValidationError]:
    """What is wrong with the values that a reaction sets."""
    for path, value in reaction.set.items():
        id_, _, name = path.partition(".")
        at: Path = ("set", path)
        if id_ not in on:
            if id_ not in known.sources and id_ not in defined:
                yield source.error("unknown_measure", at, id_, ON, near(id_, on))
            elif is_clear:
                yield source.error("measure_is_off", at, id_, ON)
            continue
        allowed = dated_values(on[id_])
        if name not in allowed:
            meant_name = near(name, allowed)
            paths = [f"{id_}.{one}" for one in allowed]
            yield source.error("unknown_value", at, path, listed(paths), meant_name and f"{id_}.{meant_name}")
            continue
        model = type(on[id_].values)
        data = on[id_].values.model_dump(mode="json") | {name: value}
        _, wrong = check(model, data, Source(source.document, (), {(name,): (source.document, (*source.at, *at))}))
        yield from wrong


def _funds(known: Catalogue, reaction: Reaction, source: Source) -> Iterator[ValidationError]:
    """Funds that there are not, and one that no prefecture has for itself."""
    asked: list[tuple[Path, str]] = []
    if reaction.fund is not None:
        asked.append((("fund",), reaction.fund))
    if reaction.pay is not None:
        asked.append((("pay", "fund"), reaction.pay.fund))
    for at, name in asked:
        if name not in known.funds:
            yield source.error("unknown_fund", at, name, listed(known.funds), near(name, known.funds))
    fund = known.funds.get(str(reaction.fund))
    if fund is not None and fund.level == "province" and reaction.place != "province":
        yield source.error("not_counted_there", ("place",), reaction.place, "province")
