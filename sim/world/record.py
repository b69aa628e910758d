"""Everything of a calibration that a run reads before its first day, looked at without one."""

from __future__ import annotations

from sim import parameters
from sim.population.counties import counties
from sim.refusal import Refusal
from sim.world import orders, risk_listings

TABLES = (
    parameters.load, counties, risk_listings.spells, risk_listings.national, risk_listings.tour_rules,
    risk_listings.testing, risk_listings.demand, orders.table,
)  # fmt: skip


def faults() -> list[Refusal]:
    """What is wrong with the parameters, the counties and the record of the present folder of calibration.

    Each is read whatever is wrong with the others; several that rest on one that cannot be used tell of it once.
    """
    found: dict[str, Refusal] = {}
    for read in TABLES:
        try:
            read()
        except Refusal as refused:
            found.setdefault(refused.en, refused)
    return list(found.values())
