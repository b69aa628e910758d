"""An object in short, as a console or a notebook shows it: what it is, what came out, the table that a person wants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any, Final, NamedTuple

from sim.observe.months import HEADLINES
from sim.observe.outcomes import PLAIN
from sim.observe.tables import TABLES, Result
from sim.report import answers
from sim.report.answers import validate
from sim.report.answers.answer import Table, failed, study_title
from sim.report.pages.findings import findings
from sim.report.terminal.firms import figures
from sim.report.terminal.tables import of_scenarios
from sim.report.words.catalogue import Language, named, text
from sim.report.words.language import of_environment
from sim.report.words.numbers import in_unit, plain_count, share
from sim.report.words.recalibrated import remarks
from sim.report.words.sentences import outcome_name, say
from sim.scenario import ClauseDetail, Scenario
from sim.study.comparison.journey import Journey
from sim.study.questions.comparison import Comparison
from sim.study.questions.validate import Validation
from sim.study.runs.live_run import LiveRun
from sim.study.runs.study import Study
from sim.study.summaries import calibration
from sim.study.summaries.comparison import ComparisonSummary

MOST_LINES: Final = 12
MOST_CHARACTERS: Final = 1_500
MOST_FINDINGS: Final = 5
ON_MEASURES: Final = ("title", "action", "start", "end", "id")  # columns of a scenario's table


class Short(NamedTuple):
    """What is said of an object: its head, remarks that must not be missed, what came out, the table, what it holds."""

    head: str
    remarks: Sequence[str] = ()
    findings: Sequence[str] = ()
    table: Table | None = None
    holds: str = ""


def in_short(what: Any, lang: Language | None = None) -> str:
    """The lines for a console, of which as many findings as fit; of the environment's language without one."""
    said = of(what, lang or of_environment())
    lines = [said.head, *said.remarks, *([said.holds] if said.holds else [])]
    for place, finding in enumerate(said.findings):
        line = f"- {finding}"
        if len(lines) == MOST_LINES or sum(map(len, lines)) + len(lines) + len(line) > MOST_CHARACTERS:
            break
        lines.insert(1 + len(said.remarks) + place, line)
    return "\n".join(lines)


@singledispatch
def of(what: Any, lang: Language) -> Short:
    """What is said of an object in a language."""
    raise TypeError(f"{type(what).__name__} is no result")


@of.register
def _of_study(study: Study, lang: Language) -> Short:
    manifest = study.manifest
    head = text(
        "short.study",
        lang,
        kind=type(study).__name__,
        title=say(lang, study_title(study)),
        scenarios=len(manifest.scenarios),
        firms=_firms(manifest.firms),
        replications=manifest.replications,
        seed=manifest.seed,
    )
    holds = text("short.tables", lang, tables=", ".join(study.tables()))
    found, table = _found(study, lang)
    remarked = [say(lang, remark) for remark in remarks(calibration.of_study(study))]
    return Short(head, [*failed(study, lang), *remarked], found[:MOST_FINDINGS], table, holds)


def _found(study: Study, lang: Language) -> tuple[list[str], Table | None]:
    """What came out of a study, and the table of it; nothing of one that another version of the model asked."""
    if isinstance(study, Comparison):
        told = [say(lang, finding) for finding in findings(ComparisonSummary(study))]
        return told, of_scenarios(study, lang)
    if study.kind not in answers.kinds():
        return [], None
    answer = answers.of(study.kind)
    missed = failed(study, lang)  # told as a remark
    told = [finding for finding in answer.findings(study, lang) if finding not in missed]
    return told, validate.scores(study, lang) if isinstance(study, Validation) else answer.tables(study, lang)[0]


@of.register
def _of_result(result: Result, lang: Language) -> Short:
    head = text(
        "short.result", lang,
        scenario=result.scenario, firms=_firms(result.firms), months=result.months, seed=result.seed,
    )  # fmt: skip
    values = {
        row["outcome"]: say(lang, in_unit(row["value"], row["unit"])) for row in result.outcomes.to_dict("records")
    }
    names = {outcome: say(lang, outcome_name(outcome)) for outcome in PLAIN}
    told = [text("answer.run.finding", lang, outcome=names[outcome], value=values[outcome]) for outcome in HEADLINES]
    columns = [text(f"cli.column.{name}", lang) for name in ("outcome", "value")]
    table = Table(text("answer.run.table", lang), columns, [[name, values[one]] for one, name in names.items()])
    holds = text("short.tables", lang, tables=", ".join(name for name in TABLES if len(getattr(result, name))))
    found = [say(lang, remark) for remark in remarks(calibration.of_result(result))]
    return Short(head, found, told, table, holds)


