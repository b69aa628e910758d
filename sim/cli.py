"""The command ``shukun``: commands, and what they print.

Standard output carries the answer (a table for people, or with ``--json`` one JSON value and nothing else), standard
error everything else. Exit status: 0 done, 1 a run or the report failed, 2 the question is not understood, 130 Ctrl-C.
Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from sim.report import terminal, words

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.comparison import Comparison
    from sim.study.runs import Firms, Progress
    from sim.study.store import Study
    from sim.study.sweep import Sweep


class Language(StrEnum):
    """Languages of everything that people read."""

    zh = "zh"
    en = "en"


def _default_language() -> Language:
    """What ``--lang`` says, else the language of the environment: help is written before options are read."""
    if "--lang" in sys.argv[:-1]:
        asked = sys.argv[sys.argv.index("--lang") + 1]
    elif asked_inline := [word[7:] for word in sys.argv if word.startswith("--lang=")]:
        asked = asked_inline[0]
    else:
        asked = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    return Language.zh if asked.startswith("zh") else Language.en


_language = _default_language()
RESULTS: Final = Path("results")


def say(name: str, **values: str | int) -> str:
    """A text of the catalogue under ``cli``, in the language asked for."""
    return words.text(f"cli.{name}", _language.value, **values)


def _speak(language: Language) -> Language:
    global _language
    _language = language
    return language


class Command(TyperGroup):
    """Turns what is wrong with a question into sentences and an exit status."""

    def invoke(self, context: Any) -> Any:
        """Run the command; refusals and Ctrl-C end in one sentence each, not in a traceback."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            typer.echo(say("fault.interrupted"), err=True)
            raise typer.Exit(130) from None
        except ValueError as error:
            from sim.scenario import ScenarioError
            from sim.study import StudyError

            if isinstance(error, ScenarioError):
                _refuse(fault.sentence(_language.value) for fault in error.faults)
            if isinstance(error, StudyError):
                _refuse([error.sentence(_language.value)])
            raise


