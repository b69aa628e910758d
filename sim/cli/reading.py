"""Commands that read the scenario files and run nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import LANGUAGE, AsJson, Lang, ScenarioName, app, refuse, say, table
from sim.report import terminal
from sim.report.words import named


@app.command(help=say("command.clauses"))
def clauses(as_json: AsJson = False, lang: Lang = LANGUAGE) -> None:
    """Print the register of the plan's clauses."""
    from sim import scenario

    entries = scenario.clauses()
    if as_json:
        terminal.print_json([{"id": e.id, "state": e.state, "measures": e.measures, "note": e.note} for e in entries])
        return
    rows = [
        (
            entry.id,
            entry.paraphrase[lang.value],
            getattr(named("clause_state", entry.state), lang.value),
            ", ".join(entry.measures) or (entry.note or {}).get(lang.value, ""),
        )
        for entry in entries
    ]
    table(("clause", "meaning", "state", "measures"), rows)


@app.command(help=say("command.levers"))
def levers(
    scenario: Annotated[str, typer.Argument(help=say("option.scenario"))] = "full_plan",
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Print every lever of a scenario with its present value."""
    from sim.scenario import lever_table

    entries = lever_table(scenario)
    if as_json:
        terminal.print_json([entry._asdict() for entry in entries])
        return
    rows = [(entry.path, terminal.plain(entry.value), entry.unit, entry.type, entry.allowed) for entry in entries]
    table(("lever", "value", "unit", "type", "allowed"), rows)


@app.command(help=say("command.validate"))
def validate(
    files: Annotated[list[str], typer.Argument(help=say("option.files"))],
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
) -> None:
    """Check scenario files."""
    from sim import scenario

    faults = scenario.validate(files)
    sentences = [fault.sentence(lang.value) for fault in faults]
    if as_json:
        terminal.print_json([fault.plain(lang.value) for fault in faults])
    if faults:
        refuse(sentences)
    if not as_json:
        typer.echo(say("note.sound", files=len(files)))


@app.command(help=say("command.diff"))
def diff(
    a: ScenarioName,
    b: ScenarioName,
    as_json: AsJson = False,
    lang: Lang = LANGUAGE,
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
    lang: Lang = LANGUAGE,
) -> None:
    """Print the JSON Schemas of the files in ``scenarios/``, by kind of file."""
    from sim.scenario import json_schema

    schemas = json_schema()
    if kind is not None and kind not in schemas:
        refuse([say("fault.schema", given=kind, allowed=", ".join(schemas))])
    terminal.print_json(schemas if kind is None else schemas[kind])
