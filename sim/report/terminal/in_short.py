"""A result in a few lines, as a console or a notebook shows the object itself: what it is, what tables it has."""

from __future__ import annotations

from typing import Any

from sim.observe.tables import TABLES, Result
from sim.report.answers.answer import study_title
from sim.report.words.catalogue import Language, text
from sim.report.words.language import of_environment
from sim.report.words.numbers import plain_count
from sim.report.words.recalibrated import remarks
from sim.report.words.sentences import say
from sim.study.comparison.journey import Journey
from sim.study.runs.study import Study
from sim.study.summaries import calibration


def in_short(what: Any, lang: Language | None = None) -> str:
    """Lines in a language, of the environment without one: what it is, its tables, where it is not as calibrated."""
    lang = lang or of_environment()
    match what:
        case Study():
            said, found = _study(what, lang), calibration.of_study(what)
        case Journey():
            said, found = _journey(what, lang), calibration.of_journey(what)
        case Result():
            said, found = _result(what, lang), calibration.of_result(what)
        case _:
            raise TypeError(f"{type(what).__name__} is no result")
    return "\n".join([*said, *(say(lang, remark) for remark in remarks(found))])


def _study(study: Study, lang: Language) -> list[str]:
    manifest, tables = study.manifest, study.tables()
    first = text(
        "short.study",
        lang,
        kind=type(study).__name__,
        title=say(lang, study_title(study)),
        scenarios=len(manifest.scenarios),
        firms=_firms(manifest.firms),
        replications=manifest.replications,
        seed=manifest.seed,
    )
    failed = text("short.failed", lang, failed=len(study.failures), all=len(study.runs))
    named = text("short.tables", lang, tables=", ".join(name for name in tables))
    return [first, *([failed] if len(study.failures) else []), named]


def _journey(journey: Journey, lang: Language) -> list[str]:
    worlds = {"scenario": say(lang, journey.scenario.title), "against": say(lang, journey.against.title)}
    first = text("short.journey", lang, firms=len(journey.firms), seed=journey.seed, **worlds)
    return [first, text("short.tables", lang, tables="firms, events")]


def _result(result: Result, lang: Language) -> list[str]:
    firms, tables = _firms(result.firms), ", ".join(name for name in TABLES if len(getattr(result, name)))
    first = text("short.result", lang, scenario=result.scenario, firms=firms, months=result.months, seed=result.seed)
    return [first, text("short.tables", lang, tables=tables)]


def _firms(firms: int | str) -> str:
    return plain_count(firms).en if isinstance(firms, int) else firms
