"""Commands that read the scenario files and run nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

from sim import scenario as scenarios
from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import AsJson, ScenarioName, argument, command, option, table
from sim.measure import Words
from sim.refusal import Refusal
from sim.report.terminal import lever_list, tables
from sim.report.words.catalogue import named


@command("clauses")
def clauses(as_json: AsJson = False) -> None:
    """Print the register of the plan's clauses."""
    entries = scenarios.clauses()
    if as_json:
        told = ("id", "state", "measures", "note", "origin", "origin_source", "nominal", "nominal_measures")
        tables.print_json(
            [
                {name: getattr(entry, name) for name in told}
                | {name: day and day.isoformat() for name, day in (("start", entry.start), ("end", entry.end))}
                for entry in entries
            ]
        )
        return
    nominal = {id_ for entry in entries for id_ in entry.nominal_measures}

    def marked(id_: str) -> str:
        return f"{id_}*" if id_ in nominal else id_

    rows = [
        (
            entry.id,
            entry.paraphrase[language()],
            getattr(named("clause_state", entry.state), language()),
            getattr(named("origin", entry.origin), language()),
            ", ".join(map(marked, entry.measures)) or (entry.note or {}).get(language(), ""),
        )
        for entry in entries
    ]
    table(("clause", "meaning", "state", "origin", "measures"), rows)
    if nominal:
        print(say("note.nominal_marked"))


@command("levers")
def levers(
    word: Annotated[list[str] | None, argument("word", "words")] = None,
    scenario: Annotated[str, option("scenario", "scenario", "levers_scenario")] = "full_plan",
    as_json: AsJson = False,
) -> None:
    """Print what may be changed in a scenario, with its present value."""
    found = lever_list.found(scenario, word or [])
    if as_json:
        tables.print_json(lever_list.answer(found))
    else:
        lever_list.show(found, language())


@command("check")
def check(
    files: Annotated[list[str], argument("file", "files")],
    as_json: AsJson = False,
) -> None:
    """Check scenario files, and the parameters and the record that they would be run with."""
    from sim.world import record  # start-up: the tables, not for `--help`

    faults = record.faults()
    errors = [scenarios.ValidationError("reason", "", None, "", Words(zh=fault.zh, en=fault.en)) for fault in faults]
    sentences = [line for fault in faults for line in getattr(fault, language()).splitlines()]
    with suppress(Refusal):  # one of those above, without which no file can be read
        in_files = scenarios.check_files(files)
        errors += in_files
        sentences += [error.sentence(language()) for error in in_files]
    if as_json:
        tables.print_json([error.plain(language()) for error in errors])
    if errors:
        refuse(sentences)
    if not as_json:
        print(say("note.sound", files=len(files)))


@command("diff")
def diff(
    a: ScenarioName,
    b: ScenarioName,
    as_json: AsJson = False,
) -> None:
    """Print what differs between two scenarios."""
    changes = scenarios.diff(a, b)
    if as_json:
        tables.print_json([change._asdict() for change in changes])
    elif changes:
        lever_list.show_changes(changes, (Path(a).stem, Path(b).stem), language())
    else:
        print(say("note.same"))


@command("schema")
def schema(
    kind: Annotated[str | None, argument("kind", "schema")] = None,
) -> None:
    """Print the JSON Schemas of the files in ``scenarios/``, by kind of file."""
    schemas = scenarios.json_schema()
    if kind is not None and kind not in schemas:
        refuse([say("fault.schema", given=kind, allowed=", ".join(schemas))])
    tables.print_json(schemas if kind is None else schemas[kind])
