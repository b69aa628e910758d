"""What of the sales of the firms is public contracts, and in what lots public bodies buy (rules of 7.11 of the model).

Published sales contain public contracts. They come on top of what the model calls usual sales, so these are taken out
once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import binom, norm

from sim.classification import CLASSIFICATION
from sim.parameters import Parameters
from sim.population.fitting import province_shares
from sim.units import fen
from sim.vocabulary import SECTORS

FORMS: Final = ("goods", "works", "services")
CLASSES: Final = 5  # of equal value
_GRID: Final = np.linspace(0.0, 2.0, 4001)  # prices


def lot_classes(parameters: Parameters, form: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fen of a project of each class, and of the lots in which it is put out, shapes (CLASSES,).

    Values of projects are lognormal; a class holds a fifth of the value, and its project stands in the middle of it.
    """
    mean, spread = parameters[f"procurement.lot_yuan.{form}"], parameters["procurement.lot_spread"]
    middle = ndtri((np.arange(CLASSES) + 0.5) / CLASSES)
    projects = np.array([fen(x) for x in mean * np.exp(spread**2 / 2 + spread * middle)], np.int64)
    if form != "works":
        return projects, projects
    packages = np.ceil(projects / fen(parameters["procurement.package_yuan"]))
    return projects, np.rint(projects / packages).astype(np.int64)


@lru_cache(maxsize=8)
def usual_contracts(parameters: Parameters, entities: int) -> NDArray[np.float64]:
    """Share of what firms of each sector sell that is public contracts before the plan, shape (S,); at most 0.9.

    ``entities``: of the province, at the start.
    """
    staff = parameters.by_sector_and_size("population.staff")
    a_head = parameters.by_sector("population.sales_per_head_yuan")
    sales = 12.0 * entities * (province_shares(parameters) * a_head[:, None] * (staff + 1.0)).sum(axis=1)
    share = np.zeros(len(SECTORS))
    for form in FORMS:
        sells = [SECTORS.index(sector) for sector in dict(CLASSIFICATION.public_contracts)[form]]
        bought = parameters["procurement.annual_yuan"] * parameters[f"procurement.form_share.{form}"]
        share[sells] += bought * won_by_smaller_firms(parameters, form) / sales[sells].sum()
    return np.minimum(share, 0.9)


def won_by_smaller_firms(parameters: Parameters, form: str) -> float:
    """Of what is bought of a form before the plan, the share that firms of the model are paid, at the prices bid."""
    p = parameters
    larger = "reserved_works" if form == "works" else "reserved_goods_services"
    projects, _ = lot_classes(p, form)
    small = projects <= fen(p[f"procurement.reserved_below_yuan.{form}"])
    reserved = float(np.where(small, 1.0, p[f"procurement.baseline_{larger}"]).mean())
    bidders, q = int(p["procurement.bidders_per_lot"]), min(p["procurement.large_bidder_share"], 1.0)
    sd = max(p["procurement.price_sd"], 1e-6)
    deduction = 0.0 if form == "works" else p["procurement.baseline_price_deduction"]
    above_large = norm.sf((_GRID - 1.0 + p["procurement.large_advantage"]) / sd)  # a large bidder's price is above
    above_small = norm.sf((_GRID / (1.0 - deduction) - 1.0) / sd)  # a smaller one's evaluated price is above
    large = 0.0
    for of_large in range(1, bidders + 1):
        lowest = -np.diff(above_large**of_large)
        middle = (above_small[1:] + above_small[:-1]) / 2
        large += binom.pmf(of_large, bidders, q) * float((lowest * middle ** (bidders - of_large)).sum())
    mean_lowest = float((norm.sf((_GRID - 1.0) / sd) ** bidders).sum() * (_GRID[1] - _GRID[0]))
    given_on = p["procurement.consortium_share"] * p["procurement.consortium_part"]
    return mean_lowest * (reserved + (1.0 - reserved) * (1.0 - large + large * given_on))
