"""What public bodies usually buy of the model's firms: the sizes of projects, who wins them, how much of sales that is.

Published sales contain public contracts, so that a firm's usual sales are drawn without them and what it wins comes on
top. This is the mean over the tenders of ``docs/model.md``, section 7.11, under the rules before the plan.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.classification import CLASSIFICATION
from sim.parameter_file import ParameterError
from sim.parameters import Parameters
from sim.population.fitting import province_shares
from sim.units import fen
from sim.vocabulary import SECTORS

SELLERS: Final = {  # positions of the sectors that sell each form of public contract
    form: tuple(SECTORS.index(sector) for sector in sectors) for form, sectors in CLASSIFICATION.public_contracts
}
FORMS: Final = tuple(SELLERS)
CLASSES: Final = 5  # of size, of equal value
_WORKS: Final = "works"  # the form that is put out in packages and has no deduction
_LEAST_SPREAD: Final = 1e-12  # of prices, in place of none

# Quadrature over a price's deviation, a sum of four uniforms as `sim.random_numbers.normal` draws it: its density is a
# polynomial between whole numbers, so that a few nodes of Gauss and Legendre on each of the four pieces are near exact.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_SUM: Final = (np.arange(4)[:, None] + (_NODES + 1.0) / 2.0).ravel()
_SCALE: Final = np.sqrt(1.0 / 3.0)  # standard deviation of a sum of four uniforms
_SIGNS: Final = np.array([1.0, -4.0, 6.0, -4.0, 1.0])  # of the pieces of its polynomials


def lot_classes(parameters: Parameters, form: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fen of a project of each class of size, and of a lot of it, shape (CLASSES,) each.

    Sizes are lognormal with mean ``procurement.lot_yuan``, each class has the same part of the value and stands at its
    middle. Works larger than ``procurement.package_yuan`` are put out in equal packages no larger than it.
    """
    spread = parameters["procurement.lot_spread"]
    middle = spread**2 / 2.0 + spread * ndtri((np.arange(CLASSES) + 0.5) / CLASSES)
    values = np.floor(fen(parameters[f"procurement.lot_yuan.{form}"]) * np.exp(middle) + 0.5).astype(np.int64)
    if form != _WORKS:
        return values, values
    packages = np.ceil(values / fen(parameters["procurement.package_yuan"]))
    return values, np.floor(values / packages + 0.5).astype(np.int64)


@lru_cache(maxsize=8)
def usual_contracts(parameters: Parameters) -> NDArray[np.float64]:
    """Share of public contracts in the sales of the firms of each sector before the plan, shape (S,); it is only read.

    Sectors that sell a form sell it in proportion to their sales. Raises :class:`ParameterError` where public bodies
    would buy more of a sector than it sells.
    """
    entities = parameters["population.registered_entities"] * parameters["population.active_share"]
    engaged = province_shares(parameters) * (parameters.by_sector_and_size("population.staff") + 1.0)
    sales = 12.0 * entities * engaged.sum(axis=1) * parameters.by_sector("population.sales_per_head_yuan")
    share = np.zeros(len(SECTORS))
    for form, sellers in SELLERS.items():
        if sellers:
            share[list(sellers)] += won_by_firms(parameters, form) / sales[list(sellers)].sum()
    if (share >= 1.0).any():
        sector = SECTORS[int(np.argmax(share))]
        raise ParameterError(
            zh=f"procurement.annual_yuan 使机关事业单位向 {sector} 采购的多于其营业额",
            en=f"procurement.annual_yuan makes public bodies buy more of {sector} than it sells",
        )
    share.flags.writeable = False
    return share


def won_by_firms(parameters: Parameters, form: str) -> float:
    """Yuan a year that public bodies pay the model's firms for a form of contract before the plan."""
    p = parameters
    bought = p["procurement.annual_yuan"] * p[f"procurement.form_share.{form}"]
    reserved, large = reserved_share(p, form), large_wins(p, form)
    partners = p["procurement.consortium_share"] * p["procurement.consortium_part"]
    return bought * _lowest_price(p) * (reserved + (1.0 - reserved) * (1.0 - large + large * partners))


def reserved_share(parameters: Parameters, form: str) -> float:
    """Share by value of what is bought that large firms may not bid for before the plan."""
    values, _ = lot_classes(parameters, form)
    others = "works" if form == _WORKS else "goods_services"
    small = values <= fen(parameters[f"procurement.reserved_below_yuan.{form}"])
    return float(np.where(small, 1.0, parameters[f"procurement.baseline_reserved_{others}"]).mean())


def large_wins(parameters: Parameters, form: str) -> float:
    """Probability that a large firm has the lowest price of a lot that is not reserved, before the plan.

    Each bidder is one with probability ``procurement.large_bidder_share``. All others have the deduction for small and
    micro firms; a large one's bonus for sharing is left out.
    """
    p = parameters
    bidders, chance = int(p["procurement.bidders_per_lot"]), p["procurement.large_bidder_share"]
    spread = max(p["procurement.price_sd"], _LEAST_SPREAD)
    deduction = 0.0 if form == _WORKS else p["procurement.baseline_price_deduction"]
    z, density = _deviations()
    price = 1.0 - p["procurement.large_advantage"] + spread * z
    other_z = (price / (1.0 - deduction) - 1.0) / spread  # at which another's evaluated price is the same
    # Whoever it is, he is not below the price: so each of the others is above it, large or not.
    above = chance * (1.0 - _below(z)) + (1.0 - chance) * (1.0 - _below(other_z))
    return float(bidders * chance * (density * above ** (bidders - 1)).sum())


def _lowest_price(parameters: Parameters) -> float:
    """Mean of the lowest of the bidders' prices, as a share of the value."""
    bidders = int(parameters["procurement.bidders_per_lot"])
    z, density = _deviations()
    lowest = float((z * density * bidders * (1.0 - _below(z)) ** (bidders - 1)).sum())
    return 1.0 + parameters["procurement.price_sd"] * lowest


def _deviations() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Deviations of a price in standard deviations, and the probability that each stands for."""
    pieces = np.maximum(_SUM[:, None] - np.arange(5), 0.0) ** 3
    return (_SUM - 2.0) / _SCALE, pieces @ _SIGNS / 6.0 * np.tile(_WEIGHTS / 2.0, 4)


def _below(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that a price deviates by less than ``z`` standard deviations."""
    total = np.clip(2.0 + _SCALE * z, 0.0, 4.0)
    return np.asarray(np.maximum(total[:, None] - np.arange(5), 0.0) ** 4 @ _SIGNS / 24.0)
