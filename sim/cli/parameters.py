"""The command that tells what the calibrated parameters are and what stands behind them."""

from __future__ import annotations

from typing import Annotated

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import AsJson, argument, command, option
from sim.refusal import nearest
from sim.report.terminal import tables


@command("parameters")
def parameters(
    word: Annotated[list[str] | None, argument("word", "parameter_words")] = None,
    markdown: Annotated[bool, option("markdown", None, "markdown")] = False,
    as_json: AsJson = False,
) -> None:
    """Print calibrated parameters with prior, grade and evidence."""
    from sim.parameters import load  # start-up: the files are long, and `--help` asks for none of it
    from sim.report.terminal import parameter_list

    entries = list(load().paths())
    words = word or []
    found = parameter_list.answering(entries, words)
    if not found:
        given = " ".join(words)
        near = nearest(given, {part for entry in entries for part in (entry.path, *entry.path.split("."))})
        said = (
            say("fault.parameters", given=given)
            if near is None
            else say("fault.parameters_near", given=given, near=near)
        )
        refuse([said])
    if as_json:
        tables.print_json(parameter_list.answer(found))
    elif markdown:
        print(parameter_list.document(found, language()))
    else:
        parameter_list.show(found, language(), words)
