"""Who sells to whom: the share of what each sector sells that goes to firms of each sector (``orders.csv``)."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.data_folders import calibration_file, of_calibration
from sim.parameters import Parameters
from sim.refusal import Refusal
from sim.vocabulary import SECTORS

FILE = "world/orders.csv"


@lru_cache(maxsize=8)
def to_firms(parameters: Parameters) -> NDArray[np.float64]:
    """Share of what sector s sells that goes to firms of sector b, shape (S, S): the table, with two corrections.

    What shops buy to sell again is in no input-output table, so ``neighbours.wholesale_to_shops`` of wholesale goes to
    retail and the rest of its row gives way; and what follows local incomes cannot follow orders as well.
    """
    share = _table().copy()
    if "wholesale" in SECTORS and "retail" in SECTORS:
        wholesale, retail = SECTORS.index("wholesale"), SECTORS.index("retail")
        total, to_shops = share[wholesale].sum(), parameters["neighbours.wholesale_to_shops"]
        others = total - share[wholesale, retail]
        share[wholesale] *= max(total - to_shops, 0.0) / others if others > 0 else 0.0
        share[wholesale, retail] = to_shops
    total = share.sum(axis=1)
    most = 1.0 - np.minimum(parameters.by_sector("firm.local_demand_share"), 1.0)
    return share * np.divide(np.minimum(total, most), total, out=np.zeros_like(total), where=total > 0)[:, None]


@of_calibration
def _table(folder: Path) -> NDArray[np.float64]:
    """The table as the file has it, rows sell and columns buy; a :class:`Refusal` for a sector that it lacks."""
    path = calibration_file(folder, FILE)
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["seller"]: row for row in csv.DictReader(file)}
    share = np.full((len(SECTORS), len(SECTORS)), np.nan)
    for s, seller in enumerate(SECTORS):
        for b, buyer in enumerate(SECTORS):
            try:
                share[s, b] = float(rows[seller][buyer])
            except (KeyError, TypeError, ValueError):
                raise Refusal(
                    zh=f"{path} 应有 {seller} 卖给 {buyer} 的份额，为 0 至 1 的数",
                    en=f"{path} must have the share that {seller} sells to {buyer}, a number from 0 to 1",
                ) from None
        if not (share[s] >= 0.0).all() or share[s].sum() > 1.0:
            raise Refusal(
                zh=f"{path} 中 {seller} 一行的各份额应在 0 至 1 之间，合计不超过 1，实为 {share[s].sum():.4g}",
                en=f"{path}: shares of {seller} must be at least 0 and add up to 1 at most, not {share[s].sum():.4g}",
            )
    return share
