"""The command that tells who there is."""

from __future__ import annotations

from typing import Annotated

from sim.cli.language import language
from sim.cli.shared import AsJson, command, option
from sim.report.terminal import tables


@command("population")
def population(
    markdown: Annotated[bool, option("markdown", None, "markdown")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the synthetic province beside every published margin."""
    from sim.parameters import load  # start-up: the population is synthesised by kernels, not for `--help`
    from sim.population.comparison import beside, place_totals
    from sim.population.counties import counties
    from sim.report.terminal import population as told

    compared = beside(load(), counties()), place_totals(load(), counties())
    if as_json:
        tables.print_json(told.answer(*compared))
    elif markdown:
        print(told.document(*compared, language()))
    else:
        told.show(*compared, language())
