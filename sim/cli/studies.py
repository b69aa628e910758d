"""Commands that run a study and store it: ``compare``, ``run``, ``sweep``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.shared import (
    LANGUAGE,
    MOST_RUNS,
    AsJson,
    FirmsAsked,
    Lang,
    Levers,
    Replications,
    ScenarioName,
    Seed,
    Workers,
    app,
        end_study,
    firms_asked,
    kept_runs,
    loaded,
    processes,
    progress_bar,
    refuse,
    say,
)  # fmt: skip
from sim.report import terminal

if TYPE_CHECKING:
    from sim.study.comparison import Comparison
    from sim.study.sweep import Sweep

RESULTS: Final = Path("results")


@app.command(help=say("command.compare"))
def compare(
    scenarios: Annotated[list[str] | None, typer.Argument(help=say("option.scenarios"), show_default=False)] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 10,
    draws: Annotated[int, typer.Option("--draws", min=0, max=MOST_RUNS, help=say("option.draws"))] = 32,
    clause_replications: Annotated[
        int, typer.Option("--clause-replications", min=0, help=say("option.clause_replications"))
    ] = 2,
    workers: Workers = None,
    out: Annotated[Path, typer.Option("--out", help=say("option.out"))] = RESULTS / "comparison",
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Run scenarios side by side, store the tables, then write the report."""
    from sim.scenario import from_words
    from sim.study import comparison, store

    levers = from_words(lever or [])
    asked = loaded(scenarios or comparison.DEFAULT, levers)
    with kept_runs(out) as kept:
        with progress_bar() as progress:
            study = comparison.compare(
                asked, levers=levers, firms=firms_asked(firms), seed=seed, replications=replications, draws=draws,
                clause_replications=clause_replications, workers=processes(workers), progress=progress, kept=kept,
            )  # fmt: skip
        store.save(study, out)  # before the report: a report that fails must not lose a finished run
        report = _report(study, out)
        if as_json:
            terminal.print_json(terminal.answer_of_comparison(study, out))
        else:
            terminal.show_comparison(study, lang.value)
            typer.echo(say("note.report", file=str(report)) if report else say("note.stored", folder=str(out)))
        failed = study.clause_effects[study.clause_effects["reason"] != ""].drop_duplicates("clause")
        for row in failed.to_dict("records"):
            typer.echo(say("fault.clause", clause=row["clause"], reason=row["reason"]), err=True)
        end_study(study, failed=report is None or len(failed) > 0)
        store.done(out)


@app.command(help=say("command.run"))
def run(
    scenario: ScenarioName,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 1,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("option.out_run"))] = None,
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Simulate one scenario under one or several lucks."""
    from sim.scenario import from_words
    from sim.study import store
    from sim.study.ensemble import ensemble
    from sim.study.runs import replicated, run_all, sized

    [asked] = sized(loaded([scenario], from_words(lever or [])), firms_asked(firms))
    with nullcontext() if out is None else kept_runs(out) as kept:
        with progress_bar() as progress:
            specs = replicated(asked, seed, replications)
            runs = list(run_all(specs, processes(workers), progress, kept=kept))
        study = ensemble(asked, runs)
        if out is not None:
            store.save(study, out)
        results = [run.result for run in runs if run.result is not None]
        if results:
            answer = terminal.answer_of_run(results, study.outcomes, replications, out)
            if as_json:
                terminal.print_json(answer)
            else:
                terminal.show_run(asked.title, study.outcomes, answer, lang.value)
                if out is not None:
                    typer.echo(say("note.stored", folder=str(out)))
        end_study(study)
        if out is not None:
            store.done(out)


@app.command(help=say("command.sweep"))
def sweep(
    design: Annotated[str, typer.Argument(help=say("option.design"))],
    lever: Annotated[
        list[str] | None, typer.Option("--lever", metavar="PATH=VALUE,...", help=say("option.sweep_lever"))
    ] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[
        int | None, typer.Option("--replications", min=1, max=MOST_RUNS, help=say("option.replications"))
    ] = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("option.out"))] = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Run a scenario over a grid of one or two levers."""
    from sim.scenario import from_words
    from sim.study import store
    from sim.study import sweep as room

    if lever:
        # A list in YAML without its brackets, so that a value may itself be a table.
        listed = from_words(f"{path}=[{values}]" for path, _, values in (words.partition("=") for words in lever))
        scenario, grid = design, {path: values for path, values in listed.items() if len(values) != 1}
        fixed = {path: values[0] for path, values in listed.items() if len(values) == 1}
    else:
        asked = room.design(_design_file(design))
        scenario, grid, fixed = asked.scenario, asked.levers, {}
        replications = replications or asked.replications
    out = out or RESULTS / f"sweep_{Path(design).stem}"
    with kept_runs(out) as kept:
        with progress_bar() as progress:
            study = room.sweep(
                scenario, grid, levers=fixed, firms=firms_asked(firms), seed=seed, replications=replications or 10,
                workers=processes(workers), progress=progress, kept=kept,
            )  # fmt: skip
        store.save(study, out)
        picture = _report(study, out)
        if as_json:
            points = study.outcomes.to_dict("records")
            terminal.print_json({"results_dir": str(out), "levers": study.manifest.design, "points": points})
        else:
            terminal.show_sweep(study, lang.value)
            typer.echo(say("note.stored", folder=str(out)))
        end_study(study, failed=picture is None)
        store.done(out)


def _design_file(design: str) -> Path:
    from sim.places import scenarios_folder

    shipped = {path.stem: path for path in sorted((scenarios_folder() / "sweeps").glob("*.yaml"))}
    if design in shipped:
        return shipped[design]
    if not Path(design).is_file():
        refuse([say("fault.design", given=design, allowed=", ".join(shipped))])
    return Path(design)


def _report(study: Comparison | Sweep, folder: Path) -> Path | None:
    """Write the page of a comparison, the picture of a sweep; a failure is told and leaves the results alone."""
    from sim.study.sweep import Sweep

    try:
        if isinstance(study, Sweep):
            part = folder / ".sweep.png.part"
            study.plot().savefig(part, dpi=120, format="png")
            return part.replace(folder / "sweep.png")
        from sim.report import html

        part = html.write(study, folder / ".report.html.part")
        return part.replace(folder / "report.html")
    except Exception as error:  # whatever it dies of, the results are safe and their place must be told
        reason = f"{type(error).__name__}: {error}"
        typer.echo(say("fault.report", folder=str(folder), reason=reason), err=True)
        return None
