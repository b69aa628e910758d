"""What a search's plans and quantities are called, and their values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measure import Words
from sim.report.words.catalogue import both
from sim.report.words.numbers import difference_in_unit, money, share, width_in_unit
from sim.report.words.sentences import inside, outcome_name
from sim.study.outcomes import unit_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.plans import DEADWEIGHT

if TYPE_CHECKING:
    from sim.study.questions.search import Search


def plan_name(study: Search, name: str) -> Words:
    """What a plan is called."""
    if name == study.reference:
        return scenario_title(study)
    return both("search.plan", number=name.removeprefix("plan_"))


def scenario_title(study: Search) -> Words:
    """Title of the scenario that plans are made of."""
    return study.manifest.scenarios[-1].title


def quantity_name(name: str) -> Words:
    """What a quantity of plans is called."""
    return both(f"search.{name}") if name in (PUBLIC_COST, DEADWEIGHT) else outcome_name(name)


def quantity_inside(name: str) -> Words:
    """The same within a sentence."""
    return inside(quantity_name(name))


def told(value: float, quantity: str, is_regret: bool = False) -> Words:
    """A quantity of a plan, or a regret in its unit."""
    if is_regret:
        return size(value, quantity)
    if quantity == DEADWEIGHT:
        return share(value)
    return money(value) if quantity == PUBLIC_COST else difference_in_unit(value, unit_of(quantity))


def change(value: float, quantity: str) -> Words:
    """A difference between two plans."""
    return difference_in_unit(value, unit_of_quantity(quantity))


def size(value: float, quantity: str) -> Words:
    """A size in the unit of differences, without a plus."""
    return width_in_unit(value, unit_of_quantity(quantity))


def unit_of_quantity(quantity: str) -> str:
    """Unit of a quantity of plans."""
    return "share" if quantity == DEADWEIGHT else unit_of(quantity)
