"""The command that finds which worlds evidence allows, and keeps draws of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import (
    AsJson,
    Cluster,
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
)  # fmt: skip
from sim.cli.streams import tell
from sim.cli.validation import group
from sim.study.arguments import AT_LEAST_TWO, DRAWS, OVER_RANGES, WAVES
from sim.study.keywords import Execution
from sim.study.runs.specification import Setting

SMALL: Final = {"draws": 45, "waves": 2, "kept": 20, "simulated": 5, "firms": "1000"}
SMALL_GROUPS: Final = ("cash", "payment")  # of targets: the fewest by which one can be left out and predicted


@command("calibrate")
def calibrate(
    context: typer.Context,
    names: Annotated[list[str] | None, argument("target", "targets")] = None,
    firms: Annotated[str | None, option("firms", "number", "calibrate_firms", show_default=False)] = None,
    seed: Seed = 1,
    draws: Annotated[int, option("draws", "number", "calibrate_draws", min=DRAWS.least, max=DRAWS.most)] = 1_000,
    waves: Annotated[int, option("waves", "number", "calibrate_waves", min=WAVES.least, max=WAVES.most)] = 3,
    kept: Annotated[
        int, option("kept", "number", "calibrate_kept", min=AT_LEAST_TWO.least, max=AT_LEAST_TWO.most)
    ] = 400,
    simulated: Annotated[
        int, option("simulated", "number", "calibrate_simulated", min=OVER_RANGES.least, max=OVER_RANGES.most)
    ] = 50,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out", show_default=False)] = None,
    small: Annotated[bool, option("small", None, "calibrate_small")] = False,
    keep: Annotated[bool, option("keep", None, "calibrate_keep")] = False,
    as_json: AsJson = False,
) -> None:
    """Find what evidence allows of the parameters."""
    from sim.report.terminal import json_answers, tables  # start-up: pandas, not for `--help`
    from sim.study.answering import Asked
    from sim.study.questions.calibrate import Question, kept_of

    if small and keep:
        refuse([say("fault.small_kept")])
    said: dict[str, Any] = {"draws": draws, "waves": waves, "kept": kept, "simulated": simulated, "firms": firms}
    if small:
        said |= {name: value for name, value in SMALL.items() if _is_left(context, name)}
        names = names or list(SMALL_GROUPS)
    named = [group(name) for name in names or []]
    firms = said.pop("firms")
    out = out or place_of("calibrate", named, (), firms, seed)
    setting = Setting(firms=firms_asked(firms), seed=seed)
    asked = Asked("calibrate", Question(tuple(named), **said), setting)
    with answered(asked, Execution(processes(workers), cluster, out)) as (study, _):
        has_page = deliver(study, out, json_answers.answer_of_study, tables.show_answer, language(), as_json)
    if keep:
        tell(say("note.kept_posterior", folder=str(kept_of(study))))
    end_study(study, failed=not has_page)


def _is_left(context: typer.Context, name: str) -> bool:
    """Whether nothing was said of an option."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "DEFAULT"
