"""Commands that show what the plan does: one ``clause``, and the ``journey`` of firms through two worlds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from sim.cli.shared import (
    LANGUAGE,
    AsJson,
    FirmsAsked,
    Lang,
    Levers,
    Seed,
    Workers,
    app,
    at_work,
    firms_asked,
    processes,
    progress_bar,
    refuse,
    say,
)  # fmt: skip
from sim.report import terminal
from sim.study.arguments import MOST, REPLICATIONS

PICTURES: Final = (".png", ".svg", ".pdf")


@app.command(help=say("command.clause"))
def clause(
    id: Annotated[str, typer.Argument(help=say("option.clause"))],
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option("--replications", min=REPLICATIONS.least, max=REPLICATIONS.most, help=say("option.replications")),
    ] = 4,
    workers: Workers = None,
    no_effect: Annotated[bool, typer.Option("--no-effect", help=say("option.no_effect"))] = False,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Follow a clause from its sentence to its effect on firms."""
    from sim import scenario
    from sim.report import terminal_firms as printed
    from sim.study.clauses import clause_effect
    from sim.study.runs import Runner

    detail = scenario.clause(id)
    effect = None
    if detail.measures and not no_effect:
        with at_work(None) as stored, progress_bar() as progress:
            runner = Runner(stored, processes(workers), progress=progress)
            effect = clause_effect(id, firms_asked(firms), seed, replications, runner=runner)
    if as_json:
        terminal.print_json(printed.answer_of_clause(detail, effect))
    else:
        printed.show_clause(detail, effect, replications, lang.value)


@app.command(help=say("command.journey"))
def journey(
    firm: Annotated[list[int] | None, typer.Argument(help=say("option.journey_firms"), show_default=False)] = None,
    where: Annotated[list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help=say("option.where"))] = None,
    scenario: Annotated[str, typer.Option("--scenario", help=say("option.journey_scenario"))] = "full_plan",
    against: Annotated[str, typer.Option("--against", help=say("option.against"))] = "baseline",
    most: Annotated[int, typer.Option("--most", min=MOST.least, help=say("option.most"))] = 3,
    picture: Annotated[Path | None, typer.Option("--picture", help=say("option.picture"), show_default=False)] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    lever: Levers = None,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Follow firms through two worlds of the same luck."""
    from sim.report import terminal_firms as printed
    from sim.scenario import from_words
    from sim.study import journey as room

    if picture is not None and (picture.suffix not in PICTURES or not picture.absolute().parent.is_dir()):
        refuse([say("fault.picture", given=str(picture), allowed=", ".join(PICTURES))])
    conditions: dict[str, list[str]] = {}
    for given in where or []:
        name, equals, value = given.partition("=")
        if not equals:
            refuse([say("fault.where", given=given)])
        conditions.setdefault(name, []).append(value)
    with progress_bar() as progress:
        lives = room.journey(
            firm or (), where=conditions or None, scenario=scenario, against=against,
            levers=from_words(lever or []), rows=firms_asked(firms), seed=seed, most=most, progress=progress,
        )  # fmt: skip
    if picture is not None:
        from sim.report.journey_picture import journey_picture

        journey_picture(lives, lang.value).savefig(picture, dpi=120)
    if as_json:
        terminal.print_json(printed.answer_of_journey(lives))
        return
    printed.show_journey(lives, lang.value)
    if picture is not None:
        typer.echo(say("note.picture", file=str(picture)))
