"""Commands that ask a question of many runs, one for each kind in ``sim/study/questions/``, and ``verify``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import (
    AsJson,
    Cluster,
    FirmsAsked,
    Seed,
    Workers,
    answered,
    argument,
    command,
    deliver,
    end_study,
    firms_asked,
    option,
    place_of,
    processes,
    progress_bar,
)  # fmt: skip
from sim.cli.streams import tell
from sim.report.terminal import json_answers, tables
from sim.scenario import from_words, names, slips
from sim.study.arguments import DRAWS, LEAST_SECONDS, REPLICATIONS, SEED
from sim.study.keywords import Execution
from sim.study.questions import module, questions
from sim.study.runs.specification import Setting

SWEEP: Final = "sweep"
OF_THEIR_OWN: Final = ("reach",)  # kinds whose command has options of its own


def _command(kind: str) -> Callable[..., None]:
    def ask(
        question: Annotated[str, argument("question", "question")] = "",
        lever: Annotated[list[str] | None, option("lever", "levers", "question_lever")] = None,
        firms: FirmsAsked = None,
        seed: Seed = 1,
        replications: Annotated[
            int | None,
            option("replications", "number", "question_replications", min=REPLICATIONS.least, max=REPLICATIONS.most),
        ] = None,
        draws: Annotated[int | None, option("draws", "number", "question_draws", min=DRAWS.least)] = None,
        seconds: Annotated[float | None, option("seconds", "seconds", "seconds", min=LEAST_SECONDS)] = None,
        workers: Workers = None,
        cluster: Cluster = None,
        out: Annotated[Path | None, option("out", "folder", "out")] = None,
        as_json: AsJson = False,
    ) -> None:
        from sim.study import answering  # start-up: pandas, not for `--help`

        name = question or module(kind).DEFAULT
        if not name:
            refuse([say("fault.question", allowed=getattr(answering.offered(kind), language()))])
        asked, fixed = _levers(kind, name, lever or [])
        content, place = answering.question(kind, asked, replications=replications, draws=draws)
        out = out or place_of(kind, [name], _asked_with(asked, fixed), firms, seed)
        setting = Setting(fixed, firms_asked(firms), seed, place.folder)
        execution = Execution(processes(workers), cluster, out, seconds=seconds)
        with answered(answering.Asked(kind, content, setting, place.document), execution) as (study, _):
            has_page = deliver(study, out, json_answers.answer_of_study, tables.show_answer, language(), as_json)
        end_study(study, failed=not has_page)

    return ask


def _levers(kind: str, name: str, given: list[str]) -> tuple[Any, dict[str, Any]]:
    """What is asked, and the levers that hold in every draw.

    Of a sweep a lever may be given several values: then the name is a scenario's, and they are the grid.
    """
    from sim.study import answering  # start-up: pandas, not for `--help`

    if kind != SWEEP:
        return name, from_words(given)
    # A list in YAML without its brackets, so that a value may itself be a table.
    listed = from_words(f"{path}=[{values}]" for path, _, values in (words.partition("=") for words in given))
    fixed = {path: values[0] for path, values in listed.items() if len(values) == 1}
    grid = {path: values for path, values in listed.items() if len(values) != 1}
    if not grid:
        if fixed and name in names() and name not in answering.shipped(kind):
            path, value = next(iter(fixed.items()))
            several = ",".join(slips.SEPARATOR.split(value)) if isinstance(value, str) else ""
            meant = f"{path}={several}" if "," in several else f"{path}={tables.plain(value)},..."
            refuse([say("fault.one_value", scenario=name, given=f"{path}={tables.plain(value)}", meant=meant)])
        return name, fixed
    return answering.over_grid(name, grid, {})[0], fixed


def _asked_with(asked: Any, fixed: Mapping[str, Any]) -> list[str]:
    """What the levers of a command make of a question: those that it varies, and the values of the others."""
    varied = asked["levers"]["grid"] if isinstance(asked, Mapping) else ()
    return [*varied, *(f"{path}={value}" for path, value in fixed.items())]


for _kind in (kind for kind in questions() if kind not in OF_THEIR_OWN):
    command(_kind)(_command(_kind))


@command("verify")
def verify(
    study: Annotated[Path, argument("study", "study")],
    sample: Annotated[int, option("sample", "number", "sample", min=1)] = 10,
    seed: Annotated[int, option("seed", "number", "sample_seed", min=SEED.least, max=SEED.most)] = 1,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Do a sample of a study's runs again and compare every byte that was kept of them."""
    from sim.study.verify import verify as room  # start-up: pandas, not for `--help`

    with progress_bar() as progress:
        found = room(study, sample, seed, processes(workers), progress)
    if as_json:
        tables.print_json(found.to_dict("records"))
    differing = found[found["differing"] != ""]
    for row in differing.to_dict("records"):
        tell(say("fault.differs", run=row["run"], tables=row["differing"]))
    for damage in found.attrs["damaged"]:
        tell(damage.sentence(language()))
    if len(differing) or found.attrs["damaged"]:
        raise typer.Exit(1)
    if not as_json:
        print(say("note.verified", runs=len(found), of=int(found.attrs["of"]), tables=int(found["tables"].sum())))
