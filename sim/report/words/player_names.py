"""What those are called to whom an effect is due: actions, steps, measures, the rest of the plan, the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.measure import Words
from sim.report.words.catalogue import both, named
from sim.study.questions.attribute import REST, WHOLE

if TYPE_CHECKING:
    from sim.study.questions.attribute import Attribution


def player_name(study: Attribution, player: str) -> Words:
    """What a player is called: an action, a step with its number, a measure by its title."""
    if player in (REST, WHOLE):
        return both("attribute.rest" if player == REST else "attribute.whole")
    plan = study.manifest.scenarios[-1].contents
    if player in study.players and study.of == "steps":
        return both("attribute.step", title=Words(**plan["plan"]["sections"][player]), section=player)
    if player in study.players and study.of == "measures":
        return measure_title(study, player)
    return named("action", player)


def measure_title(study: Attribution, measure: str) -> Words:
    """What a measure of the plan is called."""
    return Words(**study.manifest.scenarios[-1].contents["measures"][measure]["title"])


def pair_name(study: Attribution, row: Any) -> Words:
    """What the two players of a row of ``interactions`` are called."""
    return both("attribute.pair", first=player_name(study, row.first), second=player_name(study, row.second))
