"""All that is taken of a run so that worlds can be paired, as tables that are kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sim.observe.some_firms import got
from sim.study.reductions import costs, exits, fates
from sim.study.reductions.chosen import CHOSEN, chosen
from sim.study.reductions.endings import Endings, endings_of, places
from sim.study.reductions.reached import REACHED, reached
from sim.study.reductions.saved_or_postponed import SAVED_OR_POSTPONED, saved_or_postponed
from sim.timeline import horizon

if TYPE_CHECKING:
    from sim.observe.tables import Result
    from sim.scenario import Scenario

ENDS: Final = "ends"  # of the firms of a world that others are paired with
GIVEN: Final = "given"  # what firms were given, by cell


def take(
    result: Result, scenario: Scenario, against: Scenario | None = None, paired_with: pd.DataFrame | None = None
) -> Mapping[str, pd.DataFrame]:
    """Tables by name: of a baseline (``against`` is None) how its firms ended, of others their sums; of both exits.

    Of both costs, too, and what the firms of each cell were given; of others what became of whom measures reached.
    ``paired_with``: the ends of the firms of ``against``, as this function gave them.
    """
    if paired_with is None:
        there = endings_of(result.fates)
    else:
        there = Endings(*(paired_with[name].to_numpy() for name in Endings._fields))
    place = places(result.fates, there)
    timeline = horizon(scenario.world.start, scenario.world.end)
    closed = exits.exits_of(result.fates, there, place, timeline)
    taken = {"exits": exits.to_table(closed), "costs": costs.to_table(costs.costs_of(result)), GIVEN: got(result.fates)}
    if against is None:
        return taken | {ENDS: pd.DataFrame(there._asdict())}
    found = [firm for fate in ("saved", "harmed") for firm in fates.first(result.fates, there, place, fate)]
    sums = fates.to_table(*fates.sums(result.fates, there, place))
    examples = pd.DataFrame({"firm": np.array(found, np.uint64)})
    of_reached = reached(result.fates, scenario.measures, there, against.measures, place)
    lasting = saved_or_postponed(result.fates, there, place, timeline)
    titles = chosen(result.rankings, result.fates, there, against.measures, place)
    of_firms = {REACHED: of_reached, SAVED_OR_POSTPONED: lasting, CHOSEN: titles}
    return taken | {"sums": sums, "examples": examples} | of_firms
