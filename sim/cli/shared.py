"""What all commands share: the application, its options, and how it waits and delivers.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

import sim
from sim.cli.application import HELP, Application, Command, interrupted, refuse
from sim.cli.language import say
from sim.cli.streams import tell
from sim.data_folders import OWN_FIRMS, calibration_folder
from sim.report.terminal import tables
from sim.report.words.catalogue import Language
from sim.scenario import Scenario, ScenarioError, load
from sim.study.arguments import REPLICATIONS, SEED, WORKERS
from sim.study.runs.parts import DAMAGED

if TYPE_CHECKING:
    from sim.study.answering import Asked
    from sim.study.keywords import Execution, Firms, Progress
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.study import Study
    from sim.study.summaries.moving_levers import KeptSensitivity


app = typer.Typer(
    cls=Application, help="app", add_completion=False, pretty_exceptions_enable=False,
    rich_markup_mode=None, context_settings={"help_option_names": [*HELP]},
)  # fmt: skip

RESULTS: Final = Path("results")
LONGEST_NAME: Final = 120  # characters of a folder's name, of which a system may allow 255 bytes


def command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function known as a command; what it is for stands in the catalogue under its name."""
    return app.command(name, cls=Command, help=f"command.{name}")


def option(name: str, value: str | None, help: str, **how: Any) -> Any:
    """An option: ``value`` is what it takes and ``help`` what it is, both by their names in the catalogue."""
    return typer.Option(f"--{name}", metavar=value, help=f"option.{help}", **how)


def argument(value: str, help: str, **how: Any) -> Any:
    """An argument: ``value`` is what it is called and ``help`` what it is, both by their names in the catalogue."""
    return typer.Argument(metavar=value, help=f"option.{help}", **how)


ScenarioName = Annotated[str, argument("scenario", "scenario")]
AsJson = Annotated[bool, option("json", None, "json")]
FirmsAsked = Annotated[str | None, option("firms", "number", "firms", show_default=False)]
Seed = Annotated[int, option("seed", "number", "seed", min=SEED.least, max=SEED.most)]
Replications = Annotated[
    int, option("replications", "number", "replications", min=REPLICATIONS.least, max=REPLICATIONS.most)
]
Workers = Annotated[int | None, option("workers", "number", "workers", min=WORKERS.least, show_default=False)]
Threads = Annotated[int | None, option("threads", "number", "threads", min=WORKERS.least, show_default=False)]
Cluster = Annotated[str | None, option("cluster", "address", "cluster", show_default=False)]
Conditions = Annotated[list[str] | None, option("where", "condition", "of_firms")]
Levers = Annotated[list[str] | None, option("lever", "lever", "lever")]


def _version(asked: bool) -> None:
    if asked:
        print(f"shukun {sim.__version__}")
        raise typer.Exit