@of.register
def _of_journey(journey: Journey, lang: Language) -> Short:
    worlds = {"scenario": say(lang, journey.scenario.title), "against": say(lang, journey.against.title)}
    head = text("short.journey", lang, firms=len(journey.firms), seed=journey.seed, **worlds)
    rows = []
    for firm in journey.firms.to_dict("records"):
        traits = [say(lang, named(trait, str(firm[trait]))) for trait in ("sector", "size", "prefecture")]
        rows.append([str(firm["firm"]), *traits, say(lang, named("fate", firm["fate"])) if firm["fate"] else ""])
    columns = [text(f"short.column.{name}", lang) for name in ("firm", "sector", "size", "prefecture", "fate")]
    found = [say(lang, remark) for remark in remarks(calibration.of_journey(journey))]
    return Short(head, found, (), Table("", columns, rows), text("short.tables", lang, tables="firms, events"))


@of.register
def _of_scenario(scenario: Scenario, lang: Language) -> Short:
    head = text("short.scenario", lang, title=scenario.title, id=scenario.name)
    world = scenario.world
    told = [say(lang, scenario.description).strip()] if scenario.description != scenario.title else []
    told.append(
        text(
            "short.horizon",
            lang,
            start=world.start.isoformat(),
            end=world.end.isoformat(),
            against=", ".join(scenario.against) or "-",
        )
    )
    told.append(text("short.measures", lang, on=len(scenario.measures), nominal=_nominal(scenario)))
    if scenario.unused:
        told.append(text("short.unused", lang, levers=", ".join(scenario.unused)))
    columns = [text(f"short.column.{name}", lang) for name in ON_MEASURES]
    rows = [
        [
            say(lang, measure.title), say(lang, named("action", measure.action)), measure.start.isoformat(),
            measure.end.isoformat() if measure.end else "", measure.id,
        ]
        for measure in scenario.measures
    ]  # fmt: skip
    found = [say(lang, remark) for remark in remarks(calibration.of_scenarios([scenario]))]
    return Short(head, found, told, Table("", columns, rows) if rows else None)


def _nominal(scenario: Scenario) -> int:
    """Measures that are only a factor of assumed size."""
    return sum(measure.nominal is not None for measure in scenario.measures)


@of.register
def _of_clause(detail: ClauseDetail, lang: Language) -> Short:
    state = say(lang, named("clause_state", detail.state))
    told = [detail.paraphrase[lang]]
    origin = say(lang, named("origin", detail.origin))
    told.append(text("cli.note.origin", lang, origin=origin, source=detail.origin_source[lang]))
    told += [detail.note[lang]] if detail.note else []
    told += [text("cli.note.measure", lang, title=one.title[lang], id=one.id) for one in detail.measures]
    heads = [text(f"cli.column.{name}", lang) for name in ("measures", "figure", "since", "value", "unit", "meaning")]
    rows = [[one.title[lang], *row] for one in detail.measures for row in figures(one, lang)]
    return Short(f"{detail.id}  {detail.heading[lang]}  [{state}]", (), told, Table("", heads, rows) if rows else None)


@of.register
def _of_live_run(run: LiveRun, lang: Language) -> Short:
    day = text("short.no_day", lang) if run.date is None else text("short.day", lang, day=run.date.isoformat())
    head = text(
        "short.live_run", lang,
        scenario=run.scenario.title, firms=_firms(run.rows), seed=run.seed, day=day, left=run.months_left,
    )  # fmt: skip
    names = [say(lang, outcome_name(outcome)) for outcome in HEADLINES]
    rows = [
        [row["month"], *(say(lang, share(row[outcome])) for outcome in HEADLINES)]
        for row in run.outcomes.to_dict("records")
    ]
    if not rows:
        return Short(head)
    told = [
        text("answer.run.finding", lang, outcome=name, value=value)
        for name, value in zip(names, rows[-1][1:], strict=True)
    ]
    return Short(head, (), told, Table("", [text("answer.run.month", lang), *names], rows))


def _firms(firms: int | str) -> str:
    return plain_count(firms).en if isinstance(firms, int) else firms