app = typer.Typer(
    cls=Command, help=say("app"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

_option = typer.Option
ScenarioName = Annotated[str, typer.Argument(help=say("option.scenario"))]
AsJson = Annotated[bool, _option("--json", help=say("option.json"))]
FirmsAsked = Annotated[str | None, _option("--firms", metavar="N", show_default=False, help=say("option.firms"))]
Seed = Annotated[int, _option("--seed", min=0, help=say("option.seed"))]
Replications = Annotated[int, _option("--replications", min=1, help=say("option.replications"))]
Workers = Annotated[int | None, _option("--workers", min=1, show_default=False, help=say("option.workers"))]
Levers = Annotated[list[str] | None, _option("--lever", metavar="PATH=VALUE", help=say("option.lever"))]
Lang = Annotated[
    Language, _option("--lang", callback=_speak, is_eager=True, show_default=False, help=say("option.lang"))
]


@app.command(help=say("command.compare"))
def compare(
    scenarios: Annotated[list[str] | None, typer.Argument(help=say("option.scenarios"), show_default=False)] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 10,
    workers: Workers = None,
    out: Annotated[Path, _option("--out", help=say("option.out"))] = RESULTS / "comparison",
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = _language,
) -> None:
    """Run scenarios side by side, store the tables, then write the report."""
    from sim.scenario import from_words
    from sim.study import comparison, store

    levers = from_words(lever or [])
    asked = _load(scenarios or comparison.DEFAULT, levers)
    store.check(out)
    with _progress() as progress:
        study = comparison.compare(
            asked, levers=levers, firms=_firms(firms), seed=seed, replications=replications,
            workers=_processes(workers), progress=progress,
        )  # fmt: skip
    store.save(study, out)  # before the report: a report that fails must not lose a finished run
    report = _report(study, out)
    if as_json:
        terminal.print_json(terminal.answer_of_comparison(study, out))
    else:
        terminal.show_comparison(study, _language.value)
        typer.echo(say("note.report", file=str(report)) if report else say("note.stored", folder=str(out)))
    _end(study, failed=report is None)


@app.command(help=say("command.run"))
def run(
    scenario: ScenarioName,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Replications = 1,
    workers: Workers = None,
    out: Annotated[Path | None, _option("--out", help=say("option.out_run"))] = None,
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = _language,
) -> None:
    """Simulate one scenario under one or several lucks."""
    from sim.scenario import from_words
    from sim.study import store
    from sim.study.ensemble import ensemble
    from sim.study.runs import replicated, run_all, sized

    [asked] = sized(_load([scenario], from_words(lever or [])), _firms(firms))
    if out is not None:
        store.check(out)
    with _progress() as progress:
        runs = list(run_all(replicated(asked, seed, replications), _processes(workers), progress))
    study = ensemble(asked, runs)
    if out is not None:
        store.save(study, out)
    results = [run.result for run in runs if run.result is not None]
    if results:
        answer = terminal.answer_of_run(results, study.outcomes, replications, out)
        if as_json:
            terminal.print_json(answer)
        else:
            terminal.show_run(asked.title, study.outcomes, answer, _language.value)
            if out is not None:
                typer.echo(say("note.stored", folder=str(out)))
    _end(study)


@app.command(help=say("command.sweep"))
def sweep(
    design: Annotated[str, typer.Argument(help=say("option.design"))],
    lever: Annotated[
        list[str] | None, _option("--lever", metavar="PATH=VALUE,...", help=say("option.sweep_lever"))
    ] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[int | None, _option("--replications", min=1, help=say("option.replications"))] = None,
    workers: Workers = None,
    out: Annotated[Path | None, _option("--out", help=say("option.out"))] = None,
    as_json: AsJson = False,
    lang: Lang = _language,
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
    store.check(out)
    with _progress() as progress:
        study = room.sweep(
            scenario, grid, levers=fixed, firms=_firms(firms), seed=seed, replications=replications or 10,
            workers=_processes(workers), progress=progress,
        )  # fmt: skip
    store.save(study, out)
    picture = _report(study, out)
    if as_json:
        points = study.outcomes.to_dict("records")
        terminal.print_json({"results_dir": str(out), "levers": study.manifest.design, "points": points})
    else:
        terminal.show_sweep(study, _language.value)
        typer.echo(say("note.stored", folder=str(out)))
    _end(study, failed=picture is None)


@app.command(help=say("command.clauses"))
def clauses(as_json: AsJson = False, lang: Lang = _language) -> None:
    """Print the register of the plan's clauses."""
    from sim import scenario

    entries = scenario.clauses()
    if as_json:
        terminal.print_json([{"id": e.id, "state": e.state, "measures": e.measures, "note": e.note} for e in entries])
        return
    rows = [
        (entry.id, entry.paraphrase[_language.value], entry.state, ", ".join(entry.measures) or entry.note)
        for entry in entries
    ]
    _table(("clause", "meaning", "state", "measures"), rows)


@app.command(help=say("command.levers"))
def levers(
    scenario: Annotated[str, typer.Argument(help=say("option.scenario"))] = "full_plan",
    as_json: AsJson = False,
    lang: Lang = _language,
) -> None:
    """Print every lever of a scenario with its present value."""
    from sim.scenario import lever_table

    entries = lever_table(scenario)
    if as_json:
        terminal.print_json([entry._asdict() for entry in entries])
        return
    rows = [(entry.path, terminal.plain(entry.value), entry.unit, entry.type, entry.allowed) for entry in entries]
    _table(("lever", "value", "unit", "type", "allowed"), rows)


@app.command(help=say("command.validate"))
def validate(
    files: Annotated[list[str], typer.Argument(help=say("option.files"))],
    as_json: AsJson = False,
    lang: Lang = _language,
) -> None:
    """Check scenario files."""
    from sim import scenario

    faults = scenario.validate(files)
    sentences = [fault.sentence(_language.value) for fault in faults]
    if as_json:
        terminal.print_json([{**vars(fault), "sentence": said} for fault, said in zip(faults, sentences, strict=True)])
    if faults:
        _refuse(sentences)
    if not as_json:
        typer.echo(say("note.sound", files=len(files)))


@app.command(help=say("command.diff"))
def diff(
    a: ScenarioName,
    b: ScenarioName,
    as_json: AsJson = False,
    lang: Lang = _language,
) -> None:
    """Print what differs between two scenarios."""
    from sim import scenario

    changes = scenario.diff(a, b)
    if as_json:
        terminal.print_json([change._asdict() for change in changes])
    elif changes:
        rows = [(change.path, terminal.plain(change.a), terminal.plain(change.b)) for change in changes]
        terminal.table([say("column.lever"), Path(a).stem, Path(b).stem], rows)
    else:
        typer.echo(say("note.same"))


@app.command(help=say("command.schema"))
def schema(
    kind: Annotated[str | None, typer.Argument(help=say("option.schema"), show_default=False)] = None,
    lang: Lang = _language,
) -> None:
    """Print the JSON Schemas of the files in ``scenarios/``, by kind of file."""
    from sim.scenario import json_schema

    schemas = json_schema()
    if kind is not None and kind not in schemas:
        _refuse([say("fault.schema", given=kind, allowed=", ".join(schemas))])
    terminal.print_json(schemas if kind is None else schemas[kind])


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    terminal.table([say(f"column.{column}") for column in columns], rows)


def _refuse(sentences: Iterable[str]) -> NoReturn:
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(2)


def _load(names: Iterable[str], levers: Mapping[str, Any]) -> list[Scenario]:
    """The scenarios, every fault of all of them at once; a lever that none of them uses is told."""
    from sim.scenario import ScenarioError, load

    scenarios, faults = [], []
    for name in names:
        try:
            scenarios.append(load(name, levers))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    for lever in sorted(set.intersection(*(set(scenario.unused) for scenario in scenarios))):
        typer.echo(say("note.unused", lever=lever), err=True)
    return scenarios


def _firms(given: str | None) -> Firms:
    if given is None:
        return None
    if given == "province":
        return "province"
    if not given.isdecimal() or int(given) < 1:
        _refuse([say("fault.firms", given=given)])
    return int(given)


def _processes(workers: int | None) -> int:
    if workers is None:
        from joblib import cpu_count

        return int(cpu_count())
    return workers


def _design_file(design: str) -> Path:
    from sim.places import scenarios_folder

    shipped = {path.stem: path for path in sorted((scenarios_folder() / "sweeps").glob("*.yaml"))}
    if design in shipped:
        return shipped[design]
    if not Path(design).is_file():
        _refuse([say("fault.design", given=design, allowed=", ".join(shipped))])
    return Path(design)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar with the remaining time on standard error, when somebody can see it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(None), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _report(study: Comparison | Sweep, folder: Path) -> Path | None:
    """Write the page of a comparison, the picture of a sweep; a failure is told and leaves the results alone."""
    from sim.study.sweep import Sweep

    try:
        if isinstance(study, Sweep):
            picture = folder / "sweep.png"
            study.plot().savefig(picture, dpi=120)
            return picture
        from sim.report import html

        part = html.write(study, folder / ".report.html.part")
        return part.replace(folder / "report.html")
    except Exception as error:  # whatever it dies of, the results are safe and their place must be told
        reason = f"{type(error).__name__}: {error}"
        typer.echo(say("fault.report", folder=str(folder), reason=reason), err=True)
        return None


def _end(study: Study, failed: bool = False) -> None:
    """Tell the runs that failed, and fail with them."""
    for row in study.failures.to_dict("records"):
        name = str(row["scenario"] if "scenario" in row else row["point"])
        typer.echo(say("fault.run", scenario=name, seed=row["seed"], reason=row["reason"]), err=True)
    if failed or len(study.failures):
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the command ``shukun``."""
    app(prog_name="shukun")
