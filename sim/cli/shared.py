"""What all commands share: the application, its language, its options, and how it refuses, waits and ends.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from sim.report import terminal, words
from sim.study.arguments import REPLICATIONS, SEED, WORKERS

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.kinds import Study
    from sim.study.runs import Firms, Progress
    from sim.study.stored import Stored


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


LANGUAGE: Final = _default_language()  # where a command is not told another
_language = LANGUAGE


def say(name: str, **values: str | int) -> str:
    """A text of the catalogue under ``cli``, in the language asked for."""
    return words.text(f"cli.{name}", _language.value, **values)


def _speak(language: Language) -> Language:
    global _language
    _language = language
    return language


class StoppedError(KeyboardInterrupt):
    """Somebody asked this process to end, as with Ctrl-C but by another signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


class Command(TyperGroup):
    """Turns what is wrong with a question into sentences and an exit status."""

    def invoke(self, context: Any) -> Any:
        """Run the command; refusals, signals and what the system refuses end in one sentence, not in a traceback."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        for number, handler in before.items():
            if handler != signal.SIG_IGN:  # as under `nohup`
                signal.signal(number, _stop)
        try:
            return super().invoke(context)
        except KeyboardInterrupt as stopped:
            interrupted(stopped, say("fault.interrupted"))
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read the answer has had enough
            with suppress(OSError):
                typer.echo(say("fault.system", reason=_reason(error)), err=True)
            raise typer.Exit(1) from None
        except ValueError as error:
            from sim.scenario import ScenarioError
            from sim.study import StudyError

            if isinstance(error, ScenarioError):
                refuse(fault.sentence(_language.value) for fault in error.faults)
            if isinstance(error, StudyError):
                refuse([error.sentence(_language.value)])
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop(number: int, frame: object) -> NoReturn:
    raise StoppedError(number)


def _reason(error: OSError) -> str:
    said = error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename is not None else said


def interrupted(stopped: KeyboardInterrupt, sentence: str) -> NoReturn:
    """Say so, if anybody can still hear it, and end with the signal's status."""
    with suppress(OSError):
        typer.echo(sentence, err=True)
    raise typer.Exit(stopped.status if isinstance(stopped, StoppedError) else 130) from None


app = typer.Typer(
    cls=Command, help=say("app"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

RESULTS: Final = Path("results")
LONGEST_NAME: Final = 120  # characters of a folder's name, of which a system may allow 255 bytes
_option = typer.Option
ScenarioName = Annotated[str, typer.Argument(help=say("option.scenario"))]
AsJson = Annotated[bool, _option("--json", help=say("option.json"))]
FirmsAsked = Annotated[str | None, _option("--firms", metavar="N", show_default=False, help=say("option.firms"))]
Seed = Annotated[int, _option("--seed", min=SEED.least, max=SEED.most, help=say("option.seed"))]
Replications = Annotated[
    int, _option("--replications", min=REPLICATIONS.least, max=REPLICATIONS.most, help=say("option.replications"))
]
Workers = Annotated[int | None, _option("--workers", min=WORKERS.least, show_default=False, help=say("option.workers"))]
Cluster = Annotated[str | None, _option("--cluster", metavar="ADDRESS", show_default=False, help=say("option.cluster"))]
Levers = Annotated[list[str] | None, _option("--lever", metavar="PATH=VALUE", help=say("option.lever"))]
Lang = Annotated[
    Language, _option("--lang", callback=_speak, is_eager=True, show_default=False, help=say("option.lang"))
]


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table whose columns have their words under ``cli.column``."""
    terminal.table([say(f"column.{column}") for column in columns], rows)


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


def refuse(sentences: Iterable[str]) -> NoReturn:
    """Tell what is not understood, one sentence each, and end with status 2."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(2)


def loaded(names: Iterable[str], levers: Mapping[str, Any]) -> list[Scenario]:
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


def firms_asked(given: str | None) -> Firms:
    """What ``--firms`` says."""
    if given is None:
        return None
    if given == "province":
        return "province"
    if not given.isdecimal() or int(given) < 1:
        refuse([say("fault.firms", given=given)])
    return int(given)


def processes(workers: int | None) -> int:
    """Processes side by side: as many as cores, where ``--workers`` says nothing."""
    if workers is None:
        from joblib import cpu_count

        return int(cpu_count())
    return workers


@contextmanager
def at_work(folder: Path | None) -> Iterator[Stored]:
    """The runs of the study in ``folder``, while a command is at work on it; an interruption tells of them."""
    from sim.study import store
    from sim.study.parts import DAMAGED

    with store.at_work(folder) as stored:
        for part, file in sorted(stored.damaged.items()):
            typer.echo(say("note.set_aside", file=str(file), place=str(stored.folder / DAMAGED / part)), err=True)
        if len(stored):
            typer.echo(say("note.going_on", runs=len(stored), folder=str(folder)), err=True)
        try:
            yield stored
        except KeyboardInterrupt as stopped:
            if folder is None or not len(stored):
                raise
            interrupted(stopped, say("fault.interrupted_kept", runs=len(stored), folder=str(folder)))


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
        typer.echo(say("fault.run", scenario=name, seed=row["seed"], reason=row["reason"]), err=True)
    if failed or len(study.failures):
        raise typer.Exit(1)


def deliver(
    study: Any,
    stored: Stored,
    folder: Path,
    answer: Callable[[Any, Path], Any],
    show: Callable[[Any, Any], None],
    lang: Language,
    as_json: bool,
) -> bool:
    """Store a study, write its page, say what came out and put its runs together; whether it has a page."""
    from sim.study import store

    store.save(study, folder)  # before the report: a report that fails must not lose a finished run
    report = write_report(study, folder)
    if as_json:
        terminal.print_json(answer(study, folder))
    else:
        show(study, lang.value)
        typer.echo(say("note.report", file=str(report)) if report else say("note.stored", folder=str(folder)))
    stored.put_together()
    return report is not None


def write_report(study: Study, folder: Path) -> Path | None:
    """Write the page of a study into its folder; a failure is told and leaves the results alone."""
    from sim.study.comparison import Comparison

    try:
        if isinstance(study, Comparison):
            from sim.report import html

            part = html.write(study, folder / ".report.html.part")
        else:
            from sim.report import answer_page

            part = answer_page.write(study, folder / ".report.html.part")
        return part.replace(folder / "report.html")
    except Exception as error:  # whatever it dies of, the results are safe and their place must be told
        reason = f"{type(error).__name__}: {error}"
        typer.echo(say("fault.report", folder=str(folder), reason=reason), err=True)
        return None
