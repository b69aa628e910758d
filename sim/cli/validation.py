"""The command that holds the model against evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sim
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
)  # fmt: skip
from sim.cli.streams import tell
from sim.study.arguments import AT_LEAST_TWO, LEAST_SECONDS, OVER_RANGES
from sim.study.keywords import Execution
from sim.study.runs.specification import Setting


@command("validate")
def validate(
    names: Annotated[list[str] | None, argument("target", "targets")] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[
        int,
        option("replications", "number", "validate_replications", min=AT_LEAST_TWO.least, max=AT_LEAST_TWO.most),
    ] = 8,
    draws: Annotated[
        int, option("draws", "number", "validate_draws", min=OVER_RANGES.least, max=OVER_RANGES.most)
    ] = 48,
    seconds: Annotated[float | None, option("seconds", "seconds", "seconds", min=LEAST_SECONDS)] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out", show_default=False)] = None,
    keep: Annotated[bool, option("keep", None, "keep")] = False,
    markdown: Annotated[bool, option("markdown", None, "validate_markdown")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold the model against its targets, all of them or those that are named."""
    from sim.report.terminal import validation as told  # start-up: pandas, not for `--help`
    from sim.study.answering import Asked
    from sim.study.questions.validate import Question
    from sim.study.validation import releases

    if markdown:
        print(told.document(language()))
        return
    named = [group(name) for name in names or []]
    out = out or place_of("validate", named, (), firms, seed)
    setting = Setting(firms=firms_asked(firms), seed=seed)
    asked = Asked("validate", Question(tuple(named), replications, draws), setting)
    with answered(asked, Execution(processes(workers), cluster, out, seconds=seconds)) as (study, _):
        has_page = deliver(study, out, told.answer, told.show, language(), as_json)
    if keep:
        file = releases.keep(sim.__version__, study.targets)
        tell(say("note.kept", file=str(file)))
    end_study(study, failed=not has_page)


def group(name: str) -> str:
    """The group of targets that is printed under this title in either language, else the name as it is."""
    from sim.report.words.catalogue import both  # start-up: not for `--help`
    from sim.study.validation.targets import GROUPS

    for one in GROUPS:
        title = both(f"validate.group.{one}")
        if name.casefold() in (title.zh.casefold(), title.en.casefold()):
            return str(one)
    return name
