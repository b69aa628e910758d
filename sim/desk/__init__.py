"""The planner's desk: what-ifs on a local page, run in the background."""

from typing import Final

FEWEST: Final = 3  # replications that a precision is told by
MOST: Final = 40  # replications, where the command says no other number
