"""Commands that show what the plan does: one ``clause``, and the ``journey`` of firms through two worlds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

from sim import scenario as scenarios
from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import (
    AsJson,
    FirmsAsked,
    Levers,
    Seed,
    Workers,
    argument,
    command,
    conditions,
    firms_asked,
    option,
    processes,
    progress_bar,
)  # fmt: skip
from sim.report.terminal import tables
from sim.study.arguments import MOST, REPLICATIONS
from sim.study.keywords import InBothWorlds

PICTURES: Final = (".png", ".svg", ".pdf")


@command("clause")
def clause(
    id: Annotated[str, argument("clause", "clause")],
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[
        int, option("replications", "number", "replications", min=REPLICATIONS.least, max=REPLICATIONS.most)
    ] = 4,
    workers: Workers = None,
    no_effect: Annotated[bool, option("no-effect", None, "no_effect")] = False,
    as_json: AsJson = False,
) -> None:
    """Follow a clause from its sentence to its effect on firms."""
    from sim.report.terminal import firms as printed  # start-up: pandas, not for `--help`
    from sim.study import study_folder
    from sim.study.comparison.one_clause import clause_effect
    from sim.study.runs.runner import Runner

    detail = scenarios.clause(id)
    effect = None
    if detail.measures and not no_effect:
        with study_folder.at_work(None) as stored, progress_bar() as progress:
            runner = Runner(stored, processes(workers), progress=progress)
            effect = clause_effect(id, firms_asked(firms), seed, replications, runner=runner)
    if as_json:
        tables.print_json(printed.answer_of_clause(detail, effect))
    else:
        printed.show_clause(detail, effect, replications, language())


@command("journey")
def journey(
    firm: Annotated[list[int] | None, argument("firm", "journey_firms")] = None,
    where: Annotated[list[str] | None, option("where", "condition", "where")] = None,
    scenario: Annotated[str, option("scenario", "scenario", "journey_scenario")] = "full_plan",
    against: Annotated[str, option("against", "scenario", "against")] = "no_support",
    most: Annotated[int, option("most", "number", "most", min=MOST.least)] = 3,
    picture: Annotated[Path | None, option("picture", "file", "picture")] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    lever: Levers = None,
    as_json: AsJson = False,
) -> None:
    """Follow firms through two worlds of the same random numbers."""
    from sim.report.terminal import firms as printed  # start-up: pandas, not for `--help`
    from sim.study.comparison import journey as room

    if picture is not None and not _can_be_drawn(picture):
        refuse([say("fault.picture", given=str(picture), allowed=", ".join(PICTURES))])
    asked = conditions(where or ())
    with progress_bar() as progress:
        picked = room.Picked(firm or (), asked or None, most)
        both = InBothWorlds(scenarios.from_words(lever or []), firms_asked(firms), seed)
        lives = room.journey(picked, scenario, against, both, progress)
    if as_json:
        tables.print_json(printed.answer_of_journey(lives))
    else:
        printed.show_journey(lives, language())
    if picture is not None:
        part = picture.with_name(f".part.{picture.name}")
        try:
            lives.plot(lang=language()).save(part)
            part.replace(picture)
        finally:
            part.unlink(missing_ok=True)
        if not as_json:
            print(say("note.picture", file=str(picture)))


def _can_be_drawn(picture: Path) -> bool:
    """Whether a picture can be written there: found out before the runs."""
    folder = picture.absolute().parent
    has_place = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and not picture.is_dir()
    return has_place and picture.suffix in PICTURES