@app.callback()
def shukun(
    version: Annotated[bool, option("version", None, "version", is_eager=True, callback=_version)] = False,
) -> None:
    """What may stand before the command."""


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table whose columns have their words under ``cli.column``."""
    tables.table([say(f"column.{column}") for column in columns], rows)


def place_of(kind: str, names: Iterable[str], levers: Iterable[str], firms: str | None, seed: int) -> Path:
    """The folder of a study that is given none: one for each question, so that no answer takes another's place.

    Its name tells what is asked. What makes a study larger (replications, draws, values of a lever) is no part of it.
    """
    told = [*sorted(levers), *([f"firms={firms}"] if firms else []), *([f"seed={seed}"] if seed != 1 else [])]
    asked = "-".join(["_".join([kind, *(name.removesuffix(".yaml") for name in names)]), *told])
    name = re.sub(r"[^\w.,=+-]", "_", asked)
    if name != asked or len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
    return RESULTS / name


def loaded(names: Iterable[str], levers: Mapping[str, Any]) -> list[Scenario]:
    """The scenarios, every fault of all of them at once; a lever that none of them uses is told."""
    scenarios, errors = [], []
    for name in names:
        try:
            scenarios.append(load(name, levers))
        except ScenarioError as error:
            errors += error.errors
    if errors:
        raise ScenarioError(errors)
    for lever in sorted(set.intersection(*(set(scenario.unused) for scenario in scenarios))):
        tell(say("note.unused", lever=lever))
    return scenarios


def conditions(given: Iterable[str]) -> dict[str, list[str]]:
    """Conditions on firms written as ``name=value``: those of one name together, of which one must hold."""
    found: dict[str, list[str]] = {}
    for words in given:
        name, equals, values = words.partition("=")
        if not equals:
            refuse([say("fault.where", given=words)])
        found.setdefault(name.strip(), []).extend(value.strip() for value in values.split(","))
    return found


def firms_asked(given: str | None) -> Firms:
    """What ``--firms`` says; that it is not used, where the calibration has firms of its own, is told."""
    if given is None:
        return None
    if given != "province" and (not given.isdecimal() or int(given) < 1):
        refuse([say("fault.firms", given=given)])
    own = calibration_folder() / OWN_FIRMS
    if own.is_file():
        tell(say("note.own_firms", given=given, file=str(own)))
    return "province" if given == "province" else int(given)


def processes(workers: int | None) -> int:
    """Processes side by side: as many as cores, where ``--workers`` says nothing."""
    if workers is None:
        from joblib import cpu_count

        return int(cpu_count())
    return workers


@contextmanager
def answered(asked: Asked, execution: Execution) -> Iterator[tuple[Any, RunStore]]:
    """The answer to a question, kept; see :func:`sim.study.answering.answered`. An interruption tells of its runs."""
    from sim.study import answering  # start-up: pandas, not for `--help`

    there: list[RunStore] = []

    @contextmanager
    def watched(stored: RunStore) -> Iterator[Progress]:
        there.append(stored)
        for part, file in sorted(stored.damaged.items()):
            tell(say("note.set_aside", file=str(file), place=str(stored.folder / DAMAGED / part)))
        stale = len(stored.stale)
        if stale:
            tell(say("note.stale", runs=stale, folder=str(execution.folder)))
        if len(stored) > stale:
            tell(say("note.going_on", runs=len(stored) - stale, folder=str(execution.folder)))
        with progress_bar() as progress:
            yield progress

    try:
        with answering.answered(asked, execution, watched) as found:
            yield found
    except KeyboardInterrupt as stopped:
        kept = sum(map(len, there))
        if execution.folder is None or not kept:
            raise
        interrupted(stopped, say("fault.interrupted_kept", runs=kept, folder=str(execution.folder)))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar with the remaining time on standard error, when somebody can see it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(None), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def end_study(study: Study, failed: bool = False) -> None:
    """Tell the runs that failed, and fail with them."""
    for row in study.failures.to_dict("records"):
        name = str(row["scenario"] if "scenario" in row else row["draw"])
        tell(say("fault.run", scenario=name, seed=row["seed"], reason=row["reason"]))
    if failed or len(study.failures):
        raise typer.Exit(1)


def deliver(
    study: Any,
    folder: Path,
    answer: Callable[[Any, Path], Any],
    show: Callable[[Any, Language], None],
    lang: Language,
    as_json: bool,
    sensitivity: KeptSensitivity | None = None,
) -> bool:
    """Write the page of a study that is stored and say what came out; whether it has a page.

    ``sensitivity``: that the page of a comparison shall use, see :func:`write_report`.
    """
    report = write_report(study, folder, sensitivity)
    if as_json:
        tables.print_json(answer(study, folder))
    else:
        show(study, lang)
        print(say("note.report", file=str(report)) if report else say("note.stored", folder=str(folder)))
    return report is not None


def write_report(study: Study, folder: Path, sensitivity: KeptSensitivity | None = None) -> Path | None:
    """Write the page of a study into its folder; a failure is told and leaves the results alone.

    ``sensitivity``: what tells a comparison's page which levers move a missed target, of None what fits beside it.
    """
    from sim.study.questions.comparison import Comparison  # start-up: pandas, not for `--help`

    try:
        if isinstance(study, Comparison):
            from sim.report.pages import comparison_page  # start-up: only the page that is written

            part = comparison_page.write(study, folder / ".report.html.part", sensitivity)
        else:
            from sim.report.pages import answer_page  # start-up: only the page that is written

            part = answer_page.write(study, folder / ".report.html.part")
        return part.replace(folder / "report.html")
    except Exception as error:  # whatever it dies of, the results are safe and their place must be told
        reason = f"{type(error).__name__}: {error}"
        tell(say("fault.report", folder=str(folder), reason=reason))
        return None
