"""Commands that run scenarios and store what they leave: ``compare`` and ``run``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import (
    AsJson,
    Cluster,
    Conditions,
    FirmsAsked,
    Levers,
    Replications,
    ScenarioName,
    Seed,
    Threads,
    Workers,
    answered,
    argument,
    command,
    conditions,
    deliver,
    end_study,
    firms_asked,
    loaded,
    option,
    place_of,
    processes,
    write_report,
)  # fmt: skip
from sim.cli.streams import tell
from sim.refusal import Refusal
from sim.report.terminal import json_answers, tables
from sim.report.words.catalogue import Language
from sim.scenario import Scenario, from_words
from sim.study.arguments import OVER_RANGES
from sim.study.comparison.scenarios import default
from sim.study.keywords import Execution
from sim.study.runs.specification import Setting

if TYPE_CHECKING:
    from sim.observe.inside import Inside
    from sim.study.questions.comparison import Comparison
    from sim.study.summaries.moving_levers import KeptSensitivity


OF_CLAUSES: Final = 2  # replications of each clause, where nobody says which scenarios


def _meant(where: list[str] | None) -> dict[str, list[str]]:
    """Conditions on firms in the names that tables use; refused before anything runs."""
    from sim.observe.some_firms import check  # start-up: not for `--help`

    try:
        return check(conditions(where or ()))
    except Refusal as refused:
        refuse([refused.zh if language() == "zh" else refused.en])


def _kept(folder: Path, scenarios: Sequence[Scenario]) -> KeptSensitivity:
    """The sensitivity in a folder, for the page of a comparison; one that fits none is refused before anything runs."""
    from sim.study.runs.manifest import calibration_fingerprint, sources_fingerprint  # start-up: not for `--help`
    from sim.study.summaries.moving_levers import is_of, kept_in  # start-up: pandas, not for `--help`

    kept, model = kept_in(folder, str(folder)), (calibration_fingerprint(), sources_fingerprint())
    if not any(is_of(kept.study, scenario.contents(), model) for scenario in scenarios):
        names, varied = ", ".join(scenario.name for scenario in scenarios), kept.study.manifest.scenarios[-1].name
        refuse([say("fault.sensitivity", folder=str(folder), scenario=varied, allowed=names)])
    return kept


@command("compare")
def compare(
    scenarios: Annotated[list[str] | None, argument("scenario", "scenarios")] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 10,
    draws: Annotated[int, option("draws", "number", "draws", min=OVER_RANGES.least, max=OVER_RANGES.most)] = 32,
    uncertainty: Annotated[str | None, option("uncertainty", "name", "uncertainty", show_default=False)] = None,
    clause_replications: Annotated[
        int | None,
        option("clause-replications", "number", "clause_replications", min=OVER_RANGES.least, max=OVER_RANGES.most),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out", show_default=False)] = None,
    lever: Levers = None,
    against: Annotated[list[str] | None, option("against", "scenario", "compare_against")] = None,
    where: Conditions = None,
    sensitivity: Annotated[Path | None, option("sensitivity", "folder", "sensitivity", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Run scenarios side by side, store the tables, then write the report."""
    from sim.report.terminal import some_firms  # start-up: pandas, not for `--help`
    from sim.study.answering import Asked
    from sim.study.questions.comparison import Question

    levers = from_words(lever or [])
    with_all = loaded(against, levers) if against else []
    side_by_side = loaded(scenarios or default(), levers)
    of_clauses = clause_replications if clause_replications is not None else 0 if scenarios else OF_CLAUSES
    question = Question(side_by_side, replications, draws, of_clauses, with_all, uncertainty)
    changes = [f"{path}={value}" for path, value in levers.items()]
    changes += [f"against={name}" for name in against or ()]
    out = out or place_of("comparison", scenarios or (), changes, firms, seed)
    asked = Asked("comparison", question, Setting(levers, firms_asked(firms), seed))
    some, kept = _meant(where), None if sensitivity is None else _kept(sensitivity, side_by_side)

    def told(study: Comparison, folder: Path) -> dict[str, Any]:
        return json_answers.answer_of_comparison(study, folder) | some_firms.answer(study, some)

    def show(study: Comparison, lang: Language) -> None:
        tables.show_added(study, [*side_by_side, *with_all], lang)
        tables.show_comparison(study, lang)
        some_firms.show(study, some, lang)

    with answered(asked, Execution(processes(workers), cluster, out)) as (study, _):
        has_page = deliver(study, out, told, show, language(), as_json, kept)
    failed = study.clause_effects[study.clause_effects["reason"] != ""].drop_duplicates("clause")
    for row in failed.to_dict("records"):
        tell(say("fault.clause", clause=row["clause"], reason=row["reason"]))
    end_study(study, failed=not has_page or len(failed) > 0)


@command("run")
def run(
    scenario: ScenarioName,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 1,
    workers: Workers = None,
    threads: Threads = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out_run")] = None,
    lever: Levers = None,
    inside: Annotated[str | None, option("inside", "days", "inside", show_default=False)] = None,
    sample: Annotated[int | None, option("sample", "number", "inside_sample", min=1, show_default=False)] = None,
    distributions: Annotated[bool, option("distributions", None, "distributions")] = False,
    stops: Annotated[bool, option("stops", None, "stops")] = False,
    where: Conditions = None,
    as_json: AsJson = False,
) -> None:
    """Simulate one scenario in one or several replications."""
    from sim.kernels.threads import cores  # start-up: NumPy, not for `--help`
    from sim.report.terminal import some_firms  # start-up: pandas, not for `--help`
    from sim.study.answering import Asked
    from sim.study.questions.run import Question

    some = _meant(where)
    [loaded_scenario] = loaded([scenario], from_words(lever or []))
    looked_into = None
    if inside is not None or sample is not None or distributions or stops:
        if out is None:
            refuse([say("fault.inside")])
        looked_into = _inside(inside, sample, distributions, stops)
    if threads is not None and threads > (there := cores()):
        tell(say("note.threads", given=threads, cores=there))
    question = Question(loaded_scenario, replications, looked_into)
    asked = Asked("run", question, Setting(firms=firms_asked(firms), seed=seed))
    with answered(asked, Execution(processes(workers), cluster, out, threads=threads)) as (study, stored):
        report = None if out is None else write_report(study, out)
        if not study.values.empty:
            answer = json_answers.answer_of_run(study, stored, out) | some_firms.answer(study, some)
            if as_json:
                tables.print_json(answer)
            else:
                tables.show_run(study, answer, language())
                some_firms.show(study, some, language())
                if out is not None:
                    print(say("note.report", file=str(report)) if report else say("note.stored", folder=str(out)))
    end_study(study, failed=out is not None and report is None)


def _inside(days: str | None, sample: int | None, distributions: bool, stops: bool) -> Inside:
    """What ``--inside`` and the options beside it ask to see."""
    from sim.observe.inside import MONTH_ENDS, Inside  # start-up: NumPy, not for `--help`

    if days == MONTH_ENDS:
        return Inside(MONTH_ENDS, sample, distributions, stops)
    return Inside([day.strip() for day in days.split(",")] if days is not None else (), sample, distributions, stops)
