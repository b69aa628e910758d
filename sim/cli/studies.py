"""Commands that run scenarios and store what they leave: ``compare`` and ``run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import (
    LANGUAGE,
    AsJson,
    Cluster,
    FirmsAsked,
    Lang,
    Levers,
    Replications,
    ScenarioName,
    Seed,
    Workers,
    app,
    at_work,
    deliver,
    end_study,
    firms_asked,
    loaded,
    place_of,
    processes,
    progress_bar,
    say,
    write_report,
)  # fmt: skip
from sim.report import terminal
from sim.study.arguments import OVER_RANGES


@app.command(help=say("command.compare"))
def compare(
    scenarios: Annotated[list[str] | None, typer.Argument(help=say("option.scenarios"), show_default=False)] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 10,
    draws: Annotated[
        int, typer.Option("--draws", min=OVER_RANGES.least, max=OVER_RANGES.most, help=say("option.draws"))
    ] = 32,
    clause_replications: Annotated[
        int,
        typer.Option(
            "--clause-replications", min=OVER_RANGES.least, max=OVER_RANGES.most, help=say("option.clause_replications")
        ),
    ] = 2,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("option.out"), show_default=False)] = None,
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Run scenarios side by side, store the tables, then write the report."""
    from sim.scenario import from_words
    from sim.study import comparison
    from sim.study.runs import Runner

    levers = from_words(lever or [])
    asked = loaded(scenarios or comparison.DEFAULT, levers)
    changes = [f"{path}={value}" for path, value in levers.items()]
    out = out or place_of("comparison", scenarios or (), changes, firms, seed)
    with at_work(out) as stored:
        with progress_bar() as progress:
            study = comparison.compare(
                asked, levers=levers, firms=firms_asked(firms), seed=seed, replications=replications, draws=draws,
                clause_replications=clause_replications, runner=Runner(stored, processes(workers), cluster, progress),
            )  # fmt: skip
        has_page = deliver(study, stored, out, terminal.answer_of_comparison, terminal.show_comparison, lang, as_json)
        failed = study.clause_effects[study.clause_effects["reason"] != ""].drop_duplicates("clause")
        for row in failed.to_dict("records"):
            typer.echo(say("fault.clause", clause=row["clause"], reason=row["reason"]), err=True)
        end_study(study, failed=not has_page or len(failed) > 0)


@app.command(help=say("command.run"))
def run(
    scenario: ScenarioName,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("option.out_run"))] = None,
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Simulate one scenario under one or several lucks."""
    from sim.scenario import from_words
    from sim.study import store
    from sim.study.ensemble import replicate
    from sim.study.runs import Runner, sized

    [asked] = sized(loaded([scenario], from_words(lever or [])), firms_asked(firms))
    with at_work(out) as stored:
        with progress_bar() as progress:
            runner = Runner(stored, processes(workers), cluster, progress)
            study = replicate(asked, seed=seed, replications=replications, runner=runner)
        report = None
        if out is not None:
            store.save(study, out)
            report = write_report(study, out)
        if not study.values.empty:
            answer = terminal.answer_of_run(study, stored, out)
            if as_json:
                terminal.print_json(answer)
            else:
                terminal.show_run(study, answer, lang.value)
                if out is not None:
                    typer.echo(say("note.report", file=str(report)) if report else say("note.stored", folder=str(out)))
        stored.put_together()
        end_study(study, failed=out is not None and report is None)
