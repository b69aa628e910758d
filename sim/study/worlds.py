"""Worlds: what is not known of the province and may be otherwise than it is taken to be.

Numbers of the calibration that are only assumed, over their ranges, and three factors on what did happen: how many
places were listed in outbreaks, how much national listings held up logistics, how deep the wave of the turn of the year
was. The ranges of the three are assumptions themselves: half to twice what was, the wave half to one and a half times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from sim.study.factors import Factor, assumptions, factor

Over = Literal["worlds", "assumptions"] | Annotated[dict[str, Any], Field(min_length=1)]
WORLD: Final[Mapping[str, tuple[float, float]]] = {
    "world.outbreak_factor": (0.5, 2.0),
    "world.logistics_factor": (0.5, 2.0),
    "world.wave_factor": (0.5, 1.5),
}


def worlds() -> list[Factor]:
    """Every assumption over its range, and the three factors of the world; 1 is the middle of each of these."""
    return [*assumptions(), *(Factor(path, low, high, 1.0) for path, (low, high) in WORLD.items())]


def factors(over: Over | Mapping[str, Any]) -> list[Factor]:
    """What ``over`` says: ``worlds``, ``assumptions``, or for each path ``[low, high]`` or ``{of: [values]}``.

    Raises :class:`ScenarioError` for a range that is not understood.
    """
    if isinstance(over, Mapping):
        return [factor(path, stated) for path, stated in over.items()]
    return worlds() if over == "worlds" else assumptions()
