"""The command ``shukun``.

Standard output carries the answer (a table for people, or with ``--json`` one JSON value and nothing else), standard
error everything else. Exit status: 0 done, 1 a run or the report failed, 2 the question is not understood or its
answer cannot be stored, 128 and the number of the signal that ended it (130 for Ctrl-C).
Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from sim.cli.shared import app
from sim.cli.streams import prepare

# isort: split
# Importing them makes their commands known, in this order.
from sim.cli import studies  # noqa: F401

# isort: split
from sim.cli import questions  # noqa: F401

# isort: split
from sim.cli import reaching  # noqa: F401

# isort: split
from sim.cli import validation  # noqa: F401

# isort: split
from sim.cli import calibrating  # noqa: F401

# isort: split
from sim.cli import deciding  # noqa: F401

# isort: split
from sim.cli import effects  # noqa: F401

# isort: split
from sim.cli import exporting  # noqa: F401

# isort: split
from sim.cli import reading  # noqa: F401

# isort: split
from sim.cli import parameters  # noqa: F401

# isort: split
from sim.cli import population  # noqa: F401

# isort: split
from sim.cli import desk  # noqa: F401


def main() -> None:
    """Entry point of the command ``shukun``."""
    prepare()
    app(prog_name="shukun")
