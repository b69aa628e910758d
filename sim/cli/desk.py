"""The command that opens the planner's desk: ``desk``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

from sim.cli.application import interrupted, refuse
from sim.cli.language import language
from sim.cli.shared import FirmsAsked, Workers, command, firms_asked, option, processes
from sim.desk import FEWEST, MOST
from sim.report.words.catalogue import text
from sim.study.arguments import REPLICATIONS

LIBRARY: Final = "nicegui"
PORTS: Final = (1, 65_535)


@command("desk")
def desk(
    port: Annotated[
        int | None, option("port", "number", "port", min=PORTS[0], max=PORTS[1], show_default=False)
    ] = None,
    no_browser: Annotated[bool, option("no-browser", None, "no_browser")] = False,
    firms: FirmsAsked = None,
    replications: Annotated[
        int, option("replications", "number", "replications_at_most", min=FEWEST, max=REPLICATIONS.most)
    ] = MOST,
    workers: Workers = None,
) -> None:
    """Answer at an address of this machine until it is stopped."""
    if find_spec(LIBRARY) is None:
        refuse([text("desk.refused.library", language(), library="NiceGUI")])
    from sim.desk.background import Background  # start-up: the page's library, not for `--help`
    from sim.desk.page import Service
    from sim.desk.server import Asked, listening_at, serve
    from sim.study.runs.specification import SAMPLE

    rows = firms_asked(firms)
    if rows == "province":
        refuse([text("desk.refused.firms", language())])

    def tell(address: str) -> None:
        print(text("desk.command.address", language(), address=address), flush=True)
        print(text("desk.command.stop", language()), flush=True)

    asked = Asked(listening_at(port), Service(language(), Path.cwd()), not no_browser)
    try:
        with Background(processes(workers), rows or SAMPLE, most=replications) as background:
            background.warm()
            serve(asked, background, tell)
    except KeyboardInterrupt as stopped:  # the way in which a desk is closed
        interrupted(stopped, text("desk.command.stopped", language()))
