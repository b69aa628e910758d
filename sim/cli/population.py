"""The command that tells who there is, and hands the firms out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import AsJson, FirmsAsked, Seed, command, firms_asked, option
from sim.report.terminal import tables


@command("population")
def population(
    out: Annotated[Path | None, option("out", "folder", "out_population")] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    markdown: Annotated[bool, option("markdown", None, "markdown")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the synthetic province beside every published margin, or write its firms into a folder."""
    from sim.parameters import load  # start-up: the population is synthesised by kernels, not for `--help`
    from sim.population.comparison import beside, place_totals
    from sim.population.counties import counties
    from sim.population.firm_table import TABLE, export
    from sim.population.synthesis import on_record
    from sim.report.terminal import population as told
    from sim.study.runs.specification import SAMPLE

    if out is not None:
        if (out / TABLE).exists():
            refuse([say("fault.population_there", file=str(out / TABLE))])
        asked = firms_asked(firms) or SAMPLE
        people = on_record(load(), counties(), seed, None if asked == "province" else asked)
        path = export(people.firms, people.cohort_start, out)
        if as_json:
            tables.print_json({"firms": str(path), "rows": people.alive, "entities": people.entities})
        else:
            print(say("note.firms", file=str(path), rows=people.alive, entities=people.entities))
        return
    compared = beside(load(), counties(), seed), place_totals(load(), counties())
    if as_json:
        tables.print_json(told.answer(*compared))
    elif markdown:
        print(told.document(*compared, language()))
    else:
        told.show(*compared, language())
